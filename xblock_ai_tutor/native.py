"""What programs read of the block: an app what the lesson is and how far the learner is, a search index its prose.

A mixin of the block. Nothing here holds an answer, a feedback text or a word that a learner wrote.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from webob import Response
from xblock.core import XBlock

from xblock_ai_tutor.handlers import json_response
from xblock_ai_tutor.lesson import Lesson, LessonError, Step
from xblock_ai_tutor.limits import Limits
from xblock_ai_tutor.progress import Progress, possible_marks


class Native:
    """Views for programs. Mixed into the block, whose fields and methods it uses."""

    def student_view_data(self: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:  # noqa: ARG002
        """For native clients: what the lesson is, without its text, answers or state.

        `{id, title, language, minutes, version, steps: [{id, title, kind}]}`; {} when the lesson cannot be read.
        """
        try:
            lesson = self.lesson()
        except LessonError:
            return {}
        return {
            "id": lesson.id,
            "title": lesson.title,
            "language": lesson.language,
            "minutes": lesson.minutes,
            "version": lesson.version,
            "steps": [{"id": step.id, "title": step.title, "kind": step.activity.kind} for step in lesson.steps],
        }

    @XBlock.handler  # type: ignore[untyped-decorator]
    def student_view_user_state(self: Any, request: Any, suffix: str = "") -> Response:  # noqa: ARG002
        """For native clients: how far the learner is, as JSON; {} when the lesson cannot be read.

        `{version, done, total, complete, earned, possible, steps: [{id, done, attempts, left, earned, possible,
        over}]}`. `left` is how many more attempts there are, null for any number; `over` whether the time for answering
        is. Where results are not told, nothing counts as earned.
        """
        try:
            lesson = self.lesson()
        except LessonError:
            return json_response(200, {})
        progress, limits = self.progress(lesson), self.limits()
        return json_response(
            200,
            {
                "version": lesson.version,
                "done": progress.done,
                "total": progress.total,
                "complete": progress.complete,
                "earned": 0.0 if limits.is_sealed(progress) else progress.earned,
                "possible": possible_marks(lesson),
                "steps": [_step_state(step, progress, limits) for step in lesson.steps],
            },
        )

    def index_dictionary(self: Any) -> dict[str, Any]:
        """For the search index: the lesson's title, what it teaches, its steps' titles and its prose.

        Prose is what the tutor may quote, so never an option, an answer, a note with planted errors or a feedback.
        """
        found: dict[str, Any] = super().index_dictionary()  # type: ignore[misc]  # a mixin's next class
        content = {"display_name": self.display_name}
        with suppress(LessonError):  # what learners cannot see is not to be found
            content |= _words(self.lesson())
        return {**found, "content": {**found.get("content", {}), **content}, "content_type": "AI tutor lesson"}


def _step_state(step: Step, progress: Progress, limits: Limits) -> dict[str, Any]:
    answer = progress.answers.get(step.id)
    return {
        "id": step.id,
        "done": progress.is_done(step),
        "attempts": answer.attempts if answer else 0,
        "left": limits.left(progress, step),
        "earned": answer.best if answer and not limits.is_sealed(progress) else 0.0,
        "possible": step.activity.possible,
        "over": limits.is_over(step),
    }


def _words(lesson: Lesson) -> dict[str, str]:
    if lesson.form is not None:  # a test: its questions are not for the search box
        return {"title": lesson.title}
    titles = [step.title for step in lesson.steps]
    prose = [passage.text for passage in lesson.passages]
    return {"title": lesson.title, "text": "\n".join([*lesson.objectives, *titles, *prose])}
