"""Where each person of the roster stands: department group, department, team, grade band, profession, nation.

The one place that says it, so that an indicator's own columns decide nothing: `placed` gives every row of a person the
person's place, and `places` lists the groups that there are, whether or not anybody of them contributes. A department
that the roster puts into several groups counts whole in the one that most of its people name, since a department cut
in two would have margins that no published view adds up to. Called by `persons` and `releases.build`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from analytics_dash.disclosure.views import OPTIONAL, VIEWS

if TYPE_CHECKING:
    from analytics_dash.warehouse import WarehouseTables

NOT_STATED: Final = "Not stated"
"""The place of a person for whom the roster has none, so that every margin is a full sum."""

Places = dict[tuple[str, ...], tuple[tuple[str, ...], ...]]


def standing(tables: WarehouseTables) -> Any:
    """Return an Ibis table of everyone in the roster: person, and a string column for each place, never null."""
    return tables.share("standing", lambda: _standing(tables))


def _standing(tables: WarehouseTables) -> Any:
    people = tables.people.mutate(
        **{name: _stated(tables.people[name]) for name in ("department", "department_group", "team", "grade_band")},
        profession=_stated(tables.people.profession),
        nation=_stated(tables.people.nation),
    )
    names = people.group_by("department", "department_group").agg(people=lambda t: t.count())
    ibis = _ibis()
    order = [names.department_group == NOT_STATED, ibis.desc(names.people), names.department_group]
    ranked = names.mutate(rank=ibis.row_number().over(group_by=names.department, order_by=order))
    group_of = ranked.filter(ranked["rank"] == 0).select(
        placed_department="department", placed_group="department_group"
    )
    joined = people.join(group_of, people.department == group_of.placed_department)
    return joined.select(
        "person", "department", "team", "grade_band", "profession", "nation", department_group=joined.placed_group
    )


def placed(parts: Any, people: Any, views: Iterable[str] = VIEWS) -> Any:
    """Return `parts` (with a column person) with the places of `standing`; whom the roster lacks is left out.

    Only the places that the `views` cut by: what is kept of each person and month is kept many times over.
    """
    names = dict.fromkeys(name for view in views for name in VIEWS[view].places)
    where = people.select(*names, placed_person="person")
    return parts.join(where, parts.person == where.placed_person).drop("placed_person")


def places(people: Any) -> Places:
    """Return the groups of each view's place dimensions, in alphabetical order, for `protect.Frame`."""
    found: Places = {}
    for names in dict.fromkeys(view.places for view in VIEWS.values()):
        if not names:
            found[names] = ((),)
            continue
        rows = people.select(*names).distinct().to_pyarrow().to_pylist()
        groups = tuple(sorted(tuple(row[name] for name in names) for row in rows))
        told = [name for name in names if name in OPTIONAL and _cuts(names, name)]
        if all(any(group[names.index(name)] != NOT_STATED for group in groups) for name in told):
            found[names] = groups
    return found


def _cuts(names: tuple[str, ...], name: str) -> bool:
    return any(view.places == names and name in view.cuts for view in VIEWS.values())


def _stated(column: Any) -> Any:
    return _ibis().coalesce(column.strip().nullif(""), NOT_STATED)


def _ibis() -> Any:
    import ibis  # noqa: PLC0415 (takes a second; whoever only reads releases never needs it)

    return ibis
