"""Choice: a question with options, of which one or several are right, and if wanted how sure the learner is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import ClassVar, Final

from xblock_ai_tutor.lesson.activities import base, items
from xblock_ai_tutor.lesson.activities.items import Grammar, Item
from xblock_ai_tutor.lesson.marking import Form, ItemMarking, Marking, chosen, one_of, percent, values_of
from xblock_ai_tutor.lesson.model import RenderContext, ResponseError, Step
from xblock_ai_tutor.lesson.passages import inline_html_of, text_of

FIELD: Final = "choice"
LEAST_CONFIDENCE: Final = 0
_LEVELS: Final = (0, 25, 50, 75, 100)
_GRAMMAR: Final = Grammar("an option", ("", "x"), "- [x] {look-it-up} Look it up on legislation.gov.uk")


def _(message: str) -> str:
    """Mark a msgid for extraction; `ResponseError.localised` translates it later."""
    return message


@dataclass(frozen=True, slots=True)
class Choice:
    """A question with options. `several`: more than one may be chosen. `asks_confidence`: how sure, 0–100 %."""

    kind: ClassVar[str] = "choice"
    attributes: ClassVar[Mapping[str, tuple[str, ...]]] = {"answers": ("one", "several"), "confidence": ("none", "ask")}

    question: base.Markdown
    options: tuple[Item, ...]
    several: bool
    asks_confidence: bool
    hints: tuple[str, ...] = ()

    @classmethod
    def parse(cls, directive: base.Directive, report: base.Report) -> Choice:
        """The question, then the options: `- [x] {id} text`, each with `  > feedback`."""
        lines, hints = base.take_hints(directive, report)
        lead, options = items.take_items(lines, _GRAMMAR, report)
        several = base.attribute(directive, cls, "answers") == "several"
        choice = cls(
            base.markdown(lead, directive.line),
            options,
            several,
            base.attribute(directive, cls, "confidence") == "ask",
            hints,
        )
        if not choice.question.text.strip():
            report.add(directive.line, "This choice asks no question.", "Write the question above the options.")
        if len(options) < 2:
            report.add(
                directive.line, "A choice needs at least two options.", f"Add options, one a line: {_GRAMMAR.example}"
            )
        right = [option for option in options if option.mark == "x"]
        if options and not right:
            report.add(directive.line, "No option is marked as right.", "Write [x] instead of [ ] in the right one.")
        if len(right) > 1 and not several:
            report.add(
                right[1].line,
                "A second option is marked as right, but only one can be chosen.",
                'Write [ ] in all but one, or add answers="several" to the :::choice line.',
            )
        return choice

    def prose(self) -> Iterable[base.Markdown]:
        """The question; options are not passages, since a wrong one must not be quoted as the lesson's word."""
        return (self.question,)

    def task(self) -> str:
        """The question and the options, unmarked."""
        return "\n".join([text_of(self.question.text), *(f"- {option.plain}" for option in self.options)])

    def feedback(self, item: str, answer: str) -> str:
        """The feedback on an option: it is `answer` when one can be chosen, `item` when several can."""
        wanted = item if self.several else answer
        return next((option.feedback.text for option in self.options if option.id == wanted), "")

    def mark(self, form: Form) -> Marking:
        """One answer: 1 mark or 0. Several: right ones chosen less wrong ones, over all right ones, never below 0."""
        answers = self._answers(form)
        sure = None
        if self.asks_confidence:
            missing = ResponseError(_("Choose how sure you are, then check again."))
            sure = percent(form, "confidence", LEAST_CONFIDENCE, missing)
        right = {option.id for option in self.options if option.mark == "x"}
        if not self.several:
            answer = answers[0]
            hit = answer in right
            item = ItemMarking(FIELD, answer, hit, sure, self.feedback(FIELD, answer))
            return Marking(float(hit), 1.0, hit, (item,), sure)
        marked = tuple(
            ItemMarking(
                option.id,
                "chosen" if option.id in answers else "not-chosen",
                (option.id in answers) == (option.id in right),
                sure,
                option.feedback.text,
            )
            for option in self.options
        )
        net = len(right & set(answers)) - len(set(answers) - right)
        return Marking(max(0, net) / len(right), 1.0, set(answers) == right, marked, sure)

    def _answers(self, form: Form) -> list[str]:
        allowed = [option.id for option in self.options]
        if not self.several:
            return [one_of(form, FIELD, allowed, ResponseError(_("Choose one answer, then check again.")))]
        answers = values_of(form, FIELD)
        if not answers:
            raise ResponseError(_("Choose at least one answer, then check again."))
        if not set(answers) <= set(allowed):
            raise ResponseError(_("That answer is not one of the choices. Reload the page and answer again."))
        return answers

    def render(self, step: Step, ctx: RenderContext) -> str:
        """A fieldset of native radios or checkboxes, and a select for confidence."""
        _ = ctx.gettext
        given = chosen(ctx, FIELD)
        marked = {one.answer if not self.several else one.item: one for one in ctx.marking.items} if ctx.marking else {}
        legend = _("Choose every answer that is right") if self.several else _("Choose one answer")
        options = "".join(
            self._option(option, step, ctx, option.id in given, marked.get(option.id)) for option in self.options
        )
        inside = (
            base.result(ctx, self._result(ctx))
            + base.prose_html(self.question, ctx, base.anchors(step, ctx))
            + f'<fieldset class="ait-question"><legend class="ait-question__legend">{escape(legend)}</legend>'
            f'<div class="ait-options">{options}</div></fieldset>'
        )
        if self.asks_confidence:
            field_id = base.html_id(ctx, step.id, "choice", "confidence")
            inside += base.confidence_field(ctx, field_id, "confidence", _("How sure are you?"), _LEVELS)
        return base.form(step, ctx, inside, _("Check my answer") if ctx.marking is None else _("Check again"))

    def _option(self, option: Item, step: Step, ctx: RenderContext, on: bool, marked: ItemMarking | None) -> str:
        name = base.html_id(ctx, step.id, option.id)
        kind = "checkbox" if self.several else "radio"
        required = "" if self.several else " required"
        html = (
            f'<div class="ait-option"><input class="ait-option__input" type="{kind}" id="{name}" name="{FIELD}" '
            f'value="{escape(option.id)}"{required}{" checked" if on else ""}{base.described(ctx, marked, name)}>'
            f'<label class="ait-option__label" for="{name}">{inline_html_of(option.text)}</label></div>'
        )
        if marked is not None:
            html += base.feedback(ctx, name, marked, self._verdict(ctx, marked))
        return html

    def _verdict(self, ctx: RenderContext, marked: ItemMarking) -> str:
        _ = ctx.gettext
        if not self.several or marked.answer == "chosen":
            return _("Right.") if marked.hit else _("Not right.")
        return _("Right not to choose this.") if marked.hit else _("You missed this one.")

    def _result(self, ctx: RenderContext) -> str:
        _ = ctx.gettext
        if ctx.marking is None:
            return ""
        if ctx.marking.correct:
            return _("Right.")
        return (
            _("Partly right. Read the feedback, then try again.")
            if ctx.marking.earned
            else _("Not right yet. Read the feedback, then try again.")
        )
