"""Counts for Prometheus: how turns end, what is held back, how long learners wait. No words, no learners, no courses.

`settlement` books a turn, the API counts the streams that are open and serves `/metrics` to whoever has the token.
Under `tutor-gateway serve` the workers share their counts through files in PROMETHEUS_MULTIPROC_DIR (the library's
multiprocess mode), so any of them can answer for all.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from xblock_ai_tutor.gateway.config import METRICS_FOLDER

if TYPE_CHECKING:
    from xblock_ai_tutor.gateway.turn_state import Turn  # brings in ssl, which gevent must patch first

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

_TURNS: Final = Counter("tutor_turns", "Turns that ended, by how and why.", ["status", "reason"])
_HELD_BACK: Final = Counter("tutor_redactions", "Identifiers held back, by type.", ["type"])
_GUARDED: Final = Counter("tutor_guard_actions", "What the guard took out of answers, by rule.", ["rule"])
_TOKENS: Final = Counter("tutor_tokens", "Tokens booked, by direction.", ["direction"])
_FIRST_TEXT: Final = Histogram(
    "tutor_first_text_seconds",
    "From the question to the first text that a learner sees.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32),
)
_WHOLE: Final = Histogram(
    "tutor_turn_seconds", "From the question to the end of the turn.", buckets=(0.1, 0.5, 1, 2, 5, 10, 20, 40, 80, 160)
)
_OPEN: Final = Gauge("tutor_open_streams", "Answers that are being written now.", multiprocess_mode="livesum")


def book(turn: Turn, *, tokens_in: int, tokens_out: int) -> None:
    """Count a turn that has ended."""
    _TURNS.labels(turn.status, turn.reason or "").inc()
    for kind, number in turn.redactions.items():
        _HELD_BACK.labels(kind).inc(number)
    for rule, number in turn.guard_actions.items():
        _GUARDED.labels(rule).inc(number)
    _TOKENS.labels("in").inc(tokens_in)
    _TOKENS.labels("out").inc(tokens_out)
    _WHOLE.observe(turn.elapsed_ms() / 1000)
    if turn.first_text_ms is not None:
        _FIRST_TEXT.observe(turn.first_text_ms / 1000)


def counted(stream: Iterable[bytes]) -> Generator[bytes, None, None]:
    """The stream, counted as open until it ends or is closed."""
    _OPEN.inc()
    try:
        yield from stream
    finally:
        _OPEN.dec()


def is_allowed(token: str, wanted: str) -> bool:
    """Whether `token` opens `/metrics`; no token is ever right when none is `wanted`."""
    return bool(wanted) and hmac.compare_digest(token.encode(), wanted.encode())


def exposition() -> bytes:
    """Every count, of all workers, in Prometheus' text format."""
    if not os.environ.get(METRICS_FOLDER):
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def forget_process(pid: int) -> None:
    """A worker died: its open streams are not open any more. Its counts stay."""
    if os.environ.get(METRICS_FOLDER):
        mark_process_dead(pid)  # type: ignore[no-untyped-call]
