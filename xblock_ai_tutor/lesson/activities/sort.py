"""Sort: which of these belongs where? Each wrong place has its harm, so that the worst mistakes cost the most marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import ClassVar, Final

from xblock_ai_tutor.lesson.activities import base, controls
from xblock_ai_tutor.lesson.activities.items import Grammar, Item, take_items
from xblock_ai_tutor.lesson.activities.named import Named, take_named
from xblock_ai_tutor.lesson.marking import Form, ItemMarking, Marking, mean, one_of, percent
from xblock_ai_tutor.lesson.model import RenderContext, ResponseError, Step
from xblock_ai_tutor.lesson.passages import text_of
from xblock_ai_tutor.lesson.render import inline_html_of
from xblock_ai_tutor.lesson.report import Line, Report, did_you_mean, shortened

HARM: Final = (1, 2, 3, 4, 5)
LEAST_CONFIDENCE: Final = 0
_LEVELS: Final = (0, 25, 50, 75, 100)
_BIN: Final = "- (chatgpt) The department's own ChatGPT"
_ITEM: Final = "- [chatgpt] {press-notice} A press notice that is published"
_WRONG: Final = "  - (none) 2 That is careful, but it costs you the help."
_STARTS: Final = re.compile(r"- \[([^\]]*)\](?![(\[])")
_DETAIL: Final = re.compile(r"[ \t]+[-*+](?:[ \t]*\(|[ \t])")
_PLACED: Final = re.compile(r"[ \t]+- \(([^()]*)\)[ \t]*(?:([0-9]+)(?=[ \t]|$))?[ \t]*(.*)")


def _(message: str) -> str:
    """Mark a msgid for extraction; `ResponseError.localised` translates it later."""
    return message


@dataclass(frozen=True, slots=True)
class Placing:
    """What putting an item into a wrong bin does: its harm, 1–5, and its own feedback, which may be empty."""

    harm: int
    feedback: base.Markdown


@dataclass(frozen=True, slots=True)
class Sort(base.Kind):
    """Bins and items. An item's `mark` is its right bin; `placings` has {bin: what happens there} for each item."""

    kind: ClassVar[str] = "sort"
    attributes: ClassVar[Mapping[str, tuple[str, ...]]] = {"confidence": ("none", "ask")}

    question: base.Markdown
    bins: tuple[Named, ...]
    items: tuple[Item, ...]
    placings: Mapping[str, Mapping[str, Placing]]
    asks_confidence: bool
    hints: tuple[str, ...] = ()

    @classmethod
    def parse(cls, directive: base.Directive, report: Report) -> Sort:
        """The question; the bins: `- (bin) text`; the items: `- [bin] {id} text`, with `  - (bin) 5 feedback`."""
        lines, hints = base.take_hints(directive, report)
        first = next((at for at, line in enumerate(lines) if _STARTS.match(line.text)), len(lines))
        lead, bins = take_named(lines[:first], "a place to put things", _BIN, report)
        # Without bins every item would be a problem of its own: the missing bins are the one that counts.
        written = (found[1].strip().lower() for line in lines[first:] if (found := _STARTS.match(line.text)))
        marks = tuple(one.id for one in bins if one.id) or (*written, "")
        grammar = Grammar("an item", marks, _ITEM, details=_DETAIL)
        above, items = take_items([*lead, *lines[first:]], grammar, report)
        known = {one.id for one in bins}
        placings = {item.id: dict(_placings(item, known, report)) for item in items}
        question = base.Markdown.of(above, directive.line)
        confidence = base.attribute(directive, cls, "confidence") == "ask"
        sort = cls(question, bins, items, placings, confidence, hints)
        sort._check(directive.line, report)
        return sort

    def _check(self, line: int, report: Report) -> None:
        if not self.question:
            report.add(line, "This sort does not say what to do.", "Write the question above the places.")
        if len(self.bins) < 2:
            report.add(line, "A sort needs at least two places.", f"Add them above the items, one a line: {_BIN}")
        if len(self.items) < 2:
            report.add(line, "A sort needs at least two items.", f"Add them, one a line: {_ITEM}")

    def prose(self) -> Iterable[base.Markdown]:
        """The question."""
        return (self.question,)

    def authored(self) -> Iterable[base.Markdown]:
        """The question and all feedback."""
        placed = (one.feedback for placings in self.placings.values() for one in placings.values())
        return (self.question, *(item.feedback for item in self.items), *placed)

    def task(self) -> str:
        """The question, the places and the items, unsorted."""
        places = [f"({one.id}) {one.text}" for one in self.bins]
        return "\n".join([text_of(self.question.text), *places, *(f"- {item.plain}" for item in self.items)])

    def marked(self) -> tuple[tuple[str, str], ...]:
        """(item, the words of its right place)."""
        words = {one.id: one.text for one in self.bins}
        return tuple((item.plain, words[item.mark]) for item in self.items)

    def feedback(self, item: str, answer: str) -> str:
        """The feedback on an item in that place: its own, or the item's general one."""
        own = self.placings.get(item, {}).get(answer)
        if own is not None and own.feedback:
            return own.feedback.text
        return next((one.feedback.text for one in self.items if one.id == item), "")

    def harm(self, item: Item, place: str) -> int:
        """The harm of an item in that place: 0 in the right one, 1 where the author gives none."""
        if place == item.mark:
            return 0
        own = self.placings[item.id].get(place)
        return own.harm if own is not None else HARM[0]

    def greatest(self, item: Item) -> int:
        """The harm of the worst place for an item."""
        return max(self.harm(item, one.id) for one in self.bins)

    @property
    def fields(self) -> tuple[str, ...]:
        """Of each item: its place and, where that is asked, how sure the learner is."""
        names = ("place", "confidence") if self.asks_confidence else ("place",)
        return tuple(f"{name}-{item.id}" for item in self.items for name in names)

    def mark(self, form: Form) -> Marking:
        """1 less the harm done over the greatest harm that could have been done."""
        items = tuple(self._mark_one(number, item, form) for number, item in enumerate(self.items, 1))
        done = sum(one.harm or 0 for one in items)
        earned = 1 - done / sum(self.greatest(item) for item in self.items)
        return Marking(earned, 1.0, all(one.hit for one in items), items, mean([one.confidence for one in items]))

    def _mark_one(self, number: int, item: Item, form: Form) -> ItemMarking:
        missing = ResponseError(_("Choose a place for item %(number)s, then check again."), number=str(number))
        place = one_of(form, f"place-{item.id}", {one.id for one in self.bins}, missing)
        sure = None
        if self.asks_confidence:
            unsure = ResponseError(
                _("Choose how sure you are about item %(number)s, then check again."), number=str(number)
            )
            sure = percent(form, f"confidence-{item.id}", LEAST_CONFIDENCE, unsure)
        harm = self.harm(item, place)
        share = 1 - harm / self.greatest(item)
        return ItemMarking(item.id, place, harm == 0, sure, self.feedback(item.id, place), share, harm)

    def render(self, step: Step, ctx: RenderContext) -> str:
        """The question, then for each item a fieldset with one radio a place."""
        _ = ctx.gettext
        inside = (
            controls.result(ctx, self._result(ctx))
            + controls.prose(self.question, step, ctx)
            + '<div class="ait-items">'
            + "".join(self._item(number, item, step, ctx) for number, item in enumerate(self.items, 1))
            + "</div>"
        )
        return controls.form(step, ctx, inside, _("Check my answers") if ctx.marking is None else _("Check again"))

    def _item(self, number: int, item: Item, step: Step, ctx: RenderContext) -> str:
        _ = ctx.gettext
        name = controls.html_id(ctx, step.id, item.id)
        marked = next((one for one in (ctx.marking.items if ctx.marking else ()) if one.item == item.id), None)
        radios = "".join(
            controls.option(ctx, f"{name}--place--{one.id}", "radio", (f"place-{item.id}", one.id), escape(one.text))
            for one in self.bins
        )
        sure = _("How sure are you about item %(number)s?") % {"number": number}
        return (
            f'<fieldset class="ait-question ait-item"{controls.describedby(controls.feedback_id(name, marked))}>'
            f'<legend class="ait-question__legend"><span class="ait-authority__number">{number}.</span> '
            f"{inline_html_of(item.text)}</legend>"
            f'<div class="ait-options">{radios}</div>'
            + (
                controls.confidence(ctx, f"{name}--confidence", f"confidence-{item.id}", sure, _LEVELS)
                if self.asks_confidence
                else ""
            )
            + (controls.feedback(ctx, name, marked, self._verdict(item, marked, ctx)) if marked else "")
            + "</fieldset>"
        )

    def _verdict(self, item: Item, marked: ItemMarking, ctx: RenderContext) -> str:
        _ = ctx.gettext
        place = next((one.text for one in self.bins if one.id == item.mark), "")
        if marked.hit:
            return _("Right: %(place)s.") % {"place": place}
        return _("Not right. It belongs here: %(place)s. Harm %(harm)s of 5.") % {"place": place, "harm": marked.harm}

    def _result(self, ctx: RenderContext) -> str:
        _ = ctx.gettext
        items = ctx.marking.items if ctx.marking else ()
        found = {"hits": sum(one.hit for one in items), "total": len(items)}
        words = _("%(hits)s of %(total)s right.") % found
        harm = sum(one.harm or 0 for one in items)
        return words + " " + _("Harm done: %(harm)s.") % {"harm": harm} if harm else words


def _placings(item: Item, bins: set[str], report: Report) -> Iterable[tuple[str, Placing]]:
    """The lines `  - (bin) harm feedback` below an item."""
    seen: set[str] = set()
    for line in item.details:
        found = _PLACED.fullmatch(line.text)
        if found is None:
            report.add(line.number, "This line about a wrong place cannot be read.", f"Write it like: {_WRONG}")
            continue
        place, harm = found[1].strip(), found[2]
        if place not in bins:
            cure = f"Use one of these: {', '.join(sorted(bins))}.{did_you_mean(place, bins)}"
            report.add(line.number, f"({shortened(place)}) is not one of the places.", cure)
        elif place == item.mark:
            cause = f"({place}) is the right place for this item, so it does no harm."
            report.add(line.number, cause, "Write what is to be said about it in a line that starts with “  > ”.")
        elif place in seen:
            report.add(line.number, f"({place}) is given twice for this item.", "Keep one of the two.")
        if harm is not None and (len(harm) > 1 or int(harm) not in HARM):
            report.add(line.number, f"The harm cannot be {shortened(harm)}.", "Write a whole number from 1 to 5.")
        seen.add(place)
        worth = int(harm) if harm is not None and len(harm) == 1 and int(harm) in HARM else HARM[0]
        yield place, Placing(worth, base.Markdown.of([Line(line.number, found[3])], line.number))
