"""Reading an event stream: the same events however the bytes are cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xblock_ai_tutor.gateway.models.event_stream import LIMIT_BYTES, MalformedStreamError, read_data

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
