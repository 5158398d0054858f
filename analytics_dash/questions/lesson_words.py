"""What is said of a lesson: where people stop in it, and which items mislead. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analytics_dash.i18n import _, ngettext
from analytics_dash.questions.answers import Finding
from analytics_dash.questions.facts import Facts
from analytics_dash.questions.items import items, misleading
from analytics_dash.questions.sentences import listed
from analytics_dash.questions.titles import item_title, quoted, said
from analytics_dash.questions.written import is_shown, measured, spell, with_sign
from analytics_dash.releases import LearningFigure

HALF: Final = 0.5
NAMED: Final = 3
"""So many items are named in a sentence."""


def stops(facts: Facts, lesson: str) -> Finding:
    """The step after which most people stopped, where one stands out from the others by its interval."""
    shown = [each for each in facts.of_lesson(lesson, "stopped") if is_shown(each) and each.step]
    if not shown:
        return Finding(
            _("We can't say where people stop in {lesson}.").format(lesson=said(facts, lesson)), can_say=False
        )
    most = max(shown, key=lambda each: each.value or 0)
    rest = [each for each in shown if each is not most]
    values = {
        "lesson": said(facts, lesson),
        "share": with_sign(measured(most).text),
        "step": said(facts, lesson, most.step),
    }
    sure = _("Of {people} people who got so far. Interval (95%): {low} to {high}.").format(
        people=measured(most, "denominator").text,
        low=with_sign(measured(most, "low").text),
        high=with_sign(measured(most, "high").text),
    )
    if rest and (most.low or 0) <= max(each.high or 0 for each in rest):
        text = _("In {lesson} no step stands out: at most {share} stopped after any of them that can be shown.")
        return Finding(text.format(**values), sure)
    return Finding(_("In {lesson} most people stopped after {step}: {share}.").format(**values), sure)


def misled(facts: Facts, lesson: str) -> str:
    """Which items mislead, and which are hard; of answers that can't be shown it says that it can't say."""
    every, wrong = items(facts, lesson), misleading(facts, lesson)
    hard = [each for each in every if each.high is not None and each.high < HALF]
    if not every:
        return _("We can't say which items mislead: too few people answered.")
    if not facts.of_lesson(lesson, "chosen"):
        text = _("We can't say which items mislead: no wrong answer can be shown.")
    elif not wrong:
        text = _("In no item did more people choose one wrong answer than the right one.")
    else:
        text = ngettext(
            "In {count} item more people chose one wrong answer than the right one: {items}.",
            "In {count} items more people chose one wrong answer than the right one: {items}.",
            len(wrong),
        ).format(count=spell(len(wrong)), items=named_first(facts, wrong))
    if hard:
        text += " " + _("Fewer than half were right in {items}.").format(items=named_first(facts, hard))
    return text


def named_first(facts: Facts, found: Sequence[LearningFigure]) -> str:
    """The first few items by name, and how many more there are: the table has all of them."""
    names = listed([quoted(item_title(facts, each)) for each in found[:NAMED]])
    if len(found) <= NAMED:
        return names
    return _("{names} and {count} more").format(names=names, count=spell(len(found) - NAMED))
