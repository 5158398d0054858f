"""Errors as RFC 9457 problem documents. Each says in `detail` what to do; none quotes what it must not show.

ApiError
├── BadRequest    parameters that do not fit; all of them in `errors`
├── NotFound      no such release, or none in the caller's view
├── NotAcceptable a form of answer that there is none of
└── TooMany       asked too often; `Retry-After` says how long to wait
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from flask import Response

from analytics_dash.i18n import _

MEDIA_TYPE: Final = "application/problem+json"


def N_(sentence: str) -> str:  # noqa: N802 (the name by which catalogues are collected)
    """Mark a sentence that is translated when it is sent."""
    return sentence


TITLES: Final[dict[int, str]] = {
    400: N_("The request does not fit"),
    401: N_("Sign in, or send a token"),
    403: N_("Not in your view"),
    404: N_("There is nothing here"),
    405: N_("Only reading is possible"),
    406: N_("Not in that form"),
    429: N_("Too many requests"),
}


class ParameterError(msgspec.Struct, frozen=True):
    """One parameter that does not fit, and why."""

    parameter: str
    detail: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The error envelope (RFC 9457). `type` is a name, not an address."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ParameterError] = []


class ApiError(Exception):
    """The root of this room's errors; `status` is the HTTP status."""

    status = 500

    def __init__(self, detail: str, *, errors: Sequence[ParameterError] = ()) -> None:
        super().__init__(detail)
        self.errors = list(errors)
        self.headers: dict[str, str] = {}


class BadRequest(ApiError):  # noqa: N818 - reads as the answer it becomes
    status = 400


class NotFound(ApiError):  # noqa: N818
    status = 404


class NotAcceptable(ApiError):  # noqa: N818
    status = 406


class TooMany(ApiError):  # noqa: N818
    status = 429

    def __init__(self, detail: str, *, seconds: int) -> None:
        super().__init__(detail)
        self.headers = {"Retry-After": str(seconds)}


def problem(
    status: int,
    detail: str,
    *,
    errors: Sequence[ParameterError] = (),
    headers: Mapping[str, Any] | None = None,
) -> Response:
    """A problem document as a response; nobody keeps it."""
    title = _(TITLES.get(status, N_("That did not work")))
    body = Problem(f"urn:adoption:problem:{status}", title, status, detail, list(errors))
    response = Response(msgspec.json.encode(body), status, mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="adoption"'
    response.headers.update(headers or {})
    return response
