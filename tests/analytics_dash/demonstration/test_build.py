"""The feeds: the platforms' formats, the same bytes for a seed, and nothing of anybody else's overwritten."""

from __future__ import annotations

import contextlib
import csv
import gzip
import hashlib
import ipaddress
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.build import build_feeds
from analytics_dash.demonstration.commands import demo
from analytics_dash.demonstration.errors import OutputFolderError
from analytics_dash.demonstration.feeds import chatgpt, roster
from analytics_dash.demonstration.marker import is_complete
from xblock_ai_tutor import events

DOCUMENTATION = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]


@pytest.fixture
def hamlet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two departments instead of twelve, for tests of how rather than what is built."""
    monkeypatch.setattr(planted, "DEPARTMENTS", (planted.DEPARTMENTS[0], planted.DEPARTMENTS[-1]))


def read(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def sound_lines(feeds: Path) -> Iterator[tuple[bool, dict[str, Any]]]:
    """Each tracking-log line that is JSON, and whether it had the platform's head."""
    for path in sorted((feeds / "tracking").iterdir()):
        for line in read(path).splitlines():
            try:
                yield line[:1] != b"{", json.loads(line[line.index(b"{") :])
            except ValueError:
                continue


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(feeds: Path, tmp_path: Path) -> None:
    """Whatever the process, its hash seed, its time zone and its language."""
    subprocess.run(
        [sys.executable, "-m", "analytics_dash.cli", "demo", "build", "--out", str(tmp_path / "again")],
        check=True,
        capture_output=True,
        env=os.environ | {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C"},
    )
    assert digests(tmp_path / "again") == digests(feeds)


def test_another_seed_gives_other_bytes(feeds: Path, tmp_path: Path, hamlet: None) -> None:
    first, second = (build_feeds(tmp_path / str(seed), seed) for seed in (1, 2))
    ours, theirs = digests(first.folder), digests(second.folder)
    assert ours.keys() == theirs.keys() == digests(feeds).keys()
    assert not set(ours.values()) & set(theirs.values())


def test_the_counts_in_planted_json_are_the_lines_of_the_files(feeds: Path, planted_json: dict[str, Any]) -> None:
    """Of pages it is the people on them, as a loader counts them."""
    for name, counts in planted_json["feeds"].items():
        content = read(feeds / name)
        lines = content.count(b"\n") - (name.endswith(".csv"))
        if counts["kind"] == "completion":
            lines = sum(len(json.loads(page)["page"]["results"]) for page in content.splitlines())
        assert lines == counts["lines"]
        assert counts["accepted"] + counts["ignored"] + counts["duplicates"] + counts["rejected"] == lines


def test_a_log_is_as_large_as_the_demonstration_can_afford(planted_json: dict[str, Any]) -> None:
    logs = [counts for counts in planted_json["feeds"].values() if counts["kind"] == "openedx-log"]
    assert 60_000 <= sum(counts["lines"] for counts in logs) <= 100_000
    assert all(counts["rejected"] > 0 and counts["duplicates"] > 0 for counts in logs)


def test_logs_come_plain_prefixed_and_zipped(feeds: Path) -> None:
    assert {path.suffix for path in (feeds / "tracking").iterdir()} == {".log", ".gz"}
    heads = Counter(prefixed for prefixed, _ in sound_lines(feeds))
    assert heads[True] > 10_000
    assert heads[False] > 10_000


def test_event_bodies_come_as_objects_and_as_strings(feeds: Path) -> None:
    assert {type(line.get("event")) for _, line in sound_lines(feeds)} >= {dict, str}


def test_our_events_follow_the_vocabulary(feeds: Path) -> None:
    names: Counter[str] = Counter()
    for _, line in sound_lines(feeds):
        if str(line["name"]).startswith("ai_tutor.") and line.get("event") != 17:
            body = json.loads(line["event"]) if isinstance(line["event"], str) else line["event"]
            assert events.payload(events.TRACKING[line["name"]], body) == body
            names[line["name"]] += 1
    assert set(names) == set(events.TRACKING)


def test_addresses_in_the_log_are_for_documentation_only(feeds: Path) -> None:
    seen = {line["ip"] for _, line in sound_lines(feeds) if line["ip"]}
    assert len(seen) > 100
    assert all(any(ipaddress.ip_address(ip) in net for net in DOCUMENTATION) for ip in seen)


def test_ledger_rows_follow_the_vocabulary_and_join_the_log(feeds: Path) -> None:
    learners = {
        (json.loads(line["event"]) if isinstance(line["event"], str) else line["event"])["learner"]
        for _, line in sound_lines(feeds)
        if line["name"] == "ai_tutor.tutor.opened" and line.get("event") != 17
    }
    rows = []
    for line in (feeds / "ledger.jsonl").read_bytes().splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if row["learner"] is not None:
            rows.append(events.payload(events.LEDGER, row))
    assert {row["learner"] for row in rows} == learners
    assert all(re.fullmatch("[0-9a-f]{32}", learner) for learner in learners)
    assert {row["status"] for row in rows} == {"answered", "blocked", "refused", "incomplete", "failed"}


def test_feedback_follows_the_vocabulary_and_joins_the_ledger(feeds: Path) -> None:
    rows: dict[str, list[dict[str, Any]]] = {"feedback.jsonl": [], "ledger.jsonl": []}
    for name, found in rows.items():
        for line in (feeds / name).read_bytes().splitlines():
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
    turns = {row["turn"]: row for row in rows["ledger.jsonl"] if row["learner"]}
    said = [events.payload(events.FEEDBACK, row) for row in rows["feedback.jsonl"] if row["learner"]]
    assert {row["kind"] for row in said} == {"helpful", "unhelpful", "wrong", "worrying"}
    for row in said:
        assert turns[row["turn"]]["learner"] == row["learner"]
        assert turns[row["turn"]]["status"] == "answered"
        assert turns[row["turn"]]["at"] < row["at"]


def test_the_roster_has_the_agreed_columns(feeds: Path) -> None:
    with (feeds / "roster.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == roster.COLUMNS
    assert len(rows) == planted.STAFF
    assert (rows[0]["lms_username"], rows[0]["lms_user_id"]) == ("student_1", "1")


@pytest.mark.parametrize("month", planted.MONTHS)
def test_usage_exports_come_in_two_generations(feeds: Path, month: str) -> None:
    with (feeds / f"chatgpt/users_{month}.csv").open(newline="") as file:
        header = tuple(next(csv.reader(file)))
    assert header == (chatgpt.OLDER_COLUMNS if month < "2026-08" else chatgpt.NEWER_COLUMNS)
    assert set(chatgpt.OLDER_COLUMNS) < set(chatgpt.NEWER_COLUMNS)


def test_the_daily_export_says_of_a_month_what_the_monthly_one_does(feeds: Path) -> None:
    """As many messages of each person, between the same first and last day."""
    days: dict[str, list[tuple[str, int]]] = {}
    with (feeds / "chatgpt/daily_2026-09.csv").open(newline="") as file:
        for row in {tuple(row.items()): row for row in csv.DictReader(file)}.values():
            if row["period_start"].startswith("2026"):
                assert row["period_start"] == row["period_end"]
                days.setdefault(row["email"], []).append((row["period_start"], int(row["messages"])))
    months = {}
    with (feeds / "chatgpt/users_2026-09.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["is_active"] == "True" and row["period_start"].startswith("2026"):
                months[row["email"]] = (
                    *(row["first_day_active_in_period"], row["last_day_active_in_period"]),
                    int(row["messages"]),
                )
    assert {who: (min(own)[0], max(own)[0], sum(n for _day, n in own)) for who, own in days.items()} == months
    assert len(months) > 900


def test_self_typed_departments_disagree_with_the_roster(feeds: Path) -> None:
    with (feeds / "roster.csv").open(newline="") as file:
        departments = {row["work_email"].lower(): row["department"] for row in csv.DictReader(file)}
    with (feeds / "chatgpt/users_2026-10.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["email"] in departments]
    disagree = sum(row["department"] != departments[row["email"]] for row in rows)
    assert disagree / len(rows) == pytest.approx(planted.SELF_TYPED_DEPARTMENT_DISAGREES, abs=0.05)


def test_planted_json_holds_parameters_and_exact_figures(planted_json: dict[str, Any]) -> None:
    assert planted_json["parameters"]["active_if_trained"] == planted.ACTIVE_IF_TRAINED
    assert len(planted_json["parameters"]["departments"]) == 12
    views = {(figure["indicator"], figure["view"]) for figure in planted_json["truth"]}
    assert {
        (i, "department_month") for i in ("trained_before_access", "competent", "active_use", "redaction_rate")
    } < views


def test_a_folder_with_somebody_elses_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(OutputFolderError, match="did not make"):
        build_feeds(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("something")
    with pytest.raises(OutputFolderError, match="is a file"):
        build_feeds(tmp_path / "out")


def test_an_interrupted_build_is_finished_by_the_next(tmp_path: Path, hamlet: None) -> None:
    (tmp_path / "planted.json").write_text('{"made_by": "adoption demo build", "complete": false}')
    assert not is_complete(tmp_path)
    build_feeds(tmp_path)
    assert is_complete(tmp_path)


def test_the_command_says_what_it_wrote(tmp_path: Path, hamlet: None) -> None:
    done = CliRunner().invoke(demo, ["build", "--out", str(tmp_path / "feeds"), "--seed", "7", "--json"])
    assert done.exit_code == 0
    said = json.loads(done.output)
    assert said["staff"] == 448
    assert said["seed"] == 7
    assert {feed["kind"] for feed in said["feeds"]} == {
        *("openedx-log", "chatgpt-users", "gateway-ledger", "gateway-feedback", "openai-costs", "openai-posture"),
        *("tutor-attestations", "tutor-budgets", "grade-report", "completion"),
    }
