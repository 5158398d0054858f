"""A tutor lesson as the gateway knows it: the typed form of the JSON that the block uploads, and its checks.

Pure: bytes in, a frozen `TutorLesson` out. Storing it is `store.lessons`; writing it is the lesson room of the XBlock.
The JSON's shape is the contract `ai-tutor-lesson/1`. It holds what a learner sees, and the marked answers, which the
guard alone reads: no model is ever given them. Feedback never comes here.
"""

from __future__ import annotations

import functools
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Collection
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


class Marked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that a practice step asks to be judged: its text, and the author's mark (`right`, `invented`, …)."""

    text: _Text
    mark: _Line


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step: what the learner is asked to do, and the hint ladder in the order in which hints may be given.

    `support` takes the place of the lesson's in this step. `answers` are for the guard alone, which keeps them until
    the learner has tried: nothing writes them into a request.
    """

    id: _Id
    title: _Line
    kind: _Id
    task: _Text
    hints: Annotated[tuple[_Text, ...], msgspec.Meta(max_length=50)]
    support: Literal["", "hints", "worked-example", "full-answer"] = ""
    answers: Annotated[tuple[Marked, ...], msgspec.Meta(max_length=200)] = ()


class TutorLesson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole lesson. `support` says how far the tutor may go; `links` are the only ones that it may show.

    `first_reply` says whether its first reply beside a practice step asks a question.
    """

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
    first_reply: Literal["question", "answer"] = "answer"

    def step(self, step_id: str) -> Step | None:
        """The step with this id, or None."""
        return next((step for step in self.steps if step.id == step_id), None)

    def support_for(self, step: Step | None) -> str:
        """How far the tutor may go beside `step`."""
        return (step.support if step else "") or self.support

    def answers_to_keep(self, attempted: Collection[str]) -> tuple[Marked, ...]:
        """The marked answers of every step that is not among those that the learner has tried."""
        return tuple(one for step in self.steps if step.id not in attempted for one in step.answers)


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


class Shelf:
    """The lessons that this worker read last, by digest: a lesson never changes, so a turn need not look for it again.

    One that an operator deleted is off the shelf when the worker restarts; no ticket is given for it any more.
    """

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._kept: OrderedDict[str, TutorLesson] = OrderedDict()

    def get(self, digest: str, read: Callable[[str], bytes | None]) -> TutorLesson | None:
        """The lesson, `read` when it is not on the shelf; None when there is none."""
        lesson = self._kept.get(digest)
        if lesson is None:
            body = read(digest)
            if body is None:
                return None
            lesson = self._kept[digest] = read_lesson(body)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return lesson
