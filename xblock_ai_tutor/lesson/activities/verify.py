"""Verify: a checking log. For each authority the learner says where they looked and what they found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from xblock_ai_tutor.lesson.activities import base, checking_log, controls
from xblock_ai_tutor.lesson.activities.checking_log import ENTRY, GRAMMAR, LISTS, Truth
from xblock_ai_tutor.lesson.activities.items import Item, take_items
from xblock_ai_tutor.lesson.activities.named import Named, before_quote, quoted
from xblock_ai_tutor.lesson.marking import Form, ItemMarking, Marking, mean, optional, percent
from xblock_ai_tutor.lesson.model import RenderContext, ResponseError, Step
from xblock_ai_tutor.lesson.passages import scan, text_of
from xblock_ai_tutor.lesson.render import References, inline_html_of
from xblock_ai_tutor.lesson.report import Report

NOT_CHECKED: Final = "not-checked"
LEAST_CONFIDENCE: Final = 0
_LEVELS: Final = (0, 25, 50, 75, 100)
_HALF: Final = 0.5


def _(message: str) -> str:
    """Mark a msgid for extraction; `ResponseError.localised` translates it later."""
    return message


@dataclass(frozen=True, slots=True)
class Verify(base.Kind):
    """A note, the places and findings to choose from, and the log's entries with their truths by id."""

    kind: ClassVar[str] = "verify"
    attributes: ClassVar[Mapping[str, tuple[str, ...]]] = {"confidence": ("none", "ask")}

    instructions: base.Markdown
    note: base.Markdown
    where: tuple[Named, ...]
    found: tuple[Named, ...]
    entries: tuple[Item, ...]
    truths: Mapping[str, Truth]
    asks_confidence: bool
    hints: tuple[str, ...] = ()

    @classmethod
    def parse(cls, directive: base.Directive, report: Report) -> Verify:
        """Instructions; the note after `>`; the lists `where:` and `found:`; entries with `  where:`, `  found:`."""
        lines, hints = base.take_hints(directive, report)
        parts = checking_log.cut(lines)
        where, found = (checking_log.take_list(name, parts[name], report) for name in LISTS)
        _lead, entries = take_items(parts["entries"], GRAMMAR, report)
        places, findings = ({one.id for one in named} for named in (where, found))
        verify = cls(
            instructions=base.Markdown.of(before_quote(parts[""], "the lists below it", report), directive.line),
            note=base.Markdown.of(quoted(parts[""]), directive.line),
            where=where,
            found=found,
            entries=entries,
            truths={one.id: checking_log.truth(one, places, findings, report) for one in entries},
            asks_confidence=base.attribute(directive, cls, "confidence") == "ask",
            hints=hints,
        )
        verify._check(directive.line, report)
        return verify

    def _check(self, line: int, report: Report) -> None:
        if not self.instructions:
            report.add(line, "This verify does not say what to do.", "Write the instructions above the note.")
        for name, named in (("where", self.where), ("found", self.found)):
            if len(named) < 2:
                noun, example = LISTS[name]
                cure = f"Above the entries write a line {name}: and below it at least two, like: {example}"
                report.add(line, f"A verify needs a list of what may be chosen: {noun}.", cure)
        if not self.entries:
            report.add(line, "A verify needs at least one entry.", f"Add them, one a line: {ENTRY}")
        known = sorted(one.id for one in self.entries if one.id)
        for offset, name in scan(self.note.text).references:
            if name not in known:
                cause = f"The note refers to {{{name}}}, which is not among the entries."
                report.add(self.note.line + offset, cause, f"Use one of these: {', '.join(known) or 'none yet'}.")

    def prose(self) -> Iterable[base.Markdown]:
        """The instructions; the note may be wrong, so it must not be quoted as the lesson's word."""
        return (self.instructions,)

    def authored(self) -> Iterable[base.Markdown]:
        """Instructions, note and all feedback."""
        return (self.instructions, self.note, *(one.feedback for one in self.entries))

    def task(self) -> str:
        """The instructions, the note and the entries, without what was found."""
        numbers = {one.id: number for number, one in self._numbered()}
        lines = [text_of(self.instructions.text), text_of(self.note.text, numbers)]
        return "\n".join([*filter(None, lines), *(f"[{number}] {one.plain}" for number, one in self._numbered())])

    def marked(self) -> tuple[tuple[str, str], ...]:
        """(entry, the words of what is found)."""
        words = {one.id: one.text for one in self.found}
        return tuple((one.plain, words[self.truths[one.id].found]) for one in self.entries)

    def feedback(self, item: str, answer: str) -> str:  # noqa: ARG002  (one text an entry, whatever was answered)
        """The feedback on an entry."""
        return next((one.feedback.text for one in self.entries if one.id == item), "")

    def _numbered(self) -> Iterable[tuple[int, Item]]:
        return enumerate(self.entries, 1)

    @property
    def fields(self) -> tuple[str, ...]:
        """Of each entry: where, what was found and, where that is asked, how sure the learner is."""
        names = ("where", "found", "confidence") if self.asks_confidence else ("where", "found")
        return tuple(f"{name}-{one.id}" for one in self.entries for name in names)

    def mark(self, form: Form) -> Marking:
        """Half for a proper place, half for the finding, over all entries; what was left out earns nothing."""
        items = tuple(self._mark_one(number, one, form) for number, one in self._numbered())
        if all(one.answer == NOT_CHECKED for one in items):
            raise ResponseError(_("The log is empty. Write at least one entry, then check again."))
        earned = sum(one.earned for one in items) / len(items)
        return Marking(earned, 1.0, all(one.hit for one in items), items, mean([one.confidence for one in items]))

    def _mark_one(self, number: int, one: Item, form: Form) -> ItemMarking:
        where = optional(form, f"where-{one.id}", {named.id for named in self.where})
        found = optional(form, f"found-{one.id}", {named.id for named in self.found})
        if not where and not found:
            return ItemMarking(one.id, NOT_CHECKED, False, None, one.feedback.text, 0.0)
        sure = None
        if self.asks_confidence:
            unsure = ResponseError(
                _("Choose how sure you are about entry %(number)s, then check again."), number=str(number)
            )
            sure = percent(form, f"confidence-{one.id}", LEAST_CONFIDENCE, unsure)
        truth = self.truths[one.id]
        share = _HALF * (where in truth.where) + _HALF * (found == truth.found)
        answer = f"{where or NOT_CHECKED}/{found or NOT_CHECKED}"
        return ItemMarking(one.id, answer, share == 1, sure, one.feedback.text, share)

    def render(self, step: Step, ctx: RenderContext) -> str:
        """The note, then for each entry a fieldset with a select for the place and one for the finding."""
        _ = ctx.gettext
        targets = {one.id: (number, controls.html_id(ctx, step.id, one.id)) for number, one in self._numbered()}
        note = ""
        if self.note:
            references = References(_("Entry"), targets)
            note = controls.quotation(self.note, ctx, _("Written by an AI model"), references=references)
        inside = (
            controls.result(ctx, self._result(ctx))
            + controls.prose(self.instructions, step, ctx)
            + note
            + '<div class="ait-items">'
            + "".join(self._entry(number, one, step, ctx) for number, one in self._numbered())
            + "</div>"
        )
        return controls.form(step, ctx, inside, _("Check my log") if ctx.marking is None else _("Check again"))

    def _entry(self, number: int, one: Item, step: Step, ctx: RenderContext) -> str:
        _ = ctx.gettext
        name = controls.html_id(ctx, step.id, one.id)
        marked = next((found for found in (ctx.marking.items if ctx.marking else ()) if found.item == one.id), None)
        fields = "".join(
            controls.select(
                ctx,
                f"{name}--{field}",
                f"{field}-{one.id}",
                label,
                [(each.id, each.text) for each in named],
                nothing_yet=nothing,
            )
            for field, label, named, nothing in (
                ("where", _("Where did you look?"), self.where, _("Not checked")),
                ("found", _("What did you find?"), self.found, _("Nothing noted")),
            )
        )
        sure = _("How sure are you about entry %(number)s?") % {"number": number}
        confidence = controls.confidence(ctx, f"{name}--confidence", f"confidence-{one.id}", sure, _LEVELS)
        return (
            f'<fieldset class="ait-question ait-item" id="{name}" tabindex="-1"'
            f"{controls.describedby(controls.feedback_id(name, marked))}>"
            f'<legend class="ait-question__legend"><span class="ait-authority__number">{number}.</span> '
            f"{inline_html_of(one.text)}</legend>"
            f'<div class="ait-item__fields">{fields}{confidence if self.asks_confidence else ""}</div>'
            + (self._feedback(one, name, marked, ctx) if marked else "")
            + "</fieldset>"
        )

    def _feedback(self, one: Item, name: str, marked: ItemMarking, ctx: RenderContext) -> str:
        _ = ctx.gettext
        truth = self.truths[one.id]
        found = next((each.text for each in self.found if each.id == truth.found), "")
        where = ", ".join(each.text for each in self.where if each.id in truth.where)
        right = {"where": where, "found": found}
        if marked.hit:
            verdict = _("Right: a proper place, and that is what is found there.")
        elif marked.answer == NOT_CHECKED:
            verdict = _("Not checked. A proper place: %(where)s. What is found there: %(found)s.") % right
        elif marked.answer.split("/")[0] in truth.where:
            verdict = _("A proper place, but something else is found there: %(found)s.") % right
        elif marked.earned:
            verdict = _("That is what is found, but that is no proper place to check it. One is: %(where)s.") % right
        else:
            verdict = _("Not right. A proper place: %(where)s. What is found there: %(found)s.") % right
        return controls.feedback(ctx, name, marked, verdict, partly=marked.earned > 0)

    def _result(self, ctx: RenderContext) -> str:
        _ = ctx.gettext
        items = ctx.marking.items if ctx.marking else ()
        left_out = sum(one.answer == NOT_CHECKED for one in items)
        words = _("%(hits)s of %(total)s right.") % {"hits": sum(one.hit for one in items), "total": len(items)}
        return words + " " + _("Not checked: %(left)s.") % {"left": left_out} if left_out else words
