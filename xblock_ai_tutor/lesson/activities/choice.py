"""Choice: a question with options, of which one or several are right, and if wanted how sure the learner is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import ClassVar, Final

from xblock_ai_tutor.lesson.activities import base, controls
from xblock_ai_tutor.lesson.activities.items import Grammar, Item, take_items
from xblock_ai_tutor.lesson.marking import Form, ItemMarking, Marking, one_of, percent, some_of
from xblock_ai_tutor.lesson.model import RenderContext, ResponseError, Step
from xblock_ai_tutor.lesson.passages import text_of
from xblock_ai_tutor.lesson.render import inline_html_of
from xblock_ai_tutor.lesson.report import Report

FIELD: Final = "choice"
LEAST_CONFIDENCE: Final = 0
_LEVELS: Final = (0, 25, 50, 75, 100)
_GRAMMAR: Final = Grammar("an option", ("", "x"), "- [x] {look-it-up} Look it up on legislation.gov.uk")


def _(message: str) -> str:
    """Mark a msgid for extraction; `ResponseError.localised` translates it later."""
    return message


@dataclass(frozen=True, slots=True)
class Choice(base.Kind):
    """A question with options. `several`: more than one may be chosen. `asks_confidence`: how sure, 0–100 %."""

    kind: ClassVar[str] = "choice"
    attributes: ClassVar[Mapping[str, tuple[str, ...]]] = {"answers": ("one", "several"), "confidence": ("none", "ask")}

    question: base.Markdown
    options: tuple[Item, ...]
    several: bool
    asks_confidence: bool
    hints: tuple[str, ...] = ()

    @classmethod
    def parse(cls, directive: base.Directive, report: Report) -> Choice:
        """The question, then the options: `- [x] {id} text`, each with `  > feedback`."""
        lines, hints = base.take_hints(directive, report)
        lead, options = take_items(lines, _GRAMMAR, report)
        choice = cls(
            question=base.Markdown.of(lead, directive.line),
            options=options,
            several=base.attribute(directive, cls, "answers") == "several",
            asks_confidence=base.attribute(directive, cls, "confidence") == "ask",
            hints=hints,
        )
        choice._check(directive.line, report)
        return choice

    def _check(self, line: int, report: Report) -> None:
        if not self.question:
            report.add(line, "This choice asks no question.", "Write the question above the options.")
        if len(self.options) < 2:
            report.add(line, "A choice needs at least two options.", f"Add options, one a line: {_GRAMMAR.example}")
        right = [option for option in self.options if option.mark == "x"]
        if self.options and not right:
            report.add(line, "No option is marked as right.", "Write [x] instead of [ ] in the right one.")
        if len(right) > 1 and not self.several:
            report.add(
                right[1].line,
                "A second option is marked as right, but only one can be chosen.",
                'Write [ ] in all but one, or add answers="several" to the :::choice line.',
            )

    def prose(self) -> Iterable[base.Markdown]:
        """The question; options are not passages, since a wrong one must not be quoted as the lesson's word."""
        return (self.question,)

    def authored(self) -> Iterable[base.Markdown]:
        """The question and all feedback."""
        return (self.question, *(option.feedback for option in self.options))

    def task(self) -> str:
        """The question and the options, unmarked."""
        return "\n".join([text_of(self.question.text), *(f"- {option.plain}" for option in self.options)])

    def marked(self) -> tuple[tuple[str, str], ...]:
        """(text, mark) of each: what the tutor's guard keeps until the learner has tried."""
        return tuple((option.plain, "right" if option.mark == "x" else "wrong") for option in self.options)

    def feedback(self, item: str, answer: str) -> str:
        """The feedback on an option: it is `answer` where one is chosen, `item` where several are."""
        wanted = item if self.several else answer
        return next((option.feedback.text for option in self.options if option.id == wanted), "")

    def mark(self, form: Form) -> Marking:
        """One answer: 1 mark or 0. Several: right ones chosen less wrong ones, over all right ones, never below 0."""
        sure = None
        if self.several:
            answers = set(some_of(form, FIELD, self._ids()))
        else:
            answers = {one_of(form, FIELD, self._ids(), ResponseError(_("Choose one answer, then check again.")))}
        if self.asks_confidence:
            missing = ResponseError(_("Choose how sure you are, then check again."))
            sure = percent(form, "confidence", LEAST_CONFIDENCE, missing)
        right = {option.id for option in self.options if option.mark == "x"}
        net = len(answers & right) - len(answers - right)
        items = self._mark_each(answers, right) if self.several else (self._mark_one(answers, right, sure),)
        return Marking(max(0, net) / len(right), 1.0, answers == right, items, sure)

    @property
    def fields(self) -> tuple[str, ...]:
        """What was chosen, and how sure the learner is where that is asked."""
        return (FIELD, "confidence") if self.asks_confidence else (FIELD,)

    def _ids(self) -> list[str]:
        return [option.id for option in self.options]

    def _mark_one(self, answers: set[str], right: set[str], sure: float | None) -> ItemMarking:
        (answer,) = answers
        return ItemMarking(FIELD, answer, answers == right, sure, self.feedback(FIELD, answer))

    def _mark_each(self, answers: set[str], right: set[str]) -> tuple[ItemMarking, ...]:
        """One item an option. How sure the learner is belongs to the whole answer, so items carry none."""
        return tuple(
            ItemMarking(
                option.id,
                "chosen" if option.id in answers else "not-chosen",
                (option.id in answers) == (option.id in right),
                None,
                option.feedback.text,
            )
            for option in self.options
        )

    def render(self, step: Step, ctx: RenderContext) -> str:
        """A fieldset of native radios or checkboxes, and a select for confidence."""
        _ = ctx.gettext
        legend = _("Choose every answer that is right") if self.several else _("Choose one answer")
        inside = (
            controls.result(ctx, self._result(ctx))
            + controls.prose(self.question, step, ctx)
            + f'<fieldset class="ait-question"{controls.describedby(controls.prose_id(step, ctx))}>'
            f'<legend class="ait-question__legend">{escape(legend)}</legend><div class="ait-options">'
            + "".join(self._option(option, step, ctx) for option in self.options)
            + "</div></fieldset>"
        )
        if self.asks_confidence:
            name = controls.html_id(ctx, step.id, "choice", "confidence")
            inside += controls.confidence(ctx, name, "confidence", _("How sure are you?"), _LEVELS)
        return controls.form(step, ctx, inside, _("Check my answer") if ctx.marking is None else _("Check again"))

    def _option(self, option: Item, step: Step, ctx: RenderContext) -> str:
        name = controls.html_id(ctx, step.id, option.id)
        marked = self._marking_of(option, ctx.marking)
        html = controls.option(
            ctx,
            name,
            "checkbox" if self.several else "radio",
            (FIELD, option.id),
            inline_html_of(option.text),
            described=controls.feedback_id(name, marked),
        )
        return html + (controls.feedback(ctx, name, marked, self._verdict(marked, ctx)) if marked else "")

    def _marking_of(self, option: Item, marking: Marking | None) -> ItemMarking | None:
        for one in marking.items if marking else ():
            if option.id == (one.item if self.several else one.answer):
                return one
        return None

    def _verdict(self, marked: ItemMarking, ctx: RenderContext) -> str:
        _ = ctx.gettext
        if marked.answer == "not-chosen":
            return _("Right not to choose this.") if marked.hit else _("This one is right too.")
        return _("Right.") if marked.hit else _("Not right.")

    def _result(self, ctx: RenderContext) -> str:
        _ = ctx.gettext
        if ctx.marking is None or ctx.marking.correct:
            return _("Your answer is right.")
        if ctx.marking.earned:
            return _("Your answer is partly right. Read the feedback, then try again.")
        return _("Your answer is not right yet. Read the feedback, then try again.")
