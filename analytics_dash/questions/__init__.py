"""Questions: what the dashboard and the reports answer, and how each answer is made of released figures.

The room's front door. `QUESTIONS` are the eight, in the order of reading; `read_facts` takes a reader's figures from
the register; `answer` makes an `Answer` of them: plain data, which the dashboard draws with Plotly and a report sets in
type. No Flask, no Dash, no file format. Nothing is added up, nobody is ranked, and where the figures do not say, it
says so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from analytics_dash.i18n import _
from analytics_dash.questions import changed, cost, equity, learning, protected, safety, trained, use
from analytics_dash.questions.answers import Answer, Figure, Finding, Key, Part, Picture, Table
from analytics_dash.questions.errors import ChoiceError, NoSuchChoice, NotYours
from analytics_dash.questions.facts import EVERYWHERE, Choice, Facts
from analytics_dash.questions.question import Question, answer
from analytics_dash.questions.reading import read_facts
from analytics_dash.releases import LearningFigure

QUESTIONS: Final[dict[str, Question]] = {
    question.key: question
    for question in (
        trained.QUESTION,
        learning.QUESTION,
        use.QUESTION,
        safety.QUESTION,
        equity.QUESTION,
        cost.QUESTION,
        changed.QUESTION,
        protected.QUESTION,
    )
}


def resting_on(sections: Collection[str]) -> frozenset[str]:
    """The indicators that sections (keys of questions; none means all) rest on. Raises `NoSuchChoice`."""
    if unknown := [key for key in sections if key not in QUESTIONS]:
        raise NoSuchChoice(_("There is no section {names}.").format(names=", ".join(unknown)))
    return frozenset(name for key in sections or QUESTIONS for name in QUESTIONS[key].indicators)


def measured_for(sections: Collection[str], figures: Sequence[LearningFigure]) -> tuple[LearningFigure, ...]:
    """Those learning figures and estimates that sections (none means all) rest on, in their order."""
    chosen = [QUESTIONS[key] for key in sections or QUESTIONS]
    return tuple(each for each in figures if any(question.measures(each) for question in chosen))


__all__ = [
    "EVERYWHERE",
    "QUESTIONS",
    "Answer",
    "Choice",
    "ChoiceError",
    "Facts",
    "Figure",
    "Finding",
    "Key",
    "NoSuchChoice",
    "NotYours",
    "Part",
    "Picture",
    "Question",
    "Table",
    "answer",
    "measured_for",
    "read_facts",
    "resting_on",
]
