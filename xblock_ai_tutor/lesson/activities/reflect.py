"""Reflect: a question that the learner answers in their own words, for themselves. No marks, and nothing is sent.

The field has no name, so no form can carry it. The script keeps the words in this browser, and puts them into the
tutor's box only when the learner asks for that. The button says that they are done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import ClassVar, Final

from xblock_ai_tutor.lesson.activities import base, controls
from xblock_ai_tutor.lesson.marking import Form, Marking
from xblock_ai_tutor.lesson.model import RenderContext, Step
from xblock_ai_tutor.lesson.passages import text_of
from xblock_ai_tutor.lesson.report import Report

LONGEST: Final = 4000  # characters, as one message to the tutor


@dataclass(frozen=True, slots=True)
class Reflect(base.Kind):
    """What the learner is asked to think about."""

    kind: ClassVar[str] = "reflect"
    possible: ClassVar[float] = 0.0
    fields: ClassVar[tuple[str, ...]] = ()

    question: base.Markdown
    hints: tuple[str, ...] = ()

    @classmethod
    def parse(cls, directive: base.Directive, report: Report) -> Reflect:
        """The whole body is Markdown, except the hints."""
        lines, hints = base.take_hints(directive, report)
        question = base.Markdown.of(lines, directive.line)
        if not question:
            cure = "Write at least one question before the closing :::."
            report.add(directive.line, "This reflect asks nothing.", cure)
        return cls(question, hints)

    def prose(self) -> Iterable[base.Markdown]:
        """The question."""
        return (self.question,)

    def authored(self) -> Iterable[base.Markdown]:
        """The question."""
        return (self.question,)

    def task(self) -> str:
        """The question."""
        return text_of(self.question.text)

    def render(self, step: Step, ctx: RenderContext) -> str:
        """The question, a field that no form carries, what becomes of the words, and a button for done."""
        _ = ctx.gettext
        name = controls.html_id(ctx, step.id, "words", "text")
        private = _(
            "Your words stay in this browser. They are not sent, not marked and not kept anywhere else, unless you ask "
            "the tutor about them."
        )
        inside = (
            controls.prose(self.question, step, ctx)
            + controls.words(ctx, name, _("Your thoughts"), kept="local", most=LONGEST)
            + f'<p class="ait-words__note">{escape(private)}</p>'
            + controls.ask_tutor(step, _("Ask the tutor about it"), "question")
        )
        return controls.form(step, ctx, inside, _("Done"))

    def mark(self, form: Form) -> Marking:  # noqa: ARG002  (whatever a request sends, nothing is read)
        """Done; no marks are at stake."""
        return Marking(earned=0.0, possible=0.0, correct=None)
