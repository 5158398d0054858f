"""What several releases of the same months say together of lessons, and how a new one avoids saying too much.

Answers to an item add up to the people who answered it. Late data may let one release show an answer that an earlier
one hides, and hide another: where both say that as many people answered, a reader puts the two together. Called by
`build`, which then shows no answer that the earlier one hides, and by `publish`, which refuses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from analytics_dash.disclosure.answers import is_pinned
from analytics_dash.disclosure.rule import MINIMUM, ROUNDING, Shown
from analytics_dash.i18n import _
from analytics_dash.releases.errors import LeakError
from analytics_dash.releases.types import LearningFigure

SINGLE_PEOPLE_SHOW: Final = 100
"""Below so many people the change of a measure from nought to one is more than its rounding (to hundredths) hides."""

_IN_TENTHS: Final = frozenset({"use_difference", "use_difference_crude", "rollout_effect", "rollout_before"})
"""Measures in percentage points, rounded to a tenth: ten times finer."""

_OF_CELLS: Final = frozenset({"equity_gap", "depth_median", "api_cost"})
"""What is made of the release's own cells, or is about nobody."""

_Item = tuple[str, str, str]
"""lesson, step, item"""

_Answers = dict[_Item, dict[str, Shown]]


def refuse_learning_leaks(last: Sequence[LearningFigure], earlier: Sequence[Sequence[LearningFigure]]) -> None:
    """Refuse a release whose answers, together with those of earlier ones of the same months, give one away."""
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

    Measures that would tell of one person by their change are hidden.
    """
    revised = set(_revised(last, earlier))
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
    before: dict[tuple[str, ...], list[LearningFigure]] = defaultdict(list)
    for figures in earlier:
        for each in figures:
            if each.value is not None:
                before[_about(each)].append(each)
    for each in last:
        if each.value is None or each.numerator is not None or each.measure in _OF_CELLS or each.denominator is None:
            continue
        shows = SINGLE_PEOPLE_SHOW * (10 if each.measure in _IN_TENTHS else 1)
        for then in before[_about(each)]:
            differs = (each.value, each.low, each.high) != (then.value, then.low, then.high)
            few = abs(each.denominator - (then.denominator or 0)) < MINIMUM + 2 * ROUNDING
            if differs and few and each.denominator < shows:
                yield each
                break


def _about(figure: LearningFigure) -> tuple[str, ...]:
    return figure.lesson, figure.step, figure.item, figure.option, figure.measure


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
