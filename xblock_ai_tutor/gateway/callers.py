"""Reading what a caller sent: bearer token, body, the language to refuse in. The routes (`api`, `door`) call it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import msgspec
from werkzeug import Request

from xblock_ai_tutor.gateway.failures import ApiError, InvalidError, UnauthorisedError
from xblock_ai_tutor.gateway.i18n import marked, translator

NO_TOKEN: Final = marked("This address needs an Authorization header with a bearer token.")

_Body = TypeVar("_Body")


def bearer(request: Request) -> str:
    """The bearer token. Raises `UnauthorisedError` when there is none."""
    scheme, _, token = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthorisedError(NO_TOKEN)
    return str(token.strip())


def read_body(request: Request, kind: type[_Body], limit_bytes: int) -> _Body:
    """The JSON body as `kind`. Raises `InvalidError` with the field that does not fit, never with what it held."""
    request.max_content_length = limit_bytes
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except msgspec.ValidationError as error:
        raise InvalidError(f"The body does not fit: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InvalidError("The body is not JSON in UTF-8.") from None


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """What is refused meanwhile is said in `language`."""
    try:
        yield
    except ApiError as failure:
        failure.message = translator(language).gettext(failure.message)
        raise
