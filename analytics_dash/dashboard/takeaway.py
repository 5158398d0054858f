"""Downloads that take no time: the cells and the learning figures as CSV, and the notes. Audited, in scope.

Each is a plain GET of what its page shows: the same reader, release and choice. Whole reports are made by `exports`.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app
from flask.typing import ResponseReturnValue

from analytics_dash.dashboard import signin
from analytics_dash.dashboard.asked import chosen, not_too_often
from analytics_dash.exporting.order import Order
from analytics_dash.exporting.parts import stem
from analytics_dash.i18n import _
from analytics_dash.questions import Facts
from analytics_dash.releases import audit
from analytics_dash.reports.csv import csv_bytes
from analytics_dash.reports.learning_csv import learning_csv_bytes
from analytics_dash.reports.notes import notes_bytes

bp = Blueprint("takeaway", __name__)


@bp.get("/export.csv")
def cells() -> ResponseReturnValue:
    """The cells of the choice as CSV: the same bytes as `adoption export` for these cells."""
    facts = _published()
    not_too_often(f"release {facts.release.id}")
    _record("csv", facts)
    return _file(csv_bytes(facts.cells), "text/csv", f"{_name(facts)}.csv")


@bp.get("/export-learning.csv")
def learning() -> ResponseReturnValue:
    """What the release says of lessons, and its estimates, as CSV. About everybody, whatever is chosen."""
    facts = _published()
    not_too_often(f"release {facts.release.id}")
    _record("learning csv", facts)
    content = learning_csv_bytes(facts.learning, facts.titles)
    return _file(content, "text/csv", f"{_stem(facts, '')}-learning.csv")


@bp.get("/export-notes.txt")
def notes() -> ResponseReturnValue:
    """The notes that go with the CSV: what the figures are, how they are protected, what they do not mean."""
    facts = _published()
    _record("notes", facts)
    return _file(notes_bytes(facts.release, facts.cells, facts.learning), "text/plain", f"{_name(facts)}-notes.txt")


def _published() -> Facts:
    facts = chosen()
    if facts is None:
        abort(404, _("No release is published yet, so there is nothing to download."))
    return facts


def _record(what: str, facts: Facts) -> None:
    choice = ", ".join(part for part in (facts.choice.department or "all departments", facts.choice.period) if part)
    audit(signin.reader().id, f"export {what}", f"release {facts.release.id}, {choice}")


def _name(facts: Facts) -> str:
    """A department head's file holds the own department whatever is chosen, and is named for it."""
    return _stem(facts, facts.department or facts.scope.department or "")


def _stem(facts: Facts, department: str) -> str:
    """As every export is called: by what is in it, and a demonstration's as fictional."""
    invented = current_app.config["DEMO"] or facts.release.is_demonstration
    return stem(Order(facts.release.id, "csv", department, demo=invented))


def _file(content: bytes, mimetype: str, name: str) -> Response:
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})
