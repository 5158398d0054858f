"""The attacker: someone who has every published cell, knows the rule, and solves for the hidden counts.

For each hidden count the attacker asks with a linear programme (SciPy's HiGHS) between which bounds it lies when it is
below ten (`ranges`). A count that is pinned to within ±2 leaks: that is as close as a shown figure is, and shown it may
not be. A hidden sum of magnitudes leaks as soon as it can be estimated to within `P_PERCENT`. Called by `secondary`
before a release is built and by `releases.publish` over a release together with all earlier ones. What the attacker
cannot know (outside knowledge, colluding readers) is listed in `docs/method.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analytics_dash.disclosure.equations import COUNTS, Count, system_of
from analytics_dash.disclosure.folding import Folded, fold
from analytics_dash.disclosure.populations import Slot, with_populations
from analytics_dash.disclosure.programme import Programme
from analytics_dash.disclosure.protect import Kind
from analytics_dash.disclosure.ranges import bounds, sum_bounds
from analytics_dash.disclosure.sums import Standing
from analytics_dash.releases.types import Cell


@dataclass(frozen=True, slots=True)
class Leak:
    """A hidden cell that published cells pin too narrowly, which of its counts, and the shown cells that pin it.

    Holds no bound: that would be the secret.
    """

    cell: Cell
    count: Count
    pinned_by: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Attack:
    """What the attacker tried and found: how many hidden cells, those that leak, and what cannot be.

    `impossible` names indicators (with their arm) whose cells contradict each other: no true counts fit them, so
    they were not made by the rule.
    """

    hidden: int
    leaks: tuple[Leak, ...]
    impossible: tuple[str, ...]


def attack(releases: Sequence[Sequence[Cell]], kinds: Mapping[str, Kind]) -> Attack:
    """Attack the last of `releases` with the help of the earlier ones (oldest first).

    A hidden cell of an earlier release counts too: the last one may give it away. `kinds` gives the kind of each
    indicator. Cells of different indicators or arms count different people and are attacked apart.
    """
    hidden = 0
    leaks: list[Leak] = []
    impossible: list[str] = []
    for (indicator, arm), parts in _by_indicator_and_arm(releases).items():
        kind = kinds[indicator]
        systems = _systems(parts, kind)
        if not systems:
            impossible.append(f"{indicator} {arm}".strip())
            continue
        hidden += max(len(each.system.hidden) for each in systems)
        found = (leak for each in systems for leak in _leaks(each, kind, own=set(parts[-1])))
        leaks += {(leak.cell, leak.count, leak.pinned_by): leak for leak in found}.values()
    return Attack(hidden, tuple(leaks), tuple(impossible))


def _systems(parts: Sequence[Sequence[Cell]], kind: Kind) -> list[Folded]:
    """Return what may be put together to attack the last of `parts`; empty when not even that one holds by itself.

    Releases contradict each other where late data or another roster changed the people behind figures that look the
    same. That must not hide what the others say together: so the last one is attacked with as many earlier ones as
    hold with it, the newest first, and with each of them apart where that links more cells (which cell is whose is not
    the same in company).
    """
    *earlier, last = parts
    if (alone := _joint([last], kind)) is None:
        return []
    company, together = [last], alone
    # Most often all of them hold together; then there is nothing to find out one by one.
    if earlier and (everything := _joint(parts, kind)) is not None:
        company, together = list(parts), everything
    else:
        for release in reversed(earlier):
            if (more := _joint([release, *company], kind)) is not None:
                company, together = [release, *company], more
    return [together.folded, *_apart(earlier, company, together, kind)]


@dataclass(frozen=True, slots=True)
class _Joint:
    """Releases put together: their cells by slot, release by release, and what is to be solved."""

    releases: tuple[Mapping[Slot, Cell], ...]
    folded: Folded


def _apart(
    earlier: Sequence[Sequence[Cell]], company: list[Sequence[Cell]], together: _Joint, kind: Kind
) -> Iterator[Folded]:
    """Yield the last release with each earlier one that tells more alone with it than in company."""
    last = company[-1]
    for release in earlier:
        position = next((at for at, each in enumerate(company) if each is release), None)
        if position is not None and len(company) == 2:
            continue
        # The careful reading links fewer cells than the close one, which is what company is measured against.
        close = tuple(with_populations([release, last], closely=True))
        if position is not None and _linked(close[0], close[1]) <= _linked(
            together.releases[position], together.releases[-1]
        ):
            continue
        if (pair := _joint([release, last], kind)) is not None:
            yield pair.folded


def _linked(one: Mapping[Slot, Cell], other: Mapping[Slot, Cell]) -> set[Standing]:
    """Return where both have cells that are taken for the same people."""
    return {slot.at for slot in one.keys() & other.keys()}


def _joint(releases: Sequence[Sequence[Cell]], kind: Kind) -> _Joint | None:
    """Return the releases as one system, linked as closely as they allow; None when they contradict each other."""
    for closely in (True, False) if len(releases) > 1 else (True,):
        slots = tuple(with_populations(releases, closely=closely))
        if _can_hold(folded := fold(system_of(slots, kind))):
            return _Joint(slots, folded)
    return None


def _leaks(folded: Folded, kind: Kind, *, own: set[Cell]) -> Iterator[Leak]:
    """Yield the counts that are pinned by shown cells of which at least one is among `own`.

    By duality the earlier releases alone give away what no cell of the last one pulls at; refusing or hiding that one
    would not undo it.
    """
    for count in COUNTS[kind]:
        found = [(row, reach) for row, reach in bounds(folded, count).items() if reach.is_narrow]
        if kind == "ratio":
            found += [(row, reach) for row, reach in sum_bounds(folded, count).items() if reach.is_estimable]
        for row, reach in found:
            pins = tuple(folded.system.cells[pin] for pin in reach.pinned_by)
            if not own.isdisjoint(pins):
                yield Leak(folded.system.cells[row], count, pins)


def _can_hold(folded: Folded) -> bool:
    """Return whether there are true counts that fit the system; where there are no cells, nothing is amiss."""
    if not folded.system.slots:
        return True
    programme = Programme(folded.matrix, *folded.bounds(folded.system.lower, folded.system.upper))
    return programme.minimise() is not None


def _by_indicator_and_arm(
    releases: Sequence[Sequence[Cell]],
) -> dict[tuple[str, str], list[list[Cell]]]:
    """Return the cells of each indicator and arm of the last release, release by release, oldest first."""
    last = {(cell.indicator, cell.arm or "") for cell in releases[-1]}
    parts: dict[tuple[str, str], list[list[Cell]]] = {}
    for cells in releases:
        here: dict[tuple[str, str], list[Cell]] = defaultdict(list)
        for cell in cells:
            here[cell.indicator, cell.arm or ""].append(cell)
        for key in sorted(last & here.keys()):
            parts.setdefault(key, []).append(here[key])
    return parts
