"""A tutor lesson as the gateway knows it: the typed form of the JSON that the block uploads, and its checks.

Pure: bytes in, a frozen `TutorLesson` out. Storing it is `store.lessons`; writing it is the lesson room of the XBlock.
The JSON's shape is the contract `ai-tutor-lesson/1`; it holds what a learner sees, never marked answers or feedback.
"""

from __future__ import annotations

import functools
import hashlib
from typing import Annotated, Final, Literal

import msgspec

from xblock_ai_tutor.gateway.failures import ApiError

LIMIT_BYTES: Final = 1_000_000

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
_Line = Annotated[str, msgspec.Meta(max_length=500)]
_Text = Annotated[str, msgspec.Meta(max_length=20_000)]


class LessonRejectedError(ApiError):
    """An uploaded lesson is not what it claims to be. HTTP 400."""

    status = 400
    code = "lesson_rejected"


class Passage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One quotable paragraph: its stable id (`p-` and 8 hex digits), the step that shows it, its text."""

    id: Annotated[str, msgspec.Meta(pattern="^p-[0-9a-f]{8}$")]
    step: _Id
    text: _Text


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step: what the learner is asked to do, and the hint ladder in the order in which hints may be given."""

    id: _Id
    title: _Line
    kind: _Id
    task: _Text
    hints: Annotated[tuple[_Text, ...], msgspec.Meta(max_length=50)]


class TutorLesson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole lesson. `support` says how far the tutor may go; `links` are the only ones that it may show."""

    schema: Literal["ai-tutor-lesson/1"]
    id: _Id
    title: _Line
    language: _Id
    persona: _Text
    support: Literal["hints", "worked-example", "full-answer"]
    passages: Annotated[tuple[Passage, ...], msgspec.Meta(max_length=2_000)]
    steps: Annotated[tuple[Step, ...], msgspec.Meta(max_length=200)]
    links: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern="^https://", max_length=2_000)], ...], msgspec.Meta(max_length=200)
    ]

    def step(self, step_id: str) -> Step | None:
        """The step with this id, or None."""
        return next((step for step in self.steps if step.id == step_id), None)


_decoder: Final = msgspec.json.Decoder(TutorLesson)


@functools.lru_cache(maxsize=64)
def read_lesson(body: bytes) -> TutorLesson:
    """The lesson in `body`, kept for the next turn. Raises `LessonRejectedError` with the field that does not fit."""
    try:
        return _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise LessonRejectedError(f"This is not an ai-tutor-lesson/1 document: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise LessonRejectedError("This is not JSON in UTF-8. Upload the bytes that `tutor_lesson()` makes.") from None


def accept_lesson(digest: str, body: bytes) -> TutorLesson:
    """Check an upload against its content address (SHA-256 of the bytes, lower-case hex) and its schema."""
    if len(body) > LIMIT_BYTES:
        raise LessonRejectedError(
            f"The lesson has {len(body)} bytes; at most {LIMIT_BYTES} are taken. Split the lesson."
        )
    if hashlib.sha256(body).hexdigest() != digest:
        raise LessonRejectedError(
            "The address is not the SHA-256 of the body. Send the canonical bytes under their own digest."
        )
    return read_lesson(body)
