"""Spot: an AI-written note with legal authorities; which can be relied on, which are invented, which say something else?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import ClassVar, Final

from xblock_ai_tutor.lesson.activities import base, items
from xblock_ai_tutor.lesson.activities.items import Grammar, Item
from xblock_ai_tutor.lesson.marking import Form, ItemMarking, Marking, chosen, mean, one_of, percent
from xblock_ai_tutor.lesson.model import RenderContext, ResponseError, Step
from xblock_ai_tutor.lesson.passages import html_of, inline_html_of, references_in, text_of

VERDICTS: Final = ("reliable", "invented", "misused")
LEAST_CONFIDENCE: Final = 50  # sure of a judgement at all means at least as likely as not
_LEVELS: Final = (50, 60, 70, 80, 90, 100)
_GRAMMAR: Final = Grammar(
    "an authority",
    VERDICTS,
    "- [reliable] {caparo} *Caparo Industries plc v Dickman* [1990] 2 AC 605, for when a duty of care arises",
)


def _(message: str) -> str:
    """Mark a msgid for extraction; `ResponseError.localised` translates it later."""
    return message


@dataclass(frozen=True, slots=True)
class Spot:
    """A note and its authorities. An authority's `mark` is the right verdict: reliable, invented or misused."""

    kind: ClassVar[str] = "spot"
    attributes: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    instructions: base.Markdown
    note: base.Markdown
    authorities: tuple[Item, ...]
    hints: tuple[str, ...] = ()

    @classmethod
    def parse(cls, directive: base.Directive, report: base.Report) -> Spot:
        """Instructions; the note, each line starting with `>`; the authorities: `- [verdict] {id} text`."""
        lines, hints = base.take_hints(directive, report)
        lead, authorities = items.take_items(lines, _GRAMMAR, report)
        instructions, note = _split(lead, report)
        spot = cls(
            base.markdown(instructions, directive.line),
            base.Markdown("\n".join(line.text for line in note), (note or [base.Line(directive.line, "")])[0].number),
            authorities,
            hints,
        )
        if not spot.instructions.text.strip():
            report.add(directive.line, "This spot does not say what to do.", "Write the instructions above the note.")
        if not spot.note.text.strip():
            report.add(
                directive.line, "This spot has no note.", "Write the note above the authorities, each line after “> ”."
            )
        if len(authorities) < 2:
            report.add(
                directive.line, "A spot needs at least two authorities.", f"Add them, one a line: {_GRAMMAR.example}"
            )
        known = {authority.id for authority in authorities}
        for offset, name in references_in(spot.note.text):
            if name not in known:
                report.add(
                    spot.note.line + offset,
                    f"The note refers to {{{name}}}, which is not among the authorities.",
                    f"Use one of {', '.join(sorted(known)) or 'the ids in the list'}, or add the authority.",
                )
        return spot

    def prose(self) -> Iterable[base.Markdown]:
        """The instructions. The note is no passage: the tutor must not quote an invented authority as the lesson's."""
        return (self.instructions,)

    def task(self) -> str:
        """The instructions, the note and the authorities, unmarked."""
        return "\n".join(
            [
                text_of(self.instructions.text),
                text_of(self.note.text, {one.id: number for number, one in enumerate(self.authorities, 1)}),
                *(f"[{number}] {authority.plain}" for number, authority in enumerate(self.authorities, 1)),
            ]
        )

    def feedback(self, item: str, answer: str) -> str:  # noqa: ARG002  (one text an authority, whatever the verdict)
        """The feedback on an authority."""
        return next((one.feedback.text for one in self.authorities if one.id == item), "")

    def mark(self, form: Form) -> Marking:
        """Hits over authorities; correct when all are hits."""
        marked = tuple(self._mark_one(number, one, form) for number, one in enumerate(self.authorities, 1))
        hits = sum(one.hit for one in marked)
        return Marking(hits / len(marked), 1.0, hits == len(marked), marked, mean([one.confidence for one in marked]))

    def _mark_one(self, number: int, authority: Item, form: Form) -> ItemMarking:
        where = str(number)
        no_verdict = ResponseError(_("Choose a verdict for authority %(number)s, then check again."), number=where)
        no_confidence = ResponseError(
            _("Choose how sure you are about authority %(number)s, then check again."), number=where
        )
        verdict = one_of(form, f"verdict-{authority.id}", VERDICTS, no_verdict)
        sure = percent(form, f"confidence-{authority.id}", LEAST_CONFIDENCE, no_confidence)
        return ItemMarking(authority.id, verdict, verdict == authority.mark, sure, authority.feedback.text)

    def render(self, step: Step, ctx: RenderContext) -> str:
        """The note, then for each authority a fieldset of three radios and a select for confidence."""
        _ = ctx.gettext
        references = {
            one.id: (number, base.html_id(ctx, step.id, one.id)) for number, one in enumerate(self.authorities, 1)
        }
        marked = {one.item: one for one in ctx.marking.items} if ctx.marking else {}
        inside = (
            base.result(ctx, self._result(ctx))
            + base.prose_html(self.instructions, ctx, base.anchors(step, ctx))
            + f'<figure class="ait-note"><figcaption class="ait-note__caption">{escape(_("Written by an AI model"))}'
            f'</figcaption><div class="ait-prose">{html_of(self.note.text, ctx.gettext, None, references)}</div></figure>'
            + '<div class="ait-authorities">'
            + "".join(
                self._authority(number, one, step, ctx, marked.get(one.id))
                for number, one in enumerate(self.authorities, 1)
            )
            + "</div>"
        )
        return base.form(step, ctx, inside, _("Check my answers") if ctx.marking is None else _("Check again"))

    def _authority(self, number: int, one: Item, step: Step, ctx: RenderContext, marked: ItemMarking | None) -> str:
        _ = ctx.gettext
        labels = {
            "reliable": _("It can be relied on"),
            "invented": _("It is invented"),
            "misused": _("It is real, but does not say this"),
        }
        name = base.html_id(ctx, step.id, one.id)
        field = f"verdict-{escape(one.id)}"
        given = chosen(ctx, f"verdict-{one.id}")
        radios = "".join(
            f'<div class="ait-option"><input class="ait-option__input" type="radio" id="{name}--{verdict}" name="{field}" '
            f'value="{verdict}" required{" checked" if verdict in given else ""}>'
            f'<label class="ait-option__label" for="{name}--{verdict}">{escape(labels[verdict])}</label></div>'
            for verdict in VERDICTS
        )
        label = _("How sure are you about authority %(number)s?") % {"number": number}
        html = (
            f'<fieldset class="ait-question ait-authority" id="{name}" tabindex="-1"{base.described(ctx, marked, name)}>'
            f'<legend class="ait-question__legend"><span class="ait-authority__number">'
            f"{escape(_('Authority %(number)s') % {'number': number})}: </span>"
            f'<span class="ait-authority__cited">{inline_html_of(one.text)}</span></legend>'
            f'<div class="ait-options">{radios}</div>'
            + base.confidence_field(ctx, f"{name}--confidence", f"confidence-{one.id}", label, _LEVELS)
        )
        if marked is not None:
            html += base.feedback(ctx, name, marked, self._verdict(one, marked, ctx))
        return html + "</fieldset>"

    def _verdict(self, one: Item, marked: ItemMarking, ctx: RenderContext) -> str:
        _ = ctx.gettext
        truth = {
            "reliable": _("it can be relied on."),
            "invented": _("it is invented."),
            "misused": _("it is real, but does not say this."),
        }
        return (_("Right: %(truth)s") if marked.hit else _("Not right: %(truth)s")) % {"truth": truth[one.mark]}

    def _result(self, ctx: RenderContext) -> str:
        _ = ctx.gettext
        if ctx.marking is None:
            return ""
        hits = sum(one.hit for one in ctx.marking.items)
        words = _("%(hits)s of %(total)s right.") % {"hits": hits, "total": len(ctx.marking.items)}
        if ctx.marking.confidence is not None and ctx.marking.items:
            words += " " + _("On average you were %(sure)s%% sure.") % {"sure": round(ctx.marking.confidence)}
        return words


def _split(lead: list[base.Line], report: base.Report) -> tuple[list[base.Line], list[base.Line]]:
    """Instructions first, then the note without its `>`; anything written after the note is a problem."""
    instructions: list[base.Line] = []
    note: list[base.Line] = []
    for line in lead:
        if line.text.startswith(">"):
            if note:
                # Blank lines between two quoted blocks stay, so that line numbers do.
                note.extend(base.Line(number, "") for number in range(note[-1].number + 1, line.number))
            note.append(base.Line(line.number, line.text[1:].removeprefix(" ")))
        elif not note:
            instructions.append(line)
        elif line.text.strip():
            report.add(
                line.number,
                "This text stands between the note and the authorities.",
                "Move it above the note, or start the line with “> ” if it is part of the note.",
            )
    return instructions, note
