"""What the tracking-log reader takes, leaves and refuses; and that no line makes it stumble."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_dash.sources.records import LearningEvent
from tests.support import feeds

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "openedx-events"


def one(line: Any, folder: Path) -> LearningEvent:
    batch = feeds.read("openedx-log", feeds.json_lines([line]), folder)
    assert batch.rejects == []
    (row,) = batch.rows
    assert isinstance(row, LearningEvent)
    return row


def reason(line: Any, folder: Path) -> str:
    data = line if isinstance(line, bytes) else feeds.json_lines([line])
    batch = feeds.read("openedx-log", data, folder)
    assert (batch.lines, batch.ignored, batch.rows) == (1, 0, [])
    (reject,) = batch.rejects
    assert reject.line == 1
    return reject.reason


def test_plain_prefixed_and_gzipped_copies_are_the_same_events(tmp_path: Path) -> None:
    events = feeds.many_events(5)
    plain = feeds.read("openedx-log", feeds.json_lines(events), tmp_path)
    for data in (
        feeds.json_lines(events, head=feeds.HEAD),
        feeds.gz(feeds.json_lines(events)),
        feeds.gz(feeds.json_lines(events[:3])) + feeds.gz(feeds.json_lines(events[3:], head=feeds.HEAD)),
        b"\xef\xbb\xbf" + feeds.json_lines(events).replace(b"\n", b"\r\n"),
    ):
        other = feeds.read("openedx-log", data, tmp_path)
        assert (other.rows, other.same_as, other.ignored) == (plain.rows, plain.same_as, plain.ignored)


def test_the_event_may_be_an_object_or_its_json_text(tmp_path: Path) -> None:
    line = feeds.problem_check()
    as_text = line | {"event": json.dumps(line["event"])}
    assert one(line, tmp_path)[1:] == one(as_text, tmp_path)[1:]


def test_the_transformed_envelope_says_the_same(tmp_path: Path) -> None:
    for line in (feeds.enrolled(), feeds.problem_check(), feeds.step_submitted(), feeds.tutor_opened()):
        assert one(line, tmp_path)[1:] == one(feeds.transformed(line), tmp_path)[1:]


@pytest.mark.parametrize(
    ("name", "event", "kind"),
    [
        ("edx.course.enrollment.activated", {}, "enrolled"),
        ("edx.course.enrollment.deactivated", {}, "unenrolled"),
        ("edx.completion.block_completion.changed", {"block_id": feeds.BLOCK, "completion": 1.0}, "block_completed"),
        (
            "edx.grades.problem.submitted",
            {"problem_id": feeds.BLOCK, "weighted_earned": 1, "weighted_possible": 2},
            "problem_submitted",
        ),
        ("edx.grades.course.grade_calculated", {"percent_grade": 0.7, "letter_grade": "Pass"}, "course_graded"),
        ("edx.course.grade.passed.first_time", {}, "course_passed"),
        ("edx.course.grade.now_passed", {}, "course_passed"),
        ("edx.course.grade.now_failed", {}, "course_failed"),
    ],
)
def test_platform_events_of_interest_become_facts(name: str, event: dict[str, Any], kind: str, tmp_path: Path) -> None:
    row = one(feeds.log_event(name, event | {"course_id": feeds.COURSE, "user_id": str(feeds.USER_ID)}), tmp_path)
    assert (row.kind, row.course) == (kind, feeds.COURSE)


def test_our_own_step_carries_marks_confidence_and_place(tmp_path: Path) -> None:
    row = one(feeds.step_submitted(), tmp_path)
    assert row[4:] == (
        *("step_submitted", feeds.COURSE, feeds.LESSON_BLOCK, "spot-the-invented", 2.0, 3.0, False, 70.0),
        "check-the-sources",
    )


def test_a_problem_block_and_the_gradebook_speak_under_different_kinds(tmp_path: Path) -> None:
    graded = feeds.log_event(
        "edx.grades.problem.submitted", {"problem_id": feeds.BLOCK, "weighted_earned": 1, "weighted_possible": 1}
    )
    assert one(feeds.problem_check(), tmp_path).kind == "problem_checked"
    assert one(graded, tmp_path).kind == "problem_submitted"


@pytest.mark.parametrize(
    "line",
    [
        feeds.log_event("edx.ui.lms.link_clicked", {"target_url": "https://x.example"}, event_source="browser"),
        feeds.log_event("edx.video.played", '{"id": "v"}'),
        feeds.problem_check(event_source="browser") | {"event": "input_1=choice_0"},
        feeds.problem_check(event_source=...) | {"event": "input_1=choice_0"},
        feeds.problem_check(event_source=...) | {"event": None},
        feeds.log_event(
            "edx.completion.block_completion.changed", {"block_id": feeds.BLOCK, "completion": 0.5, "user_id": 7}
        ),
    ],
)
def test_well_formed_lines_of_no_interest_are_ignored(line: Any, tmp_path: Path) -> None:
    batch = feeds.read("openedx-log", feeds.json_lines([line]), tmp_path)
    assert (batch.lines, batch.ignored, batch.rows, batch.rejects) == (1, 1, [], [])


def test_a_page_cannot_forge_an_event_of_ours(tmp_path: Path) -> None:
    forged = feeds.step_submitted({"earned": 3, "correct": True}, event_source="browser")
    batch = feeds.read("openedx-log", feeds.json_lines([forged]), tmp_path)
    assert (batch.rows, batch.ignored) == ([], 1)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{bad json}\n", "bad JSON"),
        (b'{"name": "x", "time": NaN}\n', "bad JSON"),
        (b'{"name": "x", "time": Infinity}\n', "bad JSON"),
        (b"[1, 2]\n", "not a JSON object"),
        (b'"text"\n', "not a JSON object"),
        (b"2026-05-04 INFO [django] GET /\n", "not a JSON object"),
        (b"\n", "empty"),
        (b'{"name": "\xff\xfe"}\n', "UTF-8"),
        (b'{"name": "\\ud800 alone"}\n', "bad JSON"),
        (b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", "nested too deeply"),
        (b'{"name": "edx", "time": 1' + b"0" * 400 + b"}\n", "$.time"),
        (feeds.enrolled(name=..., event_type=...), "no name"),
        (feeds.enrolled(name=17), "$.name"),
        (feeds.enrolled(time=...), "no time"),
        (feeds.enrolled(time="yesterday"), "$.time"),
        (feeds.enrolled(time="0000-00-00T00:00:00"), "$.time"),
        (feeds.enrolled(time="1970-01-01T00:00:00Z"), "between 2012 and 2099"),
        (feeds.enrolled(time="9999-12-31T23:59:59-23:59"), "between 2012 and 2099"),
        (feeds.enrolled(context="text"), "$.context"),
        (feeds.enrolled(event=17), "object"),
        (feeds.enrolled(event={"course_id": "not a course"}), "course"),
        (feeds.enrolled(event={"course_id": "course-v1:jo@x.example+a+b"}), "course"),
        (feeds.enrolled(event={}, context={"user_id": 7}), "no course"),
        (feeds.enrolled(event={}, username="", context={"user_id": "", "course_id": feeds.COURSE}), "no person"),
        (feeds.enrolled(event={"user_id": "seven"}), "user_id"),
        (feeds.enrolled(event={"user_id": -7}), "user_id"),
        (feeds.enrolled(event={"user_id": 10**30}), "user_id"),
        (feeds.enrolled(event={"user_id": True}), "user_id"),
        (feeds.problem_check(grade=2, max_grade=1), "more marks earned"),
        (feeds.problem_check(grade=-1), "marks earned"),
        (feeds.problem_check(grade=10**300, max_grade=10**300), "marks earned"),
        (feeds.problem_check(grade="one"), "$.grade"),
        (feeds.log_event("edx.grades.course.grade_calculated", {"percent_grade": 1.5}), "percent_grade"),
        (feeds.step_submitted({"confidence": 170}), "confidence"),
        (feeds.step_submitted({"earned": ...}), "lacks the field earned"),
        (feeds.step_submitted({"answer_text": "words"}), "a field that the vocabulary does not have"),
        (feeds.step_submitted({"step_id": "jo@x.example"}), "step_id"),
        (feeds.step_submitted({"correct": "yes"}), "correct must be"),
        (feeds.tutor_opened("meredith"), "learner"),
    ],
)
def test_a_malformed_line_is_rejected_and_the_reason_names_what_is_wrong(line: Any, why: str, tmp_path: Path) -> None:
    assert why in reason(line, tmp_path)


def test_an_overlong_line_is_rejected_and_the_next_one_is_read(tmp_path: Path) -> None:
    data = b'{"name": "' + b"x" * (5 << 20) + b'"}\n' + feeds.json_lines([feeds.enrolled()])
    batch = feeds.read("openedx-log", data, tmp_path)
    assert [reject.reason for reject in batch.rejects] == ["the line is longer than 4 MiB"]
    assert len(batch.rows) == 1


def test_reasons_repeat_nothing_of_the_line(tmp_path: Path) -> None:
    secret = "zebedee.thorncastle"
    lines = [
        feeds.step_submitted({secret: 1}),
        feeds.step_submitted({"step_id": f"{secret} {secret}"}),
        feeds.enrolled(event={"course_id": secret, "user_id": secret}),
        feeds.enrolled(time=secret),
        feeds.enrolled(name={secret: 1}),
        feeds.enrolled(username=[secret]),
        feeds.log_event("edx.grades.problem.submitted", {"problem_id": f"{secret}@x"}),
    ]
    batch = feeds.read("openedx-log", feeds.json_lines(lines) + secret.encode(), tmp_path)
    assert len(batch.rejects) == len(lines) + 1
    assert secret not in repr(batch.rejects)


def test_a_day_is_a_day_in_london(tmp_path: Path) -> None:
    def day(time: str) -> int:
        return one(feeds.enrolled(time=time), tmp_path).day

    assert day("2026-07-31T23:30:00Z") == day("2026-08-01T12:00:00Z")  # summer time
    assert day("2026-01-31T23:30:00Z") == day("2026-01-31T12:00:00Z")
    assert day("2026-03-29T00:59:59Z") == day("2026-03-29T22:59:59Z")  # the clocks go forward
    assert day("2026-05-04T09:30:00") == day("2026-05-04T09:30:00Z")  # without an offset: UTC


def test_who_enrols_a_learner_is_not_taken_for_the_learner(tmp_path: Path) -> None:
    by_staff = feeds.enrolled(username="staff", context={"user_id": 1, "course_id": feeds.COURSE})
    batch = feeds.read("openedx-log", feeds.json_lines([by_staff]), tmp_path)
    assert batch.rows[0].alias == feeds.identity().alias("lms_user_id", feeds.USER_ID)
    assert batch.same_as == set()


def test_a_line_with_two_identifiers_joins_them(tmp_path: Path) -> None:
    batch = feeds.read("openedx-log", feeds.json_lines([feeds.enrolled(), feeds.tutor_opened()]), tmp_path)
    who = feeds.identity()
    name = who.alias("lms_username", feeds.USERNAME)
    assert {row.alias for row in batch.rows} == {name}
    assert batch.same_as == {
        (who.alias("lms_user_id", feeds.USER_ID), name),
        (who.alias("lms_learner", feeds.LEARNER), name),
    }


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400) | st.lists(st.binary(max_size=60)).map(b"\n".join))
def test_whatever_the_bytes_every_line_is_accounted_for(data: bytes, tmp_path: Path) -> None:
    for kind in ("openedx-log", "gateway-ledger"):
        try:
            batch = feeds.read(kind, data, tmp_path)
        except Exception as error:
            assert type(error).__name__ == "FeedError"  # noqa: PT017 (magic bytes of a format that we do not read)
            continue
        assert batch.lines == len(batch.rows) + batch.ignored + len(batch.rejects)
        if not data.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
            assert batch.lines == data.count(b"\n") + (not data.endswith(b"\n") and data != b"")


def test_a_sound_line_with_any_bytes_changed_is_accounted_for(tmp_path: Path) -> None:
    rng = random.Random(7)
    sound = [json.dumps(line).encode() for line in (feeds.enrolled(), feeds.problem_check(), feeds.step_submitted())]
    spoilt = []
    for number in range(600):
        line = bytearray(sound[number % 3])
        for _ in range(rng.randint(1, 3)):
            line[rng.randrange(len(line))] = rng.choice(b'{}[]",:0123456789\\ux\xff \x00')
        spoilt.append(bytes(line))
    batch = feeds.read("openedx-log", b"\n".join(spoilt), tmp_path)
    assert batch.lines == 600 == len(batch.rows) + batch.ignored + len(batch.rejects)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the platform's sample events are not beside this checkout")
def test_the_platforms_own_samples_are_accounted_for(tmp_path: Path) -> None:
    current = feeds.read("openedx-log", (SAMPLES / "current.jsonl").read_bytes(), tmp_path)
    assert (current.lines, len(current.rows), current.ignored, current.rejects) == (81, 22, 59, [])
    log = feeds.read("openedx-log", (SAMPLES / "tracking.log").read_bytes(), tmp_path)
    assert (log.lines, len(log.rows), log.ignored) == (12, 4, 6)
    assert [reject.line for reject in log.rejects] == [3, 11]
    assert Counter(row.kind for row in log.rows) == Counter(
        ["course_graded", "problem_submitted", "problem_checked", "course_failed"]
    )
