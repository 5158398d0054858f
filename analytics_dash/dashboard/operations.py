"""The plain routes around the overview: method, audit log, CSV export, health. Each is a page or a file."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from analytics_dash.dashboard import signin
from analytics_dash.dashboard.overview import Overview, read_overview
from analytics_dash.dates import day, month
from analytics_dash.i18n import _
from analytics_dash.indicators import DICTIONARY
from analytics_dash.releases import audit, audit_log, latest_published
from analytics_dash.releases.access import take_turn
from analytics_dash.releases.upgrading import is_up_to_date
from analytics_dash.reports.csv import csv_bytes, slug
from analytics_dash.reports.notes import notes_bytes

bp = Blueprint("operations", __name__)

AUDIT_LINES = 500


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Whether the process answers and the register can be read. Says nothing about what is in it."""
    try:
        latest_published()
    except SQLAlchemyError:
        return {"status": "the register cannot be read"}, 503
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Whether readers can be served: the register can be read, and has the form of this version."""
    try:
        ready = is_up_to_date()
    except SQLAlchemyError:
        return {"status": "the register cannot be read"}, 503
    if not ready:  # another version has upgraded it, or restored an old one
        return {"status": "the register has another form than this version's"}, 503
    return {"status": "ready"}


@bp.get("/method")
def method() -> ResponseReturnValue:
    """How figures are made and protected, with the catalogue of indicators. No figures."""
    release = latest_published()
    return render_template(
        "method.html",
        page="method",
        catalogue=list(DICTIONARY.values()),
        release=release,
        published=day(release.published_at.date()) if release and release.published_at else "",
        through=month(release.through) if release else "",
    )


@bp.get("/audit")
def audit_page() -> ResponseReturnValue:
    """Who looked at what: for auditors. No figures."""
    scope = signin.reader().scope
    audit_log(scope, limit=1)  # refused before it is recorded as seen
    audit(signin.reader().id, "view audit log")
    return render_template("audit.html", page="audit", entries=audit_log(scope, limit=AUDIT_LINES))


@bp.get("/export.csv")
def export() -> ResponseReturnValue:
    """The cells of the page as CSV: same reader, same choice, same bytes as `adoption export` for these cells."""
    view = _chosen()
    _not_too_often(view)
    audit(signin.reader().id, "export csv", view.description)
    return _file(csv_bytes(view.cells), "text/csv", f"{_name(view)}.csv")


@bp.get("/export-notes.txt")
def notes() -> ResponseReturnValue:
    """The notes that go with the CSV: what the figures are, how they are protected, what they do not mean."""
    view = _chosen()
    audit(signin.reader().id, "export notes", view.description)
    return _file(notes_bytes(view.release, view.cells), "text/plain", f"{_name(view)}-notes.txt")


def _chosen() -> Overview:
    """The view whose page carried the link: its release, even if a later one has been published since."""
    view = read_overview(signin.reader().scope, request.args.get("department"), request.args.get("release"))
    if view is None:
        abort(404, _("No release is published yet, so there is nothing to download."))
    return view


def _not_too_often(view: Overview) -> None:
    """The same cells come however often they are asked for; whoever asks very often is still noticed."""
    limit = current_app.config["EXPORTS_PER_HOUR"]
    if wait := take_turn("export", signin.reader().id, limit=limit, seconds=3600):
        audit(signin.reader().id, "export limit", view.description)
        minutes = -(-wait // 60)
        abort(429, _("That is a lot of downloads in one hour. Wait {minutes} minutes.").format(minutes=minutes))


def _name(view: Overview) -> str:
    """A department head's file holds the own department whatever is chosen, and is named for it."""
    department = view.department or view.scope.department
    return f"adoption-{view.release.id}" + (f"-{slug(department)}" if department else "")


def _file(content: bytes, mimetype: str, name: str) -> Response:
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})
