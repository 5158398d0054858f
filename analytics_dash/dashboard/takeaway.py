"""Downloads that take no time: the cells and the learning figures as CSV, and the notes. Audited, in scope.

Each is a plain GET of what its page shows: the same reader, release and choice. Whole reports are made by `exports`.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from analytics_dash.dashboard import signin
from analytics_dash.dashboard.address import LONGEST
from analytics_dash.dashboard.shelf import from_shelf
from analytics_dash.i18n import _
from analytics_dash.questions import Facts, read_facts
from analytics_dash.releases import audit
from analytics_dash.releases.access import take_turn
from analytics_dash.reports.csv import csv_bytes
from analytics_dash.reports.export import stem
from analytics_dash.reports.learning_csv import learning_csv_bytes
from analytics_dash.reports.notes import notes_bytes

bp = Blueprint("takeaway", __name__)


@bp.get("/export.csv")
def cells() -> ResponseReturnValue:
    """The cells of the choice as CSV: the same bytes as `adoption export` for these cells."""
    facts = _chosen()
    _not_too_often(facts)
    _record("csv", facts)
    return _file(csv_bytes(facts.cells), "text/csv", f"{_name(facts)}.csv")


@bp.get("/export-learning.csv")
def learning() -> ResponseReturnValue:
    """What the release says of lessons, and its estimates, as CSV. About everybody, whatever is chosen."""
    facts = _chosen()
    _not_too_often(facts)
    _record("learning csv", facts)
    content = learning_csv_bytes(facts.learning)
    return _file(content, "text/csv", f"adoption-{facts.release.id}-learning.csv")


@bp.get("/export-notes.txt")
def notes() -> ResponseReturnValue:
    """The notes that go with the CSV: what the figures are, how they are protected, what they do not mean."""
    facts = _chosen()
    _record("notes", facts)
    return _file(notes_bytes(facts.release, facts.cells), "text/plain", f"{_name(facts)}-notes.txt")


def _chosen() -> Facts:
    """The view whose page carried the link: its release, even if a later one has been published since."""
    value = {name: text[:LONGEST] for name, text in request.args.items()}
    facts = read_facts(
        signin.reader().scope,
        value.get("department"),
        release_id=value.get("release") or None,
        period=value.get("period", ""),
        view=value.get("view", ""),
        compares=False,
        read=from_shelf,
    )
    if facts is None:
        abort(404, _("No release is published yet, so there is nothing to download."))
    return facts


def _record(what: str, facts: Facts) -> None:
    choice = ", ".join(part for part in (facts.choice.department or "all departments", facts.choice.period) if part)
    audit(signin.reader().id, f"export {what}", f"release {facts.release.id}, {choice}")


def _not_too_often(facts: Facts) -> None:
    """The same cells come however often they are asked for; whoever asks very often is still noticed."""
    limit = current_app.config["EXPORTS_PER_HOUR"]
    if wait := take_turn("export", signin.reader().id, limit=limit, seconds=3600):
        audit(signin.reader().id, "export limit", f"release {facts.release.id}")
        minutes = -(-wait // 60)
        abort(429, _("That is a lot of downloads in one hour. Wait {minutes} minutes.").format(minutes=minutes))


def _name(facts: Facts) -> str:
    """A department head's file holds the own department whatever is chosen, and is named for it."""
    return stem(facts.release.id, facts.department or facts.scope.department)


def _file(content: bytes, mimetype: str, name: str) -> Response:
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})
