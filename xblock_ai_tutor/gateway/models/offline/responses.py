"""The Responses API's shapes as the offline engine speaks them: reading a request, writing a response and its events.

Pure: dictionaries in and out; `server` moves them over HTTP. The shapes follow openai-python 3.54 in strict response
validation (`types/responses`), which a test runs against the real SDK.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from xblock_ai_tutor.gateway.models.feedback import TEXT_FORMAT
from xblock_ai_tutor.gateway.models.offline.answer import Message

MODEL: Final = "offline-engine"
_WORDS_PER_DELTA: Final = 3
_CHARACTERS_PER_TOKEN: Final = 4
_ROLES: Final = ("developer", "system", "user", "assistant")


class BadRequestError(ValueError):
    """A request that the API would answer with 400; `param` names the field."""

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


def error_body(message: str, *, kind: str = "invalid_request_error", param: str | None = None) -> dict[str, Any]:
    """OpenAI's error form."""
    return {"error": {"message": message, "type": kind, "param": param, "code": None}}


def read_messages(body: Any) -> tuple[Message, ...]:
    """The messages of a request's `input`, where the lesson is. Raises `BadRequestError`."""
    if not isinstance(body, dict):
        raise BadRequestError("The body must be a JSON object.")
    if not isinstance(body.get("model"), str):
        raise BadRequestError("Missing required parameter: 'model'.", "model")
    given = body.get("input")
    if isinstance(given, str):
        return (Message("user", given),)
    if not isinstance(given, list) or not given:
        raise BadRequestError("'input' must be a string or a non-empty list of messages.", "input")
    return tuple(_message(item, f"input[{index}]") for index, item in enumerate(given))


def _message(item: Any, where: str) -> Message:
    if not isinstance(item, dict) or item.get("type", "message") != "message":
        raise BadRequestError("The offline engine takes messages only: no tools, files or references.", where)
    role, content = item.get("role"), item.get("content")
    if role not in _ROLES:
        raise BadRequestError(f"'role' must be one of {', '.join(_ROLES)}.", f"{where}.role")
    if isinstance(content, str):
        return Message(role, content)
    if isinstance(content, list):
        parts = [part.get("text") if isinstance(part, dict) else None for part in content]
        if all(isinstance(part, str) for part in parts):
            return Message(role, "\n".join(str(part) for part in parts))
    raise BadRequestError("'content' must be text.", f"{where}.content")


def wants_feedback(body: Mapping[str, Any]) -> bool:
    """Whether the request asks for the one structured output that there is. Raises `BadRequestError` for others."""
    text = body.get("text")
    if text is None or text == {"format": {"type": "text"}}:
        return False
    if text != TEXT_FORMAT:
        raise BadRequestError("The offline engine knows no other format than the gateway's own.", "text.format")
    return True


def limited(body: Mapping[str, Any], text: str) -> str:
    """As much of an answer as the request's `max_output_tokens` allows. Raises `BadRequestError`."""
    most = body.get("max_output_tokens")
    if most is None:
        return text
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        raise BadRequestError("'max_output_tokens' must be a whole number of 1 or more.", "max_output_tokens")
    return text[: most * _CHARACTERS_PER_TOKEN]


def usage(messages: Sequence[Message], instructions: object, text: str) -> dict[str, Any]:
    """Token counts by the rule of thumb of four characters a token: an honest order of magnitude."""
    asked = len(str(instructions or "")) + sum(len(message.text) for message in messages)
    tokens_in, tokens_out = -(-asked // _CHARACTERS_PER_TOKEN), -(-len(text) // _CHARACTERS_PER_TOKEN)
    return {
        "input_tokens": tokens_in,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": tokens_out,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tokens_in + tokens_out,
    }


def _item(item_id: str, status: str, text: str | None) -> dict[str, Any]:
    content = [] if text is None else [_part(text)]
    return {"id": item_id, "type": "message", "role": "assistant", "status": status, "content": content}


def _part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def response(
    body: Mapping[str, Any],
    *,
    created: float,
    status: str,
    text: str | None,
    used: dict[str, Any] | None,
) -> dict[str, Any]:
    """A whole `response` object. `created` is a Unix time in seconds; `text` is None while there is none yet.

    `status` is `in_progress`, `completed` or `incomplete`: the last when the answer was longer than was allowed.
    """
    # The id is a digest of the request: the engine is deterministic to the byte, and keeps no counter.
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:40]
    return {
        "id": f"resp_{digest}",
        "object": "response",
        "created_at": created,
        "completed_at": created if status == "completed" else None,
        "status": status,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
        "instructions": None,
        "max_output_tokens": body.get("max_output_tokens"),
        "metadata": {},
        "model": body["model"],
        "output": [] if text is None else [_item(f"msg_{digest}", status, text)],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "safety_identifier": body.get("safety_identifier"),
        "store": False,
        "temperature": None,
        "text": body.get("text") or {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "truncation": "disabled",
        "usage": used,
    }


def deltas(text: str) -> Iterator[str]:
    """`text` a few words at a time; joined they are `text`."""
    words = re.findall(r"\S+\s*|\s+", text)
    for start in range(0, len(words), _WORDS_PER_DELTA):
        yield "".join(words[start : start + _WORDS_PER_DELTA])


def events(
    body: Mapping[str, Any], *, created: float, text: str, used: dict[str, Any], status: str = "completed"
) -> Iterator[dict[str, Any]]:
    """The events of a streamed response, in the order in which the API sends them; the last is named for `status`."""
    begun = response(body, created=created, status="in_progress", text=None, used=None)
    done = response(body, created=created, status=status, text=text, used=used)
    item_id = done["output"][0]["id"]
    place = {"item_id": item_id, "output_index": 0, "content_index": 0}
    unnumbered: Iterator[dict[str, Any]] = iter(
        [
            {"type": "response.created", "response": begun},
            {"type": "response.in_progress", "response": begun},
            {"type": "response.output_item.added", "output_index": 0, "item": _item(item_id, "in_progress", None)},
            {"type": "response.content_part.added", **place, "part": _part("")},
            *({"type": "response.output_text.delta", **place, "delta": part, "logprobs": []} for part in deltas(text)),
            {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
            {"type": "response.content_part.done", **place, "part": _part(text)},
            {"type": "response.output_item.done", "output_index": 0, "item": _item(item_id, status, text)},
            {"type": f"response.{status}", "response": done},
        ]
    )
    for number, event in enumerate(unnumbered):
        yield {**event, "sequence_number": number}
