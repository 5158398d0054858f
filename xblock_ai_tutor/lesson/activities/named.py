"""Lists of what can be selected, each with its id: `- (id) text`. The bins of `sort`, the places and findings of
`verify`. And the quoted texts that several kinds set apart from the task: lines that start with `>`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from xblock_ai_tutor.lesson.activities.items import check_ids
from xblock_ai_tutor.lesson.passages import has_link, inline_text_of
from xblock_ai_tutor.lesson.report import Line, Report

_NAMED = re.compile(r"- \(([^()]*)\)[ \t]*(.*)")
_LIKE_NAMED = re.compile(r"[ \t]*[-*+][ \t]*\([^()]{0,64}\)")


@dataclass(frozen=True, slots=True)
class Named:
    """Something that can be selected: its id and its words (plain text)."""

    id: str
    text: str
    line: int


def take_named(lines: Sequence[Line], noun: str, example: str, report: Report) -> tuple[list[Line], tuple[Named, ...]]:
    """Split lines into the others and the named ones; an indented line goes on with the one above."""
    others: list[Line] = []
    drafts: list[tuple[int, str, list[str]]] = []
    for line in lines:
        if found := _NAMED.fullmatch(line.text):
            drafts.append((line.number, found[1].strip(), [found[2]]))
        elif _LIKE_NAMED.match(line.text):
            report.add(
                line.number,
                f"This looks like {noun} but is not written as one.",
                f"Start the line with “- (”, without spaces before it, like: {example}",
            )
        elif drafts and line.text[:1] in {" ", "\t"} and line.text.strip():
            drafts[-1][2].append(line.text.strip())
        else:
            others.append(line)
    named = tuple(Named(name, inline_text_of(" ".join(words)), number) for number, name, words in drafts)
    check_ids([(one.id, one.line) for one in named], noun, example, report)
    for one, (number, _, words) in zip(named, drafts, strict=True):
        if not one.text:
            report.add(number, f"This is {noun} without text.", f"Write what the learner reads, like: {example}")
        if has_link(" ".join(words)):
            cause = "A link, an image or a glossary term cannot be part of something that the learner selects."
            report.add(number, cause, "Move it to the task above.")
    return others, named


def quoted(lines: Sequence[Line], mark: str = ">") -> list[Line]:
    """The lines that start with the mark, without it; blank lines stand in for those between two blocks."""
    found: list[Line] = []
    for line in lines:
        if is_quoted(line, mark):
            if found:
                found.extend(Line(number, "") for number in range(found[-1].number + 1, line.number))
            found.append(Line(line.number, line.text[len(mark) :].removeprefix(" ")))
    return found


def is_quoted(line: Line, mark: str = ">") -> bool:
    """Whether a line belongs to the text with that mark, and not to one with a longer mark."""
    return line.text.startswith(mark) and not line.text.startswith(f"{mark}>")


def before_quote(lines: Sequence[Line], after: str, report: Report) -> list[Line]:
    """The lines above the quoted text; anything but blank lines and quotations further down is a problem."""
    above: list[Line] = []
    passed = False
    for line in lines:
        if line.text.startswith(">"):
            passed = True
        elif not passed:
            above.append(line)
        elif line.text.strip():
            report.add(
                line.number,
                f"This text stands between the note and {after}.",
                "Move it above the note, or start the line with “> ” if it is part of the note.",
            )
    return above
