"""The plain routes around the overview: method, audit log, CSV export, health. Each is a page or a file."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from analytics_dash.dashboard import signin
from analytics_dash.dashboard.dates import day, month
from analytics_dash.dashboard.errors import NotYours
from analytics_dash.dashboard.overview import Overview, read_overview
from analytics_dash.i18n import _
from analytics_dash.indicators import DICTIONARY
from analytics_dash.releases import audit, audit_entries, latest_published
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
def audit_log() -> ResponseReturnValue:
    """Who looked at what: for auditors. No figures."""
    if not signin.reader().sees_audit:
        raise NotYours(_("The audit log is for auditors."))
    audit(signin.reader().id, "view audit log")
    return render_template("audit.html", page="audit", entries=audit_entries(limit=AUDIT_LINES))


@bp.get("/export.csv")
def export() -> ResponseReturnValue:
    """The cells of the page as CSV: same reader, same choice, same bytes as `adoption export` for these cells."""
    view = _chosen()
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


def _name(view: Overview) -> str:
    """A department head's file holds the own department whatever is chosen, and is named for it."""
    department = view.department or view.scope.department
    return f"adoption-{view.release.id}" + (f"-{slug(department)}" if department else "")


def _file(content: bytes, mimetype: str, name: str) -> Response:
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})
