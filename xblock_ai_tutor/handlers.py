"""What every handler of the block has in common: JSON in, JSON out, a size limit, one envelope for errors.

`learner` and `studio` use `json_endpoint`. XBlock's own JSON handler is not used: it answers a wrong method or a JSON
value that is no object with a stack trace, and reads a body of any size.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

from webob import Response
from xblock.core import XBlock

from xblock_ai_tutor.compat import gettext_of
from xblock_ai_tutor.errors import BadRequestError, BlockError, TooLargeError, WrongMethodError

SMALL: Final = 64 * 1024  # bytes: a learner's form
LARGE: Final = 1024 * 1024  # bytes: a lesson's text
KEY_PATTERN: Final = re.compile(r"[A-Za-z0-9-]{8,64}")

Body = Mapping[str, Any]


def _(message: str) -> str:
    """Mark a msgid for extraction; `json_endpoint` translates it."""
    return message


def json_endpoint(limit: int = SMALL) -> Callable[[Callable[[Any, Body], Body]], Callable[..., Response]]:
    """Make a method, JSON object → JSON object, an XBlock handler. A `BlockError` becomes its envelope and status."""

    def decorate(method: Callable[[Any, Body], Body]) -> Callable[..., Response]:
        @wraps(method)
        def handle(self: Any, request: Any, suffix: str = "") -> Response:  # noqa: ARG001  (XBlock passes a suffix)
            try:
                return json_response(200, method(self, _read(request, limit)))
            except BlockError as error:
                error.message = gettext_of(self)(error.message)
                return json_response(error.status, error.envelope())

        handler: Callable[..., Response] = XBlock.handler(handle)
        return handler

    return decorate


def text_field(body: Body, name: str, *, most: int) -> str:
    """A string of at most `most` characters from the body. Raises `BadRequestError`."""
    value = body.get(name)
    if not isinstance(value, str) or len(value) > most:
        raise BadRequestError(
            _("The request lacks something or was changed on its way. Reload the page and try again.")
        )
    return value


def key_field(body: Body) -> str:
    """The request's idempotency key; "" when it has none. Raises `BadRequestError` for one that is no key."""
    value = body.get("key", "")
    if value == "" or (isinstance(value, str) and KEY_PATTERN.fullmatch(value)):
        return str(value)
    raise BadRequestError(_("The request lacks something or was changed on its way. Reload the page and try again."))


def form_field(body: Body, name: str = "form") -> dict[str, list[str]]:
    """A submitted form, {field: [values]}. Raises `BadRequestError` for any other shape."""
    value = body.get(name)
    if not isinstance(value, dict) or len(value) > 200:
        raise BadRequestError(_("The form was changed on its way. Reload the page and answer again."))
    for values in value.values():
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise BadRequestError(_("The form was changed on its way. Reload the page and answer again."))
    return value


def _read(request: Any, limit: int) -> Body:
    if request.method != "POST":
        raise WrongMethodError(_("This address takes POST only."))
    if (request.content_length or 0) > limit:
        raise TooLargeError(_("That is too long to be sent."))
    try:
        body = json.loads(request.body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadRequestError(_("The request is not JSON. Reload the page and try again.")) from error
    if not isinstance(body, dict):
        raise BadRequestError(_("The request is not a JSON object. Reload the page and try again."))
    return body


def json_response(status: int, body: Mapping[str, Any]) -> Response:
    """A JSON answer that nothing on its way may keep."""
    return Response(
        json.dumps(body, ensure_ascii=False).encode("utf-8"),
        status=status,
        content_type="application/json",
        charset="utf-8",
        cache_control="no-store",
    )
