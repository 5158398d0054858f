"""`report_bytes`: a report of some sections for one reader, in one format. The seam between asking and making.

The dashboard calls it for a download, the command line for a file; something that makes reports in the background calls
the same function. What it reads is what the reader's pages read, through the same scope.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from analytics_dash.i18n import _
from analytics_dash.questions import QUESTIONS, Facts, NoSuchChoice, answer, read_facts
from analytics_dash.releases import Scope
from analytics_dash.releases.errors import ReleaseError
from analytics_dash.reports.compose import compose
from analytics_dash.reports.document import Report
from analytics_dash.reports.export import WRITERS

MIMETYPES: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "html": "text/html",
}
ON_PAPER: Final = frozenset({"pdf"})
"""Formats without the complete tables: with them a department's report has some sixty pages."""


def report_bytes(
    release_id: str,
    scope: Scope,
    kind: str,
    sections: Sequence[str] = (),
    *,
    department: str | None = None,
    period: str = "",
    view: str = "",
    demo: bool = False,
) -> bytes:
    """The report of `sections` (questions; none means all) of a published release, in the format `kind`.

    `department`, `period` and `view` are the reader's choice, as in `read_facts`; a view is one section's own. Raises
    as `read_facts`, and `NoSuchChoice` for a section that there is not.
    """
    facts = read_facts(scope, department, release_id=release_id, period=period, view=view)
    if facts is None:
        raise ReleaseError(_("No release is published yet, so there is nothing to download."))
    return WRITERS[kind](report_of(facts, sections, demo=demo, complete=kind not in ON_PAPER))


def report_of(
    facts: Facts,
    sections: Sequence[str] = (),
    *,
    demo: bool = False,
    complete: bool = True,
    told: Callable[[int, int], None] = lambda _done, _parts: None,
) -> Report:
    """The report of some facts: the sections in the order of the questions, and the indicators that they rest on.

    `told` hears how many parts of how many are done: one for each section, and one for the writing, which comes after.
    """
    if unknown := [key for key in sections if key not in QUESTIONS]:
        raise NoSuchChoice(_("There is no section {names}.").format(names=", ".join(unknown)))
    chosen = [question for key, question in QUESTIONS.items() if not sections or key in sections]
    used = {indicator for question in chosen for indicator in question.indicators}
    answers = []
    for done, question in enumerate(chosen):
        told(done, len(chosen) + 1)
        answers.append(answer(question, facts))
    told(len(chosen), len(chosen) + 1)
    return compose(
        facts.release,
        [cell for cell in facts.cells if cell.indicator in used],
        department=facts.department,
        demo=demo,
        answers=answers,
        complete=complete,
    )
