"""What a learner's page asks of the server: mark a step, open the tutor, count a finished tutor turn.

A mixin of the block, all handlers plain and short; none waits for a model. It reads and writes the learner's state
through `progress`, publishes what `events` describes, and never sees what the learner writes to the tutor.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from xblock.scorable import Score

from xblock_ai_tutor import compat, events, pages
from xblock_ai_tutor.attempt import find_step, mark_or_error, marks_of, place_of
from xblock_ai_tutor.errors import LessonInvalidError, ReceiptRefusedError, TutorOffError, TutorUnavailableError
from xblock_ai_tutor.gateway_client import NOT_SET_UP, REFUSED, GatewayClient
from xblock_ai_tutor.handlers import Body, form_field, json_endpoint, key_field, text_field
from xblock_ai_tutor.lesson import Lesson, LessonError, Step, tutor_lesson
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

        A request that is repeated with the same key, however late, counts once and gives what is kept of the step. What
        counts is what the server knows: a form cannot bring an attempt back, nor a path that was not taken.
        """
        lesson = self._lesson_or_error()
        step = find_step(lesson, text_field(body, "step", most=64))
        form, key = form_field(body), key_field(body)
        progress: Progress = self.progress(lesson)
        if not progress.is_repeat(step, key):
            self.limits().check(progress, step)
            kept = progress.answers.get(step.id)
            form, marking = mark_or_error(step, form, kept.form if kept else None, self.translate)
            before, progress = progress, progress.answered(step, form, marking, key)
            self.keep(progress)
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
                attempted=self._may_be_spoken_of(lesson),
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

    def note_start(self: Any, lesson: Lesson) -> None:
        """Note and publish that the learner opened the lesson, once."""
        if self.started or compat.learner_id(self) is None:
            return
        self.started = True
        self._publish(events.LESSON_STARTED, lesson, language=lesson.language, steps=len(lesson.steps))

    # ── steps of the above ──

    def _lesson_or_error(self: Any) -> Lesson:
        try:
            lesson: Lesson = self.lesson()
        except LessonError as error:
            raise LessonInvalidError(_("This lesson is being prepared. Come back later.")) from error
        return lesson

    def _may_be_spoken_of(self: Any, lesson: Lesson) -> list[str]:
        """The steps whose answers the tutor may give: those tried, where the platform lets results be seen at all."""
        if self.limits().hides_results:
            return []
        progress: Progress = self.progress(lesson)
        return [step.id for step in lesson.steps if progress.is_done(step)]

    def _submitted(self: Any, step: Step, progress: Progress) -> Body:
        answer = progress.answers[step.id]
        answered: Body = {
            "html": self.step_form(step, progress),
            "marking": None if self.limits().is_sealed(progress) else answer.marking.to_json(),
            "attempts": answer.attempts,
            "progress": pages.progress_json(progress, self.limits()),
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
