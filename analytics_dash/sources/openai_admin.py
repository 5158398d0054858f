"""Asking OpenAI's Admin API, through the official SDK: reading only, one host only, never by person, with patience.

The fetchers of `openai_fetchers` ask here and get the answers' bytes, so that amounts stay the decimals that the
platform wrote. What leaves is checked on the wire, after the SDK has made it: method, host, path and what is grouped
by. An answer that fails is asked for again a few times; no message quotes it, for it may name people.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec

from analytics_dash.errors import FetchError, UnavailableError
from analytics_dash.i18n import _
from analytics_dash.sources.description import Option
from analytics_dash.sources.fetcher import Fetcher, Secret

if TYPE_CHECKING:
    import httpx2
    import openai

UK_HOST: Final = "https://gb.api.openai.com/v1"
"""Projects in the UK have a host of their own. The SDK's default is the global one, and its environment's."""
ADMIN_KEY: Final = Secret(
    "admin_key",
    "ADOPTION_OPENAI_ADMIN_KEY",
    "an Admin key of the organisation, with the right to read usage, projects and the audit log and no other",
)
OPTIONS: Final = (
    Option("host", "url", "the Admin API's address", default=UK_HOST),
    Option("timeout", "whole number", "how long to wait for an answer, seconds", default="60"),
)
PATHS: Final = re.compile(
    r"usage/completions|costs|audit_logs|data_retention|projects(?:/[A-Za-z0-9_-]+/data_retention)?"
)
"""What is ever read of the Admin API, below `organization/`."""
FORBIDDEN: Final = ("user", "api_key", "actor", "email")
"""No question may be grouped or filtered by what is one person's; the wire is checked for these words."""
FROM: Final = Option("from", "day", "the first day to fetch, YYYY-MM-DD (UTC)", required=True)
DAY_S: Final = 86_400
MOST_PAGES: Final = 10_000
_ATTEMPTS: Final = 5
_LONGEST_WAIT: Final = 60.0
_CONNECT_S: Final = 10.0
_LARGEST: Final = 32 << 20
_AGAIN: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


class RefusedError(FetchError):
    """The Admin API said no, with `status`; asking again would not help."""

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status


class AdminFetcher(Fetcher):
    """A fetcher that asks the Admin API. `ask` gives an answer's bytes."""

    secrets: ClassVar[tuple[Secret, ...]] = (ADMIN_KEY,)
    options: ClassVar[tuple[Option, ...]] = OPTIONS

    def wait(self, seconds: float) -> None:
        """Let the server recover."""
        time.sleep(seconds)

    def now(self) -> float:
        """The time, seconds since 1970."""
        return time.time()

    def client(self) -> openai.OpenAI:
        """The SDK's client. Raises `UnavailableError` where it is not installed. To be closed by who asked for it."""
        try:
            import httpx2  # noqa: PLC0415 (an extra)
            import openai  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise UnavailableError(
                _('This needs the package {package}: python -m pip install "xblock-ai-tutor[openai-admin]".').format(
                    package=error.name
                )
            ) from error
        host = str(self.values["host"])
        timeout = httpx2.Timeout(float(self.values["timeout"]), connect=_CONNECT_S)
        wire = httpx2.Client(
            trust_env=False,  # no proxy and no address but the one that was given
            follow_redirects=False,
            timeout=timeout,
            event_hooks={"request": [lambda request: check_request(request, host)]},
        )
        client = openai.OpenAI(
            base_url=host,
            api_key="",
            admin_api_key=self.secret["admin_key"],
            timeout=timeout,
            max_retries=0,  # `ask` has the patience, and its bounds
            http_client=wire,
        )
        client.organization = client.project = None  # else the SDK takes them from the environment
        return client

    def ask(self, call: Callable[..., Any], *args: str, **question: Any) -> bytes | None:
        """The bytes of what `call` (one of the SDK's `with_raw_response` methods) gets; None for 404.

        Asks again after 429, 5xx, silence and answers that are no JSON, five times in all. Raises `FetchError`.
        """
        import httpx2  # noqa: PLC0415
        import openai  # noqa: PLC0415

        reason, pause = "", 0.5
        for attempt in range(_ATTEMPTS):
            if attempt:
                self.wait(pause)
            pause = min(_LONGEST_WAIT, 2.0**attempt)
            try:
                content = bytes(call(*args, **question).content)
            except (openai.APITimeoutError, httpx2.TimeoutException):
                reason = _("it did not answer in time")
            except openai.APIStatusError as error:
                if error.status_code == 404:
                    return None
                if error.status_code not in _AGAIN:
                    raise RefusedError(_refused(error.status_code), error.status_code) from None
                reason = _("it cannot answer just now ({status})").format(status=error.status_code)
                pause = _retry_after(error.response.headers.get("retry-after"), pause)
            except (openai.APIConnectionError, httpx2.TransportError):
                reason = _("it cannot be reached")
            except openai.APIError:
                reason = _("its answer is not what was asked for")
            else:
                if _is_json_object(content):
                    return content
                reason = _("its answer is not what was asked for")
        raise FetchError(
            _("The Admin API was asked {times} times: {reason}. Run the fetch again later; it goes on there.").format(
                times=_ATTEMPTS, reason=reason
            )
        )

    def answer(self, call: Callable[..., Any], **question: Any) -> bytes:
        """As `ask`, where the answer must be there."""
        content = self.ask(call, **question)
        if content is None:
            raise RefusedError(_refused(404), 404)
        return content


def check_request(request: httpx2.Request, host: str) -> None:
    """Raise `FetchError` unless the request reads the Admin API at `host`, about no one in particular."""
    address, _mark, question = str(request.url).partition("?")
    path = address.removeprefix(f"{host}/organization/")
    if request.method != "GET" or path == address or not PATHS.fullmatch(path):
        raise FetchError(_("A request to another address than the Admin API's was stopped."))
    if any(word in question for word in FORBIDDEN):
        raise FetchError(_("A request about single persons or keys was stopped."))


def place_of(cursor: str) -> tuple[int, int, str]:
    """A cursor of ours: two numbers and the API's own cursor, `7/9/page_x`. Raises `FetchError` for what is none."""
    first, _mark, rest = cursor.partition("/")
    end, _mark, token = rest.partition("/")
    if not (first.isdecimal() and end.isdecimal()):
        raise FetchError(_("An earlier fetch's file is damaged; move it away and fetch again."))
    return int(first), int(end), token


def decoded(content: bytes, form: Any) -> Any:
    """An answer, or a part of one, as `form`. Raises `FetchError`."""
    try:
        return msgspec.json.decode(content, type=form)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise FetchError(_("The Admin API's answer is not a page of what was asked for.")) from None


def text_of(values: Mapping[str, msgspec.Raw], name: str) -> str | None:
    """A text of an object, None where it is none."""
    value = decoded(bytes(values.get(name, b"null")), Any)
    return value if isinstance(value, str) and value else None


def _is_json_object(content: bytes) -> bool:
    if len(content) > _LARGEST:
        return False
    try:
        msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return True


def _retry_after(value: str | None, otherwise: float) -> float:
    """What the server asks for, in seconds, but never longer than a minute."""
    try:
        return min(_LONGEST_WAIT, max(0.0, float(value or otherwise)))
    except ValueError:  # a date; our own pace will do
        return otherwise


def _refused(status: int) -> str:
    if status == 401:
        return _(
            "The Admin API refuses the key (401): ADOPTION_OPENAI_ADMIN_KEY must be an Admin key, and the host that of "
            "its organisation's region."
        )
    if status == 403:
        return _("The Admin key may not read this (403): give it the right to read usage, projects and the audit log.")
    if 300 <= status < 400:
        return _("The Admin API sends elsewhere ({status}), and that is not followed: correct the host.").format(
            status=status
        )
    return _("The Admin API does not answer this ({status}): correct the host and the days.").format(status=status)
