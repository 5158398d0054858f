"""The wall for estimates: differences go in, rounded figures with limits come out, for a release and nothing else.

Two kinds. What is made of exact sums (the standardised difference, the roll-out) is about everybody in the roster,
never a department, is shown only beside the cells of both arms, and told as closely as its people allow (`precision`).
What is made of the release's own cells (the plain difference, gaps, the median) tells nothing that the cells do not.
They are kept beside the cells like learning figures, about no lesson (`lesson` is empty). Called by `releases.build`;
decisions 0015 and 0019 say why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analytics_dash.disclosure.rule import BASE, MINIMUM, show_count
from analytics_dash.effects import reading
from analytics_dash.effects.change import TwoMonths, rate_ratio
from analytics_dash.effects.clumping import clumping, told_factor
from analytics_dash.effects.gap import Counts, gap
from analytics_dash.effects.median import median_from_shares
from analytics_dash.effects.rollout import before_rollout, rollout_effect
from analytics_dash.effects.standardised import Strata, standardised
from analytics_dash.indicators import CATALOGUE
from analytics_dash.indicators.depth import DAYS_A_WEEK
from analytics_dash.learning.intervals import rounded
from analytics_dash.learning.precision import enough, told
from analytics_dash.releases.clumps import MEASURE, factors_of
from analytics_dash.releases.types import Cell, LearningFigure

if TYPE_CHECKING:
    from analytics_dash.indicators import Window
    from analytics_dash.learning.intervals import Interval
    from analytics_dash.warehouse import WarehouseTables

NO_LESSON: Final = ""
"""What an estimate has for a lesson."""

GAPS: Final = ("trained_before_access", "competent", "active_use")
"""The indicators of which gaps are published, each arm by itself."""

GAP_VIEWS: Final = ("grade_band", "profession", "nation")

KINDS: Final = {indicator.id: indicator.kind for indicator in CATALOGUE.values()}

Repeated = Mapping[str, Mapping[str | None, reading.Repeats]]
"""How often people count, by indicator and arm."""

POINTS: Final = 100
"""Shares are published in percentage points."""


def estimates(
    tables: WarehouseTables, window: Window, cells: Sequence[Cell], repeats: Repeated, *, release: str
) -> tuple[LearningFigure, ...]:
    """The estimates of a release whose protected cells are `cells`, where people count as often as `repeats` says.

    One of which there is nothing to make it is not listed: where its feed was not loaded nobody is protected by [c].
    """
    months = {cell.indicator: set[str | None]() for cell in cells}
    for cell in cells:
        if cell.view == "month" and cell.status != "x":
            months[cell.indicator].add(cell.month)
    ends = {window.months[0], window.months[-1]}
    found: list[LearningFigure] = []
    if months.get("active_use"):
        found += use_difference(reading.strata(tables, window), cells, release=release)
    if ends <= months.get("redaction_rate", set()):
        found.append(redaction_change(reading.first_and_last(tables, window), window, cells, release=release))
    if months.get("active_use"):
        found += rollout_figures(reading.rollout(tables, window), cells, release=release)
    clumps = tuple(clumping_figures(repeats, cells, release=release))
    found += equity_gaps(cells, clumps, release=release)
    if months.get("depth_1"):
        found.append(depth_median(cells, release=release))
    return (*found, *clumps)


def clumping_figures(repeats: Repeated, cells: Iterable[Cell], *, release: str) -> Iterator[LearningFigure]:
    """By what factor the variance of an indicator's cells is larger for people counting several times.

    In a month, for those in which people act as often as they like, and in the months together. Where a cell of all
    people is shown; the rest have nothing to widen.
    """
    shown = {(each.indicator, each.arm, each.view) for each in cells if each.numerator is not None}
    for indicator, arms in repeats.items():
        for arm, found in arms.items():
            months = None if found.months is None else clumping(found.months, KINDS[indicator])
            whole = clumping(found.window, KINDS[indicator], most=found.most)
            for view, each in (("month", months), ("all", whole)):
                if each is None or (indicator, arm, view) not in shown:
                    continue
                factor = told_factor(each, found.people)
                limits = None if factor is None else (factor, None, None)
                place = (f"{indicator} {arm}" if arm else indicator, view, "")
                yield _of(release, MEASURE, found.people, limits, place=place)


def use_difference(strata: Strata, cells: Sequence[Cell], *, release: str) -> Iterator[LearningFigure]:
    """Trained less untrained, like with like and as it is, and which share of licence-months the first leaves out.

    The plain difference is that of the two cells: made of exact sums, over people who are nearly those of the other, it
    would tell who makes the difference.
    """
    arms, adjusted = both_arms(cells), standardised(strata)
    found = adjusted.interval if adjusted and arms else None
    limits = None if found is None else told(found, 1, scale=POINTS)
    yield _of(release, "use_difference", 0 if found is None else found.people, limits)
    yield plain_difference(cells, release=release)
    may = limits is not None and adjusted is not None and adjusted.people_left_out >= MINIMUM
    left_out = float(round(adjusted.left_out * POINTS / BASE) * BASE) if adjusted and may else None
    people = adjusted.interval.people if adjusted else 0
    yield _of(release, "use_difference_left_out", people, None if left_out is None else (left_out, None, None))


def plain_difference(cells: Iterable[Cell], *, release: str) -> LearningFigure:
    """Trained less untrained, of the two cells about all people, where both are shown."""
    arms = both_arms(cells)
    if arms is None:
        return _of(release, "use_difference_crude", 0, None)
    plain = POINTS * (arms[0][0] / arms[0][1] - arms[1][0] / arms[1][1])
    return _of(release, "use_difference_crude", min(arms[0][1], arms[1][1]), (round(plain, 1) + 0.0, None, None))


def redaction_change(sums: TwoMonths, window: Window, cells: Iterable[Cell], *, release: str) -> LearningFigure:
    """The rate of identifiers held back in the last month over the first's, where both cells are shown."""
    first, last = _first_and_last(cells, window.months)
    ratio = rate_ratio(sums, last, first) if first and last else None
    may = ratio if ratio and enough(show_count(ratio.people)) else None
    return _figure(release, "redaction_change", may, decimals=2)


def change_of_cells(cells: Iterable[Cell], months: Sequence[str]) -> float | None:
    """The figure of `redaction_change`, of cells alone, where both are shown."""
    first, last = _first_and_last(cells, months)
    return last[0] / last[1] / (first[0] / first[1]) if first and last else None


def _first_and_last(cells: Iterable[Cell], months: Sequence[str]) -> tuple[Counts | None, Counts | None]:
    shown = {cell.month: _counts(cell) for cell in cells if (cell.indicator, cell.view) == ("redaction_rate", "month")}
    return shown.get(months[0]), shown.get(months[-1])


def rollout_figures(found: reading.Rollout, cells: Iterable[Cell], *, release: str) -> Iterator[LearningFigure]:
    """The roll-out's effect, and the same comparison before it; of the use that the cells of both arms show.

    Neither is listed where there is nothing to compare: no month before a roll-out, or fewer than six departments.
    """
    may = both_arms(cells) is not None
    arguments = found.shares, found.people, found.rolled_out
    people = int(found.people[(found.rolled_out > 0) & ~np.isnan(found.shares).any(axis=1)].sum())
    estimators = {"rollout_effect": rollout_effect, "rollout_before": before_rollout}
    for measure, estimator in estimators.items():
        interval = estimator(*arguments)
        if interval is None:
            continue
        limits = told(replace(interval, people=people), 1, scale=POINTS) if may else None
        yield _of(release, measure, people, limits)


def equity_gaps(cells: Iterable[Cell], clumps: Iterable[LearningFigure], *, release: str) -> Iterator[LearningFigure]:
    """Each group less all others, of the indicators in `GAPS`, where both are shown; in their order: no ranking.

    `clumps` are the release's factors of clumping, or more of its figures.
    """
    factors = factors_of(clumps)
    shown = [cell for cell in cells if cell.indicator in GAPS and cell.view in (*GAP_VIEWS, "all")]
    wholes = {(cell.indicator, cell.arm): _counts(cell) for cell in shown if cell.view == "all"}
    for cell in shown:
        whole, group = wholes.get((cell.indicator, cell.arm)), _counts(cell)
        if cell.view == "all" or whole is None or group is None:
            continue
        name: Any = getattr(cell, cell.view)
        place = (f"{cell.indicator} {cell.arm}" if cell.arm else cell.indicator, cell.view, name)
        factor = factors.get((cell.indicator, cell.arm, "all"), 1.0)
        yield _figure(release, "equity_gap", gap(group, whole, factor), place=place, scale=POINTS)


def depth_median(cells: Iterable[Cell], *, release: str) -> LearningFigure:
    """The median of active days a week over the months of the release."""
    whole = {cell.indicator: _counts(cell) for cell in cells if cell.view == "all"}
    reaching = {days: counts for days in DAYS_A_WEEK if (counts := whole.get(f"depth_{days}")) is not None}
    complete = reaching if len(reaching) == len(DAYS_A_WEEK) else {}
    return _figure(release, "depth_median", median_from_shares(complete, most=7))


def both_arms(cells: Iterable[Cell]) -> tuple[Counts, Counts] | None:
    """The counts of active use over all people, trained and untrained, where both are shown."""
    shown = {cell.arm: _counts(cell) for cell in cells if (cell.indicator, cell.view) == ("active_use", "all")}
    trained, untrained = shown.get("trained"), shown.get("untrained")
    return (trained, untrained) if trained and untrained else None


def _counts(cell: Cell) -> Counts | None:
    return None if cell.numerator is None or cell.denominator is None else (cell.numerator, cell.denominator)


def _figure(
    release: str,
    measure: str,
    found: Interval | None,
    *,
    place: tuple[str, str, str] = ("", "", ""),
    scale: int = 1,
    decimals: int = 1,
) -> LearningFigure:
    limits = None if found is None else rounded(found, decimals, scale=scale)
    return _of(release, measure, 0 if found is None else found.people, limits, place=place)


def _of(
    release: str,
    measure: str,
    people: int,
    limits: tuple[float, float | None, float | None] | None,
    *,
    place: tuple[str, str, str] = ("", "", ""),
) -> LearningFigure:
    """A figure that rests on `people`, or a hidden one where there are too few or nothing can be told."""
    shown = show_count(people)
    if limits is None or shown is None:
        return LearningFigure(release, NO_LESSON, *place, measure, None, None, None, None, None, "c")
    return LearningFigure(release, NO_LESSON, *place, measure, None, shown, *limits, "shown")
