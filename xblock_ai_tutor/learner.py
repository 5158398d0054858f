"""What a learner's page asks of the server: mark a step, open the tutor, count a finished tutor turn.

A mixin of the block, all handlers plain and short; none waits for a model. It reads and writes the learner's state
through `progress`, publishes what `events` describes, and never sees what the learner writes to the tutor.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from xblock_ai_tutor import compat, events, pages
from xblock_ai_tutor.errors import (
    LessonInvalidError,
    NoAttemptsLeftError,
    ReceiptRefusedError,
    TutorOffError,
    TutorUnavailableError,
    UnknownStepError,
    UnprocessableError,
)
from xblock_ai_tutor.gateway_client import NOT_SET_UP, REFUSED, GatewayClient
from xblock_ai_tutor.handlers import Body, form_field, json_endpoint, key_field, text_field
from xblock_ai_tutor.lesson import (
    Form,
    Lesson,
    LessonError,
    Marking,
    ResponseError,
    Step,
    continued_form,
    mark_step,
    tutor_lesson,
)
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

        A request that is repeated with the same key gives the same answer and counts once. What counts is what the
        server knows: a form cannot bring an attempt back, nor a path that was not taken.
        """
        lesson = self._lesson_or_error()
        step = find_step(lesson, text_field(body, "step", most=64))
        form, key = form_field(body), key_field(body)
        progress: Progress = self.progress(lesson)
        if not progress.is_repeat(step, key):
            if progress.is_closed(step):
                raise NoAttemptsLeftError(_("There are no attempts left at this step. Your best answer counts."))
            kept = progress.answers.get(step.id)
            form, marking = mark_or_error(step, form, kept.form if kept else None, self.translate)
            before, progress = progress, progress.answered(step, form, marking, key)
            self.answers = progress.to_json()
            self._publish_attempt(step, before, progress)
        answered: Body = self._submitted(step, progress)
        return answered

    @json_endpoint()
    def ticket(self: Any, body: Body) -> Body:  # noqa: ARG002  (nothing the browser says counts here)
        """A ticket for the tutor: `{"ticket", "expires_in", "conversation", "url"}`."""
        lesson = self._lesson_or_error()
        if lesson.form is not None:
            raise TutorUnavailableError(_("A test has no tutor."))
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
        answered: Body = {
            "html": self.step_form(step, progress),
            "marking": None if progress.sealed else answer.marking.to_json(),
            "attempts": answer.attempts,
            "progress": pages.progress_json(progress),
        }
        if progress.lesson.form is not None and progress.complete:
            # Handed in as a whole: now every step may say how it went.
            forms = {each.id: self.step_form(each, progress) for each in progress.lesson.steps}
            return {**answered, "forms": forms}
        return answered

    def _publish_attempt(self: Any, step: Step, before: Progress, after: Progress) -> None:
        """Publish the attempt, then what it changed: the grade, the completion, the lesson's end."""
        lesson, answer = after.lesson, after.answers[step.id]
        if not answer.marking.finished:
            return
        self._publish(
            events.STEP_SUBMITTED,
            lesson,
            step_id=step.id,
            kind=step.activity.kind,
            attempt=answer.attempts,
            **marks_of(answer.marking),
            **place_of(lesson, step),
        )
        possible = possible_marks(lesson)
        # A grade is a result: while a test is sealed, the platform is told nothing that a learner could look up.
        changed = answer.marking.possible > 0 and (after.earned != before.earned or not before.is_done(step))
        if not after.sealed and (changed or (before.sealed and possible > 0)):
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


def mark_or_error(
    step: Step, form: dict[str, list[str]], before: Form | None, gettext: Any
) -> tuple[dict[str, list[str]], Marking]:
    """The form to keep, and its marking. Raises `UnprocessableError` with what the learner has to do."""
    try:
        whole = continued_form(step, form, before)
        return {name: list(values) for name, values in whole.items()}, mark_step(step, whole)
    except ResponseError as error:
        raise UnprocessableError(error.localised(gettext)) from error


def place_of(lesson: Lesson, step: Step) -> dict[str, Any]:
    """What a step is for, as an event carries it: the form of a test that it is in, and its outcomes."""
    form = lesson.form
    return {
        "test": form.test if form else None,
        "form": form.name if form else None,
        "anchor": form is not None and step.id in form.anchors,
        "outcomes": list(step.outcomes),
    }


def marks_of(marking: Marking) -> dict[str, Any]:
    """A marking as an event carries it: ids and figures, no feedback text."""
    return {
        "earned": marking.earned,
        "possible": marking.possible,
        "correct": marking.correct,
        "confidence": marking.confidence,
        "items": [
            {
                "item": one.item,
                "answer": one.answer,
                "hit": one.hit,
                "confidence": one.confidence,
                "share": one.earned,
                "harm": one.harm,
            }
            for one in marking.items
        ],
        "detection": marking.detection.to_json() if marking.detection else None,
    }
