"""An event is one event however it is written, and two that say different things are two."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_dash.sources import Batch, Detected, ItemAnswer, LearningEvent
from analytics_dash.sources.openedx_log import OpenEdxLog
from tests.support import feeds

READER = OpenEdxLog()
GRADED = {"problem_id": feeds.BLOCK, "weighted_earned": 1, "weighted_possible": 2, "user_id": str(feeds.USER_ID)}
COMPLETED = {"block_id": feeds.BLOCK, "completion": 1.0, "course_id": feeds.COURSE, "user_id": feeds.USER_ID}
COURSE_GRADE = {"percent_grade": 0.7, "letter_grade": "Pass", "event_transaction_id": "5f8c"}
TURN = {"lesson_id": "l1", "lesson_version": "0123456789ab", "step_id": "s1", "turn": "t1", "status": "answered"}
DETECTION = {"hits": 1, "false_alarms": 0, "targets": 1, "non_targets": 2}
EVENTS: list[Any] = [
    feeds.enrolled(),
    feeds.problem_check(),
    feeds.problem_check(grade=0.1, max_grade=3, username="Zoë.O’Neill"),
    feeds.log_event("edx.grades.problem.submitted", GRADED),
    feeds.log_event("edx.completion.block_completion.changed", COMPLETED),
    feeds.log_event("edx.grades.course.grade_calculated", COURSE_GRADE),
    feeds.log_event("edx.course.grade.passed.first_time", {"course_id": feeds.COURSE}),
    feeds.step_submitted({"detection": DETECTION, "items": [feeds.ITEM | {"share": 0.5}]}),
    feeds.step_submitted({"test": "facts", "form": "post", "anchor": True, "outcomes": ["o1", "o2"]}),
    feeds.tutor_opened(),
    feeds.log_event("ai_tutor.tutor.turn", TURN | {"redactions": 0}),
]
OFFSETS = ("2026-05-04T09:30:00.250000+00:00", "2026-05-04T09:30:00.25Z", "2026-05-04T11:30:00.250+02:00")
OFFSETS += ("2026-05-04T09:30:00.25",)
NUMBERS = frozenset({"grade", "max_grade", "weighted_earned", "weighted_possible", "completion", "percent_grade"})
NUMBERS |= {"earned", "possible", "confidence", "share", "attempts"}
BLANKS = ("", " ", "\t", "\r")


class Writer:
    """Writes a JSON value as some program might: the order, the blanks, the escapes and the numbers are by chance."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def line(self, event: dict[str, Any]) -> bytes:
        event = event | {"time": self.chance.choice(OFFSETS), "tag": "a shipper's own"}
        if self.chance.random() < 0.3:
            event["event"] = self.value(event["event"])
        if self.chance.random() < 0.3:
            event = feeds.transformed(event) | {"tag": 1}
        text = self.value(event, twice=True).encode()
        return self.chance.choice((b"", feeds.HEAD, b"\xef\xbb\xbf")) + text + self.chance.choice((b"", b"\r", b" "))

    def value(self, value: Any, *, twice: bool = False) -> str:
        if isinstance(value, dict):
            pairs = self.chance.sample(list(value.items()), len(value))
            if twice and self.chance.random() < 0.3:
                pairs.insert(0, ("name", "another"))  # of a key that comes twice every reader of JSON takes the last
            each = [f"{self.text(key)}{self._b()}:{self._b()}{self._of(key, what)}" for key, what in pairs]
            return self._joined("{}", each)
        if isinstance(value, list):
            return self._joined("[]", [self.value(each) for each in value])
        return self.text(value) if isinstance(value, str) else json.dumps(value)

    def _of(self, key: str, value: Any) -> str:
        if key in NUMBERS and type(value) in {int, float} and self.chance.random() < 0.7:
            wanted: Callable[[float], str] = self.chance.choice((repr, "{:.17e}".format, "{:.20f}".format))
            return wanted(float(value)) if float(wanted(float(value))) == value else repr(value)
        return self.value(value)

    def text(self, value: str) -> str:
        plain = json.dumps(value, ensure_ascii=self.chance.random() < 0.5)[1:-1]
        if self.chance.random() < 0.3:
            plain = "".join(f"\\u{ord(c):04x}" if c.isascii() else c for c in value)
        return f'"{plain}"'

    def _joined(self, ends: str, parts: list[str]) -> str:
        return ends[0] + self._b() + f"{self._b()},{self._b()}".join(parts) + self._b() + ends[1]

    def _b(self) -> str:
        return self.chance.choice(BLANKS)


def read(*lines: bytes) -> Batch:
    return READER.read_blocks([b"".join(line + b"\n" for line in lines)], feeds.identity())


def digests(*events: dict[str, Any]) -> set[bytes]:
    batch = read(*(json.dumps(event).encode() for event in events))
    assert batch.rejects == []
    return {row.digest for row in batch.all_of(LearningEvent)}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(EVENTS), st.randoms(use_true_random=False))
def test_an_event_is_one_event_whoever_wrote_it(event: dict[str, Any], chance: random.Random) -> None:
    writer = Writer(chance)
    batch = read(json.dumps(event).encode(), *(writer.line(event) for _copy in range(3)))
    assert batch.rejects == []
    rows = batch.all_of(LearningEvent)
    assert len(rows) == 4
    assert len(set(rows)) == 1  # nor does the row depend on who wrote it
    for part in (ItemAnswer, Detected):
        assert len(batch.all_of(part)) == 4 * len(set(batch.all_of(part)))


CHANGES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (feeds.enrolled(), feeds.enrolled(time="2026-05-04T09:30:00.250001+00:00")),
    (feeds.enrolled(), feeds.enrolled(username="meredith.quil")),
    (feeds.enrolled(), feeds.enrolled(event={"course_id": feeds.COURSE, "user_id": feeds.USER_ID + 1})),
    (feeds.enrolled(), feeds.enrolled(event={"course_id": feeds.COURSE + "b", "user_id": feeds.USER_ID})),
    (feeds.enrolled(), feeds.log_event("edx.course.enrollment.deactivated", feeds.enrolled()["event"])),
    (
        feeds.log_event("edx.course.grade.passed.first_time", {}),
        feeds.log_event("edx.course.grade.now_passed", {}),
    ),
    (feeds.problem_check(0, 2), feeds.problem_check(0, 3)),
    (feeds.problem_check(0, 2), feeds.problem_check(1e-9, 2)),
    (feeds.problem_check(0, 2), feeds.problem_check(None, 2)),
    *(
        (EVENTS[place], EVENTS[place] | {"event": EVENTS[place]["event"] | changed})
        for place, changed in (
            (1, {"problem_id": feeds.LESSON_BLOCK}),
            (1, {"success": "incorrect"}),
            (1, {"attempts": 2}),
            (3, {"event_transaction_id": "another"}),
            (5, {"event_transaction_id": "5f8d"}),
            (5, {"percent_grade": 0.7000000000000001}),
            (5, {"letter_grade": ""}),
            (7, {"lesson_id": "other"}),
            (7, {"step_id": "other"}),
            (7, {"attempt": 2}),
            (7, {"confidence": 71}),
            (7, {"correct": None}),
            (7, {"items": []}),
            (7, {"items": [feeds.ITEM | {"answer": "other", "share": 0.5}]}),
            (7, {"items": [feeds.ITEM | {"confidence": None, "share": 0.5}]}),
            (7, {"detection": DETECTION | {"hits": 0}}),
            (7, {"detection": None}),
            (8, {"form": "delayed"}),
            (8, {"anchor": False}),
            (9, {"learner": feeds.LEARNER[::-1]}),
            (10, {"turn": "t2"}),
        )
    ),
    (
        feeds.step_submitted(),
        feeds.step_submitted(context={"user_id": feeds.USER_ID, "course_id": feeds.COURSE}),
    ),
    (  # whom staff enrol is one matter, who did it another
        feeds.enrolled(event={"user_id": 9}, context={"user_id": 1, "course_id": feeds.COURSE}),
        feeds.enrolled(event={"user_id": 9}, context={"user_id": 2, "course_id": feeds.COURSE}),
    ),
]


@pytest.mark.parametrize(("one", "other"), CHANGES)
def test_events_that_say_different_things_are_two(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert len(digests(one, other)) == 2


def test_what_nobody_reads_makes_no_other_event() -> None:
    one = feeds.problem_check()
    other = one | {"ip": "192.0.2.9", "event": one["event"] | {"answers": {}, "state": {"seed": 2}}}
    assert len(digests(one, other)) == 1


def test_minus_nought_is_nought() -> None:
    assert len(digests(feeds.problem_check(0, 2), feeds.problem_check(-0.0, 2))) == 1


def test_a_number_beyond_all_measure_is_a_reject_and_no_crash() -> None:
    started = {"lesson_id": "l1", "lesson_version": "0123456789ab", "language": "en", "steps": 10**30}
    batch = read(
        *(
            json.dumps(feeds.log_event("ai_tutor.lesson.started", each)).encode()
            for each in (started, started | {"steps": 3})
        )
    )
    assert [reject.reason for reject in batch.rejects] == ["a whole number is larger than 64 bits"]
    assert len(batch.all_of(LearningEvent)) == 1
