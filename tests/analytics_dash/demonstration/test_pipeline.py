"""From feeds to indicators: the loader accounts for every line as planted, and the indicators find the exact truth."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics_dash.demonstration.behaviour import Life
from analytics_dash.demonstration.feeds.ledger import pseudonym
from analytics_dash.demonstration.prepare import Places, Prepared
from analytics_dash.indicators import CATALOGUE
from analytics_dash.indicators.window import Window
from analytics_dash.warehouse import open_warehouse

# Ibis 12 calls what DuckDB 2 and pandas 3 deprecate.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

COUNTS = ("lines", "accepted", "ignored", "duplicates", "rejected")


def ask(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as db:
        return db.execute(sql).fetchall()


def test_the_loader_counts_exactly_what_was_planted(
    prepared: Prepared, home: Path, feeds: Path, planted_json: dict[str, Any]
) -> None:
    rows = ask(home, f"SELECT file_digest, {', '.join(COUNTS)} FROM loads WHERE kind <> 'roster'")
    found = {digest: dict(zip(COUNTS, counts, strict=True)) for digest, *counts in rows}
    expected = {
        hashlib.sha256((feeds / path).read_bytes()).hexdigest(): {name: counts[name] for name in COUNTS}
        for path, counts in planted_json["feeds"].items()
    }
    assert found == expected


def test_every_reject_is_kept_with_its_reason(
    prepared: Prepared, home: Path, feeds: Path, planted_json: dict[str, Any]
) -> None:
    for path, counts in planted_json["feeds"].items():
        digest = hashlib.sha256((feeds / path).read_bytes()).hexdigest()
        # What a reader is told besides (a pass mark) is in the name, too.
        kept = [*(home / "warehouse.duckdb.rejects").glob(f"{digest}.{counts['kind']}*.jsonl")]
        assert sum(len(each.read_text().splitlines()) for each in kept) == counts["rejected"]


def test_the_whole_roster_is_taken(prepared: Prepared, home: Path) -> None:
    assert ask(home, "SELECT accepted, rejected FROM loads WHERE kind = 'roster'") == [(3000, 0)]


def test_the_indicators_are_exactly_what_the_population_says(
    prepared: Prepared, home: Path, planted_json: dict[str, Any]
) -> None:
    """Before protection: 1,826 groups, counted by two programs that share no code."""
    found: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    with open_warehouse(Places(home).warehouse) as warehouse:
        for name, indicator in CATALOGUE.items():
            rows = indicator.contributions(warehouse.tables(), Window.ending("2026-10")).to_pyarrow().to_pylist()
            for row in rows:
                sums = found[name, row["month"], row["department"], row["arm"]]
                sums[0] += row["numerator"]
                sums[1] += row["denominator"]
    truth = {
        (figure["indicator"], figure["month"], figure["department"], figure["arm"]): [
            figure["numerator"],
            figure["denominator"],
        ]
        for figure in planted_json["truth"]
        if figure["view"] == "department_month"
    }
    assert found == truth
    assert len(truth) == 1826, "the number that docs/demonstration.md says"


def test_the_unlisted_stay_unlinked(prepared: Prepared, home: Path, lives: tuple[Life, ...]) -> None:
    unlisted = sum(len(life.turns) for life in lives if not life.person.listed)
    unlinked = "SELECT count(*) FROM turns_by_person WHERE person NOT IN (SELECT person FROM people)"
    assert ask(home, unlinked) == [(unlisted,)]


def test_nothing_identifying_is_in_warehouse_rejects_journal_or_register(
    prepared: Prepared, home: Path, feeds: Path, lives: tuple[Life, ...]
) -> None:
    """Names, addresses, user names, browsers and tutor pseudonyms stay in the feeds."""
    files = [path for path in home.rglob("*") if path.is_file() and feeds not in path.parents and path.suffix != ".key"]
    content = b"\n".join(path.read_bytes() for path in files)
    assert len(content) > 1_000_000
    # The families are in every name, user name and address; a pseudonym could only be inside a run of hex digits.
    families = {life.person.name.split()[1].lower().encode() for life in lives}
    lower = content.lower()
    assert not [family for family in families if family in lower]
    runs = {run[start : start + 32] for run in re.findall(rb"[0-9a-f]{32,}", content) for start in range(len(run) - 31)}
    assert not runs & {pseudonym(life.person.username).encode() for life in lives}
    for word in (b"student_1", b".example", b"192.0.2.", b"198.51.100.", b"203.0.113.", b"mozilla", b"user-demo"):
        assert word not in lower
