"""What a model's stream says: the data of its events as the few that a tutor needs. Pure; `openai` is the caller.

The shapes are those of openai-python's `types/responses`; what a tutor has no use for is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from xblock_ai_tutor.gateway.models import (
    Delta,
    Finished,
    ModelBusyError,
    ModelError,
    ModelEvent,
    ModelMisconfiguredError,
    ModelUnavailableError,
    Refused,
)

_TEXT: Final = "response.output_text.delta"
# How a stream ends that the endpoint's moderation stopped.
_MODERATED: Final = frozenset({"moderation_blocked", "content_policy_violation", "content_filter"})


class _Error(msgspec.Struct):
    code: str | None = None


class _Usage(msgspec.Struct):
    input_tokens: int
    output_tokens: int


class _Verdict(msgspec.Struct):
    flagged: bool = False


class _Moderation(msgspec.Struct):
    input: _Verdict | None = None
    output: _Verdict | None = None


class _Incomplete(msgspec.Struct):
    reason: str | None = None


class _Response(msgspec.Struct):
    usage: _Usage | None = None
    error: _Error | None = None
    incomplete_details: _Incomplete | None = None
    moderation: _Moderation | None = None

    def is_moderated(self) -> bool:
        """Whether the endpoint's moderation stopped or flagged the input or the output."""
        found = self.moderation
        flagged = found is not None and any(one is not None and one.flagged for one in (found.input, found.output))
        stopped = self.incomplete_details is not None and self.incomplete_details.reason in _MODERATED
        return flagged or stopped or (self.error is not None and self.error.code in _MODERATED)


class _StreamEvent(msgspec.Struct):
    """What a tutor needs of an event. `delta` is text in a text delta and something else in other kinds."""

    type: str = ""
    delta: object = None
    response: _Response | None = None
    code: str | None = None
    error: _Error | None = None


NOT_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError)
_event: Final = msgspec.json.Decoder(_StreamEvent)


def told(events: list[bytes]) -> Iterator[ModelEvent]:
    """What events that came together say: text in one piece, then the rest in order. Raises `ModelError`."""
    try:
        found = _event.decode_lines(b"\n".join(events))
    except NOT_JSON:
        found = []
    if len(found) == len(events):
        yield from _joined(found)
        return
    for data in events:  # what came before one that is no JSON was said
        yield from _alone(data)


def _joined(events: Iterable[_StreamEvent]) -> Iterator[ModelEvent]:
    text: list[str] = []
    for event in events:
        if event.type == _TEXT and isinstance(event.delta, str):
            text += (event.delta,)
            continue
        if text:
            yield Delta("".join(text))
            text.clear()
        yield from _other(event)
    if text:
        yield Delta("".join(text))


def _alone(data: bytes) -> Iterator[ModelEvent]:
    if data == b"[DONE]":
        return
    try:
        event = _event.decode(data)
    except NOT_JSON:
        if (half := _half_a_character(data)) is None:
            raise
        yield Delta(half)
        return
    yield from _joined([event])


def _other(event: _StreamEvent) -> Iterator[ModelEvent]:
    """What an event says that is no text; nothing for the kinds that a tutor does not need. Raises `ModelError`."""
    response = event.response
    match event.type:
        case "response.refusal.delta":
            yield Refused()
        case "response.completed" | "response.incomplete" | "response.failed":
            moderated = response is not None and response.is_moderated()
            if moderated:
                yield Refused("moderation")
            elif event.type == "response.failed":
                failed = response.error if response else None
                raise _failure(failed.code if failed else None)
            used = response.usage if response else None
            complete = moderated or event.type == "response.completed"
            yield Finished(complete, used.input_tokens if used else None, used.output_tokens if used else None)
        case "error":
            code = event.code or (event.error.code if event.error else None)
            if code not in _MODERATED:
                raise _failure(code)
            yield Refused("moderation")
            yield Finished(complete=True, tokens_in=None, tokens_out=None)


def _half_a_character(data: bytes) -> str | None:
    """The text of a delta that ends or begins within an escaped surrogate pair; None for anything else.

    msgspec refuses it, JSON allows it; the guard joins the halves.
    """
    try:
        event = json.loads(data)
        if event["type"] == _TEXT and isinstance(event["delta"], str):
            return str(event["delta"])
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    return None


def _failure(code: str | None) -> ModelError:
    """The error for a code that came inside the stream (`types/responses/response_error.py`)."""
    if code == "rate_limit_exceeded":
        return ModelBusyError(code)
    if code in ("invalid_prompt", "data_residency_mismatch"):
        return ModelMisconfiguredError(code)
    return ModelUnavailableError(code or "error event")
