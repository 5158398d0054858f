"""Prompt-lab: write a prompt for a fictional task. Rules look for five things that a good prompt says; then the tutor.

The learner's words are marked and forgotten: no field of the form is kept, and what an event carries is which items of
the rubric were met. The tutor's comments and its answer come through the page's script, where there is a tutor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import ClassVar, Final

from xblock_ai_tutor.lesson.activities import base, controls
from xblock_ai_tutor.lesson.activities.items import Grammar, Item, take_items
from xblock_ai_tutor.lesson.activities.named import before_quote, quoted
from xblock_ai_tutor.lesson.marking import Form, ItemMarking, Marking, words_of
from xblock_ai_tutor.lesson.model import RenderContext, ResponseError, Step
from xblock_ai_tutor.lesson.passages import text_of
from xblock_ai_tutor.lesson.prompt_rubric import CRITERIA, Criterion, review
from xblock_ai_tutor.lesson.render import inline_html_of
from xblock_ai_tutor.lesson.report import Report, did_you_mean, shortened

FIELD: Final = "prompt"
LONGEST: Final = 4000  # characters, as one message to the tutor
MET, MISSING = "met", "missing"
IDS: Final = tuple(one.id for one in CRITERIA)
_EXAMPLE: Final = "- {task} Says what to make: a summary for the minister"
_GRAMMAR: Final = Grammar("an item of the rubric", (), _EXAMPLE, asks_text=False, asks_feedback=False)


def _(message: str) -> str:
    """Mark a msgid for extraction; `ResponseError.localised` translates it later."""
    return message


@dataclass(frozen=True, slots=True)
class PromptLab(base.Kind):
    """A task, its material (may be empty), and what the author says of items of the rubric, by id."""

    kind: ClassVar[str] = "prompt-lab"
    fields: ClassVar[tuple[str, ...]] = ()

    brief: base.Markdown
    material: base.Markdown
    rubric: Mapping[str, Item]
    hints: tuple[str, ...] = ()

    @classmethod
    def parse(cls, directive: base.Directive, report: Report) -> PromptLab:
        """The task; the material, each line after `>`; items of the rubric: `- {task} text` with `  > feedback`."""
        lines, hints = base.take_hints(directive, report)
        lead, items = take_items(lines, _GRAMMAR, report)
        for item in items:
            if item.id not in IDS and item.id:
                cure = f"The rubric has {', '.join(IDS)}.{did_you_mean(item.id, IDS)}"
                report.add(item.line, f"The rubric has no item “{shortened(item.id)}”.", cure)
        brief = base.Markdown.of(before_quote(lead, "the rubric", report), directive.line)
        material = base.Markdown.of(quoted(lead), directive.line)
        if not brief:
            report.add(directive.line, "This prompt-lab gives no task.", "Say above the rubric what the prompt is for.")
        return cls(brief, material, {item.id: item for item in items}, hints)

    def prose(self) -> Iterable[base.Markdown]:
        """The task."""
        return (self.brief,)

    def authored(self) -> Iterable[base.Markdown]:
        """The task, the material and the feedback."""
        return (self.brief, self.material, *(one.feedback for one in self.rubric.values()))

    def task(self) -> str:
        """The task, the material and what the author says of the rubric."""
        said = [f"- {one.plain}" for one in self.rubric.values() if one.plain]
        return "\n".join([*filter(None, (text_of(self.brief.text), text_of(self.material.text))), *said])

    def feedback(self, item: str, answer: str) -> str:
        """What the author says where an item is missing."""
        own = self.rubric.get(item)
        return own.feedback.text if own and answer == MISSING else ""

    def mark(self, form: Form) -> Marking:
        """What share of the rubric the prompt meets. The prompt is read here, and goes no further."""
        prompt = words_of(form, FIELD, LONGEST)
        if not prompt:
            raise ResponseError(_("Write a prompt first, then check it."))
        met = review(prompt)
        items = tuple(self._mark_one(one.id, MET if met[one.id] else MISSING) for one in CRITERIA)
        return Marking(sum(one.hit for one in items) / len(items), 1.0, all(met.values()), items)

    def _mark_one(self, item: str, answer: str) -> ItemMarking:
        return ItemMarking(item, answer, answer == MET, None, self.feedback(item, answer))

    def render(self, step: Step, ctx: RenderContext) -> str:
        """The task, its material, a field for the prompt; after an attempt the rubric, and the way to the tutor."""
        _ = ctx.gettext
        name = controls.html_id(ctx, step.id, "words", "text")
        material = controls.quotation(self.material, ctx, _("The material")) if self.material else ""
        words = controls.words(ctx, name, _("Your prompt"), field=FIELD, kept="session", most=LONGEST)
        ask = controls.ask_tutor(step, _("Ask the tutor about this prompt"), "prompt") if ctx.marking else ""
        inside = (
            controls.result(ctx, self._result(ctx))
            + controls.prose(self.brief, step, ctx)
            + material
            + words
            + self._private(ctx)
            + self._rubric(step, ctx)
            + ask
        )
        return controls.form(step, ctx, inside, _("Check my prompt") if ctx.marking is None else _("Check again"))

    def _private(self, ctx: RenderContext) -> str:
        _ = ctx.gettext
        words = _(
            "Your prompt is checked and then forgotten: neither it nor any part of it is kept here. Use made-up "
            "details only."
        )
        return f'<p class="ait-words__note">{escape(words)}</p>'

    def _rubric(self, step: Step, ctx: RenderContext) -> str:
        """What was found of each item, with what to do where it is missing."""
        if ctx.marking is None:
            return ""
        _ = ctx.gettext
        marked = {one.item: one for one in ctx.marking.items}
        lines = "".join(self._line(one, marked[one.id], step, ctx) for one in CRITERIA if one.id in marked)
        caveat = _("Rules looked for these, and rules can be wrong. Read your prompt again with each in mind.")
        return f'<div class="ait-rubric"><p>{escape(caveat)}</p>{lines}</div>'

    def _line(self, criterion: Criterion, marked: ItemMarking, step: Step, ctx: RenderContext) -> str:
        _ = ctx.gettext
        own = self.rubric.get(criterion.id)
        name = controls.html_id(ctx, step.id, criterion.id)
        label = _(criterion.label)
        said = f" {inline_html_of(own.text)}" if own and own.text else ""
        verdict = _("Found.") if marked.hit else _("Not found.")
        if not marked.hit and not marked.feedback:
            marked = replace(marked, feedback=_sentence(_(criterion.missing)))
        return (
            f'<div class="ait-rubric__item" id="{name}"><p class="ait-rubric__label"><strong>{escape(label)}</strong>'
            f"{said}</p>{controls.feedback(ctx, name, marked, verdict)}</div>"
        )

    def _result(self, ctx: RenderContext) -> str:
        _ = ctx.gettext
        items = ctx.marking.items if ctx.marking else ()
        return _("Found in your prompt: %(met)s of %(total)s.") % {
            "met": sum(one.hit for one in items),
            "total": len(items),
        }


def _sentence(text: str) -> str:
    """A clause with a capital letter: the rubric's words go on after a colon elsewhere."""
    return text[:1].upper() + text[1:]
