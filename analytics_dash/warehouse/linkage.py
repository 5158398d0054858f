"""How much of the warehouse belongs to people of the roster: counts of facts, of at least ten or not at all.

An operator sees by them that a roster or a log of joining events is missing. Called by `warehouse.load` and by
`adoption warehouse show`.
"""

from __future__ import annotations

from typing import Final

import duckdb

CONFIDENTIAL: Final = "[c]"
SMALLEST_SHOWN: Final = 10
_FACTS: Final = {"learning": "learning_events", "usage": "usage", "turns": "tutor_turns"}

_VIEWS: Final = {"learning": "learning", "usage": "usage_by_person", "turns": "turns_by_person"}

Linked = dict[str, dict[str, int | str]]


def linked(db: duckdb.DuckDBPyConnection) -> Linked:
    """Per kind of fact `{"facts": …, "linked": …}`; a count is `[c]` where it, or what is left of it, is below ten."""
    shares: Linked = {}
    for name, table in _FACTS.items():
        row = db.execute(
            "SELECT count(*), count(*) FILTER (coalesce(i.linked, false)) "  # noqa: S608 (our own names)
            f'FROM "{table}" f LEFT JOIN identities i ON i.alias = f.alias'
        ).fetchone()
        facts, of_people = row if row is not None else (0, 0)
        shares[name] = {"facts": protected(facts, facts), "linked": protected(of_people, facts)}
    return shares


def protected(number: int, whole: int) -> int | str:
    """`number` as it may be shown: neither it nor the rest of the whole is from 1 to 9, and 0 only of nothing."""
    if whole == 0:
        return 0
    rest = whole - number
    return number if number >= SMALLEST_SHOWN and (rest == 0 or rest >= SMALLEST_SHOWN) else CONFIDENTIAL


def by_department(db: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int | str]]:
    """Per department of the roster, how many people it has and how many of them have facts of each kind.

    A count is `[c]` where it, or what is left of the department, is below ten.
    """
    counted = "count(*) FILTER (p.person IN (SELECT person FROM {view}))"
    having = ", ".join(counted.format(view=view) for view in _VIEWS.values())
    rows = db.execute(f"SELECT department, count(*), {having} FROM people p GROUP BY 1 ORDER BY 1").fetchall()  # noqa: S608 (our own names)
    return {
        department: {"people": protected(people, people)}
        | {name: protected(number, people) for name, number in zip(_VIEWS, counts, strict=True)}
        for department, people, *counts in rows
    }
