"""From feeds to indicators: the loader accounts for every line as planted, and the indicators find the exact truth."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics_dash.demonstration.behaviour import Life
from analytics_dash.demonstration.feeds.ledger import pseudonym
from analytics_dash.indicators import CATALOGUE
from analytics_dash.indicators.window import Window
from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.load import load
from analytics_dash.warehouse.report import LoadReport

# Ibis 12 calls what DuckDB 2 and pandas 3 deprecate.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

COUNTS = ("lines", "accepted", "ignored", "duplicates", "rejected")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ADOPTION_HOME", str(folder))
        yield folder


@pytest.fixture(scope="module")
def url(home: Path) -> str:
    return f"duckdb:///{home / 'warehouse.duckdb'}"


@pytest.fixture(scope="module")
def reports(feeds: Path, url: str) -> list[LoadReport]:
    return load_all(feeds, url)


def load_all(feeds: Path, url: str) -> list[LoadReport]:
    return [
        load(url, kind="openedx-log", paths=[feeds / "tracking"], roster=feeds / "roster.csv"),
        load(url, kind="chatgpt-users", paths=[feeds / "chatgpt"]),
        load(url, kind="gateway-ledger", paths=[feeds / "ledger.jsonl"]),
    ]


def test_the_loader_counts_exactly_what_was_planted(
    feeds: Path, reports: list[LoadReport], planted_json: dict[str, Any]
) -> None:
    found = {
        str(Path(file.file).relative_to(feeds)): {name: getattr(file, name) for name in COUNTS}
        for report in reports
        for file in report.files
    }
    expected = {path: {name: counts[name] for name in COUNTS} for path, counts in planted_json["feeds"].items()}
    assert found == expected


def test_the_whole_roster_is_taken(reports: list[LoadReport]) -> None:
    roster = reports[0].roster
    assert roster is not None
    assert (roster.accepted, roster.rejected) == (3000, 0)


def test_the_indicators_are_exactly_what_the_population_says(
    reports: list[LoadReport], url: str, planted_json: dict[str, Any]
) -> None:
    """Before protection: 263 groups, counted by two programs that share no code."""
    found: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    with open_warehouse(url) as warehouse:
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


def test_the_unlisted_stay_unlinked(reports: list[LoadReport], url: str, lives: tuple[Life, ...]) -> None:
    unlisted = sum(len(life.turns) for life in lives if not life.person.listed)
    with duckdb.connect(url.removeprefix("duckdb:///"), read_only=True) as db:
        found = db.execute("SELECT count(*) FROM turns_by_person WHERE person NOT IN (SELECT person FROM people)")
        assert found.fetchall() == [(unlisted,)]


def test_nothing_identifying_is_in_the_files_around_the_warehouse(
    reports: list[LoadReport], home: Path, lives: tuple[Life, ...]
) -> None:
    """Names, addresses, user names, browsers and tutor pseudonyms stay outside."""
    content = b"\n".join(path.read_bytes() for path in home.rglob("*") if path.is_file() and path.suffix != ".key")
    assert len(content) > 1_000_000
    # The families are in every name, user name and address; a pseudonym could only be inside a run of hex digits.
    families = {life.person.name.split()[1].lower().encode() for life in lives}
    lower = content.lower()
    assert not [family for family in families if family in lower]
    runs = {run[start : start + 32] for run in re.findall(rb"[0-9a-f]{32,}", content) for start in range(len(run) - 31)}
    assert not runs & {pseudonym(life.person.username).encode() for life in lives}
    for word in (b"student_1", b".example", b"192.0.2.", b"198.51.100.", b"203.0.113.", b"mozilla", b"user-demo"):
        assert word not in lower


def test_loading_everything_again_changes_nothing(reports: list[LoadReport], feeds: Path, url: str) -> None:
    with open_warehouse(url) as warehouse:
        before = warehouse.digest()
    for again in load_all(feeds, url):
        assert not again.changed
        assert sum(file.accepted for file in again.files) == 0
    with open_warehouse(url) as warehouse:
        assert warehouse.digest() == before
