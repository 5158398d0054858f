"""What can go wrong in the block, as a small tree, and the one envelope in which a handler says so.

The handlers in `handlers` raise these; `handlers.json_endpoint` turns them into a JSON answer with the right status.
Nothing here knows a platform. The lesson's own errors live in `lesson`, the gateway's in `gateway`.
"""

from __future__ import annotations

from typing import Any, ClassVar


# BlockError
# ├── BadRequestError           400  what was sent cannot be read
# │   ├── WrongMethodError      405
# │   └── TooLargeError         413
# ├── NotAllowedError           403  only an author may do this
# ├── ClosedError               403  the step takes no more answers: its time is over
# │   └── NoAttemptsLeftError   403  the step has been answered as often as is allowed
# ├── UnknownStepError          404  the lesson has no such step
# ├── ConflictError             409  someone else changed the lesson meanwhile
# ├── UnprocessableError        422  it can be read, but not marked or saved
# ├── LessonInvalidError        503  the stored lesson cannot be read: the author has to mend it
# ├── TutorUnavailableError     503  no gateway, or it does not answer; the lesson goes on
# │   └── TutorOffError         503  switched off by those who run it
# └── ReceiptRefusedError       403  a tutor receipt that is not for this learner, lesson and block
class BlockError(Exception):
    """An error that the person in front of the screen is told. `message` says what happened and what to do."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"
    retry: ClassVar[bool] = False

    def __init__(self, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.message = message
        self.extra = extra

    def envelope(self) -> dict[str, Any]:
        """`{"error": {"code", "message", "retry", …}}`: the same shape as the gateway's errors."""
        return {"error": {"code": self.code, "message": self.message, "retry": self.retry, **self.extra}}


class BadRequestError(BlockError):
    """What was sent cannot be read."""

    status = 400
    code = "bad_request"


class WrongMethodError(BadRequestError):
    """A handler that changes something was called by anything but POST."""

    status = 405
    code = "wrong_method"


class TooLargeError(BadRequestError):
    """The request's body is larger than the handler reads."""

    status = 413
    code = "too_large"


class NotAllowedError(BlockError):
    """Somebody who is no author asked for what only an author may do."""

    status = 403
    code = "not_allowed"


class ClosedError(BlockError):
    """The step takes no more answers, since its due date and the period of grace after it are over."""

    status = 403
    code = "closed"


class NoAttemptsLeftError(ClosedError):
    """Every attempt that the lesson or the course allows at this step is used up."""

    code = "no_attempts_left"


class UnknownStepError(BlockError):
    """The lesson has no step of that id; perhaps it was edited while the page was open."""

    status = 404
    code = "unknown_step"


class ConflictError(BlockError):
    """The stored lesson is not the one that the author started from."""

    status = 409
    code = "conflict"


class UnprocessableError(BlockError):
    """The request can be read, but the form cannot be marked or the lesson has problems."""

    status = 422
    code = "unprocessable"


class LessonInvalidError(BlockError):
    """The stored lesson's text has problems, so there is nothing to answer."""

    status = 503
    code = "lesson_invalid"


class TutorUnavailableError(BlockError):
    """The gateway is not configured or does not answer as agreed. The lesson works without it."""

    status = 503
    code = "tutor_unavailable"
    retry = True


class TutorOffError(TutorUnavailableError):
    """Whoever runs the gateway has switched the tutor off, everywhere or here. The lesson works without it."""

    code = "tutor_off"


class ReceiptRefusedError(BlockError):
    """A receipt that is forged, expired, used before, or for another learner, lesson or block."""

    status = 403
    code = "receipt_refused"
