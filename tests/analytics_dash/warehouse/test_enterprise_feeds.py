"""The enterprise feeds in the warehouse: later figures count whatever the order, people are linked, nobody is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from analytics_dash.sources import READERS
from analytics_dash.sources.samples import FICTIONAL, NEVER, Somebody
from analytics_dash.warehouse.report import LoadReport
from tests.support import feeds

LoadFiles = Callable[..., LoadReport]
DumpOf = Callable[..., dict[str, list[tuple[Any, ...]]]]
KINDS = (
    *("chatgpt-users", "chatgpt-edu", "m365-copilot", "github-copilot", "gateway-feedback"),
    *("openai-usage", "openai-costs", "openai-posture", "openai-audit", "tutor-attestations", "tutor-budgets"),
)
FIRST = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp())


def fetched(feed: str, day: int, *results: dict[str, Any]) -> bytes:
    bucket = {"start_time": FIRST, "end_time": FIRST + 86_400, "results": list(results)}
    line = {"feed": feed, "format": 1, "request": {}, "fetched_at": f"2026-05-{day:02}T05:00:00Z", "cursor": None}
    return json.dumps(line | {"done": True, "page": {"data": [bucket]}}).encode() + b"\n"


def used(requests: int, model: str = "model-a") -> dict[str, Any]:
    tokens = {"input_tokens": 9, "output_tokens": 4}
    return {"project_id": "proj_a", "model": model, "num_model_requests": requests} | tokens


def test_the_figure_that_was_fetched_last_counts_in_whatever_order(
    load_files: LoadFiles, dump: DumpOf, url: str
) -> None:
    files = [
        fetched("openai-usage", 2, used(5), used(9, "model-b")),
        fetched("openai-usage", 4, used(3)),  # the platform took some back
        fetched("openai-usage", 3, used(7)),
    ]
    seen = set()
    for number, order in enumerate((files, files[::-1])):
        into = url.replace("adoption.duckdb", f"{number}.duckdb")
        for each in order:
            load_files("openai-usage", each, into=into)
        seen.add(repr(dump(into)["current_api_usage"]))
        assert [(row[2], row[4], row[5]) for row in dump(into)["current_api_usage"]] in (
            [(date(2026, 5, 4), "model-a", 3), (date(2026, 5, 2), "model-b", 9)],
            [(date(2026, 5, 2), "model-b", 9), (date(2026, 5, 4), "model-a", 3)],
        )
    assert len(seen) == 1


def test_a_changed_mind_counts_once_a_thumb_taken_back_not_at_all_and_a_report_stays(
    load_files: LoadFiles, dump: DumpOf
) -> None:
    def said(kind: str, second: int) -> dict[str, Any]:
        return {
            "cursor": second,
            "turn": "t-1",
            "at": f"2026-05-04T09:31:{second:02}+00:00",
            "learner": feeds.LEARNER,
            "course": feeds.COURSE,
            "lesson_id": "check-the-sources",
            "kind": kind,
        }

    first = feeds.json_lines([said("helpful", 1)])
    later = feeds.json_lines([said("helpful", 1), said("unhelpful", 9), said("worrying", 11)])
    load_files("gateway-feedback", later)
    report = load_files("gateway-feedback", first)
    assert report.totals["duplicates"] == 1
    assert [row[-1] for row in dump()["feedback_by_person"]] in (["unhelpful", "worrying"], ["worrying", "unhelpful"])
    assert len(dump()["tutor_feedback"]) == 3
    load_files("gateway-feedback", feeds.json_lines([said("withdrawn", 12)]))
    assert [row[-1] for row in dump()["feedback_by_person"]] == ["worrying"]


def test_a_period_that_was_exported_again_counts_once_for_each_tool(load_files: LoadFiles, dump: DumpOf) -> None:
    early = feeds.csv_bytes([feeds.usage_row(messages="40")])
    final = feeds.csv_bytes([feeds.usage_row(messages="42"), feeds.usage_row(messages="12", account_id="acc-2")])
    load_files("chatgpt-users", final, early)
    load_files("chatgpt-edu", early)
    assert sorted((row[3], row[9]) for row in dump()["usage_by_person"]) == [
        ("chatgpt-edu", 40),
        ("chatgpt-enterprise", 42),
    ]


def test_each_tool_leads_to_the_person_of_the_roster(load_files: LoadFiles, dump: DumpOf) -> None:
    people = [Somebody(number) for number in range(1, 41)]
    roster = feeds.csv_bytes(
        [
            feeds.roster_row(who.number, work_email=who.email, github_login=who.github_login.upper(), team="Team")
            for who in people
        ]
    )
    load_files(None, roster=roster)
    for kind in ("chatgpt-users", "m365-copilot", "github-copilot"):
        load_files(kind, READERS[kind]().sample(1, 40).data)
    known = {row[0] for row in dump()["people"]}
    usage = dump()["usage_by_person"]
    assert {row[3] for row in usage} == {"chatgpt-enterprise", "m365-copilot", "github-copilot"}
    assert {row[0] for row in usage} <= known


def test_samples_load_once_and_leave_nothing_of_anybody(load_files: LoadFiles, dump: DumpOf, tmp_path: Path) -> None:
    samples = {kind: READERS[kind]().sample(3, 300, 40) for kind in KINDS}
    for kind, sample in samples.items():
        report = load_files(kind, sample.data)
        assert (report.totals["lines"], report.totals["rejected"]) == (sample.lines, sample.broken), kind
    before = dump()
    for kind in ("m365-copilot", "openai-costs"):
        assert load_files(kind, samples[kind].data, feeds.gz(samples[kind].data)).totals["accepted"] == 0
    assert {name: rows for name, rows in dump().items() if name != "loads"} == {
        name: rows for name, rows in before.items() if name != "loads"
    }
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and "feeds" not in path.parts]
    assert len(kept) > len(KINDS)
    for path in kept:
        content = path.read_bytes()
        for word in (FICTIONAL, NEVER, "department.example", "192.0.2."):
            assert word.encode() not in content, path.name
