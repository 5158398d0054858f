"""What the author's page asks of the server: look at the text, try it, save it.

A mixin of the block. Saving refuses a lesson that cannot be read, names every problem with its line, and refuses to
overwrite what somebody else saved meanwhile. A preview marks answers as the learner's page would, and keeps nothing and
publishes nothing; both are for authors only, since marking without counting would give the answers away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from xblock_ai_tutor import compat, pages
from xblock_ai_tutor.attempt import find_step, mark_or_error
from xblock_ai_tutor.errors import ConflictError, NotAllowedError, UnprocessableError
from xblock_ai_tutor.handlers import LARGE, Body, form_field, json_endpoint, text_field
from xblock_ai_tutor.lesson import Lesson, LessonError, Problem, check_lesson, parse_lesson
from xblock_ai_tutor.limits import OPEN
from xblock_ai_tutor.progress import Progress

LONGEST_LESSON: Final = 400_000  # characters; a long lesson has 60,000
LONGEST_NAME: Final = 200


def _(message: str) -> str:
    """Mark a msgid for extraction; `json_endpoint` translates it."""
    return message


class StudioHandlers:
    """The handlers of the author's page. Mixed into the block, whose fields and methods they use."""

    @json_endpoint(limit=LARGE)
    def save_lesson(self: Any, body: Body) -> Body:
        """Save `{"text", "display_name", "base"}` when it is a lesson. Gives `{"digest", "title", "version"}`.

        `base` is the digest that the author started from; "" overwrites whatever is there. A refusal for its sake
        carries the stored text. `max_attempts` and `weight`, as typed, may come along; "" leaves them to the course.
        """
        _authors_only(self)
        text = text_field(body, "text", most=LONGEST_LESSON)
        name = text_field(body, "display_name", most=LONGEST_NAME).strip()
        base = text_field(body, "base", most=64)
        if base and base != self.digest():
            raise ConflictError(
                _("Somebody else has saved this lesson since you opened it. Saving again replaces their version."),
                digest=self.digest(),
                text=self.lesson_text,
            )
        settings = {name: read(body[name]) for name, read in SETTINGS.items() if name in body}
        lesson = _lesson_or_problems(text)
        if text != _as_typed(self.lesson_text):  # a browser's text area knows one kind of newline
            self.lesson_text = text
        for field, value in settings.items():
            if value is not None:
                setattr(self, field, value)
            elif self.fields[field].is_set_on(self):
                self.fields[field].delete_from(self)
        if name:
            self.display_name = name
        return {"digest": self.digest(), "title": lesson.title, "version": lesson.version}

    @json_endpoint(limit=LARGE)
    def preview(self: Any, body: Body) -> Body:
        """The lesson in `{"text"}` as a learner would see it: `{"html"}`. Without a text, the stored one.

        With `{"step", "form"}` as well: that step, marked, as `submit` gives it. With `{"live": true}` problems are no
        error but part of the answer: `{"problems", "html"}`, where `html` is "" while there are any.
        """
        _authors_only(self)
        text = text_field(body, "text", most=LONGEST_LESSON) if "text" in body else self.lesson_text
        if body.get("live") is True and (problems := check_lesson(text)):
            return {"html": "", "problems": problems_json(problems)}
        lesson = _lesson_or_problems(text)
        root_id = f"{self.root_id}-preview" if "text" in body else self.root_id
        if "step" not in body:
            html = pages.lesson_page(
                lesson,
                Progress(lesson),
                root_id=root_id,
                gettext=self.translate,
                preview=True,
                static_url=self.static_file,
            )
            return {"html": html, "problems": []}
        step = find_step(lesson, text_field(body, "step", most=64))
        form = form_field(body)
        # Nothing is kept, so what the page says was kept (the path of a scenario) is believed.
        form, marking = mark_or_error(step, form, form, self.translate)
        progress = Progress(lesson).answered(step, form, marking, "")
        return {
            "html": self.step_form(step, progress, root_id=root_id, limits=OPEN),
            "marking": marking.to_json(),
            "attempts": 1,
            "progress": pages.progress_json(progress),
        }


def _authors_only(block: Any) -> None:
    """Handlers of one block are open to everybody who may see it, so this one asks. Raises `NotAllowedError`."""
    if not compat.may_author(block):
        raise NotAllowedError(_("Only an author of this course can do that."))


def _as_typed(text: str) -> str:
    """A text as a text area gives it back when nobody changed it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _attempts(typed: object) -> int | None:
    """A limit as an author types it; None for an empty field. Raises `UnprocessableError`."""
    words = str(typed).strip()
    if words and not re.fullmatch(r"[1-9][0-9]{0,3}", words):
        raise UnprocessableError(_("The most attempts must be a whole number from 1 to 9999, or nothing."))
    return int(words) if words else None


def _weight(typed: object) -> float | None:
    """Points as an author types them; None for an empty field. Raises `UnprocessableError`."""
    words = str(typed).strip().replace(",", ".")
    if words and not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", words):
        raise UnprocessableError(_("The points must be a number from 0 to 9999, or nothing."))
    return float(words) if words else None


SETTINGS: Final[Mapping[str, Callable[[object], Any]]] = {"max_attempts": _attempts, "weight": _weight}


def _lesson_or_problems(text: str) -> Lesson:
    """The text as a lesson. Raises `UnprocessableError`, which carries every problem."""
    try:
        return parse_lesson(text)
    except LessonError as error:
        message = _("This is not a lesson yet. Each problem below names its line and what to do.")
        raise UnprocessableError(message, problems=problems_json(error.problems)) from error


def problems_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The problems as the editor lists them: 1-based line, cause, cure."""
    return [{"line": problem.line, "cause": problem.cause, "cure": problem.cure} for problem in problems]
