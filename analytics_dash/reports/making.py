"""`report_of`: a report of some sections from one reader's facts. `exporting` calls it for files, mails and downloads.

What it is made of is what the reader's pages are made of, in the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from analytics_dash.questions import QUESTIONS, Facts, answer, resting_on
from analytics_dash.reports.compose import compose
from analytics_dash.reports.document import Report

ON_PAPER: Final = frozenset({"pdf"})
"""Formats without the complete tables: with them a department's report has some sixty pages."""


OnPart = Callable[[int, int], None]
"""Told how many parts of how many are done; what it raises ends the making."""


def unwatched(_done: int, _parts: int) -> None:
    """Nobody looks on."""


def report_of(
    facts: Facts,
    sections: Sequence[str] = (),
    *,
    demo: bool = False,
    complete: bool = True,
    on_part: OnPart = unwatched,
) -> Report:
    """The report of some facts: the sections in the order of the questions, and the indicators that they rest on."""
    used = resting_on(sections)
    chosen = [question for key, question in QUESTIONS.items() if not sections or key in sections]
    answers = []
    for done, question in enumerate(chosen):
        on_part(done, len(chosen) + 1)
        answers.append(answer(question, facts))
    on_part(len(chosen), len(chosen) + 1)
    return compose(
        facts.release,
        [cell for cell in facts.cells if cell.indicator in used],
        department=facts.department,
        chosen_month=facts.choice.period,
        demo=demo or facts.release.is_demonstration,
        answers=answers,
        complete=complete,
        factors=facts.factors,
    )
