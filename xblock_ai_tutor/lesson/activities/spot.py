"""Spot: an AI-written note. Which authorities can be relied on, or, beside its source, which statements are wrong?

Beside the mark it reports hits and false alarms, so that flagging everything does not pay: see `lesson.detection`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from xblock_ai_tutor.lesson.activities import base, spot_page
from xblock_ai_tutor.lesson.activities.items import Grammar, Item, take_items
from xblock_ai_tutor.lesson.activities.named import before_quote, quoted
from xblock_ai_tutor.lesson.activities.verdicts import AUTHORITIES, ERRORS, WAYS, Way
from xblock_ai_tutor.lesson.detection import Detection
from xblock_ai_tutor.lesson.marking import Form, ItemMarking, Marking, mean, one_of, percent
from xblock_ai_tutor.lesson.model import RenderContext, ResponseError, Step
from xblock_ai_tutor.lesson.passages import scan, text_of
from xblock_ai_tutor.lesson.report import Report

LEAST_CONFIDENCE: Final = 50  # to judge at all is to think it at least as likely as not
_NOTHING: Final = base.Markdown("", 0)
KIND_MISSED: Final = 0.5  # of a mark, where something is found wrong and called by another name


def _(message: str) -> str:
    """Mark a msgid for extraction; `ResponseError.localised` translates it later."""
    return message


@dataclass(frozen=True, slots=True)
class Spot(base.Kind):
    """A note and what is to be judged in it: `authorities`, each with the right verdict as its `mark`."""

    kind: ClassVar[str] = "spot"
    attributes: ClassVar[Mapping[str, tuple[str, ...]]] = {"verdicts": tuple(WAYS), "confidence": ("ask", "none")}

    instructions: base.Markdown
    note: base.Markdown
    authorities: tuple[Item, ...]
    hints: tuple[str, ...] = ()
    way: Way = AUTHORITIES
    source: base.Markdown = _NOTHING
    asks_confidence: bool = True

    @classmethod
    def parse(cls, directive: base.Directive, report: Report) -> Spot:
        """Instructions; the note, each line starting with `>`, its source with `>>`; then `- [verdict] {id} text`."""
        lines, hints = base.take_hints(directive, report)
        way = WAYS.get(base.attribute(directive, cls, "verdicts"), AUTHORITIES)
        lead, authorities = take_items(lines, Grammar(way.noun, way.verdicts, way.example), report)
        source = quoted(lead, ">>") if way is ERRORS else []
        kept = {line.number for line in source}
        note = quoted([line for line in lead if line.number not in kept]) if source else quoted(lead, ">")
        spot = cls(
            instructions=base.Markdown.of(before_quote(lead, f"the {way.plural}", report), directive.line),
            note=base.Markdown.of(note, directive.line),
            authorities=authorities,
            hints=hints,
            way=way,
            source=base.Markdown.of(source, directive.line),
            asks_confidence=base.attribute(directive, cls, "confidence") == "ask",
        )
        spot._check(directive.line, report)
        return spot

    def _check(self, line: int, report: Report) -> None:
        if not self.instructions:
            report.add(line, "This spot does not say what to do.", "Write the instructions above the note.")
        if not self.note:
            cure = f"Write the note above the {self.way.plural}, each line after “> ”."
            report.add(line, "This spot has no note.", cure)
        if len(self.authorities) < 2:
            cause = f"A spot needs at least two {self.way.plural}."
            report.add(line, cause, f"Add them, one a line: {self.way.example}")
        if self.way is ERRORS:
            self._check_errors(line, report)
        known = sorted(one.id for one in self.authorities if one.id)
        for offset, name in scan(self.note.text).references:
            if name not in known:
                report.add(
                    self.note.line + offset,
                    f"The note refers to {{{name}}}, which is not among the {self.way.plural}.",
                    f"Use one of these: {', '.join(known) or 'none yet'}; or add {self.way.noun}.",
                )

    def _check_errors(self, line: int, report: Report) -> None:
        if not self.source:
            cure = "Below the note, write the text that it is checked against, each line after “>> ”."
            report.add(line, "This spot has no source to check the note against.", cure)
        wrong = sum(self._is_target(one) for one in self.authorities)
        if len(self.authorities) > 1 and wrong in {0, len(self.authorities)}:
            cause = "All statements are sound." if not wrong else "No statement is sound."
            report.add(line, cause, "Mix [sound] statements with wrong ones: otherwise flagging all or none is right.")

    def prose(self) -> Iterable[base.Markdown]:
        """The instructions. The note is no passage: an invented authority must not be quoted as the lesson's word."""
        return (self.instructions,)

    def authored(self) -> Iterable[base.Markdown]:
        """Instructions, note, source and all feedback."""
        return (self.instructions, self.note, self.source, *(one.feedback for one in self.authorities))

    def task(self) -> str:
        """The instructions, the note, its source, and what is to be judged, unmarked."""
        numbers = {one.id: number for number, one in self.numbered()}
        lines = [text_of(self.instructions.text), text_of(self.note.text, numbers)]
        lines += [text_of(self.source.text)] if self.source else []
        return "\n".join([*lines, *(f"[{number}] {one.plain}" for number, one in self.numbered())])

    def marked(self) -> tuple[tuple[str, str], ...]:
        """(text, mark) of each: what the tutor's guard keeps until the learner has tried."""
        return tuple((one.plain, one.mark) for one in self.authorities)

    def feedback(self, item: str, answer: str) -> str:  # noqa: ARG002  (one text an authority, whatever the verdict)
        """The feedback on an authority."""
        return next((one.feedback.text for one in self.authorities if one.id == item), "")

    def numbered(self) -> Iterable[tuple[int, Item]]:
        """What is to be judged, counted from 1, as learners see it."""
        return enumerate(self.authorities, 1)

    def _is_target(self, one: Item) -> bool:
        return one.mark != self.way.sound

    @property
    def fields(self) -> tuple[str, ...]:
        """Of each authority: the verdict, and how sure the learner is."""
        names = ("verdict", "confidence") if self.asks_confidence else ("verdict",)
        return tuple(f"{name}-{one.id}" for one in self.authorities for name in names)

    def mark(self, form: Form) -> Marking:
        """Authorities: right verdicts over all. Errors: the share of errors found less the share of false alarms."""
        items = tuple(self._mark_one(number, one, form) for number, one in self.numbered())
        found = self._detection(items)
        hits = sum(one.hit for one in items)
        earned = hits / len(items)
        if self.way is ERRORS:
            pairs = zip(self.authorities, items, strict=True)
            credit = sum(marked.earned for one, marked in pairs if self._is_target(one))
            earned = max(0.0, credit / found.targets - found.false_alarms / found.non_targets)
        sure = mean([one.confidence for one in items])
        return Marking(earned, 1.0, hits == len(items), items, sure, found)

    def _mark_one(self, number: int, one: Item, form: Form) -> ItemMarking:
        place = {"number": str(number)}
        if self.way is ERRORS:
            no_verdict = ResponseError(_("Choose a verdict on statement %(number)s, then check again."), **place)
            unsure = ResponseError(_("Choose how sure you are about statement %(number)s, then check again."), **place)
        else:
            no_verdict = ResponseError(_("Choose a verdict on authority %(number)s, then check again."), **place)
            unsure = ResponseError(_("Choose how sure you are about authority %(number)s, then check again."), **place)
        verdict = one_of(form, f"verdict-{one.id}", self.way.verdicts, no_verdict)
        sure = percent(form, f"confidence-{one.id}", LEAST_CONFIDENCE, unsure) if self.asks_confidence else None
        share = float(verdict == one.mark)
        if self.way is ERRORS and not share and self.way.sound not in {verdict, one.mark}:
            share = KIND_MISSED
        return ItemMarking(one.id, verdict, verdict == one.mark, sure, one.feedback.text, share)

    def _detection(self, items: Iterable[ItemMarking]) -> Detection:
        flagged = {one.item for one in items if one.answer != self.way.sound}
        targets = {one.id for one in self.authorities if self._is_target(one)}
        return Detection(
            len(flagged & targets), len(flagged - targets), len(targets), len(self.authorities) - len(targets)
        )

    def render(self, step: Step, ctx: RenderContext) -> str:
        """See `spot_page`."""
        return spot_page.page(self, step, ctx)
