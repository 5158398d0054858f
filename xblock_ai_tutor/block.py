"""The XBlock: its fields and its views. Thin: handlers are in `learner` and `studio`, HTML is made in `pages`, what
programs read is in `native`, grades in `scoring`, import and export in `olx`.

The platform loads `AiTutorXBlock` through the entry point `xblock.v1: ai_tutor`. No field holds a secret or a word that
a learner wrote to the tutor: fields leave the platform in exports and in state dumps.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from web_fragments.fragment import Fragment
from xblock.completable import CompletableXBlockMixin
from xblock.core import XBlock
from xblock.fields import Boolean, Dict, Float, Integer, List, Scope, String

from xblock_ai_tutor import compat, pages, studio_pages
from xblock_ai_tutor.gateway_client import GatewayClient
from xblock_ai_tutor.learner import LearnerHandlers
from xblock_ai_tutor.lesson import Lesson, LessonError, Step, parse_lesson
from xblock_ai_tutor.limits import Limits
from xblock_ai_tutor.native import Native
from xblock_ai_tutor.olx import Olx
from xblock_ai_tutor.progress import Progress
from xblock_ai_tutor.scoring import Scoring
from xblock_ai_tutor.step_forms import step_form
from xblock_ai_tutor.studio import StudioHandlers

SAMPLE_LESSON: Final = files("xblock_ai_tutor").joinpath("templates", "sample-lesson.md").read_text(encoding="utf-8")
STYLE: Final = "ait.css"
LEARNER_SCRIPTS: Final = (
    *("core.js", "keep.js", "words.js", "lesson.js"),
    *("event-stream.js", "gateway.js", "opinions.js", "rubric.js", "turns.js", "where.js", "ask-for.js", "tutor.js"),
)
STUDIO_SCRIPTS: Final = ("core.js", "keep.js", "words.js", "lesson.js", "editor.js", "studio.js")


def _(message: str) -> str:
    """Mark a msgid for extraction: Studio translates the names and help texts of fields."""
    return message


@lru_cache(maxsize=64)
def _parsed(text: str) -> Lesson:
    """A lesson is immutable, so one parse serves every learner of this process."""
    return parse_lesson(text)


@XBlock.needs("i18n")
@XBlock.needs("user")
@XBlock.wants("settings")
@XBlock.wants("replace_urls")
@XBlock.wants("studio_user_permissions")
class AiTutorXBlock(
    LearnerHandlers,
    StudioHandlers,
    Native,
    Olx,
    Scoring,
    CompletableXBlockMixin,  # type: ignore[misc]  # XBlock ships no types
    XBlock,  # type: ignore[misc]
):
    """A lesson in steps, beside a tutor that answers from that lesson."""

    block_settings_key = "ai_tutor"
    public_dir = "static"
    has_score = True
    icon_class = "problem"

    display_name = String(
        display_name=_("Display name"),
        help=_("The name of this component in the course outline."),
        default=_("Lesson with a tutor"),
        scope=Scope.settings,
    )
    lesson_text = String(
        display_name=_("Lesson"),
        help=_("The lesson as text: front matter, then one directive a step."),
        default=SAMPLE_LESSON,
        scope=Scope.content,
        multiline_editor=True,
    )

    weight = Float(
        display_name=_("Problem weight"),
        help=_("How many points the whole lesson is worth. Without it, one for each step that earns marks."),
        default=None,
        values={"min": 0, "step": 0.1},
        scope=Scope.settings,
    )
    # The platform's own setting of this name is inherited from the course; here it can be set for one lesson.
    max_attempts = Integer(
        display_name=_("Maximum attempts"),
        help=_("How often each step that earns marks can be answered. Without it, any number of times."),
        default=None,
        values={"min": 1},
        scope=Scope.settings,
    )

    # The learner's state. `progress.Progress` describes `answers`.
    answers = Dict(help=_("The learner's answer to each step, marked."), default={}, scope=Scope.user_state)
    attempts = Integer(
        # The platform's staff give a learner new attempts by setting this field, by its name, to 0.
        help=_("How many attempts count against the limits, over all steps."),
        default=0,
        scope=Scope.user_state,
    )
    score_earned = Float(help=_("The marks that the learner was given."), default=0.0, scope=Scope.user_state)
    score_possible = Float(help=_("The marks that could be earned then."), default=0.0, scope=Scope.user_state)
    started = Boolean(help=_("Whether the learner has opened the lesson."), default=False, scope=Scope.user_state)
    completed = Boolean(help=_("Whether every step was done once."), default=False, scope=Scope.user_state)
    tutor_opened_as = String(
        help=_("The pseudonym under which the tutor was opened."), default="", scope=Scope.user_state
    )
    tutor_turns = Integer(help=_("How many tutor turns have ended."), default=0, scope=Scope.user_state)
    tutor_receipts = List(
        help=_("Ids of the latest tutor turns that were counted, so that none counts twice."),
        default=[],
        scope=Scope.user_state,
    )

    @staticmethod
    def workbench_scenarios() -> list[tuple[str, str]]:
        """The sample lesson, for xblock-sdk's own workbench, which asks each block for something to show."""
        return [("A lesson with a tutor", "<ai_tutor/>")]

    # ── views ──

    @XBlock.supports("multi_device")  # type: ignore[untyped-decorator]
    def student_view(self, context: dict[str, Any] | None = None) -> Fragment:  # noqa: ARG002  (the platform's interface)
        """The lesson and the tutor, for a learner who has signed in."""
        try:
            lesson = self.lesson()
        except LessonError:
            return self._page(pages.not_ready(self.translate))
        self.note_start(lesson)
        html = pages.lesson_page(
            lesson,
            self.progress(lesson),
            has_tutor=GatewayClient.is_set_up(compat.settings_of(self)),
            words_key=self.words_key,
            **self.rendering(),
        )
        return self._page(html, *LEARNER_SCRIPTS, init="AiTutorLesson")

    def public_view(self, context: dict[str, Any] | None = None) -> Fragment:  # noqa: ARG002
        """What a visitor sees who has not signed in: what the lesson is about. No activity, no answers, no tutor."""
        try:
            return self._page(pages.public_page(self.lesson(), gettext=self.translate))
        except LessonError:
            return self._page(pages.not_ready(self.translate))

    def author_view(self, context: dict[str, Any] | None = None) -> Fragment:  # noqa: ARG002
        """The lesson as Studio shows it in a unit: it can be tried, and nothing is kept or published."""
        try:
            lesson = self.lesson()
        except LessonError as error:
            return self._page(studio_pages.problems_page(error.problems, gettext=self.translate))
        html = pages.lesson_page(
            lesson,
            Progress(lesson),
            root_id=self.root_id,
            gettext=self.translate,
            preview=True,
            static_url=self.static_file,
        )
        return self._page(html, *LEARNER_SCRIPTS[:4], init="AiTutorLesson")

    def studio_view(self, context: dict[str, Any] | None = None) -> Fragment:  # noqa: ARG002
        """The editor: the lesson's text, its problems, a preview."""
        html = studio_pages.studio_page(
            text=self.lesson_text,
            display_name=self.display_name,
            attempts=self.max_attempts if self.fields["max_attempts"].is_set_on(self) else None,
            inherited_attempts=self.max_attempts,
            weight=self.weight,
            digest=self.digest(),
            root_id=self.root_id,
            gettext=self.translate,
        )
        return self._page(html, *STUDIO_SCRIPTS, init="AiTutorStudio")

    # ── what the handlers use ──

    def lesson(self) -> Lesson:
        """The stored lesson. Raises `LessonError`."""
        return _parsed(self.lesson_text)

    def progress(self, lesson: Lesson) -> Progress:
        """The learner's progress in it, after a reset of attempts by the platform's staff."""
        progress = Progress.from_json(lesson, self.answers)
        return progress if self.attempts else progress.forgiven()

    def keep(self, progress: Progress) -> None:
        """Store the learner's progress."""
        self.answers = progress.to_json()
        self.attempts = progress.all_used

    def limits(self) -> Limits:
        """What bounds the learner's answers now."""
        return Limits(compat.is_past_due(self), compat.hides_results(self), self.max_attempts)

    def rendering(self) -> dict[str, Any]:
        """What `pages` needs to show the learner's steps."""
        return {
            "root_id": self.root_id,
            "gettext": compat.gettext_of(self),  # asked for once: a page has some three hundred words
            "limits": self.limits(),
            "language": compat.language(),
            "static_url": self.static_file,
        }

    def translate(self, message: str) -> str:
        """A msgid in the learner's language."""
        return compat.gettext_of(self)(message)

    def digest(self) -> str:
        """The SHA-256 of the stored text, hex: what an author's changes are based on."""
        return hashlib.sha256(self.lesson_text.encode("utf-8")).hexdigest()

    @property
    def root_id(self) -> str:
        """The prefix of every HTML id of this block: unique on a page with several of them."""
        return "ait-" + hashlib.sha256(compat.usage_of(self).encode("utf-8")).hexdigest()[:10]

    @property
    def words_key(self) -> str:
        """Under what the browser keeps this learner's own words: another for each learner and block, and no name."""
        learner = compat.learner_id(self)
        return hashlib.sha256(f"{compat.usage_of(self)} {learner}".encode()).hexdigest()[:24] if learner else ""

    def static_file(self, path: str) -> str:
        """Where the platform has the course's file `/static/…`."""
        return compat.course_file(self, path)

    def step_form(self, step: Step, progress: Progress, **other: Any) -> str:
        """A step's form as this learner last left it; `other` takes the place of what is in `rendering`."""
        return step_form(step, progress, **self.rendering() | other)

    def _page(self, html: str, *scripts: str, init: str | None = None) -> Fragment:
        fragment = Fragment(html)
        fragment.add_css_url(compat.static_url(self, STYLE))
        for script in scripts:
            fragment.add_javascript_url(compat.static_url(self, script))
        if init:
            fragment.initialize_js(init)
        return fragment
