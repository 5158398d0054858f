"""Real DuckDB warehouses, filled through room `warehouse`'s own schema, for tests of what is made of them.

`Facts` collects people and what they did; `write` makes the file. `plausible_facts` is a small government in which
everything happens. Exact counts for comparison are the tests' own business: nothing here computes an indicator.
"""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path

import pyarrow

from analytics_dash.indicators import Window
from analytics_dash.indicators.window import first_day, last_day
from analytics_dash.warehouse.store import create

THROUGH = "2026-10"
BEFORE_CLOSE = datetime.fromisoformat("2026-10-31T23:59:59+00:00")
AFTER_CLOSE = datetime.fromisoformat("2026-11-01T00:00:01+00:00")

STRANGERS = 10
"""So many people make a month's feed one of which something may be said."""

Row = dict[str, object]


@dataclass
class Facts:
    """People (numbered from 1) and what they did, by column; `unlinked` numbers may be used without a person."""

    people: list[Row] = field(default_factory=list)
    learning: list[Row] = field(default_factory=list)
    usage: list[Row] = field(default_factory=list)
    turns: list[Row] = field(default_factory=list)
    other: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    """Rows of any other table, by its name."""

    def person(
        self,
        department: str = "Weather",
        band: str = "EO",
        *,
        licence: str | None = None,
        until: str | None = None,
        **more: object,
    ) -> int:
        """Add a person; `licence` and `until` are ISO dates, `more` are further columns of `people`."""
        number = len(self.people) + 1
        row: Row = {"person": number, "department": department, "grade_band": band}
        self.people.append(row | {"licence_from": licence, "licence_to": until} | more)
        return number

    def learned(
        self,
        person: int,
        day: str,
        kind: str = "lesson_completed",
        earned: float | None = 8,
        possible: float | None = 10,
        **more: object,
    ) -> None:
        """Add a learning event at noon of `day`."""
        row = _act(person, day) | {"kind": kind, "block": f"block-{len(self.learning)}", "lesson": "lesson"}
        self.learning.append(row | {"earned": earned, "possible": possible} | more)

    def used(
        self, person: int, month: str, messages: int | None = 5, *, start: str | None = None, **more: object
    ) -> None:
        """Add a usage row: of the whole month, or of the week that begins on `start`."""
        row: Row = {
            "digest": _digest(),
            "alias": person,
            "tool": "chatgpt-enterprise",
            "cadence": "monthly" if start is None else "weekly",
            "period_start": first_day(month) if start is None else date.fromisoformat(start),
            "period_end": last_day(month),
            "is_active": bool(messages),
            "messages": messages,
            "gpt_messages": 0,
            "tool_messages": 0,
            "superseded": False,
        }
        self.usage.append(row | more)

    def with_strangers(self) -> Facts:
        """Return these facts and, in each usage export, ten idle people whom the roster does not know: enough to count.

        Fewer than ten people in a month make it one of which nothing is known.
        """
        exports = {
            (row["tool"], row["cadence"], row["period_start"], row["period_end"]): row
            for row in self.usage
            if str(row["tool"]).startswith("chatgpt")
        }
        idle = {"is_active": False, "messages": 0, "active_days": None}
        more = [
            row | idle | {"digest": _digest(), "alias": 900 + n} for row in exports.values() for n in range(STRANGERS)
        ]
        return replace(self, usage=[*self.usage, *more])

    def loaded(self, *kinds: str) -> Facts:
        """Say that a file of each kind was loaded; return these facts."""
        for number, kind in enumerate(kinds):
            row: Row = {"file_digest": f"{number:064}", "kind": kind, "complete": True, "options": ""}
            row |= dict.fromkeys(("reader_version", "lines", "accepted", "ignored", "duplicates", "rejected"), 1)
            self.other["loads"].append(row)
        return self

    def prompted(self, person: int, day: str, *, redactions: int = 0, times: int = 1, **more: object) -> None:
        """Add prompts to the tutor; the first of them holds all `redactions`."""
        for n in range(times):
            row = _act(person, day) | dict.fromkeys(("guarded", "citations", "cost_microusd", "total_ms"), 0)
            row |= {"lesson": "lesson", "status": "answered", "prompts": 1, "blocked": False}
            self.turns.append(
                row | {"redactions": redactions if n == 0 else 0, "tokens_in": 10, "tokens_out": 10} | more
            )

    def write(self, path: Path) -> str:
        """Write a new warehouse at `path`; return its URL."""
        connection = create(path)
        tables = {
            "people": self.people,
            "learning_events": self.learning,
            "usage": self.usage,
            "tutor_turns": self.turns,
            **self.other,
        }
        for name, rows in tables.items():
            if rows:
                # Column by column: DuckDB's executemany takes a millisecond a row.
                columns = {
                    column: pyarrow.array([_text(row.get(column)) for row in rows], pyarrow.string())
                    for column in dict.fromkeys(column for row in rows for column in row)
                }
                connection.register("incoming", pyarrow.table(columns))
                connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM incoming").fetchall()
                connection.unregister("incoming")
        connection.close()
        return f"duckdb:///{path}"


def _act(person: int, day: str) -> Row:
    at = datetime.combine(date.fromisoformat(day), time(12))
    return {"digest": _digest(), "alias": person, "at": at, "day": day, "course": "course"}


def plausible_facts(people: int = 400, *, departments: int = 4, seed: int = 7, through: str = THROUGH) -> Facts:
    """Return a government of `people` in which everyone has a licence and most learn, use and prompt."""
    facts, chance = Facts(), random.Random(seed)
    months = Window.ending(through).months
    for _ in range(people):
        department = f"Department {chance.choices(range(departments), range(departments, 0, -1))[0]}"
        begins = chance.choice(months)
        person = facts.person(department, chance.choice(("AO", "EO", "G7")), licence=f"{begins}-10")
        if chance.random() < 0.8:
            trained = begins if chance.random() < 0.6 else chance.choice(months)
            facts.learned(person, f"{trained}-05", earned=chance.choice((5, 8, 10)))
        for month in months[months.index(begins) :]:
            facts.used(person, month, chance.choice((0, 3, 9)))
        if chance.random() < 0.7:
            facts.prompted(person, f"{chance.choice(months)}-12", redactions=chance.choice((0, 0, 1, 2)), times=3)
    return facts


def _digest() -> str:
    return str(uuid.uuid4())


def _text(value: object) -> str | None:
    return None if value is None else str(value)
