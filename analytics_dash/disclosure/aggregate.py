"""From what persons contribute to the exact figures of every group of every view: the engine counts, once.

In one query the engine counts how many persons contribute how much, in the smallest groups that the views need: within
each month, over the whole window (who counts in three months is one person then), and once for each way of cutting
people that is part of no other (teams, grades, professions, nations). From these counts the groups of each view are put
together here, the same way whatever the engine. A person is in one place (the roster's), so the persons of a larger
group are those of its parts and none counts twice. What comes out is still confidential and goes to `protect` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]
import pyarrow.compute as pc  # type: ignore[import-untyped,unused-ignore]
from numpy.typing import NDArray

from analytics_dash.disclosure.dominance import Magnitude
from analytics_dash.disclosure.groups import Group, Key, key_of
from analytics_dash.disclosure.persons import Persons
from analytics_dash.disclosure.views import View

MEASURES: Final = ("numerator", "denominator", "rest")

_COUNTED: Final = ("arm", "numerator", "denominator", "persons")
_NO_ARM: Final = ""  # a null is no group's name

_Whole = NDArray[np.int64]


def add_up_views(persons: Persons, views: Sequence[View]) -> dict[str, dict[Key, Group]]:
    """Return, for each view by name, the exact figures of every non-empty group.

    `persons` have a column for each dimension of the views.
    """
    branches = _branches(views)
    if not branches:
        return {}
    found: dict[str, dict[Key, Group]] = {}
    for (_finest, within), counted in zip(branches, _counted(persons, [each for each, _ in branches]), strict=True):
        found |= {view.name: _groups(counted, view) for view in within}
    return found


def _branches(views: Sequence[View]) -> list[tuple[View, list[View]]]:
    """Return the finest views, each with the views of the same months whose groups are made of its groups."""
    branches: list[tuple[View, list[View]]] = []
    for view in sorted(views, key=lambda each: -len(each.dimensions)):
        of = next((own for finest, own in branches if _is_made_of(view, finest)), None)
        if of is None:
            branches.append((view, [view]))
        else:
            of.append(view)
    return branches


def _is_made_of(view: View, finer: View) -> bool:
    monthly = "month" in view.dimensions
    return monthly == ("month" in finer.dimensions) and set(view.dimensions) <= set(finer.dimensions)


def _counted(persons: Persons, views: Sequence[View]) -> list[pa.Table]:
    """Count, in each group of each view, the persons who contribute alike."""
    import ibis  # noqa: PLC0415 (takes a second; whoever only reads releases never needs it)

    names = list(dict.fromkeys(name for view in views for name in view.dimensions))
    found = []
    for number, view in enumerate(views):
        table = persons.monthly if "month" in view.dimensions else persons.window
        table = table.mutate(arm=table.arm.fill_null(_NO_ARM))
        counted = table.group_by(*view.dimensions, "arm", "numerator", "denominator").agg(persons=table.count())
        own = {name: counted[name] if name in view.dimensions else ibis.null("string") for name in names}
        # Engines say otherwise of a kept result which columns may be null, and what is put together must be alike.
        alike = dict.fromkeys((*names, "arm"), "string") | dict.fromkeys(_COUNTED[1:], "int64")
        found.append(counted.mutate(**own).cast(alike).select(*names, *_COUNTED, branch=ibis.literal(number, "int64")))
    every = ibis.union(*found).to_pyarrow()
    return [every.filter(pc.equal(every["branch"], number)) for number in range(len(views))]


def _groups(counted: pa.Table, view: View) -> dict[Key, Group]:
    """Put what was counted together to the groups of a view."""
    if not counted.num_rows:
        return {}
    keys = (*view.dimensions, "arm")
    which, firsts = _numbered(counted, keys)
    numerator, denominator, persons = (_numbers(counted, name) for name in _COUNTED[1:])
    magnitudes = [
        _magnitudes(part, persons, which, len(firsts)) for part in (numerator, denominator, denominator - numerator)
    ]
    rows = counted.select(keys).take(pa.array(firsts)).to_pylist()
    groups: dict[Key, Group] = {}
    for row, *parts in zip(rows, *magnitudes, strict=True):
        key = key_of(row | {"arm": row["arm"] or None})
        groups[key] = Group(key, *parts)
    return groups


def _numbered(table: pa.Table, keys: Sequence[str]) -> tuple[_Whole, _Whole]:
    """For each row the number of its group, and for each group one of its rows."""
    codes = np.zeros(table.num_rows, dtype=np.int64)
    for name in keys:
        column = table[name].combine_chunks().dictionary_encode(null_encoding="encode")
        codes = codes * len(column.dictionary) + column.indices.to_numpy(zero_copy_only=False)
    _codes, firsts, which = np.unique(codes, return_index=True, return_inverse=True)
    return which, firsts


def _magnitudes(part: _Whole, persons: _Whole, which: _Whole, groups: int) -> list[Magnitude]:
    """The measure's figures for each group: `persons` of a row contribute `part` each."""
    total, contributors = np.zeros(groups, dtype=np.int64), np.zeros(groups, dtype=np.int64)
    np.add.at(total, which, part * persons)
    np.add.at(contributors, which, np.where(part > 0, persons, 0))
    # Two who contribute alike are the largest and the second largest.
    several = persons > 1
    parts, of_parts = np.concatenate([part, part[several]]), np.concatenate([which, which[several]])
    ranked = parts[np.lexsort((parts, of_parts))]
    there = np.bincount(of_parts, minlength=groups)
    last = np.cumsum(there) - 1
    second = np.where(there > 1, ranked[last - 1], 0)
    return [
        Magnitude(total=t, contributors=c, largest=first, second=next_)
        for t, c, first, next_ in zip(
            total.tolist(), contributors.tolist(), ranked[last].tolist(), second.tolist(), strict=True
        )
    ]


def _numbers(table: pa.Table, column: str) -> _Whole:
    return np.asarray(table[column].to_numpy(), dtype=np.int64)
