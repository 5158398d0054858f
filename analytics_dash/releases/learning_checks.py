"""What several releases of the same months say together of an item's answers, and how a new one avoids saying too much.

Answers to an item add up to the people who answered it. Late data may let one release show an answer that an earlier
one hides, and hide another: where both say that as many people answered, a reader puts the two together. Called by
`build`, which then shows no answer that the earlier one hides, and by `publish`, which refuses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from analytics_dash.disclosure.answers import is_pinned
from analytics_dash.disclosure.rule import Shown
from analytics_dash.i18n import _
from analytics_dash.releases.errors import LeakError
from analytics_dash.releases.types import LearningFigure

_Item = tuple[str, str, str]
"""lesson, step, item"""

_Answers = dict[_Item, dict[str, Shown]]


def refuse_learning_leaks(last: Sequence[LearningFigure], earlier: Sequence[Sequence[LearningFigure]]) -> None:
    """Refuse a release whose answers, together with those of earlier ones of the same months, give one away."""
    for lesson, _step, item in _leaking(last, earlier):
        raise LeakError(
            _(
                "Not published: together with an earlier release about the same months, the answers to “{item}” in the "
                "lesson “{lesson}” would let someone work out one that is hidden. Build it again: adoption release "
                "build --anew."
            ).format(item=item, lesson=lesson)
        )


def hide_between(
    last: Sequence[LearningFigure], earlier: Sequence[Sequence[LearningFigure]]
) -> tuple[LearningFigure, ...]:
    """Return `last` without the answers that would give one away together with `earlier` ones of the same months."""
    leaking = set(_leaking(last, earlier))
    before = [_answers(each) for each in earlier]
    return tuple(
        each
        for each in last
        if each.measure != "chosen"
        or (item := (each.lesson, each.step, each.item)) not in leaking
        or all(each.option in answers[item] for answers in before if item in answers)
    )


def _leaking(last: Sequence[LearningFigure], earlier: Sequence[Sequence[LearningFigure]]) -> Iterator[_Item]:
    before = [_answers(each) for each in earlier]
    for item, own in _answers(last).items():
        people = next(iter(own.values())).denominator
        of_the_same = [
            answers[item]
            for answers in before
            if item in answers and next(iter(answers[item].values())).denominator == people
        ]
        together = {answer: shown for answers in [*of_the_same, own] for answer, shown in answers.items()}
        if set(together) != set(own) and is_pinned(together):
            yield item


def _answers(figures: Sequence[LearningFigure]) -> _Answers:
    """Return the shown answers of each item."""
    found: _Answers = defaultdict(dict)
    for each in figures:
        if each.measure == "chosen" and each.numerator is not None and each.denominator is not None:
            found[each.lesson, each.step, each.item][each.option] = Shown(each.numerator, each.denominator)
    return dict(found)
