"""Reading an event stream: the same events however the bytes are cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.gateway import completed, text_delta
from xblock_ai_tutor.gateway.models import Delta, Finished, ModelEvent
from xblock_ai_tutor.gateway.models.event_stream import (
    LIMIT_BYTES,
    MalformedStreamError,
    _of_any_lines,
    _of_two_lines,
    read_data,
)
from xblock_ai_tutor.gateway.models.told import told

WIRE = b'event: a\ndata: {"x":1}\n\n: comment\n\ndata: one\ndata: two\r\n\r\ndata:bare\r\rid: 7\n\ndata: last\n\n'
EVENTS = [b'{"x":1}', b"one\ntwo", b"bare", b"last"]


PLAIN = WIRE.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


@given(wire=st.sampled_from([WIRE, PLAIN]), cuts=st.lists(st.integers(0, len(PLAIN)), max_size=12))
def test_every_cut_gives_the_same_events(wire: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(wire)]
    chunks = [wire[start:end] for start, end in itertools.pairwise(edges)]
    assert list(itertools.chain(*read_data(chunks))) == EVENTS


def test_an_event_that_was_cut_off_is_not_an_event() -> None:
    assert list(read_data([b"data: one\n\ndata: tw"])) == [[b"one"]]


def test_events_that_come_together_are_told_together() -> None:
    assert list(read_data([b"data: one\n\ndata: two\n\nda", b"ta: three\n\n"])) == [[b"one", b"two"], [b"three"]]


def test_an_event_without_end_is_stopped() -> None:
    with pytest.raises(MalformedStreamError):
        list(read_data(b"data: " + b"x" * 100_000 for _ in range(LIMIT_BYTES // 100_000 + 1)))


LINES = [
    *(b"event: a", b"event:b", b'data: {"x":1}', b"data: ", b"data:", b"data:z", b"data", b": note", b"id: 7", b""),
    *(b"event: response.output_text.delta", b"data: yevent: response.output_text.delta", b'{"x":2}', b"xevent: a"),
]


@given(st.lists(st.sampled_from(LINES), max_size=14))
def test_the_quick_way_gives_what_the_general_one_gives_or_nothing(lines: list[bytes]) -> None:
    events = b"\n".join(lines) + b"\n\n"
    assert _of_two_lines(events) in (None, _of_any_lines(events))


def test_the_quick_way_is_taken_for_what_the_api_writes() -> None:
    events = text_delta("One ") + text_delta("two.")
    assert _of_two_lines(events) == _of_any_lines(events)


HALVES = [
    b'{"type":"response.output_text.delta","delta":"\\ud83d"}',
    b'{"type":"response.output_text.delta","delta":"\\ude00"}',
]
USUAL = [next(iter(read_data([text_delta(text)])))[0] for text in ("One ", "two. ", "é", '"\n\\')]
END = next(iter(read_data([completed()])))[0]


def texts(events: list[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))


@given(st.lists(st.sampled_from([*USUAL, *HALVES, b"[DONE]", b'{"type":"response.created"}']), max_size=10))
def test_events_say_the_same_together_as_one_by_one(events: list[bytes]) -> None:
    together = list(told([*events, END]))
    alone = [said for event in [*events, END] for said in told([event])]
    assert texts(together) == texts(alone)
    assert isinstance(together[-1], Finished)
    assert together[-1] == alone[-1]


def test_two_documents_in_one_event_are_not_two_events() -> None:
    with pytest.raises(ValueError, match="JSON"):
        list(told([USUAL[0] + b"\n" + USUAL[1], USUAL[2]]))
