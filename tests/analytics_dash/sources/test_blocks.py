"""A block read at once is what its lines are one by one, whatever is in it; and so is a feed that processes share."""

from __future__ import annotations

import hashlib
import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_dash.sources import Batch, Detected, ItemAnswer, LearningEvent
from analytics_dash.sources.openedx_lines import Looked
from analytics_dash.sources.openedx_log import OpenEdxLog
from analytics_dash.sources.streams import CHUNK, OVERLONG, blocks, look_at
from analytics_dash.sources.streams import lines as lines_of
from tests.support import feeds

READER = OpenEdxLog()
STEP = feeds.step_submitted()
SOUND: list[Any] = [
    feeds.enrolled(),
    feeds.problem_check(),
    feeds.problem_check(event_source="browser") | {"event": "input_1=choice_0"},
    feeds.problem_check(username="", context={"user_id": "17", "course_id": feeds.COURSE}),
    feeds.step_submitted(),
    feeds.tutor_opened(),
    feeds.transformed(feeds.enrolled()),
    feeds.log_event("edx.video.played", '{"id": "é"}'),
    feeds.log_event("edx.video.played", {}, username="", context={"user_id": ""}),
    feeds.log_event("edx.video.played", {}, username=None, context={"user_id": None}),
    feeds.log_event("edx.video.played", {}, time="2026-05-04T09:30:00"),
    feeds.log_event("edx.video.played", {}, time="2026-05-04T09:30:00+05:30"),
    feeds.log_event("edx.completion.block_completion.changed", {"block_id": feeds.BLOCK, "completion": 0.5}),
]
PLATFORMS = [line for line in SOUND if "+00:00" in str(line) and line["context"].get("user_id") != "17"]
STRANGE: list[Any] = [
    feeds.log_event("edx.video.played", {}, time="1999-05-04T09:30:00Z"),
    feeds.log_event("edx.video.played", {}, time=...),
    feeds.log_event("edx.video.played", {}, username="x" * 300),
    feeds.log_event("edx.video.played", {}, context={"user_id": "no number"}),
    feeds.log_event("edx.video.played", {}, context={"user_id": -1}),
    feeds.log_event("edx.video.played", {}, context={"user_id": 0}),
    feeds.log_event("", {}, event_type=""),
    feeds.problem_check(username="", context={"course_id": feeds.COURSE}),
    feeds.problem_check(grade="one"),
    feeds.problem_check(grade=2),
    feeds.enrolled(event={"course_id": "no course"}),
    feeds.step_submitted({"attempt": 1.0}),
    feeds.step_submitted({"attempt": True}),
    feeds.step_submitted({"earned": 1e300}),
    feeds.step_submitted({"lesson_id": ...}),
    feeds.step_submitted({"unknown": 1}),
    feeds.step_submitted({"items": [feeds.ITEM, feeds.ITEM]}),
    feeds.step_submitted({"items": [feeds.ITEM | {"answer": "some words"}]}),
    feeds.step_submitted({"detection": {"hits": 3, "false_alarms": 0, "targets": 1, "non_targets": 2}}),
    feeds.step_submitted({"correct": None, "confidence": None, "items": []}),
    feeds.tutor_opened("no pseudonym"),
]
PIECES = [
    *(b"{bad}", b"", b" ", b"[1]", b"null", b'"text"', b"{}{}", b'{"a":{}', b"}", b"{", b"}{", b'{"a":', b'1}{"b":2}'),
    *(b'{"a":"}', b'{"}', b"\xef\xbb\xbf{}", b"\xff", b'{"name": "\xff"}', b'{"name": "\\ud800"}', b"x - {}", b"- {"),
    *(b'{"k": "- {"name": "x"}', b' {"k": "- {}', b"[x] - " + json.dumps(STEP).encode(), b"\x00", b"{}\r", b"\r"),
    *(json.dumps(feeds.enrolled()).encode() * 2, json.dumps(feeds.enrolled()).encode()[:-1]),
]
PIECES = [piece if isinstance(piece, bytes) else bytes([piece]) for piece in PIECES]
LINES = st.one_of(
    st.sampled_from([json.dumps(line, ensure_ascii=False).encode() for line in SOUND + STRANGE]),
    st.sampled_from([feeds.HEAD + json.dumps(line).encode() for line in SOUND]),
    st.sampled_from(PIECES),
)


def content(batch: Batch) -> tuple[Any, ...]:
    """What a batch says, whatever the order of its rows."""
    rows = sorted(repr(row) for kind in (LearningEvent, ItemAnswer, Detected) for row in batch.all_of(kind))
    return batch.lines, batch.ignored, batch.rejects, rows, batch.same_as


def one_by_one(lines: list[bytes]) -> tuple[Any, ...]:
    """Each line as if the log had no other: nothing is looked at, decoded or checked together."""
    whole = Batch()
    for line in lines:
        for batch in READER.read([line], feeds.identity()):
            whole.join(batch)
    return content(whole)


@given(st.lists(st.lists(LINES, min_size=1, max_size=6), min_size=1, max_size=3))
@settings(max_examples=500)
def test_blocks_are_what_their_lines_are(each: list[list[bytes]]) -> None:
    blocks = [b"".join(line + b"\n" for line in lines) for lines in each]
    assert content(READER.read_blocks(blocks, feeds.identity())) == one_by_one([*chain.from_iterable(each)])


@pytest.mark.parametrize("line", SOUND + STRANGE)
@pytest.mark.parametrize("head", [b"", feeds.HEAD])
def test_every_well_formed_line_comes_out_of_a_block_the_same(line: Any, head: bytes) -> None:
    text = head + json.dumps(line).encode()
    assert content(READER.read_blocks([(text + b"\n") * 2], feeds.identity())) == one_by_one([text, text])


@pytest.mark.parametrize("line", PLATFORMS)
@pytest.mark.parametrize("head", [b"", feeds.HEAD])
def test_what_a_platform_writes_needs_no_careful_look(line: Any, head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Looked, "one_by_one", lambda *_given: pytest.fail("it was looked at by itself"))
    text = head + json.dumps(line).encode()
    assert READER.read_blocks([(text + b"\n") * 2], feeds.identity()).lines == 2


def test_a_bad_event_among_many_costs_itself_alone() -> None:
    sound, bad = (json.dumps(feeds.problem_check(grade=grade)).encode() for grade in (1, 2))
    lines = [sound] * 300
    for place in (0, 130, 131, 299):
        lines[place] = bad
    batch = READER.read_blocks([b"".join(line + b"\n" for line in lines)], feeds.identity())
    assert [reject.line for reject in batch.rejects] == [1, 131, 132, 300]
    assert {reject.reason for reject in batch.rejects} == {"grade: more marks earned than possible"}
    assert len(batch.all_of(LearningEvent)) == 296


@given(st.lists(st.binary(max_size=40), max_size=8), st.integers(1, 30))
@settings(max_examples=300)
def test_blocks_hold_the_lines_of_the_feed(chunks: list[bytes], limit: int) -> None:
    from analytics_dash.sources import streams

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "LINE_LIMIT", limit)
        pieces = list(streams._gather(iter(chunks)))
    found: list[Any] = []
    for piece in pieces:
        found += piece[:-1].split(b"\n") if isinstance(piece, bytes) else [piece]
    whole = b"".join(chunks)
    expected = whole.removesuffix(b"\n").split(b"\n") if whole else []
    # Within one chunk a line may be longer than the limit: the limit is there for what spans chunks.
    assert len(found) == len(expected)
    for got, wanted in zip(found, expected, strict=True):
        assert got == wanted or (got is OVERLONG and len(wanted) > limit)


def test_a_line_beyond_the_limit_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "long.log"
    path.write_bytes(b"{}\n" + b"x" * (4 << 20) + b"\n" + b"y" * ((4 << 20) + 1) + b"\n{}\n" + b"z" * (5 << 20))
    feed = look_at(path)
    pieces = [len(piece) if isinstance(piece, bytes) else piece for piece in blocks(feed)]
    assert [piece for piece in pieces if not isinstance(piece, int)] == [OVERLONG, OVERLONG]
    assert sum(piece for piece in pieces if isinstance(piece, int)) == 3 + (4 << 20) + 1 + 3
    assert all(piece <= (4 << 20) + 2 * CHUNK for piece in pieces if isinstance(piece, int))
    assert len(list(lines_of(feed))) == 5


def test_rows_are_to_the_byte_what_the_readers_version_says() -> None:
    """All but the digests as when lines were still read one by one. Other digests need another `version`."""
    graded = {"problem_id": feeds.BLOCK, "weighted_earned": 1, "weighted_possible": 2, "user_id": str(feeds.USER_ID)}
    lines = [
        *feeds.many_events(20),
        *(feeds.problem_check(grade=grade, max_grade=2) for grade in (0, 1, 2, 3, None)),
        feeds.log_event("edx.grades.problem.submitted", graded, time="2026-10-25T00:30:00Z"),
        feeds.log_event("edx.grades.course.grade_calculated", {"percent_grade": 0.7, "letter_grade": "Pass"}),
        feeds.step_submitted({"detection": {"hits": 1, "false_alarms": 0, "targets": 1, "non_targets": 2}}),
        feeds.transformed(feeds.step_submitted({"test": "facts", "form": "post", "anchor": True})),
    ]
    batch = READER.read_blocks([feeds.json_lines(lines)], feeds.identity())
    rows = [row for kind in (LearningEvent, ItemAnswer, Detected) for row in batch.all_of(kind)]
    said = [
        batch.lines,
        batch.ignored,
        sorted(map(tuple, batch.rejects)),
        sorted(map(repr, rows)),
        sorted(batch.same_as),
    ]
    assert READER.version == 3
    assert hashlib.sha256(repr(said).encode()).hexdigest() == (
        "e9fce963b5173014fbc218833462b4ea38520514474214a600b5512f8ddee8a0"
    )
