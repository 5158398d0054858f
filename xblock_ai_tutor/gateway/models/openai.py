"""Asking a model through the official SDK's Responses API. The only module of the house that imports `openai`.

The SDK makes the request, the authentication, the retries and the errors; the event stream is read raw. What may leave
is asserted on the wire (`_assert_egress`), whatever the code above it does: this host, this path, these fields,
`store` false. Proxies and addresses in the environment are not used, and redirects are not followed.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import httpx2
import msgspec
import openai

from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.errors import GatewayError
from xblock_ai_tutor.gateway.models import (
    Delta,
    Finished,
    ModelBusyError,
    ModelCutError,
    ModelError,
    ModelEvent,
    ModelMisconfiguredError,
    ModelTimeoutError,
    ModelUnavailableError,
    Refused,
)
from xblock_ai_tutor.gateway.models.compose import ModelRequest
from xblock_ai_tutor.gateway.models.event_stream import MalformedStreamError, read_data
from xblock_ai_tutor.gateway.models.feedback import TEXT_FORMAT

# With OPENAI_LOG=debug in the environment the SDK logs whole requests: a learner's words are in them.
logging.getLogger("openai").setLevel(logging.WARNING)

_SENT: Final = frozenset(
    {
        "model",
        "instructions",
        "input",
        "max_output_tokens",
        "safety_identifier",
        "store",
        "stream",
        "text",
        "moderation",
    }
)
# OpenAI's inline moderation (`types/responses/response_create_params.Moderation`): both sides are stopped, not scored.
MODERATION: Final = {
    "model": "omni-moderation-latest",
    "policy": {"input": {"mode": "block"}, "output": {"mode": "block"}},
}
_MODERATED: Final = frozenset({"moderation_blocked", "content_policy_violation", "content_filter"})
_LONGEST_WAIT_S: Final = 2.0  # what a learner should wait for a retry; past it they are told to try again themselves


class EgressError(GatewayError):
    """A request was about to leave that is not one of ours. Nothing was sent."""


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
        """Whether moderation stopped or flagged the input or the output."""
        found = self.moderation
        flagged = found is not None and any(one is not None and one.flagged for one in (found.input, found.output))
        stopped = self.incomplete_details is not None and self.incomplete_details.reason in _MODERATED
        return flagged or stopped or (self.error is not None and self.error.code in _MODERATED)


class _Kind(msgspec.Struct):
    type: str = ""
    code: str | None = None
    error: _Error | None = None


class _TextDelta(msgspec.Struct):
    delta: str


class _Ended(msgspec.Struct):
    response: _Response


_kind: Final = msgspec.json.Decoder(_Kind)
_text_delta: Final = msgspec.json.Decoder(_TextDelta)
_ended: Final = msgspec.json.Decoder(_Ended)


class OpenAIModel:
    """A model behind an endpoint that speaks the Responses API."""

    def __init__(self, settings: Settings) -> None:
        self.name = settings.model
        self._turn_seconds = settings.turn_seconds
        self._max_output_tokens = settings.max_output_tokens
        self._moderation = MODERATION if is_moderated(settings) else None
        self._url = httpx2.URL(f"{settings.model_base_url}/responses")
        timeout = httpx2.Timeout(settings.read_seconds, connect=settings.connect_seconds)
        self._http = httpx2.Client(
            trust_env=False,
            follow_redirects=False,
            timeout=timeout,
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=50),
            event_hooks={"request": [self._assert_egress], "response": [_cap_retry]},
        )
        self._client = openai.OpenAI(
            base_url=settings.model_base_url,
            api_key=settings.model_api_key.reveal(),
            timeout=timeout,
            max_retries=settings.model_retries,
            http_client=self._http,
        )
        # Named here so that the SDK's lazy imports happen at start and not in the first learner's turn.
        self._streaming = self._client.responses.with_streaming_response

    def ask(self, request: ModelRequest, *, safety_identifier: str) -> Generator[ModelEvent, None, None]:
        """Stream the answer to `request`. See `models.Model`."""
        deadline = time.monotonic() + self._turn_seconds
        with (
            _own_errors(),
            self._streaming.create(
                model=self.name,
                instructions=request.instructions,
                input=[{"role": role, "content": text} for role, text in request.input],  # type: ignore[misc]
                max_output_tokens=self._max_output_tokens,
                safety_identifier=safety_identifier,
                store=False,
                stream=True,
                text=request.text_format or openai.omit,  # type: ignore[arg-type]
                moderation=self._moderation or openai.omit,  # type: ignore[arg-type]
            ) as response,
        ):
            for data in read_data(response.iter_bytes()):
                if time.monotonic() > deadline:
                    raise ModelTimeoutError("turn_seconds")
                for event in _events(data):
                    yield event
                    if isinstance(event, Finished):
                        return
            raise ModelCutError("no final event")

    def close(self) -> None:
        self._client.close()

    def _assert_egress(self, request: httpx2.Request) -> None:
        """The last check before the network. Raises `EgressError`."""
        if request.url != self._url or request.method != "POST":
            raise EgressError("A request to an address other than the configured endpoint was stopped.")
        body = msgspec.json.decode(request.read())
        if body.get("store") is not False or not set(body) <= _SENT:
            raise EgressError("A request with fields that the gateway never sends was stopped.")
        if body.get("text", TEXT_FORMAT) != TEXT_FORMAT or body.get("moderation", MODERATION) != MODERATION:
            raise EgressError("A request with a format or a moderation that is not the gateway's was stopped.")


def is_moderated(settings: Settings) -> bool:
    """Whether the endpoint is asked to moderate: where `auto`, OpenAI's own hosts are, which have it."""
    if settings.moderation != "auto":
        return settings.moderation == "on"
    host = urlsplit(settings.model_base_url).hostname or ""
    return host == "api.openai.com" or host.endswith(".api.openai.com")


def _events(data: bytes) -> Iterator[ModelEvent]:
    """What one event of the stream means; nothing for the kinds that a tutor does not need. Raises `ModelError`."""
    if data == b"[DONE]":
        return
    try:
        head = _kind.decode(data)
    except msgspec.DecodeError:
        yield _half_a_character(data)
        return
    match head.type:
        case "response.output_text.delta":
            yield Delta(_text_delta.decode(data).delta)
        case "response.refusal.delta":
            yield Refused()
        case "response.completed" | "response.incomplete" | "response.failed":
            response = _ended.decode(data).response
            moderated = response.is_moderated()
            if moderated:
                yield Refused("moderation")
            elif head.type == "response.failed":
                raise _failure(response.error.code if response.error else None)
            used = response.usage
            complete = moderated or head.type == "response.completed"
            yield Finished(complete, used.input_tokens if used else None, used.output_tokens if used else None)
        case "error":
            code = head.code or (head.error.code if head.error else None)
            if code not in _MODERATED:
                raise _failure(code)
            yield Refused("moderation")
            yield Finished(complete=True, tokens_in=None, tokens_out=None)


def _half_a_character(data: bytes) -> ModelEvent:
    """A delta that ends or begins within an escaped surrogate pair: msgspec refuses it, JSON allows it. The guard joins
    the halves. Raises `ModelError` for anything else."""
    try:
        event = json.loads(data)
        if event["type"] == "response.output_text.delta" and isinstance(event["delta"], str):
            return Delta(event["delta"])
    except (ValueError, KeyError, TypeError):
        pass
    raise ModelUnavailableError("malformed event")


def _failure(code: str | None) -> ModelError:
    """The error for a code that came inside the stream (`types/responses/response_error.py`)."""
    if code == "rate_limit_exceeded":
        return ModelBusyError(code)
    if code in ("invalid_prompt", "data_residency_mismatch"):
        return ModelMisconfiguredError(code)
    return ModelUnavailableError(code or "error event")


@contextmanager
def _own_errors() -> Iterator[None]:
    """The SDK's and the transport's errors as ours, matched once. Their messages are dropped: they may quote input."""
    try:
        yield
    except (openai.APITimeoutError, httpx2.TimeoutException) as error:
        raise ModelTimeoutError(type(error).__name__) from None
    except openai.RateLimitError as error:
        raise ModelBusyError(str(error.code or 429)) from None
    except (openai.InternalServerError, openai.ConflictError) as error:
        raise ModelUnavailableError(str(error.status_code)) from None
    except openai.APIStatusError as error:
        if error.status_code == httpx2.codes.REQUEST_TIMEOUT:
            raise ModelTimeoutError(str(error.status_code)) from None
        raise ModelMisconfiguredError(f"{error.status_code} {error.code or ''}".strip()) from None
    except openai.APIConnectionError as error:
        raise ModelUnavailableError(type(error).__name__) from None
    except httpx2.RequestError as error:
        raise ModelCutError(type(error).__name__) from None
    except (MalformedStreamError, msgspec.DecodeError) as error:
        raise ModelUnavailableError(type(error).__name__) from None


def _cap_retry(response: httpx2.Response) -> None:
    """Stop the SDK from waiting out a long `retry-after` (it would, up to two minutes) while a learner looks on."""
    wait = response.headers.get("retry-after", "0")
    try:
        short = float(wait) <= _LONGEST_WAIT_S
    except ValueError:  # an HTTP date
        short = False
    if not short or response.status_code == httpx2.codes.TOO_MANY_REQUESTS:
        response.headers["x-should-retry"] = "false"
