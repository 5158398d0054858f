"""What a request to a model must never be or hold, whatever the test that caused it: looked at on the other end of the
wire. The recording endpoints call this for every request of the whole suite, and the fuzz for every one of its turns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from xblock_ai_tutor.gateway.sandbox.markings import blocked_by
from xblock_ai_tutor.gateway.sandbox.redact import find_entities

PATH: Final = "/v1/responses"
FIELDS: Final = frozenset(
    {
        *("model", "instructions", "input", "max_output_tokens", "safety_identifier", "store", "stream", "text"),
        "moderation",
    }
)
HEADERS: Final = re.compile(
    r"accept|accept-encoding|authorization|connection|content-length|content-type|host|idempotency-key|user-agent|"
    r"openai-project|openai-organization|x-stainless-[a-z-]+"
)

ADDRESS: Final = "an address that is not on the list"
STORE: Final = "store is not false"
OTHER_FIELDS: Final = "fields that the gateway does not send"
OTHER_HEADERS: Final = "headers that the gateway does not send"
NO_MESSAGE: Final = "an input that is no plain message"


def wrong_form(path: str, headers: Mapping[str, str], body: Mapping[str, Any], *, host: str) -> Iterator[str]:
    """What is wrong with a request whatever it holds. Names of headers in lower case."""
    if path != PATH or headers.get("host") != host:
        yield ADDRESS
    if body.get("store") is not False:
        yield STORE
    if not FIELDS.issuperset(body) or body.get("stream") is not True:
        yield OTHER_FIELDS
    if any(not HEADERS.fullmatch(name) for name in headers):
        yield OTHER_HEADERS
    if any(set(item) != {"role", "content"} or not isinstance(item["content"], str) for item in body["input"]):
        yield NO_MESSAGE


def wrong_content(body: Mapping[str, Any], *, block_official_sensitive: bool) -> Iterator[str]:
    """Identifiers and markings in what the learner and the tutor said: the sandbox must find none any more."""
    for item in body["input"]:
        if item["role"] != "developer":
            for entity in find_entities(item["content"]):
                yield f"a value of the type {entity.type}"
            if blocked_by(item["content"], block_official_sensitive=block_official_sensitive) is not None:
                yield "a protective marking"


def wrong_with(
    path: str, headers: Mapping[str, str], raw: bytes, *, host: str, block_official_sensitive: bool = True
) -> list[str]:
    """Everything that is wrong with one request."""
    body = json.loads(raw)
    content = wrong_content(body, block_official_sensitive=block_official_sensitive)
    return [*wrong_form(path, headers, body, host=host), *content]
