"""What several releases of the same months say together of lessons, and how a new one avoids saying too much.

Answers to an item add up to the people who answered it. Late data may let one release show an answer that an earlier
one hides, and hide another: where both say that as many people answered, a reader puts the two together. And a measure
that two releases round differently lies where both say. Called by `build`, which then shows no such answer or measure,
and by `publish`, which refuses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Final

from analytics_dash.disclosure.answers import is_pinned
from analytics_dash.disclosure.rule import MINIMUM, ROUNDING, Shown
from analytics_dash.i18n import _
from analytics_dash.releases.errors import LeakError
from analytics_dash.releases.estimate_checks import OF_USE, About, about, told_to
from analytics_dash.releases.types import LearningFigure

SINGLE_PEOPLE_SHOW: Final = 100
"""Below so many people the change of a measure from nought to one is more than its rounding (to hundredths) hides."""

EVERYBODY: Final = 10**9
"""So many people allow every step: earlier releases may have been rounded by another rule."""

_OF_CELLS: Final = frozenset({"equity_gap", "depth_median", "use_difference_crude", "api_cost"})
"""What is made of the release's own cells, or is about nobody."""

_Item = tuple[str, str, str]
"""lesson, step, item"""

_Answers = dict[_Item, dict[str, Shown]]


def refuse_learning_leaks(last: Sequence[LearningFigure], earlier: Sequence[Sequence[LearningFigure]]) -> None:
    """Refuse a release whose answers, together with those of earlier ones of the same months, give one away."""
    for each in _crossed(last, earlier):
        raise LeakError(
            _(
                "Not published: the measure “{measure}” is rounded otherwise than in an earlier release about the same "
                "months, and the two together tell it more closely than either may. Build it again: adoption release "
                "build --anew."
            ).format(measure=each.measure)
        )
    for each in _revised(last, earlier):
        raise LeakError(
            _(
                "Not published: the measure “{measure}” differs from an earlier release about the same months and so "
                "few people stand behind it that the change would tell of one of them. Build it again: adoption "
                "release build --anew."
            ).format(measure=each.measure)
        )
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
    """Return `last` without the answers that would give one away together with `earlier` ones of the same months.

    Measures that would tell of one person by their change, or too much by being rounded otherwise, are hidden.
    """
    revised = {*_revised(last, earlier), *_crossed(last, earlier)}
    leaking = set(_leaking(last, earlier))
    before = [_answers(each) for each in earlier]
    return tuple(
        replace(each, denominator=None, value=None, low=None, high=None, status="c") if each in revised else each
        for each in last
        if each.measure != "chosen"
        or (item := (each.lesson, each.step, each.item)) not in leaking
        or all(each.option in answers[item] for answers in before if item in answers)
    )


def _revised(last: Sequence[LearningFigure], earlier: Sequence[Sequence[LearningFigure]]) -> Iterator[LearningFigure]:
    """Yield the measures that another release shows otherwise, of as good as the same few people.

    Shares are made of counts that are rounded to 5, as cells are, and tell no more than these.
    """
    for each, then in _pairs(last, earlier):
        shows = SINGLE_PEOPLE_SHOW * (10 if each.measure in OF_USE else 1)  # in tenths of a point: ten times finer
        differs = (each.value, each.low, each.high) != (then.value, then.low, then.high)
        if differs and each.denominator is not None and each.denominator < shows:
            yield each


def _crossed(last: Sequence[LearningFigure], earlier: Sequence[Sequence[LearningFigure]]) -> Iterator[LearningFigure]:
    """Yield the measures that lie, if they are the same, in part of what either release says, by another rounding."""
    for each, then in _pairs(last, earlier):
        # What the rule of today cannot have told was told by an earlier one: on any step.
        for step, before in product(told_to(each)[:1], told_to(then)[:1] or told_to(then, people=EVERYBODY)):
            if each.value is not None and then.value is not None:
                low = max(each.value - step / 2, then.value - before / 2)
                high = min(each.value + step / 2, then.value + before / 2)
                if 1e-9 < high - low < min(step, before) - 1e-9:
                    yield each


def _pairs(
    last: Sequence[LearningFigure], earlier: Sequence[Sequence[LearningFigure]]
) -> Iterator[tuple[LearningFigure, LearningFigure]]:
    """Yield each shown measure that is no share with another release's, where as good as the same people stand behind.

    Shares are made of counts that are rounded to 5, as cells are, and tell no more than these.
    """
    before: dict[About, list[LearningFigure]] = defaultdict(list)
    for figures in earlier:
        for each in figures:
            if each.value is not None:
                before[about(each)].append(each)
    for each in last:
        if each.value is None or each.numerator is not None or each.measure in _OF_CELLS or each.denominator is None:
            continue
        for then in before[about(each)]:
            if abs(each.denominator - (then.denominator or 0)) < MINIMUM + 2 * ROUNDING:
                yield each, then


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
