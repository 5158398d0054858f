"""Aspects: statements that event-routing-backends really makes, in real ClickHouse tables, fetched and read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import clickhouse_connect
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_dash.errors import FetchError, UsageError
from analytics_dash.sources import READERS, Batch
from analytics_dash.sources.aspects_fetcher import AspectsFetcher
from analytics_dash.sources.fetching import fetch
from analytics_dash.sources.streams import lines, look_at
from analytics_dash.warehouse.load import load
from tests.support import feeds
from tests.support.xapi_site import BLOCK, COURSE, EMAIL, PSEUDONYM, USERNAME, statements

PROBLEM = BLOCK.replace("ai_tutor", "problem")
WORDS = "words of a learner"
LESSON = {"lesson_id": "check-the-sources", "lesson_version": "0123456789ab"}
ANSWER = {"item": "a1", "answer": "reliable", "hit": True, "confidence": 70}
STEP = {"step_id": "spot", "kind": "spot", "attempt": 1, "earned": 2, "possible": 3, "correct": False, "confidence": 60}
ABOUT = {"course_id": COURSE, "user_id": 1}
FLAGGED = {"hits": 1, "false_alarms": 0, "targets": 2, "non_targets": 1}
EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("edx.course.enrollment.activated", {"course_id": COURSE, "user_id": 1, "mode": "audit"}),
    ("edx.completion.block_completion.changed", {"block_id": PROBLEM, "course_id": COURSE, "completion": 1.0}),
    ("edx.completion.block_completion.changed", {"block_id": PROBLEM, "course_id": COURSE, "completion": 0.5}),
    (
        "problem_check",
        {
            "problem_id": PROBLEM,
            "grade": 1,
            "max_grade": 2,
            "success": "incorrect",
            "attempts": 1,
            "answers": {"input_1": WORDS},
            "submission": {
                f"input_{number}": {
                    "question": WORDS,
                    "answer": WORDS,
                    "correct": number == 1,
                    "response_type": "stringresponse",
                }
                for number in (1, 2)
            },
        },
    ),
    ("edx.grades.course.grade_calculated", {**ABOUT, "percent_grade": 0.7, "letter_grade": "Pass"}),
    ("edx.course.grade.passed.first_time", ABOUT),
    ("ai_tutor.lesson.started", {**LESSON, "language": "en", "steps": 3}),
    (
        "ai_tutor.step.submitted",
        {
            **LESSON,
            **STEP,
            "items": [ANSWER],
            "detection": {"hits": 1, "false_alarms": 0, "targets": 2, "non_targets": 1},
        },
    ),
    ("ai_tutor.lesson.completed", {**LESSON, "earned": 2, "possible": 3}),
    ("ai_tutor.tutor.turn", {**LESSON, "step_id": "spot", "turn": "b2" * 16, "status": "answered", "redactions": 0}),
    ("edx.course.enrollment.deactivated", {"course_id": COURSE, "user_id": 1, "mode": "audit"}),
]


def _in_a_block(name: str) -> bool:
    """Whether the platform's context names a block: not while a page is rendered."""
    return name.startswith("ai_tutor") and name != "ai_tutor.lesson.started"


def made(**settings: Any) -> list[dict[str, Any]]:
    emitted = [{"name": name, "data": data, "module": _in_a_block(name)} for name, data in EVENTS]
    return statements(emitted, AI_TUTOR_XAPI=True, **settings)


@pytest.fixture(scope="module")
def stated() -> list[dict[str, Any]]:
    return made()


class Aspects:
    """Aspects' tables in ClickHouse's own engine, in a database of this test's."""

    def __init__(self) -> None:
        self.database = f"aspects_{uuid4().hex}"
        self.client = clickhouse_connect.get_client(interface="chdb")
        self.client.command(f"CREATE DATABASE {self.database}")
        self.client.command(
            f"CREATE TABLE {self.database}.xapi_events_all (event_id UUID, emission_time DateTime64(6), event String) "
            "ENGINE = ReplacingMergeTree PRIMARY KEY (emission_time) ORDER BY (emission_time, event_id)"
        )

    def put(self, said: list[dict[str, Any]]) -> None:
        rows = [[UUID(one["id"]), datetime.fromisoformat(one["timestamp"]), json.dumps(one)] for one in said]
        self.client.insert(
            f"{self.database}.xapi_events_all", rows, column_names=["event_id", "emission_time", "event"]
        )

    def people(self, *rows: list[Any]) -> None:
        self.client.command(
            f"CREATE TABLE {self.database}.external_id (external_user_id UUID, external_id_type String, "
            "username String, user_id Int32, dump_id UUID, time_last_dumped String) ENGINE = MergeTree ORDER BY user_id"
        )
        names = ["external_user_id", "external_id_type", "username", "user_id", "dump_id", "time_last_dumped"]
        self.client.insert(f"{self.database}.external_id", list(rows), column_names=names)

    def fetcher(self, **options: str) -> AspectsFetcher:
        given = {
            "clickhouse": "http://127.0.0.1:1",
            "statements": f"{self.database}.xapi_events_all",
            "people": f"{self.database}.external_id",
            "page_size": "3",
        }
        fetcher = AspectsFetcher(given | options, {"ADOPTION_CLICKHOUSE_USER": "reader"})
        fetcher.client = lambda: clickhouse_connect.get_client(interface="chdb")  # type: ignore[method-assign]
        return fetcher


@pytest.fixture
def aspects() -> Iterator[Aspects]:
    one = Aspects()
    yield one
    one.client.command(f"DROP DATABASE {one.database}")


def read(path: Path, **options: str) -> Batch:
    return feeds.joined(READERS["aspects"](options).for_file(path.name).read(lines(look_at(path)), feeds.identity()))


def log(said: list[dict[str, Any]]) -> bytes:
    """The same events as the tracking log has them, at the times of their statements."""
    times = [one["timestamp"] for one in said if "statement" not in one.get("context", {})]
    context = {"user_id": 1, "course_id": COURSE, "module": {"usage_key": BLOCK}}
    out = []
    for (name, data), time in zip(EVENTS, times, strict=True):
        about = context if _in_a_block(name) else context | {"module": None}
        out.append(feeds.log_event(name, data, time=time, username=USERNAME, context=about))
    return feeds.json_lines(out)


def test_statements_say_what_the_log_says(stated: list[dict[str, Any]], aspects: Aspects, tmp_path: Path) -> None:
    aspects.put(stated)
    aspects.people([UUID(PSEUDONYM), "xapi", USERNAME, 1, uuid4(), "2026-05-01"])
    path = fetch(aspects.fetcher(), tmp_path).path
    batch = read(path)
    in_log = feeds.read("openedx-log", log(stated), tmp_path)
    assert batch.rejects == in_log.rejects == []
    assert batch.lines == len(stated) == len(EVENTS) + 2  # the problem's two questions each have a statement

    def facts(rows: list[Any]) -> set[tuple[Any, ...]]:
        # Of a tutor's turn the statement does not name the step.
        return {(*row[1:7], None if row.kind == "tutor_turn" else row.step, *row[8:]) for row in rows}

    assert facts(batch.rows) == facts(in_log.rows)
    assert sorted(part[1:] for part in batch.parts if len(part) == 15) == sorted(
        part[1:] for part in in_log.parts if len(part) == 15
    )
    assert {type(part) for part in batch.parts} == {type(part) for part in in_log.parts}
    account = feeds.identity().alias("xapi_account", PSEUDONYM)
    name = feeds.identity().alias("lms_username", USERNAME)
    assert (account, name) in batch.same_as


def test_nothing_that_a_learner_wrote_leaves_clickhouse(
    stated: list[dict[str, Any]], aspects: Aspects, tmp_path: Path
) -> None:
    assert WORDS in json.dumps(stated)
    aspects.put(stated)
    path = fetch(aspects.fetcher(), tmp_path).path
    assert WORDS not in path.read_text()
    assert USERNAME not in path.read_text()


def test_an_actor_by_e_mail_is_the_rosters_person(
    aspects: Aspects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "home"))
    said = [one for one in made(XAPI_AGENT_IFI_TYPE="mbox_sha1sum") if "mbox_sha1sum" in one["actor"]]
    said[0]["actor"] = {"objectType": "Agent", "mbox": f"mailto:{EMAIL}"}
    aspects.put(said)
    path = fetch(aspects.fetcher(), tmp_path).path
    roster = tmp_path / "roster.csv"
    roster.write_bytes(
        feeds.csv_bytes([feeds.roster_row(1, work_email=EMAIL.title()), *map(feeds.roster_row, range(2, 20))])
    )
    report = load(f"duckdb:///{tmp_path}/w.duckdb", kind="aspects", paths=[path], roster=roster)
    assert report.totals["rejected"] == 0
    assert report.totals["accepted"] == 6
    import duckdb

    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as db:
        assert db.execute("SELECT count(*) FROM learning JOIN people USING (person)").fetchone() == (6,)


def test_a_fetch_goes_on_where_the_last_one_ended_and_late_statements_are_found(
    stated: list[dict[str, Any]], aspects: Aspects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "home"))
    folder = tmp_path / "fetched"
    folder.mkdir()
    aspects.put(stated[2:-2])
    first = fetch(aspects.fetcher(), folder)
    assert first.pages == len(stated[2:-2]) // 3 + 1
    aspects.put(stated)  # the two before the first arrive late, and all the others again
    fetch(aspects.fetcher(overlap_hours="1"), folder)
    url = f"duckdb:///{tmp_path}/w.duckdb"
    load(url, kind="aspects", paths=[first.path])
    report = load(url, kind="aspects", paths=[folder])
    again = tmp_path / "again"
    again.mkdir()
    whole = load(f"duckdb:///{tmp_path}/v.duckdb", kind="aspects", paths=[fetch(aspects.fetcher(), again).path])
    added = report.totals["accepted"]
    assert 0 < added < whole.totals["accepted"]
    with_all = read(*feeds_in(again))
    assert {row.digest for path in feeds_in(folder) for row in read(path).rows} == {row.digest for row in with_all.rows}


def test_statements_of_one_moment_are_neither_lost_nor_repeated_at_a_pages_end(
    aspects: Aspects, tmp_path: Path
) -> None:
    said = [
        {
            "id": str(uuid4()),
            "timestamp": "2026-05-04T09:30:00.123456+00:00",
            "verb": {"id": "http://adlnet.gov/expapi/verbs/progressed"},
            "actor": {"account": {"name": PSEUDONYM}},
            "object": {"id": f"https://lms.example/xblock/{PROBLEM}"},
            "context": {"contextActivities": {"parent": [{"id": f"https://lms.example/course/{COURSE}"}]}},
            "result": {"completion": True},
        }
        for _number in range(50)
    ]
    aspects.put(said)
    batch = read(fetch(aspects.fetcher(), tmp_path).path)
    assert batch.lines == 50
    assert len({row.digest for row in batch.rows}) == 50


def test_a_server_that_does_not_answer_is_said_without_the_query(tmp_path: Path, aspects: Aspects) -> None:
    away = AspectsFetcher({"clickhouse": "http://127.0.0.1:1"}, {"ADOPTION_CLICKHOUSE_USER": "reader"})
    with pytest.raises(FetchError, match="ClickHouse does not answer"):
        fetch(away, tmp_path)
    with pytest.raises(FetchError, match="ClickHouse does not answer") as failed:
        fetch(aspects.fetcher(statements="nothing.there"), tmp_path)
    assert "nothing.there" not in str(failed.value)
    with pytest.raises(UsageError, match=r"database\.table"):
        fetch(aspects.fetcher(statements="x.y; DROP TABLE z"), tmp_path)


def test_an_act_counts_from_the_log_or_from_aspects_and_never_from_both(
    stated: list[dict[str, Any]], aspects: Aspects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "home"))
    day = datetime.fromisoformat(stated[0]["timestamp"]).date()
    after, before = (day + timedelta(days=2)).isoformat(), (day - timedelta(days=2)).isoformat()
    aspects.put(stated)
    path, tracking = fetch(aspects.fetcher(), tmp_path).path, tmp_path / "tracking.log"
    tracking.write_bytes(log(stated))
    url = f"duckdb:///{tmp_path}/w.duckdb"
    load(url, kind="openedx-log", paths=[tracking])
    for options in ({}, {"since": before}):
        with pytest.raises(UsageError, match="since"):
            load(url, kind="aspects", paths=[path], options=options)
    assert load(url, kind="aspects", paths=[path], options={"since": after}).totals["ignored"] == len(stated)
    with pytest.raises(UsageError, match="since"):
        load(url, kind="aspects", paths=[path], options={"since": before})
    with pytest.raises(UsageError, match="aspects"):
        load(url, kind="openedx-log", paths=[tracking])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300) | st.text(alphabet='{}[]":,statements\n1', max_size=200).map(str.encode))
def test_whatever_a_file_of_pages_holds_every_record_is_accounted_for(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "rubbish.jsonl"
    path.write_bytes(READERS["aspects"]().sample(1, 30).data + b"." + data)
    batch = read(path)
    assert batch.lines == len(batch.rows) + batch.ignored + len(batch.rejects)
    assert batch.lines >= 31


def feeds_in(folder: Path) -> list[Path]:
    """What was fetched; beside it is the hidden file that says where to go on."""
    return [path for path in folder.iterdir() if not path.name.startswith(".")]
