"""From person-level contributions to the exact figures of every group of every view: the engine reads persons once.

In one query the engine adds persons up to the smallest groups that the views need: within each month, over the whole
window (who counts in three months is one person then), and once for each way of cutting people that is part of no
other (teams, grades, professions, nations). From these small tables the groups of each view are put together here, the
same way whatever the engine. A person is in one place (the roster's), so the persons of a larger group are those of
its parts and none counts twice. What comes out is still confidential and goes to `protect` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]
import pyarrow.compute as pc  # type: ignore[import-untyped,unused-ignore]
from numpy.typing import NDArray

from analytics_dash.disclosure.dominance import Magnitude
from analytics_dash.disclosure.groups import Group, Key, key_of
from analytics_dash.disclosure.views import View

MEASURES: Final = ("numerator", "denominator", "rest")
_FIGURES: Final = (
    "arm",
    *(f"{name}_{kind}" for name in MEASURES for kind in ("total", "contributors", "largest", "largests", "below")),
)

_NO_ARM: Final = ""  # nulls do not join

_Whole = NDArray[np.int64]


def add_up_views(contributions: Any, views: Sequence[View]) -> dict[str, dict[Key, Group]]:
    """Return, for each view by name, the exact figures of every non-empty group.

    `contributions` is an Ibis table in the shape that `Indicator.contributions` describes, with a column for each
    dimension of the views. It is evaluated several times: give a table that the engine keeps.
    """
    keys = dict.fromkeys(("month", "arm", *(name for view in views for name in view.dimensions)), "string")
    # Engines say otherwise of a kept result which columns may be null, and what is put together must be alike.
    contributions = contributions.mutate(arm=contributions.arm.fill_null(_NO_ARM)).cast(keys)
    branches = _branches(views)
    if not branches:
        return {}
    found: dict[str, dict[Key, Group]] = {}
    for (_finest, within), smallest in zip(
        branches, _smallest(contributions, [each for each, _ in branches]), strict=True
    ):
        found |= {view.name: _groups(smallest, view) for view in within}
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


def _smallest(contributions: Any, views: Sequence[View]) -> list[pa.Table]:
    """Add up to the smallest groups of each view: of each measure total, contributors, largest and second largest."""
    import ibis  # noqa: PLC0415 (takes a second; whoever only reads releases never needs it)

    names = list(dict.fromkeys(name for view in views for name in view.dimensions))
    persons = {
        monthly: _persons(contributions, [view for view in views if ("month" in view.dimensions) == monthly])
        for monthly in {"month" in view.dimensions for view in views}
    }
    found = []
    for number, view in enumerate(views):
        figures = _figures(persons["month" in view.dimensions], [*view.dimensions, "arm"])
        own = {name: figures[name] if name in view.dimensions else ibis.null("string") for name in names}
        found.append(figures.mutate(**own, branch=ibis.literal(number, "int64")).select("branch", *names, *_FIGURES))
    every = ibis.union(*found).to_pyarrow()
    return [every.filter(pc.equal(every["branch"], number)) for number in range(len(views))]


def _persons(contributions: Any, views: Sequence[View]) -> Any:
    """Each person's parts, within each month or over all of them, as the views are: one pass for all of them."""
    dimensions = dict.fromkeys(name for view in views for name in view.dimensions)
    return contributions.group_by("person", "arm", *dimensions).agg(
        numerator=contributions.numerator.sum(), denominator=contributions.denominator.sum()
    )


def _figures(persons: Any, keys: Sequence[str]) -> Any:
    """The figures of each group of `persons`, which are counted first by how much they contribute: few have to join."""
    alike = persons.group_by(*keys, "numerator", "denominator").agg(persons=persons.count())
    alike = alike.mutate(rest=alike.denominator - alike.numerator)
    tops = alike.group_by(*keys).agg(**{f"{name}_top": alike[name].max() for name in MEASURES})
    joined = alike.join(tops, keys)
    figures: dict[str, Any] = {}
    for name in MEASURES:
        part, top = joined[name], joined[f"{name}_top"]
        figures[f"{name}_total"] = (part * joined.persons).sum()
        figures[f"{name}_contributors"] = (joined.persons * (part > 0).cast("int64")).sum()
        figures[f"{name}_largest"] = top.max()
        figures[f"{name}_largests"] = (joined.persons * (part == top).cast("int64")).sum()
        figures[f"{name}_below"] = part.max(where=part < top)
    return joined.group_by(*keys).agg(**figures)


def _groups(smallest: pa.Table, view: View) -> dict[Key, Group]:
    """Put the smallest groups together to those of a view."""
    if not smallest.num_rows:
        return {}
    keys = (*view.dimensions, "arm")
    which, firsts = _numbered(smallest, keys)
    magnitudes = [_magnitudes(smallest, name, which, len(firsts)) for name in MEASURES]
    rows = smallest.select(keys).take(pa.array(firsts)).to_pylist()
    groups: dict[Key, Group] = {}
    for row, numerator, denominator, rest in zip(rows, *magnitudes, strict=True):
        key = key_of(row | {"arm": row["arm"] or None})
        groups[key] = Group(key, numerator, denominator, rest)
    return groups


def _numbered(table: pa.Table, keys: Sequence[str]) -> tuple[_Whole, _Whole]:
    """For each row the number of its group, and for each group one of its rows."""
    codes = np.zeros(table.num_rows, dtype=np.int64)
    for name in keys:
        column = table[name].combine_chunks().dictionary_encode(null_encoding="encode")
        codes = codes * len(column.dictionary) + column.indices.to_numpy(zero_copy_only=False)
    _codes, firsts, which = np.unique(codes, return_index=True, return_inverse=True)
    return which, firsts


def _magnitudes(table: pa.Table, name: str, which: _Whole, groups: int) -> list[Magnitude]:
    """The measure's figures for each group."""
    total, contributors = np.zeros(groups, dtype=np.int64), np.zeros(groups, dtype=np.int64)
    np.add.at(total, which, _numbers(table, f"{name}_total"))
    np.add.at(contributors, which, _numbers(table, f"{name}_contributors"))
    largest = _numbers(table, f"{name}_largest")
    second = np.where(_numbers(table, f"{name}_largests") > 1, largest, _numbers(table, f"{name}_below"))
    both = np.concatenate([largest, second])
    of_both = np.concatenate([which, which])
    order = np.lexsort((both, of_both))
    last = np.cumsum(np.bincount(of_both, minlength=groups)) - 1
    ranked = both[order]
    return [
        Magnitude(total=t, contributors=c, largest=first, second=next_)
        for t, c, first, next_ in zip(
            total.tolist(), contributors.tolist(), ranked[last].tolist(), ranked[last - 1].tolist(), strict=True
        )
    ]


def _numbers(table: pa.Table, column: str) -> _Whole:
    """A column as whole numbers, nought where there is none (there is no second where one person is alone)."""
    return np.asarray(table[column].cast(pa.int64()).fill_null(0).to_numpy(), dtype=np.int64)
