"""Adding persons up: from person-level contributions to the exact figures of each group of a view.

What comes out is still confidential (exact, small counts included) and goes to `protect` and nowhere else. Written as
Ibis expressions, so that the engine adds up and no person-level row leaves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from analytics_dash.disclosure.dominance import Magnitude
from analytics_dash.disclosure.views import View


class Key(NamedTuple):
    """Which group: None where the view (or, for `arm`, the indicator) has no such dimension."""

    month: str | None = None
    department_group: str | None = None
    department: str | None = None
    team: str | None = None
    grade_band: str | None = None
    profession: str | None = None
    nation: str | None = None
    arm: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Exact figures of one group. `rest` is denominator − numerator, with the persons who have any of it.

    `people` are the distinct persons behind the denominator; a person may count in several months.
    """

    key: Key
    numerator: Magnitude
    denominator: Magnitude
    rest: Magnitude


NOBODY: Final = Magnitude(total=0, contributors=0, largest=0, second=0)


def empty(key: Key) -> Group:
    """Return the group in which there is nobody."""
    return Group(key, NOBODY, NOBODY, NOBODY)


def add_up(contributions: Any, view: View) -> dict[Key, Group]:
    """Return the exact figures of every non-empty group of `view`.

    `contributions` is an Ibis table in the shape that `Indicator.contributions` describes, with a column for each
    dimension of the view (`places.placed`).
    """
    import ibis  # noqa: PLC0415 (takes a second; whoever only reads releases never needs it)

    dimensions = [*view.dimensions, "arm"]
    persons = contributions.group_by(*dimensions, "person").agg(
        numerator=contributions.numerator.sum(), denominator=contributions.denominator.sum()
    )
    persons = persons.mutate(rest=persons.denominator - persons.numerator)
    measures = ("numerator", "denominator", "rest")
    ranked = persons.mutate(
        **{
            f"{measure}_rank": ibis.row_number().over(
                group_by=[persons[name] for name in dimensions], order_by=ibis.desc(persons[measure])
            )
            for measure in measures
        }
    )
    figures: dict[str, Any] = {}
    for measure in measures:
        column = ranked[measure]
        figures[f"{measure}_total"] = column.sum()
        figures[f"{measure}_contributors"] = (column > 0).sum()
        figures[f"{measure}_largest"] = column.max()
        figures[f"{measure}_second"] = column.max(where=ranked[f"{measure}_rank"] == 1)
    rows = ranked.group_by(*dimensions).agg(**figures).to_pyarrow().to_pylist()
    groups = (_group(row, measures) for row in rows)
    return {group.key: group for group in groups}


def _group(row: dict[str, Any], measures: tuple[str, ...]) -> Group:
    figures = {
        measure: Magnitude(
            **{part: int(row[f"{measure}_{part}"] or 0) for part in ("total", "contributors", "largest", "second")}
        )
        for measure in measures
    }
    return Group(Key(**{name: row.get(name) for name in Key._fields}), **figures)
