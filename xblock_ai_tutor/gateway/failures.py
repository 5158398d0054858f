"""Failures that are told to a caller: a status, a code and one sentence in the gateway's one error envelope.

Each room subclasses `ApiError` beside the code that raises it; `app` turns them into
`{"error": {"code", "message", "retry"}}`, and a turn that has begun to stream into an `error` event.

    GatewayError
      └─ ApiError
           ├─ UnauthorisedError      401: tickets, service tokens
           ├─ NotFoundError          404: a lesson, a route
           ├─ InvalidError           400: a body that does not fit
           ├─ ForbiddenError         403: a page that may not call the gateway
           ├─ ConflictError          409: this turn is being answered already
           ├─ TooManyError           429: messages faster than is allowed
           ├─ TutorOffError          503: switched off (switches)
           ├─ LessonRejectedError    400 (lessons)
           ├─ ResidencyStoppedError  503: no attestation holds (residency.standing)
           └─ ModelError        502 and its own tree (models)
"""

from __future__ import annotations

from typing import Any

from xblock_ai_tutor.gateway.errors import GatewayError


class ApiError(GatewayError):
    """A failure with an answer. `message` is a msgid; `retry` says whether the same request may succeed later."""

    status = 500
    code = "failed"
    retry = False

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code

    def envelope(self) -> dict[str, Any]:
        """The body of an error answer."""
        return {"error": {"code": self.code, "message": self.message, "retry": self.retry}}


class UnauthorisedError(ApiError):
    status = 401
    code = "unauthorised"


class NotFoundError(ApiError):
    status = 404
    code = "not_found"


class InvalidError(ApiError):
    status = 400
    code = "invalid"


class ConflictError(ApiError):
    status = 409
    code = "turn_running"
    retry = True


class ForbiddenError(ApiError):
    status = 403
    code = "forbidden"


class TooManyError(ApiError):
    """`message` is translated already: it names the seconds after which the next message may be sent."""

    status = 429
    code = "too_many_messages"
    retry = True

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
