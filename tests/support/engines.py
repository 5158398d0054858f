"""The three engines for any test: a DuckDB warehouse, and the same on Spark and on ClickHouse's engine.

`awkward` is a warehouse in which every table has rows and every column the values that engines disagree about: nulls,
ties, blanks, month borders, the hours in which London changes its clocks, leap days, people whom nobody knows.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from analytics_dash.warehouse import Engine, open_engine
from analytics_dash.warehouse.engines.copy import copy
from analytics_dash.warehouse.layout import COLUMNS, Column
from analytics_dash.warehouse.schema import FEEDBACK_KINDS, LEARNING_KINDS, TOOLS
from tests.support.disclosure import Facts

NAMES = ("duckdb", "spark", "clickhouse")
LONDON = ZoneInfo("Europe/London")

# Before and after midnight at the borders of months, in the hours when clocks change, on leap days; UTC.
MOMENTS = tuple(
    datetime.fromisoformat(text).replace(tzinfo=UTC)
    for text in (
        "2024-02-28T23:59:59.999999",
        "2024-02-29T00:00:00",
        "2024-02-29T12:00:00",
        "2024-03-31T00:59:59",
        "2024-03-31T01:00:00",
        "2026-04-30T22:59:59",
        "2026-04-30T23:00:00",  # the first of May in London
        "2026-05-31T23:30:00",
        "2026-06-15T12:00:00",
        "2026-07-31T22:59:59.5",
        "2026-08-15T12:00:00",
        "2026-09-30T23:15:00",
        "2026-10-25T00:30:00",  # London has this hour twice
        "2026-10-25T01:30:00",
        "2026-10-31T23:59:59.999999",
        "2026-11-01T00:00:00",
    )
)
DAYS = tuple(sorted({moment.astimezone(LONDON).date() for moment in MOMENTS} | {date(2026, 5, 1), date(2026, 9, 1)}))

_TEXTS: dict[str, tuple[str | None, ...]] = {
    "department": ("Canals", "Weather", "Tides", "  ", ""),
    "department_group": ("Water", "Air", " ", None),
    "team": ("North", "South", "", None),
    "grade_band": ("AO", "EO", "G7", " "),
    "profession": ("Policy", "Digital", "", None),
    "nation": ("Cymru", "Écosse", None),
    "kind": LEARNING_KINDS,
    "tool": TOOLS,
    "cadence": ("daily", "weekly", "monthly"),
    "status": ("answered", "blocked", "refused", "failed"),
    "lesson": ("one", "two", "quiz-pre", "quiz-post", "quiz-delayed"),
    "step": ("first", "second"),
    "item": ("a", "b"),
    "answer": ("yes", "no", "statute/in-force", "not-checked"),
    "test": ("quiz",),
    "form": ("pre", "post", "delayed"),
    "currency": ("usd", "gbp"),
    "course": ("course-v1:Gov+AI+1", "course-v1:Gov+AI+2"),
}
_KINDS = {"learning_events": LEARNING_KINDS, "tutor_feedback": FEEDBACK_KINDS}
_FORMS = {"quiz-pre": "pre", "quiz-post": "post", "quiz-delayed": "delayed"}


@dataclass(frozen=True)
class Everywhere:
    """Where the engines are: a folder for the tests' warehouses, and Spark's master."""

    folder: Path
    master: str

    def urls(self, url: str) -> dict[str, str]:
        """Copy a DuckDB warehouse to the other engines; the URL of each."""
        name = f"w{uuid.uuid4().hex[:8]}"
        urls = {
            "duckdb": url,
            "spark": f"{self.master}/{name}?path={self.folder / 'spark'}",
            # One folder in a process: the embedded engine has one at a time.
            "clickhouse": f"chdb:///{self.folder / 'clickhouse'}?database={name}",
        }
        for target in list(urls.values())[1:]:
            copy(url, target)
        return urls

    @contextmanager
    def open(self, url: str) -> Iterator[dict[str, Engine]]:
        """The warehouse at `url` (DuckDB) on every engine, open."""
        with ExitStack() as stack:
            yield {name: stack.enter_context(open_engine(each)) for name, each in self.urls(url).items()}


def awkward(seed: int, *, people: int = 60, facts: int = 250) -> Facts:
    """Facts for every table, at random; the same seed gives the same."""
    chance = random.Random(seed)
    made = Facts()
    for _ in range(people):
        values = {name: _value(chance, name, column, "people") for name, column in COLUMNS["people"].items()}
        department, band = str(values.pop("department")), str(values.pop("grade_band"))
        values.pop("person")
        begins, ends = values.pop("licence_from"), values.pop("licence_to")
        if begins and ends and ends < begins:
            begins, ends = ends, begins
        made.person(department, band, licence=begins and str(begins), until=ends and str(ends), **values)
    made.other["links"] = [{"alias": 1000 + n, "person": n} for n in range(1, people + 1)]
    # Every third person has a second alias, and some aliases are nobody's.
    made.other["same_as"] = [
        row
        for n in range(1, people + 1, 3)
        for row in ({"alias": 1000 + n, "canonical": 1000 + n}, {"alias": 5000 + n, "canonical": 1000 + n})
    ] + [{"alias": 9001, "canonical": 9001}, {"alias": 9002, "canonical": 9001}]
    aliases = [row["alias"] for name in ("links", "same_as") for row in made.other[name]] + [77]
    for table, columns in COLUMNS.items():
        if "digest" in columns:
            own = random.Random(f"{seed} {table}")  # a table that is added shifts the facts of no other
            rows = [_fact(own, table, columns, aliases) for _ in range(facts)]
            made.other[table] += rows
    turns = [row["digest"] for row in made.other["tutor_turns"]]
    for table in ("tutor_redactions", "tutor_guards"):
        for row in made.other[table]:
            row["digest"] = chance.choice(turns)
    _steady(made, chance)
    loads = {name: _value(chance, name, column, "loads") for name, column in COLUMNS["loads"].items()}
    made.other["loads"] = [loads | {"file_digest": f"{seed:064x}", "kind": "openedx-log", "complete": True}]
    return made


def _steady(made: Facts, chance: random.Random) -> None:
    """Some people who were trained once, with a licence and use after it: nobody else's chances are so good."""
    for n in range(8):
        person = made.person("Canals", "EO", licence="2026-04-01")
        made.other["links"].append({"alias": 7000 + n, "person": person})
        made.learned(7000 + n, chance.choice(("2026-05-01", "2026-06-15", "2026-07-31")))
        for month in ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10"):
            if chance.random() < 0.7:
                made.used(7000 + n, month)
    for n in range(51, 61):  # a post-test of ten people before all others': an indicator begins with the tenth
        made.learned(1000 + n, "2024-02-01", lesson="quiz-post")
    made.other["learning_events"] += made.learning
    made.other["usage"] += made.usage


def _fact(chance: random.Random, table: str, columns: Any, aliases: list[Any]) -> dict[str, object]:
    row = {name: _value(chance, name, column, table) for name, column in columns.items()}
    if "alias" in row:
        row["alias"] = chance.choice(aliases)
    if "at" in row:
        # Many moments are shared, so that order is decided by digests.
        moment = chance.choice(MOMENTS)
        row["at"], row["day"] = moment.replace(tzinfo=None), moment.astimezone(LONDON).date()
    if "period_end" in row:
        row["period_end"] = row["period_start"] + timedelta(days=chance.choice((0, 6, 29)))
    if "possible" in row and row["possible"] is not None and row.get("earned") is not None:
        row["earned"] = row["possible"] * chance.choice((0.0, 0.5, 0.7, 1.0))
    if table in {"item_answers", "detections"}:
        row["form"] = _FORMS.get(str(row["lesson"]))
        row["test"] = "quiz" if row["form"] else None
    return row


def _value(chance: random.Random, name: str, column: Column, table: str) -> Any:
    if not column.required and chance.random() < 0.15:
        return None
    texts = _KINDS.get(table, LEARNING_KINDS) if name == "kind" else _TEXTS.get(name, (f"{name}-1", f"{name}-2"))
    pools: dict[str, tuple[Any, ...]] = {
        "DATE": (*DAYS, date(9999, 12, 31)) if name == "licence_to" else DAYS,
        "BOOLEAN": (False,) * 9 + (True,) if name == "superseded" else (False, True),
        "DOUBLE": (0.0, 25.0, 70.0, 100.0) if name == "confidence" else (0.0, 0.25, 0.7, 1.0),
        "VARCHAR": tuple(text for text in texts if text is not None or not column.required),
        "UUID": (str(uuid.UUID(int=chance.getrandbits(128))),),
    }
    # Few numbers, so that medians and maxima tie; now and then a large one.
    return chance.choice(pools.get(column.type, (0, 1, 1, 2, 2, 3, 5, 40, 2_000)))
