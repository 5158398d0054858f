"""Spot: an AI-written note with legal authorities. Which can be relied on, which are invented, which are misused?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import ClassVar, Final

from xblock_ai_tutor.lesson.activities import base, controls
from xblock_ai_tutor.lesson.activities.items import Grammar, Item, take_items
from xblock_ai_tutor.lesson.marking import Form, ItemMarking, Marking, mean, one_of, percent
from xblock_ai_tutor.lesson.model import RenderContext, ResponseError, Step
from xblock_ai_tutor.lesson.passages import scan, text_of
from xblock_ai_tutor.lesson.render import html_of, inline_html_of
from xblock_ai_tutor.lesson.report import Line, Report

VERDICTS: Final = ("reliable", "invented", "misused")
LEAST_CONFIDENCE: Final = 50  # to judge at all is to think it at least as likely as not
_LEVELS: Final = (50, 60, 70, 80, 90, 100)
_GRAMMAR: Final = Grammar(
    "an authority",
    VERDICTS,
    "- [reliable] {caparo} *Caparo Industries plc v Dickman* [1990] 2 AC 605",
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
    def parse(cls, directive: base.Directive, report: Report) -> Spot:
        """Instructions; the note, each line starting with `>`; the authorities: `- [verdict] {id} text`."""
        lines, hints = base.take_hints(directive, report)
        lead, authorities = take_items(lines, _GRAMMAR, report)
        instructions, note = _split(lead, report)
        spot = cls(
            instructions=base.Markdown.of(instructions, directive.line),
            note=base.Markdown.of(note, directive.line),
            authorities=authorities,
            hints=hints,
        )
        spot._check(directive.line, report)
        return spot

    def _check(self, line: int, report: Report) -> None:
        if not self.instructions:
            report.add(line, "This spot does not say what to do.", "Write the instructions above the note.")
        if not self.note:
            report.add(line, "This spot has no note.", "Write the note above the authorities, each line after “> ”.")
        if len(self.authorities) < 2:
            report.add(line, "A spot needs at least two authorities.", f"Add them, one a line: {_GRAMMAR.example}")
        known = sorted(one.id for one in self.authorities if one.id)
        for offset, name in scan(self.note.text).references:
            if name not in known:
                report.add(
                    self.note.line + offset,
                    f"The note refers to {{{name}}}, which is not among the authorities.",
                    f"Use one of these: {', '.join(known) or 'none yet'}; or add the authority.",
                )

    def prose(self) -> Iterable[base.Markdown]:
        """The instructions. The note is no passage: an invented authority must not be quoted as the lesson's word."""
        return (self.instructions,)

    def authored(self) -> Iterable[base.Markdown]:
        """Instructions, note and all feedback."""
        return (self.instructions, self.note, *(one.feedback for one in self.authorities))

    def task(self) -> str:
        """The instructions, the note and the authorities, unmarked."""
        numbers = {one.id: number for number, one in self._numbered()}
        lines = [text_of(self.instructions.text), text_of(self.note.text, numbers)]
        return "\n".join([*lines, *(f"[{number}] {one.plain}" for number, one in self._numbered())])

    def marked(self) -> tuple[tuple[str, str], ...]:
        """(text, mark) of each: what the tutor's guard keeps until the learner has tried."""
        return tuple((one.plain, one.mark) for one in self.authorities)

    def feedback(self, item: str, answer: str) -> str:  # noqa: ARG002  (one text an authority, whatever the verdict)
        """The feedback on an authority."""
        return next((one.feedback.text for one in self.authorities if one.id == item), "")

    def _numbered(self) -> Iterable[tuple[int, Item]]:
        return enumerate(self.authorities, 1)

    @property
    def fields(self) -> tuple[str, ...]:
        """Of each authority: the verdict, and how sure the learner is."""
        return tuple(f"{name}-{one.id}" for one in self.authorities for name in ("verdict", "confidence"))

    def mark(self, form: Form) -> Marking:
        """Hits over authorities; correct when all are hits."""
        items = tuple(self._mark_one(number, one, form) for number, one in self._numbered())
        hits = sum(one.hit for one in items)
        return Marking(hits / len(items), 1.0, hits == len(items), items, mean([one.confidence for one in items]))

    def _mark_one(self, number: int, one: Item, form: Form) -> ItemMarking:
        no_verdict = ResponseError(_("Choose a verdict on authority %(number)s, then check again."), number=str(number))
        no_confidence = ResponseError(
            _("Choose how sure you are about authority %(number)s, then check again."), number=str(number)
        )
        verdict = one_of(form, f"verdict-{one.id}", VERDICTS, no_verdict)
        sure = percent(form, f"confidence-{one.id}", LEAST_CONFIDENCE, no_confidence)
        return ItemMarking(one.id, verdict, verdict == one.mark, sure, one.feedback.text)

    def render(self, step: Step, ctx: RenderContext) -> str:
        """The note, then for each authority a fieldset of three radios and a select for confidence."""
        _ = ctx.gettext
        written_by = _("Written by an AI model")
        links = {one.id: (number, controls.html_id(ctx, step.id, one.id)) for number, one in self._numbered()}
        inside = (
            controls.result(ctx, self._result(ctx))
            + controls.prose(self.instructions, step, ctx)
            + '<figure class="ait-note">'
            f'<figcaption class="ait-note__caption">{escape(written_by)}</figcaption>'
            f'<div class="ait-prose">{html_of(self.note.text, ctx.gettext, references=links)}</div></figure>'
            '<div class="ait-authorities">'
            + "".join(self._authority(number, one, step, ctx) for number, one in self._numbered())
            + "</div>"
        )
        return controls.form(step, ctx, inside, _("Check my answers") if ctx.marking is None else _("Check again"))

    def _authority(self, number: int, one: Item, step: Step, ctx: RenderContext) -> str:
        _ = ctx.gettext
        name = controls.html_id(ctx, step.id, one.id)
        marked = next((found for found in (ctx.marking.items if ctx.marking else ()) if found.item == one.id), None)
        radios = "".join(
            controls.option(ctx, f"{name}--{verdict}", "radio", (f"verdict-{one.id}", verdict), escape(words))
            for verdict, words in _labels(ctx.gettext).items()
        )
        place = {"number": number}
        heading = _("Authority %(number)s:") % place
        sure = _("How sure are you about authority %(number)s?") % place
        return (
            f'<fieldset class="ait-question ait-authority" id="{name}" tabindex="-1"'
            f"{controls.describedby(controls.feedback_id(name, marked))}>"
            f'<legend class="ait-question__legend">'
            f'<span class="ait-authority__number">{escape(heading)}</span> '
            f'<span class="ait-authority__cited">{inline_html_of(one.text)}</span></legend>'
            f'<div class="ait-options">{radios}</div>'
            + controls.confidence(ctx, f"{name}--confidence", f"confidence-{one.id}", sure, _LEVELS)
            + (controls.feedback(ctx, name, marked, _verdict(one, marked, ctx.gettext)) if marked else "")
            + "</fieldset>"
        )

    def _result(self, ctx: RenderContext) -> str:
        _ = ctx.gettext
        items = ctx.marking.items if ctx.marking else ()
        words = _("%(hits)s of %(total)s right.") % {"hits": sum(one.hit for one in items), "total": len(items)}
        sure = mean([one.confidence for one in items])
        if sure is not None:
            words += " " + _("On average you were %(sure)s%% sure.") % {"sure": round(sure)}
        return words


def _labels(gettext: Callable[[str], str]) -> dict[str, str]:
    """The verdicts as the learner reads them, in the order of `VERDICTS`."""
    _ = gettext
    return {
        "reliable": _("It can be relied on"),
        "invented": _("It is invented"),
        "misused": _("It is real, but does not say this"),
    }


def _verdict(one: Item, marked: ItemMarking, gettext: Callable[[str], str]) -> str:
    """Whether the learner is right, with the truth, as one sentence that can be translated whole."""
    _ = gettext
    if marked.hit:
        return {
            "reliable": _("Right: it can be relied on."),
            "invented": _("Right: it is invented."),
            "misused": _("Right: it is real, but does not say this."),
        }[one.mark]
    return {
        "reliable": _("Not right: it can be relied on."),
        "invented": _("Not right: it is invented."),
        "misused": _("Not right: it is real, but does not say this."),
    }[one.mark]


def _split(lead: list[Line], report: Report) -> tuple[list[Line], list[Line]]:
    """Instructions first, then the note without its `>`; anything written after the note is a problem."""
    instructions: list[Line] = []
    note: list[Line] = []
    for line in lead:
        if line.text.startswith(">"):
            if note:
                # Blank lines between two quoted blocks stay, so that line numbers do.
                note.extend(Line(number, "") for number in range(note[-1].number + 1, line.number))
            note.append(Line(line.number, line.text[1:].removeprefix(" ")))
        elif not note:
            instructions.append(line)
        elif line.text.strip():
            report.add(
                line.number,
                "This text stands between the note and the authorities.",
                "Move it above the note, or start the line with “> ” if it is part of the note.",
            )
    return instructions, note
