"""The exact indicators of the generated population, before any protection: what a release should come close to.

Counted from lives, never from feeds or the warehouse, with definitions written a second time here. When the pipeline
agrees, two independent ways gave the same figures. `build` writes them to planted.json; tests compare.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.behaviour import Life
from analytics_dash.demonstration.moments import local_month
from analytics_dash.demonstration.staff import month_days


class Part(NamedTuple):
    """One person's part in one indicator in one month."""

    indicator: str
    month: str
    department: str
    grade_band: str
    arm: str | None
    numerator: int
    denominator: int


class Figure(NamedTuple):
    """One exact figure. `month`, `department` and `grade_band` are None where the view does not cut by them."""

    indicator: str
    view: str
    month: str | None
    department: str | None
    grade_band: str | None
    arm: str | None
    numerator: int
    denominator: int


def parts_of(life: Life) -> Iterator[Part]:
    """Yield what one listed person adds to each indicator; nothing for someone whom the roster does not know."""
    person = life.person
    if not person.listed:
        return

    def part(indicator: str, month: str, numerator: int, denominator: int = 1, arm: str | None = None) -> Part:
        return Part(indicator, month, person.department.name, person.grade_band, arm, numerator, denominator)

    if person.licence_from is not None:
        before = life.trained_on is not None and life.trained_on < person.licence_from
        yield part("trained_before_access", person.licence_from.isoformat()[:7], int(before))
    if life.training is not None and life.trained_on is not None:
        yield part("competent", life.trained_on.isoformat()[:7], int(life.training.competent))
    for use in life.use:
        trained = life.trained_on is not None and life.trained_on < month_days(use.month)[0]
        yield part("active_use", use.month, int(use.active), arm="trained" if trained else "untrained")
    redacted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for turn in life.turns:
        counts = redacted[local_month(turn.at)]
        counts[0] += turn.redacted
        counts[1] += 1
    for month, (redactions, prompts) in redacted.items():
        yield part("redaction_rate", month, redactions, prompts)


def figures(lives: Iterable[Life]) -> list[Figure]:
    """Add up the parts over the fixed views, active use by arm; sorted, so that the same lives give the same list."""
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for life in lives:
        for part in parts_of(life):
            for view, month, department, grade_band in (
                ("all", "", "", ""),
                ("month", part.month, "", ""),
                ("department", "", part.department, ""),
                ("grade_band", "", "", part.grade_band),
                ("department_month", part.month, part.department, ""),
            ):
                total = sums[part.indicator, view, month, department, grade_band, part.arm or ""]
                total[0] += part.numerator
                total[1] += part.denominator
    return [
        Figure(indicator, view, month or None, department or None, grade_band or None, arm or None, top, bottom)
        for (indicator, view, month, department, grade_band, arm), (top, bottom) in sorted(sums.items())
    ]


def share_by_nation(lives: Iterable[Life]) -> dict[str, tuple[int, int]]:
    """Return (active, licence-months) by nation: the null effect, which no release shows."""
    sums = {nation: [0, 0] for nation in planted.NATIONS}
    for life in lives:
        if life.person.listed:
            for use in life.use:
                sums[life.person.nation][0] += use.active
                sums[life.person.nation][1] += 1
    return {nation: (active, months) for nation, (active, months) in sums.items()}
