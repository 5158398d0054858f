"""What a question is: its words, what it is answered from, the views that a reader may choose, and how it is answered.

Each question is a module with a `QUESTION`; `analytics_dash.questions.QUESTIONS` lists them in the order of reading.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from analytics_dash.i18n import _
from analytics_dash.indicators.model import mark as marked
from analytics_dash.questions.answers import Answer, Finding, Key, Part
from analytics_dash.questions.facts import Facts
from analytics_dash.releases import LearningFigure


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `title` asks it, `short` is its name in a menu; both are marked, and translated where shown.

    `indicators` are those whose cells it reads; `measures` says which learning figures and estimates it rests on,
    `compares` whether it needs the release before. `views(facts)` gives the views to choose from, as (id, name), the
    first being the usual one, none where there is nothing to choose; `choose` is the label of that choice. `finding` is
    the answer in a sentence, `figure` the one that stands for it, `parts` what it rests on.
    """

    key: str
    title: str
    short: str
    indicators: tuple[str, ...]
    finding: Callable[[Facts], Finding]
    parts: Callable[[Facts], tuple[Part, ...]]
    figure: Callable[[Facts], Key | None] = lambda _facts: None
    views: Callable[[Facts], tuple[tuple[str, str], ...]] = lambda _facts: ()
    choose: str = marked("Split")
    notes: Callable[[Facts], tuple[str, ...]] = lambda _facts: ()
    measures: Callable[[LearningFigure], bool] = lambda _figure: False
    compares: bool = False
    entries: tuple[str, ...] = ()
    """Entries of the data dictionary that it rests on beside its indicators."""


_INTERVAL: Final = "95"
"""What every language writes where it names an interval."""


def answer(question: Question, facts: Facts) -> Answer:
    """A question answered for the facts' choice; its title in the language of now.

    A view belongs to its own question: in a report of several, the others are shown as usual.
    """
    if facts.choice.view and facts.choice.view not in dict(question.views(facts)):
        facts = replace(facts, choice=replace(facts.choice, view=""))
    parts, notes = question.parts(facts), question.notes(facts)
    if any(_INTERVAL in part.subtitle for part in parts):
        notes += (
            _(
                "Interval (95%): the true figure lies between its two ends nineteen times in twenty, as far as chance "
                "and rounding go."
            ),
        )
    return Answer(question.key, _(question.title), question.finding(facts), parts, notes)
