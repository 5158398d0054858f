"""The list of items that most kinds share: `- [mark] {id} text`, continuations, details and `> feedback`.

Reads lines into items and reports what is wrong; what the marks and the details mean is the activity's business.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from xblock_ai_tutor.lesson.activities.base import Markdown
from xblock_ai_tutor.lesson.passages import has_link, inline_text_of
from xblock_ai_tutor.lesson.report import ID_CURE, Line, Report, did_you_mean, is_id, shortened

_MARKED = re.compile(r"- \[([^\]]*)\](?:[ \t]+\{([^}]*)\})?[ \t]*(.*)")
_UNMARKED = re.compile(r"- ()\{([^}]*)\}[ \t]*(.*)")
_LIKE_MARKED = re.compile(r"[ \t]*[-*+][ \t]*\[[^\]]{0,12}\](?![(\[])")
_LIKE_UNMARKED = re.compile(r"[ \t]*[-*+][ \t]*(?:\[[^\]]{0,12}\][ \t]*)?\{[^}]{0,80}\}")
_FEEDBACK = re.compile(r"[ \t]+>[ \t]?(.*)")


@dataclass(frozen=True, slots=True)
class Item:
    """One option, authority, entry …: its id, what the author marked it as, its inline Markdown, its feedback.

    `details` are the lines below it that its activity reads itself, each with its continuations.
    """

    id: str
    mark: str
    text: str
    feedback: Markdown
    line: int
    details: tuple[Line, ...] = ()

    @property
    def plain(self) -> str:
        """The text without Markdown."""
        return inline_text_of(self.text)


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one activity writes its items: what one is called, which marks it may have (none: no brackets), an example.

    `details` fits the indented lines that the activity reads itself. `asks_text`, `asks_feedback`: each must have some.
    """

    noun: str
    marks: tuple[str, ...]
    example: str
    details: re.Pattern[str] | None = None
    asks_text: bool = True
    asks_feedback: bool = True

    @property
    def opening(self) -> str:
        """How an item's line starts."""
        return "- [" if self.marks else "- {"


class _Draft:
    """An item while its lines are still coming."""

    def __init__(self, line: Line, mark: str, identifier: str, text: str) -> None:
        self.line = line.number
        self.mark = mark
        self.id = identifier
        self.text = [text]
        self.feedback: list[Line] = []
        self.details: list[Line] = []
        self.in_feedback = False

    def item(self) -> Item:
        feedback = Markdown.of(self.feedback, self.line)
        text = " ".join(part for part in self.text if part)
        return Item(self.id, self.mark, text, feedback, self.line, tuple(self.details))

    def is_detail(self, line: Line, grammar: Grammar) -> bool:
        """Take the line when the activity reads it itself."""
        if grammar.details is None or not grammar.details.match(line.text):
            return False
        self.details.append(line)
        self.in_feedback = False
        return True

    def give_feedback(self, line: Line) -> None:
        self.feedback.append(line)
        self.in_feedback = True

    def go_on(self, line: Line, grammar: Grammar, report: Report) -> None:
        """An indented line goes on with what stands above it."""
        if self.in_feedback:
            report.add(
                line.number,
                f"This line follows the feedback on {grammar.noun} but does not start with “>”.",
                "Start it with “  > ” to go on with the feedback.",
            )
        elif self.details:
            last = self.details[-1]
            self.details[-1] = Line(last.number, f"{last.text.rstrip()} {line.text.strip()}")
        else:
            self.text.append(line.text.strip())


def take_items(lines: Sequence[Line], grammar: Grammar, report: Report) -> tuple[list[Line], tuple[Item, ...]]:
    """Split lines into those before the first item and the items themselves."""
    pattern, like = (_MARKED, _LIKE_MARKED) if grammar.marks else (_UNMARKED, _LIKE_UNMARKED)
    lead: list[Line] = []
    drafts: list[_Draft] = []
    for line in lines:
        found = pattern.fullmatch(line.text)
        if found:
            mark = _mark(found[1], line, grammar, report) if grammar.marks else ""
            drafts.append(_Draft(line, mark, (found[2] or "").strip(), found[3].strip()))
        elif drafts and drafts[-1].is_detail(line, grammar):
            continue
        elif like.match(line.text):
            report.add(
                line.number,
                f"This looks like {grammar.noun} but is not written as one.",
                f"Start the line with “{grammar.opening}”, without spaces before it, like: {grammar.example}",
            )
        elif not drafts:
            lead.append(line)
        elif feedback := _FEEDBACK.fullmatch(line.text):
            drafts[-1].give_feedback(Line(line.number, feedback[1]))
        elif not line.text.strip():
            continue
        elif line.text[0] in {" ", "\t"}:
            drafts[-1].go_on(line, grammar, report)
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


def check_ids(found: Collection[tuple[str, int]], noun: str, example: str, report: Report) -> None:
    """Each (id, line) is an id, and used once."""
    seen: dict[str, int] = {}
    for name, line in found:
        if not name:
            report.add(line, f"This is {noun} without an id.", f"Write one, like: {example}")
        elif not is_id(name):
            report.add(line, f"The id “{shortened(name)}” cannot be used.", ID_CURE)
        elif name in seen:
            report.add(
                line, f"The id “{name}” is already used on line {seen[name]}.", "Give each its own id within the step."
            )
        else:
            seen[name] = line


def _check(items: Collection[Item], grammar: Grammar, report: Report) -> None:
    check_ids([(item.id, item.line) for item in items], grammar.noun, grammar.example, report)
    for item in items:
        if grammar.asks_text and not item.plain:
            report.add(
                item.line, f"This is {grammar.noun} without text.", f"Write what the learner reads: {grammar.example}"
            )
        if has_link(item.text):
            report.add(
                item.line,
                "A link, an image or a glossary term cannot be part of something that the learner selects.",
                "Move it to the task above, or to the feedback.",
            )
        if grammar.asks_feedback and not item.feedback:
            report.add(
                item.line,
                f"“{shortened(item.id or item.plain)}” has no feedback.",
                "Add a line below it that starts with “  > ” and says why it is right or wrong.",
            )
