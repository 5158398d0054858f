"""Reading in gevent's event loop: nothing is lost, mere words wake nobody, faults are told as without gevent."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gevent
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.gateway import completed, text_delta
from tests.support.wire import chunk
from xblock_ai_tutor.gateway.models import Reading, wire_hub
from xblock_ai_tutor.gateway.models.wire_hub import HubWire

HERE = Path(__file__).parent
WORD = chunk(text_delta("mere words, "))
SOON_S = 10.0  # on a machine that is busy with much else; whoever nobody wakes waits three times as long
LARGE = b"x" * 40_000
PIECES = {"words": WORD, "end": chunk(text_delta("end. ")), "half": WORD[:7], "large": LARGE}


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> float:
    """How long words may lie: their own time is what one test is about, and too short for a busy machine."""
    usual = wire_hub._PATIENCE_S
    monkeypatch.setattr(wire_hub, "_PATIENCE_S", 3 * SOON_S)
    return usual


@contextmanager
def wired() -> Iterator[tuple[HubWire, socket.socket]]:
    near, far = socket.socketpair()
    wire = HubWire(near, read_s=60.0)
    try:
        yield wire, far
    finally:
        wire.let_go()
        near.close()
        far.close()


def received(wire: HubWire) -> gevent.Greenlet[..., bytes]:
    return gevent.spawn(wire.receive, Reading(mid_sentence=True))


def test_words_in_the_middle_of_a_sentence_wake_nobody_and_its_end_does() -> None:
    with wired() as (wire, far):
        reader = received(wire)
        for _ in range(5):
            far.sendall(WORD)
            gevent.sleep(0.01)
        assert not reader.ready()
        far.sendall(chunk(text_delta("and new. Words ")))
        assert reader.get(timeout=SOON_S) == 5 * WORD + chunk(text_delta("and new. Words "))


@pytest.mark.parametrize("end", ["end. ", "end.", "end? ", "v. "])
def test_a_full_stop_wakes_nobody_and_what_tells_whether_a_sentence_ended_does(end: str) -> None:
    with wired() as (wire, far):
        reader = received(wire)
        far.sendall(WORD + chunk(text_delta(end)))
        gevent.sleep(0.05)
        assert not reader.ready()
        far.sendall(WORD)
        assert reader.get(timeout=SOON_S) == WORD + chunk(text_delta(end)) + WORD


def _receive_and_let_go(wire: HubWire, other: HubWire) -> bytes:
    data = wire.receive()
    other.let_go()
    return data


def test_many_wires_get_what_is_theirs_and_who_is_woken_may_let_go_of_another() -> None:
    for _again in range(2):  # the second time nothing is open of the first
        with contextlib.ExitStack() as stack:
            ends = [stack.enter_context(wired()) for _number in range(8)]
            readers = [gevent.spawn(_receive_and_let_go, ends[0][0], ends[7][0])]
            readers += [gevent.spawn(wire.receive) for wire, _far in ends[1:7]]
            gevent.sleep(0)
            for number, (_wire, far) in enumerate(ends):
                far.sendall(b"%d" % number)
            assert [reader.get(timeout=SOON_S) for reader in readers] == [b"%d" % number for number in range(7)]


@pytest.mark.quiet
def test_words_do_not_lie_for_long(monkeypatch: pytest.MonkeyPatch, patience: float) -> None:
    monkeypatch.setattr(wire_hub, "_PATIENCE_S", patience)
    with wired() as (wire, far):
        begun = time.monotonic()
        reader = received(wire)
        while not reader.ready() and time.monotonic() - begun < 3:
            far.sendall(WORD)
            gevent.sleep(0.02)
        assert reader.ready()
        assert 0.4 < time.monotonic() - begun < 1.5


def test_a_reader_who_waits_for_every_word_gets_it() -> None:
    with wired() as (wire, far):
        reader = gevent.spawn(wire.receive)
        gevent.sleep(0)
        far.sendall(WORD)
        assert reader.get(timeout=SOON_S) == WORD


def _next(wire: HubWire, *, begun: bool = True) -> gevent.Greenlet[..., bytes]:
    reader = gevent.spawn(wire.receive, Reading(begun=begun))
    gevent.sleep(0)
    return reader


def _begun(wire: HubWire, far: socket.socket) -> None:
    """The first text has come and was read."""
    reader = _next(wire)
    far.sendall(b"first")
    assert reader.get(timeout=SOON_S) == b"first"


def test_once_there_is_something_to_read_what_trickles_in_is_taken_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_hub, "_REST_S", 1.0)
    with wired() as (wire, far):
        _begun(wire, far)
        reader = _next(wire)
        for piece in (b"one ", b"two ", b"three"):
            far.sendall(piece)
            gevent.sleep(0.02)
        assert reader.get(timeout=SOON_S) == b"one two three"


def test_before_the_first_text_every_piece_is_taken_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_hub, "_REST_S", 3 * SOON_S)
    with wired() as (wire, far):
        for piece in (b"one", b"two", b"three"):
            reader = _next(wire, begun=False)
            far.sendall(piece)
            assert reader.get(timeout=SOON_S) == piece


def test_an_answer_that_is_there_already_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_hub, "_REST_S", 3 * SOON_S)
    with wired() as (wire, far):
        for _again in range(3):
            reader = _next(wire)
            far.sendall(LARGE)
            taken = reader.get(timeout=SOON_S)
            while len(taken) < len(LARGE):
                taken += _next(wire).get(timeout=SOON_S)


def test_what_comes_after_a_silence_is_taken_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_hub, "_REST_S", 0.01)
    with wired() as (wire, far):
        _begun(wire, far)
        gevent.sleep(0.2)
        monkeypatch.setattr(wire_hub, "_REST_S", 3 * SOON_S)
        reader = _next(wire)
        far.sendall(b"second")
        assert reader.get(timeout=SOON_S) == b"second"


@pytest.mark.parametrize(
    "piece",
    [
        *(
            chunk(text_delta(text))
            for text in ("a. B", "why?no", "...", "…", "一。", "line\n", "[p-1", '"', "<b", "\\", "😀")
        ),
        chunk(completed()),
        WORD[:-5],  # an event that is not whole yet
        WORD + b"0\r\n\r\n",
        chunk(b": still here\n\n"),
        b"no HTTP at all",
    ],
)
def test_whatever_may_matter_wakes_the_reader(piece: bytes) -> None:
    with wired() as (wire, far):
        reader = received(wire)
        gevent.sleep(0)
        far.sendall(piece)
        assert reader.get(timeout=SOON_S) == piece


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.sampled_from(sorted(PIECES)), min_size=1, max_size=12),
    reading=st.builds(Reading, st.booleans(), st.booleans()),
)
def test_every_byte_arrives_once_and_in_order(names: list[str], reading: Reading) -> None:
    pieces = [PIECES[name] for name in names]
    with wired() as (wire, far):

        def write() -> None:
            far.setblocking(False)
            for piece in pieces:
                left = piece
                while left:
                    try:
                        left = left[far.send(left) :]
                    except BlockingIOError:
                        gevent.sleep(0.001)
                gevent.sleep(0)
            far.shutdown(socket.SHUT_WR)

        writer = gevent.spawn(write)
        whole = b"".join(iter(lambda: wire.receive(reading), b""))
        writer.join(SOON_S)
        assert whole == b"".join(pieces)


def test_under_gevent_every_fault_of_the_wire_is_told_as_without() -> None:
    """The transport's tests, and of a broken endpoint's those that wait, drip or leave, with gevent's sockets."""
    tests = [HERE / "test_transport.py", HERE.parent / "test_wire_faults.py"]
    chosen = "transport or unusual or drips or leaves or reset or meanwhile or share or without_end or endless"
    command = [sys.executable, "-m", "gevent.monkey", "--module", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [*command, "-k", chosen, *map(str, tests)], capture_output=True, text=True, timeout=180, check=False
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-1000:]
    assert " passed" in ran.stdout
