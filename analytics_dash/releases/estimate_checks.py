"""What a release's estimates and learning figures must be, by its own word: told as the rule tells them, no closer.

`learning.figures` and `effects.figures` keep the rule when they make them; here what they cannot have made is refused,
whoever wrote it into the register. What rests on cells is made of these anew; of the rest, figure, limits and number of
people must fit each other. Each refusal names the measure and the reason, never a group or a figure. Called by
`publish`, and so by `reaudit`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import exp
from typing import Final

from analytics_dash.disclosure.rule import BASE, MINIMUM, ROUNDING
from analytics_dash.effects.clumping import is_told
from analytics_dash.effects.figures import (
    NO_LESSON,
    POINTS,
    both_arms,
    change_of_cells,
    depth_median,
    equity_gaps,
    plain_difference,
)
from analytics_dash.i18n import _
from analytics_dash.learning.figures import DECIMALS, DECIMALS_OF_SHARES, SECONDS
from analytics_dash.learning.intervals import Z95, rounded, wilson
from analytics_dash.learning.precision import ERRORS, enough, steps_of
from analytics_dash.releases.clumps import MEASURE as CLUMPING
from analytics_dash.releases.errors import RuleError
from analytics_dash.releases.figures import SHARES
from analytics_dash.releases.types import Cell, LearningFigure

OF_USE: Final = frozenset({"use_difference", "rollout_effect", "rollout_before"})
"""Estimates of exact sums about active use, in percentage points."""

TOLD: Final[Mapping[str, tuple[int, int]]] = {
    **dict.fromkeys(OF_USE, (1, POINTS)),
    **dict.fromkeys(
        (
            "rest_correlation",
            "brier",
            "over_confidence",
            "sensitivity",
            "criterion",
            "gain",
            "mean_gain",
            "gain_on_anchors",
            "kept",
        ),
        (DECIMALS, 1),
    ),
}
"""What `precision.told` tells: decimals and scale of each measure."""

About = tuple[str, ...]
"""What a figure is of: lesson, step, item, option, measure."""


def about(figure: LearningFigure) -> About:
    """What a figure is of, whichever release it is in."""
    return figure.lesson, figure.step, figure.item, figure.option, figure.measure


def refuse_closer_than_told(figures: Sequence[LearningFigure], cells: Sequence[Cell], months: Sequence[str]) -> None:
    """Refuse a figure that says more than the rule lets it, beside `cells` of a release over `months`."""
    made = {about(each): each for each in _of_cells(cells, figures, release=figures[0].release if figures else "")}
    seen: set[About] = set()
    for each in figures:
        reason = _("it is told twice") if about(each) in seen else None
        seen.add(about(each))
        if each.status == "shown" and reason is None:
            reason = _of_a_shown(each, made, cells, months)
        if reason is not None:
            raise RuleError(
                _("The measure “{measure}” is not told by the rule: {reason}; not published.").format(
                    measure=each.measure, reason=reason
                )
            )


def told_to(figure: LearningFigure, *, people: int | None = None) -> tuple[float, ...]:
    """The steps on which a figure can have been told of so many `people` (its own, if none are given); finest first."""
    shown = figure.denominator if people is None else people
    if figure.measure not in TOLD or shown is None or None in (figure.value, figure.low, figure.high):
        return ()
    decimals, scale = TOLD[figure.measure]
    return tuple(steps_of((figure.value, figure.low, figure.high), shown, decimals, scale=scale))  # type: ignore[arg-type]


def _of_cells(cells: Sequence[Cell], figures: Sequence[LearningFigure], *, release: str) -> Iterable[LearningFigure]:
    """Whatever estimates rest on shown cells, and on the factors among the figures, alone."""
    yield plain_difference(cells, release=release)
    yield from equity_gaps(cells, figures, release=release)
    yield depth_median(cells, release=release)


def _of_a_shown(
    each: LearningFigure, made: Mapping[About, LearningFigure], cells: Sequence[Cell], months: Sequence[str]
) -> str | None:
    """Say what is wrong with a shown figure, if anything."""
    if each.numerator is not None:
        return _of_a_share(each)
    if each.lesson == NO_LESSON and about(each) in made:
        return None if each == made[about(each)] else _not_made_of_cells()
    if each.measure in {"redaction_change", CLUMPING}:
        return _of_a_factor(each, cells) if each.measure == CLUMPING else _of_a_change(each, cells, months)
    if each.measure == "use_difference_left_out":
        return _beside_arms(each, cells) or _of_a_round(each, BASE, _("it is finer than 5 %"))
    if each.measure == "seconds":
        return _of_a_round(each, SECONDS, _("it is finer than {seconds} seconds").format(seconds=SECONDS))
    return _of_a_told(each, cells) if each.measure in TOLD else _("a release holds no such measure")


def _of_a_told(each: LearningFigure, cells: Sequence[Cell]) -> str | None:
    if each.measure in OF_USE:
        return _beside_arms(each, cells) or _of_its_people(each, closer=not told_to(each))
    return _of_its_people(each, closer=not told_to(each))


def _beside_arms(each: LearningFigure, cells: Sequence[Cell]) -> str | None:
    if both_arms(cells) is None:
        return _("the cells of both arms that it stands beside are not shown")
    return _of_its_people(each, closer=False)


def _of_a_factor(each: LearningFigure, cells: Sequence[Cell]) -> str | None:
    """A factor stands beside a shown cell that it widens, and is one that so many people can have made."""
    indicator, _blank, arm = each.step.partition(" ")
    wanted = (indicator, arm or None, each.item)
    if not any((cell.indicator, cell.arm, cell.view) == wanted and cell.numerator is not None for cell in cells):
        return _("no cell that it is about is shown")
    told = each.value is not None and is_told(each.value, each.denominator or 0)
    return _of_its_people(each, closer=not told or (each.low, each.high) != (None, None))


def _of_its_people(each: LearningFigure, *, closer: bool) -> str | None:
    if not enough(each.denominator):
        return _("fewer than 50 people may stand behind it")
    return _("it is finer than five of its people could make it") if closer else None


def _of_a_round(each: LearningFigure, base: int, otherwise: str) -> str | None:
    return otherwise if each.value is None or each.value % base or (each.low, each.high) != (None, None) else None


def _of_a_share(each: LearningFigure) -> str | None:
    if each.measure not in SHARES or each.numerator is None or each.denominator is None or each.value is None:
        return _("a release holds no such measure")
    if each.denominator - each.numerator < MINIMUM:
        return _("fewer than 10 of the whole are not counted (the complement is below 10)")
    limits = rounded(wilson(each.numerator, each.denominator, unsure=ROUNDING), DECIMALS_OF_SHARES)
    if each.value != limits[0] or (each.low, each.high) not in {limits[1:], (None, None)}:
        return _("a rate is not made of the rounded counts beside it, so it says more than they do")
    return None


def _of_a_change(each: LearningFigure, cells: Sequence[Cell], months: Sequence[str]) -> str | None:
    """The figure is the cells' own; the error behind its limits is one of a few."""
    ratio = change_of_cells(cells, months)
    if ratio is None or each.value != _to_hundredths(ratio):
        return _not_made_of_cells()
    possible = {tuple(_to_hundredths(ratio * exp(side * Z95 * error)) for side in (-1, 1)) for error in ERRORS}
    return _of_its_people(each, closer=(each.low, each.high) not in possible)


def _to_hundredths(number: float) -> float:
    return round(number, DECIMALS) + 0.0


def _not_made_of_cells() -> str:
    return _("it is not made of the cells beside it, so it says more than they do")
