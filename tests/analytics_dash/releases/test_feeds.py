"""How fresh a release is: the last day of each feed, told of ten people or more, and a warning where it ends early."""

from __future__ import annotations

from pathlib import Path

from analytics_dash.indicators import Window
from analytics_dash.releases.feeds import ends_early, feeds
from analytics_dash.warehouse import open_warehouse
from tests.support.disclosure import THROUGH, Facts


def test_each_feed_says_its_files_and_the_last_day_on_or_after_which_ten_people_are_in_it(tmp_path: Path) -> None:
    facts = Facts()
    for n in range(30):
        person = facts.person()
        facts.learned(person, "2026-10-30")
        facts.used(person, THROUGH, 5, start="2026-10-26", period_end="2026-11-01")
        facts.prompted(person, "2026-10-20" if n < 9 else "2026-10-14")
    for _ in range(12):
        facts.prompted(1, "2026-10-31")  # one person, however often: that would be somebody's own last day
    kinds = ("roster", "openedx-log", "openedx-log", "chatgpt-users", "gateway-ledger", "grade-report", "a-plugin")
    with open_warehouse(facts.loaded(*kinds).write(tmp_path / "w.duckdb")) as warehouse:
        found = feeds(warehouse, Window.ending(THROUGH))
    assert {each["kind"]: (each["files"], each["last_day"]) for each in found} == {
        "a-plugin": (1, None),
        "chatgpt-users": (1, "2026-10-31"),
        "gateway-ledger": (1, "2026-10-14"),
        "grade-report": (1, None),
        "openedx-log": (2, "2026-10-30"),
        "roster": (1, None),
    }
    assert [each["kind"] for each in ends_early(found, THROUGH)] == ["gateway-ledger"]


def test_a_feed_may_end_three_days_before_the_month_does() -> None:
    ends = [{"kind": day, "files": 1, "last_day": day} for day in ("2026-10-28", "2026-10-27")]
    assert [each["kind"] for each in ends_early(ends, THROUGH)] == ["2026-10-27"]
