"""The wall between person-level facts and what may be shown: persons go in, protected cells come out.

The one way from the warehouse into a release. Every group of a view becomes a cell, also one in which there is
nobody, so that the presence of a cell tells nothing. Called by `releases.build`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from analytics_dash.disclosure.aggregate import add_up_views
from analytics_dash.disclosure.dominance import is_dominated
from analytics_dash.disclosure.groups import Group, Key, empty
from analytics_dash.disclosure.persons import Persons
from analytics_dash.disclosure.rule import Shown, show_proportion, show_ratio
from analytics_dash.disclosure.views import VIEWS, View
from analytics_dash.releases.figures import rounds_to_nought
from analytics_dash.releases.types import Arm, Cell

Kind = Literal["proportion", "ratio"]


@dataclass(frozen=True, slots=True)
class Frame:
    """Which groups there are, whoever is in them: the months of the window, and the places of the roster.

    `available` are the months for which the feeds were loaded, in order. `places` gives for the place dimensions of
    a view (`View.places`) the values of each of its groups, in a fixed order; a view whose dimensions are not in it is
    left out, since the roster says nothing of them.
    """

    months: tuple[str, ...]
    available: tuple[str, ...]
    places: Mapping[tuple[str, ...], Sequence[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Measure:
    """What is protected: the indicator's id, its kind, the scale of its value, its arms (or one None), its views."""

    indicator: str
    kind: Kind
    scale: int
    arms: tuple[Arm | None, ...]
    views: tuple[str, ...]


def protect(persons: Persons, measure: Measure, frame: Frame, *, release: str) -> tuple[Cell, ...]:
    """Return the protected cells of every view of the indicator, in a fixed order.

    `persons` are those of the months that are available, for a month that reads [x] is no part of a sum.
    """
    cells: list[Cell] = []
    views = [name for name in measure.views if VIEWS[name].places in frame.places]
    exact = add_up_views(persons, [VIEWS[name] for name in views])
    for name in views:
        view, groups = VIEWS[name], exact[name]
        for key in _keys(view, measure.arms, frame):
            group = groups.get(key) or empty(key)
            months = frame.available if key.month is None else (key.month,)
            missing = not set(months) & set(frame.available)
            cells.append(protect_group(group, measure, view=name, release=release, missing=missing))
    return tuple(cells)


def protect_group(group: Group, measure: Measure, *, view: str, release: str, missing: bool = False) -> Cell:
    """Return the one cell that may be shown of a group's exact figures; `missing` when its feed was not loaded."""
    shown = None if missing else may_show(group, measure.kind)
    value = None if shown is None else measure.scale * shown.numerator / shown.denominator
    place = group.key._asdict()
    arm = _ARMS[place.pop("arm")]
    return Cell(
        **place,
        release=release,
        view=view,
        arm=arm,
        indicator=measure.indicator,
        numerator=None if shown is None else shown.numerator,
        denominator=None if shown is None else shown.denominator,
        value=value,
        status=("x" if missing else "c") if value is None else "low" if rounds_to_nought(value) else "shown",
    )


def may_show(group: Group, kind: Kind) -> Shown | None:
    """Return the counts that may be shown of a group, or None when it must be hidden.

    The counts must pass the 10-5 rule, and at least `MINIMUM` different people must stand behind each of them, of whom
    none stands out: in a view over several months one person counts several times, and of what people did (answers
    rated, logs handed in) one may have done most. Counts of licence-months are never dominated: six of at most six.
    """
    if kind == "proportion":
        hide = any(is_dominated(part) for part in (group.numerator, group.denominator, group.rest))
        return None if hide else show_proportion(group.numerator.total, group.denominator.total)
    if is_dominated(group.numerator) or is_dominated(group.denominator):
        return None
    return show_ratio(group.numerator.total, group.denominator.total)


_ARMS: Final[dict[str | None, Arm | None]] = {None: None, "trained": "trained", "untrained": "untrained"}


def _keys(view: View, arms: Sequence[Arm | None], frame: Frame) -> Iterator[Key]:
    """Yield the key of every group of the view, in a fixed order."""
    for arm in arms:
        for month in frame.months if "month" in view.dimensions else (None,):
            for place in frame.places[view.places]:
                yield Key(month=month, arm=arm, **dict(zip(view.places, place, strict=True)))
