"""Asking a model through the official SDK's Responses API. The only module of the house that imports `openai`.

The SDK makes the request, the authentication, the retries and the errors; `transport` carries them; the event stream
is read raw. What may leave is asserted on the wire (`egress`), whatever the code above it does: this host, this
path, these fields, `store` false.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import msgspec
import openai

from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.models import (
    Finished,
    ModelBusyError,
    ModelCutError,
    ModelEvent,
    ModelMisconfiguredError,
    ModelTimeoutError,
    ModelUnavailableError,
    Reading,
)
from xblock_ai_tutor.gateway.models.compose import ModelRequest
from xblock_ai_tutor.gateway.models.egress import MODERATION, Egress, EgressError
from xblock_ai_tutor.gateway.models.event_stream import MalformedStreamError, read_data
from xblock_ai_tutor.gateway.models.told import NOT_JSON, told
from xblock_ai_tutor.gateway.models.transport import Body, PinnedClient, PinnedTransport, plain_headers
from xblock_ai_tutor.gateway.models.wire import deadline

# What the SDK says of the machine that it runs on is nobody's business, and each header costs at four places.
_UNSAID: Final = ("Lang", "Package-Version", "OS", "Arch", "Runtime", "Runtime-Version", "Async")
_HEADERS: Final[Mapping[str, Any]] = {
    "Accept": "text/event-stream",
    "Accept-Encoding": "identity",
    **{f"X-Stainless-{name}": openai.Omit() for name in _UNSAID},
}

# With OPENAI_LOG=debug in the environment the SDK logs whole requests: a learner's words are in them.
logging.getLogger("openai").setLevel(logging.WARNING)


class OpenAIModel:
    """A model behind an endpoint that speaks the Responses API."""

    def __init__(self, settings: Settings, *, may_ask: Callable[[], None] = lambda: None) -> None:
        """`may_ask` raises when the residency attestation does not hold: then nothing is asked."""
        self._may_ask = may_ask
        self.name = settings.model
        self._turn_seconds = settings.turn_seconds
        self._max_output_tokens = settings.max_output_tokens
        self._moderation = is_moderated(settings)
        self._url = str(httpx2.URL(f"{settings.model_base_url}/responses"))
        self._egress = Egress(
            self._url,
            project=settings.model_project,
            organisation=settings.model_organisation,
        )
        timeout = httpx2.Timeout(settings.read_seconds, connect=settings.connect_seconds)
        transport = PinnedTransport(
            settings.model_base_url,
            connect_s=settings.connect_seconds,
            read_s=settings.read_seconds,
            check=self._assert_egress,
            ca_file=settings.model_ca_file,
        )
        self._http = PinnedClient(transport)
        self._client = openai.OpenAI(
            base_url=settings.model_base_url,
            api_key=settings.model_api_key.reveal(),
            timeout=timeout,
            max_retries=settings.model_retries,
            http_client=self._http,
            admin_api_key="",  # the SDK would take one from the environment
            default_headers=_HEADERS,
        )
        self._client.project = settings.model_project or None
        self._client.organization = settings.model_organisation or None

    def ask(
        self, request: ModelRequest, *, safety_identifier: str, reading: Reading | None = None
    ) -> Generator[ModelEvent, None, None]:
        """Stream the answer to `request`. See `models.Model`."""
        self._may_ask()
        ends = time.monotonic() + self._turn_seconds
        deadline.set(ends)
        with _own_errors(), closing(self._post(request, safety_identifier)) as response:
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                raise ModelUnavailableError("content type")
            # Not `iter_raw`, which would count and cut the pieces over again.
            body = response.stream
            if not isinstance(body, Body):
                raise TypeError("The answer is not of our transport.")
            if reading is not None:
                body.reading = reading
            for events in read_data(body):
                for event in told(events):
                    yield event
                    if isinstance(event, Finished):
                        return
                if time.monotonic() > ends:
                    raise ModelTimeoutError("turn_seconds")
            raise ModelCutError("no final event")

    def _post(self, request: ModelRequest, safety_identifier: str) -> httpx2.Response:
        """Send the request and return the answer, its body unread.

        Through the SDK's own `post`, which signs, retries and raises as `responses.create` does; that one would look
        for files and base64 in every message first, which takes longer than our reading of a whole answer.
        """
        body: dict[str, Any] = {
            "model": self.name,
            "instructions": request.instructions,
            "input": [{"role": role, "content": text} for role, text in request.input],
            "max_output_tokens": self._max_output_tokens,
            "safety_identifier": safety_identifier,
            "store": False,
            "stream": True,
        }
        if request.text_format:
            body["text"] = request.text_format
        if self._moderation:
            body["moderation"] = MODERATION
        return self._client.post(
            self._url,
            cast_to=httpx2.Response,
            content=msgspec.json.encode(body),
            stream=True,
            stream_cls=openai.Stream[Any],
            # The client's own, said again: the SDK copies deeply what is not said.
            options={
                "headers": {},
                "security": {"bearer_auth": True},
                "max_retries": self._client.max_retries,
                "timeout": self._client.timeout,
            },
        )  # type: ignore[return-value]  # with `cast_to` an HTTP response it returns that, whatever `stream_cls` says

    def close(self) -> None:
        self._client.close()

    def _assert_egress(self, request: httpx2.Request) -> None:
        """The last check before the network. Raises `EgressError`."""
        content = request.read()
        body = msgspec.json.decode(content) if content else None
        self._egress.check_model(request.method, str(request.url), plain_headers(request), body)

    def problems(self, settings: Settings) -> list[str]:
        """What the SDK's client, as it was built, would do that it must not; a wrong request is tried on the wire."""
        found = []
        if str(self._client.base_url).rstrip("/") != settings.model_base_url:
            found.append("The SDK's base_url is not the configured endpoint.")
        if self._http.trust_env:
            found.append("The SDK's client reads proxies from the environment.")
        if self._http.follow_redirects:
            found.append("The SDK's client follows redirects.")
        try:
            self._client.responses.create(model=self.name, input=[], store=True, stream=True)
        except EgressError:
            return found
        except openai.OpenAIError:
            pass
        return [*found, "A request with store=true was not stopped."]


def sdk_problems(settings: Settings) -> list[str]:
    """`OpenAIModel.problems` of a client that is made for the purpose and closed."""
    model = OpenAIModel(settings)
    try:
        return model.problems(settings)
    finally:
        model.close()


def is_moderated(settings: Settings) -> bool:
    """Whether the endpoint is asked to moderate: where `auto`, OpenAI's own hosts are, which have it."""
    if settings.moderation != "auto":
        return settings.moderation == "on"
    host = urlsplit(settings.model_base_url).hostname or ""
    return host == "api.openai.com" or host.endswith(".api.openai.com")


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
    except (MalformedStreamError, *NOT_JSON) as error:
        raise ModelUnavailableError(type(error).__name__) from None
