"""Real DuckDB warehouses, filled through room `warehouse`'s own schema, for tests of what is made of them.

`Facts` collects people and what they did; `write` makes the file. `plausible_facts` is a small government in which
everything happens. Exact counts for comparison are the tests' own business: nothing here computes an indicator.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

import pyarrow

from analytics_dash.indicators import Window
from analytics_dash.indicators.window import first_day, last_day
from analytics_dash.warehouse.store import create

THROUGH = "2026-10"
BEFORE_CLOSE = datetime.fromisoformat("2026-10-31T23:59:59+00:00")
AFTER_CLOSE = datetime.fromisoformat("2026-11-01T00:00:01+00:00")


@dataclass
class Facts:
    """People (numbered from 1) and what they did; `unlinked` numbers may be used without a person."""

    people: list[tuple[object, ...]] = field(default_factory=list)
    learning: list[tuple[object, ...]] = field(default_factory=list)
    usage: list[tuple[object, ...]] = field(default_factory=list)
    turns: list[tuple[object, ...]] = field(default_factory=list)

    def person(
        self, department: str = "Weather", band: str = "EO", *, licence: str | None = None, until: str | None = None
    ) -> int:
        """Add a person; `licence` and `until` are ISO dates."""
        number = len(self.people) + 1
        self.people.append((number, department, band, None, None, licence, until))
        return number

    def learned(
        self,
        person: int,
        day: str,
        kind: str = "lesson_completed",
        earned: float | None = 8,
        possible: float | None = 10,
    ) -> None:
        """Add a learning event at noon of `day`."""
        at = datetime.combine(date.fromisoformat(day), time(12))
        block = f"block-{len(self.learning)}"
        self.learning.append(
            (_digest(), person, at, day, kind, "course", block, None, earned, possible, None, None, "lesson")
        )

    def used(self, person: int, month: str, messages: int = 5, *, start: str | None = None) -> None:
        """Add a usage row: of the whole month, or of the week that begins on `start`."""
        begins = first_day(month) if start is None else date.fromisoformat(start)
        cadence = "monthly" if start is None else "weekly"
        self.usage.append(
            (_digest(), person, cadence, begins, last_day(month), messages > 0, None, messages, 0, 0, False)
        )

    def prompted(self, person: int, day: str, *, redactions: int = 0, times: int = 1) -> None:
        """Add prompts to the tutor; the first of them holds all `redactions`."""
        at = datetime.combine(date.fromisoformat(day), time(12))
        for n in range(times):
            held = redactions if n == 0 else 0
            self.turns.append((_digest(), person, at, day, "course", "lesson", "answered", 1, held, False, 10, 10))

    def write(self, path: Path) -> str:
        """Write a new warehouse at `path`; return its URL."""
        connection = create(path)
        tables = {
            "people": self.people,
            "learning_events": self.learning,
            "usage": self.usage,
            "tutor_turns": self.turns,
        }
        for name, rows in tables.items():
            if rows:
                # Column by column: DuckDB's executemany takes a millisecond a row.
                columns = {
                    f"c{n}": [_text(value) for value in column] for n, column in enumerate(zip(*rows, strict=True))
                }
                connection.register(
                    "incoming", pyarrow.table(columns, schema=pyarrow.schema([(c, pyarrow.string()) for c in columns]))
                )
                connection.execute(f"INSERT INTO {name} SELECT * FROM incoming").fetchall()
                connection.unregister("incoming")
        connection.close()
        return f"duckdb:///{path}"


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
