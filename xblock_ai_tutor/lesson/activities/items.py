"""The list of items that `choice` and `spot` share: `- [mark] {id} text`, continuations, and `> feedback`.

Reads lines into items and reports what is wrong; what the marks mean is the activity's business.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from xblock_ai_tutor.lesson.activities.base import Markdown
from xblock_ai_tutor.lesson.passages import has_link, inline_text_of
from xblock_ai_tutor.lesson.report import ID_CURE, Line, Report, did_you_mean, is_id, shortened

_ITEM = re.compile(r"- \[([^\]]*)\](?:[ \t]+\{([^}]*)\})?[ \t]*(.*)")
_LIKE_AN_ITEM = re.compile(r"[ \t]*[-*+][ \t]*\[[^\]]{0,12}\](?![(\[])")
_FEEDBACK = re.compile(r"[ \t]+>[ \t]?(.*)")


@dataclass(frozen=True, slots=True)
class Item:
    """One option or authority: its id, what the author marked it as, its inline Markdown, its feedback."""

    id: str
    mark: str
    text: str
    feedback: Markdown
    line: int

    @property
    def plain(self) -> str:
        """The text without Markdown."""
        return inline_text_of(self.text)


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one activity writes its items: what one is called, which marks it may have, and an example."""

    noun: str
    marks: tuple[str, ...]
    example: str


class _Draft:
    """An item while its lines are still coming."""

    def __init__(self, line: Line, mark: str, identifier: str, text: str) -> None:
        self.line = line.number
        self.mark = mark
        self.id = identifier
        self.text = [text]
        self.feedback: list[Line] = []

    def item(self) -> Item:
        feedback = Markdown.of(self.feedback, self.line)
        return Item(self.id, self.mark, " ".join(part for part in self.text if part), feedback, self.line)


def take_items(lines: Sequence[Line], grammar: Grammar, report: Report) -> tuple[list[Line], tuple[Item, ...]]:
    """Split lines into those before the first item and the items themselves."""
    lead: list[Line] = []
    drafts: list[_Draft] = []
    for line in lines:
        found = _ITEM.fullmatch(line.text)
        if found:
            drafts.append(
                _Draft(line, _mark(found[1], line, grammar, report), (found[2] or "").strip(), found[3].strip())
            )
        elif _LIKE_AN_ITEM.match(line.text):
            report.add(
                line.number,
                f"This looks like {grammar.noun} but is not written as one.",
                f"Start the line with “- [”, without spaces before it, like: {grammar.example}",
            )
        elif not drafts:
            lead.append(line)
        elif feedback := _FEEDBACK.fullmatch(line.text):
            drafts[-1].feedback.append(Line(line.number, feedback[1]))
        elif not line.text.strip():
            continue
        elif line.text[0] in {" ", "\t"}:
            _continue(drafts[-1], line, grammar, report)
        else:
            report.add(
                line.number,
                f"This line comes after {grammar.noun} and belongs to none.",
                "Indent it by two spaces to go on with the text above, start it with “  > ” for feedback, "
                "or move it above the list.",
            )
    items = tuple(draft.item() for draft in drafts)
    _check(items, grammar, report)
    return lead, items


def _mark(written: str, line: Line, grammar: Grammar, report: Report) -> str:
    mark = written.strip().lower()
    if mark in grammar.marks:
        return mark
    shown = " or ".join(f"[{known or ' '}]" for known in grammar.marks)
    cure = f"Write {shown}.{did_you_mean(mark, grammar.marks, '[{}]')}"
    report.add(line.number, f"[{shortened(written)}] does not say what this is.", cure)
    return grammar.marks[0]


def _continue(draft: _Draft, line: Line, grammar: Grammar, report: Report) -> None:
    if draft.feedback:
        report.add(
            line.number,
            f"This line follows the feedback on {grammar.noun} but does not start with “>”.",
            "Start it with “  > ” to go on with the feedback.",
        )
    else:
        draft.text.append(line.text.strip())


def _check(items: Collection[Item], grammar: Grammar, report: Report) -> None:
    seen: dict[str, int] = {}
    for item in items:
        if not item.id:
            report.add(item.line, f"This is {grammar.noun} without an id.", f"Write one in braces: {grammar.example}")
        elif not is_id(item.id):
            report.add(item.line, f"The id “{shortened(item.id)}” cannot be used.", ID_CURE)
        elif item.id in seen:
            report.add(
                item.line,
                f"The id “{item.id}” is already used on line {seen[item.id]}.",
                "Give each its own id within the step.",
            )
        else:
            seen[item.id] = item.line
        if not item.plain:
            report.add(
                item.line, f"This is {grammar.noun} without text.", f"Write what the learner reads: {grammar.example}"
            )
        if has_link(item.text):
            report.add(
                item.line,
                "A link or an image cannot be part of something that the learner selects.",
                "Move the link to the task above, or to the feedback.",
            )
        if not item.feedback:
            report.add(
                item.line,
                f"“{shortened(item.id or item.plain)}” has no feedback.",
                "Add a line below it that starts with “  > ” and says why it is right or wrong.",
            )
