"""Reading: Markdown that the learner reads and then continues from, with figures, worked examples and glossary terms.

It earns no marks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from xblock_ai_tutor.lesson.activities import base, controls
from xblock_ai_tutor.lesson.marking import Form, Marking
from xblock_ai_tutor.lesson.model import RenderContext, Step
from xblock_ai_tutor.lesson.passages import text_of
from xblock_ai_tutor.lesson.report import Report


@dataclass(frozen=True, slots=True)
class Reading(base.Kind):
    """A text to read."""

    kind: ClassVar[str] = "reading"
    possible: ClassVar[float] = 0.0
    fields: ClassVar[tuple[str, ...]] = ()

    body: base.Markdown
    hints: tuple[str, ...] = ()

    @classmethod
    def parse(cls, directive: base.Directive, report: Report) -> Reading:
        """The whole body is Markdown, except the hints."""
        lines, hints = base.take_hints(directive, report)
        body = base.Markdown.of(lines, directive.line)
        if not body:
            report.add(directive.line, "This reading is empty.", "Write at least one paragraph before the closing :::.")
        return cls(body, hints)

    def prose(self) -> Iterable[base.Markdown]:
        """The text."""
        return (self.body,)

    def authored(self) -> Iterable[base.Markdown]:
        """The text."""
        return (self.body,)

    def task(self) -> str:
        """The text itself: it is what the learner is asked to read."""
        return text_of(self.body.text)

    def render(self, step: Step, ctx: RenderContext) -> str:
        """The text with its passages, and a button to go on."""
        _ = ctx.gettext
        return controls.form(step, ctx, controls.prose(self.body, step, ctx), _("Continue"))

    def mark(self, form: Form) -> Marking:  # noqa: ARG002  (nothing to read from the form)
        """Done; no marks are at stake."""
        return Marking(earned=0.0, possible=0.0, correct=None)
