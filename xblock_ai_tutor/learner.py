"""What a learner's page asks of the server: mark a step, open the tutor, count a finished tutor turn.

A mixin of the block, all handlers plain and short; none waits for a model. It reads and writes the learner's state
through `progress`, publishes what `events` describes, and never sees what the learner writes to the tutor.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from xblock.scorable import Score

from xblock_ai_tutor import compat, events, pages
from xblock_ai_tutor.errors import (
    ClosedError,
    LessonInvalidError,
    ReceiptRefusedError,
    TutorOffError,
    TutorUnavailableError,
    UnknownStepError,
    UnprocessableError,
)
from xblock_ai_tutor.gateway_client import NOT_SET_UP, REFUSED, GatewayClient
from xblock_ai_tutor.handlers import Body, form_field, json_endpoint, key_field, text_field
from xblock_ai_tutor.lesson import Lesson, LessonError, Marking, ResponseError, Step, mark_step, tutor_lesson
from xblock_ai_tutor.progress import Progress, possible_marks

log = logging.getLogger(__name__)

REMEMBERED_TURNS: Final = 500  # turns of one learner in one lesson


def _(message: str) -> str:
    """Mark a msgid for extraction; `json_endpoint` translates it."""
    return message


class LearnerHandlers:
    """The handlers of the learner's page. Mixed into the block, whose fields and methods they use."""

    @json_endpoint()
    def submit(self: Any, body: Body) -> Body:
        """Mark `{"step", "form", "key"}` and keep it. Gives `{"html", "marking", "attempts", "progress"}`.

        A request that is repeated with the same key, however late, counts once and gives what is kept of the step.
        """
        lesson = self._lesson_or_error()
        step = find_step(lesson, text_field(body, "step", most=64))
        form, key = form_field(body), key_field(body)
        progress: Progress = self.progress(lesson)
        if not progress.is_repeat(step, key):
            if closed := self.limits().closed(progress, step):
                raise ClosedError(closed)
            marking = mark_or_error(step, form, self.translate)
            before, progress = progress, progress.answered(step, form, marking, key)
            self.keep(progress)
            self._publish_attempt(step, before, progress)
        answered: Body = self._submitted(step, progress)
        return answered

    @json_endpoint()
    def ticket(self: Any, body: Body) -> Body:  # noqa: ARG002  (nothing the browser says counts here)
        """A ticket for the tutor: `{"ticket", "expires_in", "conversation", "url"}`."""
        lesson = self._lesson_or_error()
        learner = compat.learner_id(self)
        if learner is None:
            raise TutorUnavailableError(NOT_SET_UP)
        client = GatewayClient.from_settings(compat.settings_of(self))
        try:
            ticket = client.ticket(
                learner=learner,
                lesson=tutor_lesson(lesson),
                course=compat.course_of(self),
                usage=compat.usage_of(self),
                language=lesson.language,
                department=compat.department_of(self),
                attempted=[step.id for step in lesson.steps if self.progress(lesson).is_done(step)],
            )
        except TutorOffError:
            raise  # no fault: somebody meant it
        except TutorUnavailableError as error:
            # The kind of failure only: an address or a token could be in the text.
            log.warning("The tutor gateway gave no ticket: %s", type(error.__cause__ or error).__name__)
            raise
        pseudonym = client.pseudonym(learner)
        if self.tutor_opened_as != pseudonym:
            self.tutor_opened_as = pseudonym
            self._publish(events.TUTOR_OPENED, lesson, learner=pseudonym)
        return {
            "ticket": ticket.ticket,
            "expires_in": ticket.expires_in,
            "conversation": ticket.conversation,
            "url": client.public_url,
        }

    @json_endpoint()
    def receipt(self: Any, body: Body) -> Body:
        """Count a finished tutor turn, `{"receipt"}`: verified, for this learner, lesson and block, and only once."""
        lesson = self._lesson_or_error()
        token = text_field(body, "receipt", most=4096)
        learner = compat.learner_id(self)
        if learner is None:
            raise ReceiptRefusedError(REFUSED)
        client = GatewayClient.from_settings(compat.settings_of(self))
        receipt = client.receipt(token, learner=learner, lesson=tutor_lesson(lesson), usage=compat.usage_of(self))
        # The gateway signs a fresh receipt when a turn is told again, so it is the turn that counts once.
        if receipt.turn in self.tutor_receipts:
            raise ReceiptRefusedError(REFUSED)
        self.tutor_receipts = [*self.tutor_receipts, receipt.turn][-REMEMBERED_TURNS:]
        self.tutor_turns += 1
        self._publish(
            events.TUTOR_TURN,
            lesson,
            step_id=receipt.step,
            turn=receipt.turn,
            status=receipt.status,
            redactions=receipt.redactions,
        )
        return {"turns": self.tutor_turns}

    # ── steps of the above ──

    def _lesson_or_error(self: Any) -> Lesson:
        try:
            lesson: Lesson = self.lesson()
        except LessonError as error:
            raise LessonInvalidError(_("This lesson is being prepared. Come back later.")) from error
        return lesson

    def _submitted(self: Any, step: Step, progress: Progress) -> Body:
        answer = progress.answers[step.id]
        return {
            "html": compat.with_static_urls(self, pages.step_form(step, progress, **self.rendering())),
            "marking": answer.marking.to_json(),
            "attempts": answer.attempts,
            "progress": pages.progress_json(progress),
        }

    def _publish_attempt(self: Any, step: Step, before: Progress, after: Progress) -> None:
        """Publish the attempt, then what it changed: the grade, the completion, the lesson's end."""
        lesson, answer = after.lesson, after.answers[step.id]
        self._publish(
            events.STEP_SUBMITTED,
            lesson,
            step_id=step.id,
            kind=step.activity.kind,
            attempt=answer.attempts,
            **marks_of(answer.marking),
        )
        possible = possible_marks(lesson)
        if answer.marking.possible > 0 and (after.earned != before.earned or not before.is_done(step)):
            self.set_score(Score(after.earned, possible))
            self.runtime.publish(self, "grade", {"value": after.earned, "max_value": possible})
        if after.done != before.done:
            self.emit_completion(after.fraction)
        if after.complete and not self.completed:
            self.completed = True
            self._publish(events.LESSON_COMPLETED, lesson, earned=after.earned, possible=possible)

    def _publish(self: Any, event: events.EventType, lesson: Lesson, **values: Any) -> None:
        values = {"lesson_id": lesson.id, "lesson_version": lesson.version, **values}
        self.runtime.publish(self, event.name, events.payload(event, values))


def find_step(lesson: Lesson, step_id: str) -> Step:
    """The lesson's step of that id. Raises `UnknownStepError`."""
    try:
        return lesson.step(step_id)
    except KeyError as error:
        raise UnknownStepError(
            _("This lesson has no such step any more. Reload the page to see it as it is now.")
        ) from error


def mark_or_error(step: Step, form: dict[str, list[str]], gettext: Any) -> Marking:
    """The form, marked. Raises `UnprocessableError` with what the learner has to do."""
    try:
        return mark_step(step, form)
    except ResponseError as error:
        raise UnprocessableError(error.localised(gettext)) from error


def marks_of(marking: Marking) -> dict[str, Any]:
    """A marking as an event carries it: ids and figures, no feedback text."""
    return {
        "earned": marking.earned,
        "possible": marking.possible,
        "correct": marking.correct,
        "confidence": marking.confidence,
        "items": [
            {"item": one.item, "answer": one.answer, "hit": one.hit, "confidence": one.confidence}
            for one in marking.items
        ],
    }
