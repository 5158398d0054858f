"""The learning platform's REST APIs, for fetchers: a token by OAuth2, pages of JSON, patience with a busy server.

Nothing that a server answers, and no token, gets into an error: a message has the status and what to do. Redirects are
not followed, since an API that redirects wants somebody to sign in, and a token must not go to another host.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import requests
from requests.auth import AuthBase

from analytics_dash.errors import FetchError
from analytics_dash.i18n import _
from analytics_dash.sources.fetcher import Secret
from analytics_dash.sources.streams import LINE_LIMIT

TOKEN: Final = Secret(
    "token", "ADOPTION_LMS_TOKEN", "a JWT access token of the platform, instead of the next two", False
)
CLIENT_ID: Final = Secret("client_id", "ADOPTION_LMS_CLIENT_ID", "the OAuth2 client's id", False)
CLIENT_SECRET: Final = Secret("client_secret", "ADOPTION_LMS_CLIENT_SECRET", "the OAuth2 client's secret", False)
SECRETS: Final = (TOKEN, CLIENT_ID, CLIENT_SECRET)

TRIES: Final = 5
LONGEST_WAIT: Final = 60.0  # seconds, also where the server asks for more
_TIMEOUT: Final = (10, 60)  # seconds to connect, and between two bytes
_AGAIN: Final = frozenset({429, 500, 502, 503, 504})


class _Token(AuthBase):
    """Sets the header itself: what is in a .netrc would otherwise replace it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"JWT {self._token}"
        return request


class LmsApi:
    """One platform. `secrets` are those of `SECRETS` that are set; `sleep` waits between two tries, seconds."""

    def __init__(self, url: str, secrets: Mapping[str, str], *, sleep: Callable[[float], None] = time.sleep) -> None:
        if "token" not in secrets and not {"client_id", "client_secret"} <= secrets.keys():
            raise FetchError(
                _("Set {token}, or {client} and {secret}: the platform's API answers nobody without.").format(
                    token=TOKEN.variable, client=CLIENT_ID.variable, secret=CLIENT_SECRET.variable
                )
            )
        self._url = url
        self._secrets = secrets
        self._sleep = sleep
        self._session = requests.Session()
        self._token: str | None = secrets.get("token")

    def get(self, path: str, query: str) -> Any:
        """The JSON at a path of the platform. Raises `FetchError`."""
        address = f"{self._url}{path}{'?' if query else ''}{query}"
        answer = self._ask("GET", address, auth=_Token(self._own_token()))
        if answer.status_code == 401 and "token" not in self._secrets:
            self._token = None  # a client's token lasts an hour, a long fetch longer
            answer = self._ask("GET", address, auth=_Token(self._own_token()))
        return _json(answer)

    def _own_token(self) -> str:
        if self._token is None:
            answer = self._ask(
                "POST",
                f"{self._url}/oauth2/access_token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": self._secrets["client_id"],
                    "client_secret": self._secrets["client_secret"],
                    "token_type": "jwt",
                },
            )
            given = _json(answer)
            token = given.get("access_token") if isinstance(given, dict) else None
            if not isinstance(token, str):
                raise FetchError(_("The platform gave no access token: check the client's id, secret and rights."))
            self._token = token
        return self._token

    def _ask(self, method: str, address: str, **arguments: Any) -> requests.Response:
        for attempt in range(1, TRIES + 1):
            wait = min(2.0**attempt, LONGEST_WAIT)
            try:
                answer = self._session.request(
                    method, address, timeout=_TIMEOUT, allow_redirects=False, stream=True, **arguments
                )
            except requests.RequestException as error:
                if attempt == TRIES:
                    raise FetchError(
                        _("The platform does not answer ({kind}); run the fetch again, it goes on where it is.").format(
                            kind=type(error).__name__
                        )
                    ) from None  # its text has the address, and so perhaps whom it is about
            else:
                if answer.status_code not in _AGAIN or attempt == TRIES:
                    return answer
                asked = _asked_for(answer)
                wait = wait if asked is None else asked
                answer.close()
            self._sleep(wait)
        raise AssertionError  # pragma: no cover - the last try returns or raises


def _asked_for(answer: requests.Response) -> float | None:
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_WAIT) if asked.isdecimal() else None


def _json(answer: requests.Response) -> Any:
    with answer:
        if answer.status_code in {401, 403}:
            raise FetchError(
                _("The platform refuses the access ({status}): the client needs a staff user's rights.").format(
                    status=answer.status_code
                )
            )
        if answer.status_code != 200:
            raise FetchError(
                _("The platform answers with status {status}: check the address and the course.").format(
                    status=answer.status_code
                )
            )
        try:
            body = bytearray()
            for piece in answer.iter_content(1 << 16):
                body += piece
                if len(body) > LINE_LIMIT:
                    raise FetchError(_("The platform's pages are too large: ask for a smaller page_size."))
            return msgspec.json.decode(body)
        except requests.RequestException:
            raise FetchError(
                _("The platform's answer broke off; run the fetch again, it goes on where it is.")
            ) from None
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise FetchError(_("The platform's answer is no JSON: check the address.")) from None
