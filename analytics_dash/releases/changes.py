"""What a release changes against an earlier one, for people: revised, newly shown, newly hidden, view by view.

Made of published cells alone, so it can say nothing that its two releases do not: of a cell that one of them hides it
says that it is hidden, never what it was or is. Kept short by adding up: one line for each view and indicator in which
anything changed, with a few groups named. Called by the command line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from analytics_dash.disclosure.sums import standing_of
from analytics_dash.i18n import _
from analytics_dash.releases.types import Cell, ReleaseInfo

NAMED: Final = 3
"""So many groups are named of each kind of change; the rest are counted."""

KINDS: Final = ("revised", "newly_shown", "newly_hidden", "newly_available", "no_longer_available", "added", "gone")

_Place = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed in one view of one indicator: how many cells of each kind, and the first few groups by name.

    `compared` are the cells that both releases have about the same months. `largest` is the largest change of a value
    that both show, in the indicator's unit.
    """

    indicator: str
    view: str
    compared: int
    counts: Mapping[str, int]
    groups: Mapping[str, Sequence[str]]
    largest: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """A release against an earlier one. `months` counts the kinds of change for each month that both cover."""

    release: str
    against: str
    months_in: tuple[str, ...]
    months_out: tuple[str, ...]
    months: Mapping[str, Mapping[str, int]]
    views: tuple[Changed, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return asdict(self)


@dataclass(slots=True)
class _Tally:
    compared: int = 0
    groups: dict[str, list[str]] = field(default_factory=dict)
    largest: float | None = None

    def add(self, kind: str, cell: Cell) -> None:
        self.groups.setdefault(kind, []).append(name_of(cell))


def compare(new: ReleaseInfo, new_cells: Sequence[Cell], old: ReleaseInfo, old_cells: Sequence[Cell]) -> Report:
    """Return what `new` changes against `old`.

    Cells over the whole window are compared when both windows are the same months: otherwise they are about other
    months, and only that they came to be shown or hidden is told.
    """
    months_new, months_old = tuple(new.manifest["months"]), tuple(old.manifest["months"])
    both = set(months_new) & set(months_old)
    same_window = months_new == months_old
    before = {_place(cell): cell for cell in old_cells if cell.month is None or cell.month in both}
    after = {_place(cell): cell for cell in new_cells if cell.month is None or cell.month in both}
    tallies: defaultdict[tuple[str, str], _Tally] = defaultdict(_Tally)
    months: dict[str, dict[str, int]] = {}
    for place in [*after, *(place for place in before if place not in after)]:
        then, now = before.get(place), after.get(place)
        cell = now or then
        if cell is None:  # pragma: no cover - a place comes from one of the two
            continue
        tally = tallies[cell.indicator, cell.view]
        if kind := _kind(then, now, comparable=cell.month is not None or same_window):
            tally.add(kind, cell)
            if cell.month is not None:
                counts = months.setdefault(cell.month, {})
                counts[kind] = counts.get(kind, 0) + 1
        if then and now:
            tally.compared += 1
            if kind == "revised" and then.value is not None and now.value is not None:
                tally.largest = max(tally.largest or 0.0, abs(now.value - then.value))
    return Report(
        release=new.id,
        against=old.id,
        months_in=tuple(month for month in months_new if month not in both),
        months_out=tuple(month for month in months_old if month not in both),
        months={month: months[month] for month in sorted(months)},
        views=tuple(
            Changed(
                indicator,
                view,
                tally.compared,
                {kind: len(tally.groups[kind]) for kind in KINDS if kind in tally.groups},
                {kind: list(dict.fromkeys(tally.groups[kind]))[:NAMED] for kind in KINDS if kind in tally.groups},
                None if tally.largest is None else round(tally.largest, 1),
            )
            for (indicator, view), tally in tallies.items()
            if tally.groups
        ),
    )


def in_words(report: Report) -> Iterator[str]:
    """Yield the report line by line."""
    yield _("{release} against {against}").format(release=report.release, against=report.against)
    for months, text in ((report.months_in, _("new months: {months}")), (report.months_out, _("left out: {months}"))):
        if months:
            yield "  " + text.format(months=", ".join(months))
    if not report.views:
        yield _("Nothing changed in what both releases are about.")
        return
    if report.months:
        yield _("Published months that were revised:")
        for month, counts in report.months.items():
            yield f"  {month}: " + ", ".join(_counted(kind, number) for kind, number in counts.items())
    yield _("By indicator and view:")
    for changed in report.views:
        parts = [
            _counted(kind, number) + _named(changed.groups.get(kind, ()), number)
            for kind, number in changed.counts.items()
        ]
        most = "" if changed.largest is None else _("; values by {most} at most").format(most=changed.largest)
        yield _("  {indicator}, {view}: {parts} (of {compared}{most})").format(
            indicator=changed.indicator, view=changed.view, parts="; ".join(parts), compared=changed.compared, most=most
        )


def name_of(cell: Cell) -> str:
    """Return which group a cell is about, in the roster's words; empty for all of government."""
    place = (cell.month, cell.department or cell.department_group, cell.team, cell.grade_band, cell.profession)
    return " · ".join(each for each in (*place, cell.nation, cell.arm) if each)


def _kind(then: Cell | None, now: Cell | None, *, comparable: bool) -> str | None:
    """Return what became of a cell, or None when nothing did."""
    if then is None or now is None:
        return "added" if then is None else "gone"
    if "x" in (then.status, now.status):
        return None if then.status == now.status else "newly_available" if then.status == "x" else "no_longer_available"
    if "c" in (then.status, now.status):
        return None if then.status == now.status else "newly_shown" if then.status == "c" else "newly_hidden"
    revised = (then.numerator, then.denominator) != (now.numerator, now.denominator)
    return "revised" if revised and comparable else None


def _place(cell: Cell) -> _Place:
    return (cell.indicator, cell.arm, *standing_of(cell))


def _counted(kind: str, number: int) -> str:
    return {
        "revised": _("{number} revised"),
        "newly_shown": _("{number} newly shown"),
        "newly_hidden": _("{number} newly hidden"),
        "newly_available": _("{number} newly available"),
        "no_longer_available": _("{number} no longer available"),
        "added": _("{number} of new groups"),
        "gone": _("{number} of groups that are gone"),
    }[kind].format(number=number)


def _named(groups: Sequence[str], number: int) -> str:
    named = [group for group in groups if group]
    if not named:
        return ""
    more = _(" and others") if number > len(named) else ""
    return f" ({', '.join(named)}{more})"
