"""Cuts the part of a lesson after its head into fenced directives; says what is open, stray or unreadable.

`:::kind name="value"` opens, `:::` closes, both at the start of a line. Every line ends up in exactly one block, so the
blocks joined are the text again. What is inside a directive is the business of its activity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.lesson.activities.base import Directive
from xblock_ai_tutor.lesson.report import Line, Report, shortened

EXAMPLE: Final = ':::reading id="first-look" title="A first look"'
_OPENING: Final = re.compile(r":::[ \t]*([^\s:]\S*)(.*)")
_CLOSING: Final = re.compile(r":::[ \t]*")
_CODE: Final = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)")
_ATTRIBUTE: Final = re.compile(r'[ \t]+([A-Za-z][A-Za-z0-9_-]*)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of lines: blank ones and then one directive, or (directive None) what follows the last directive."""

    lines: Sequence[Line]
    directive: Directive | None

    @property
    def source(self) -> str:
        """The lines as they were, each with its newline."""
        return "".join(f"{line.text}\n" for line in self.lines)


def cut(lines: Sequence[Line], report: Report) -> Iterator[Block]:
    """The blocks of the lines, in order, with no line left out."""
    start = 0
    opened: int | None = None
    for position, line in enumerate(lines):
        if opening := _OPENING.fullmatch(line.text):
            if opened is not None:
                _check_code(lines[opened + 1 : position], report)
                _unclosed(lines[opened], report)
                yield Block(lines[start:position], _directive(lines[opened:position], report))
                start = position
            opened = position
        elif opened is None:
            _outside(line, report)
        elif _CLOSING.fullmatch(line.text):
            _check_code(lines[opened + 1 : position], report)
            yield Block(lines[start : position + 1], _directive(lines[opened:position], report))
            start, opened = position + 1, None
        elif opening is None and line.text.startswith("::::"):
            report.add(line.number, "A directive is fenced by three colons, not more.", "Write ::: alone.")
    if opened is not None:
        _unclosed(lines[opened], report)
        yield Block(lines[start:], _directive(lines[opened:], report))
    elif start < len(lines):
        yield Block(lines[start:], None)


def _check_code(body: Sequence[Line], report: Report) -> None:
    """A code block is closed before its step is: a ::: inside one closes the step, and what follows is lost."""
    opened: tuple[Line, str] | None = None
    for line in body:
        if not (found := _CODE.match(line.text)):
            continue
        fence, rest = found.groups()
        if opened is None:
            opened = (line, fence)
        elif fence.startswith(opened[1]) and not rest.strip():
            opened = None
    if opened is not None:
        report.add(
            opened[0].number,
            "This code block is not closed before the ::: that ends its step.",
            f"Put {opened[1]} on a line of its own after the code. To show ::: inside code, put a space before it.",
        )


def _outside(line: Line, report: Report) -> None:
    """A line outside every directive: it must be blank."""
    if _CLOSING.fullmatch(line.text):
        report.add(line.number, "This ::: closes nothing.", "Remove it, or add the line that opens the directive.")
    elif line.text.lstrip().startswith(":::"):
        report.add(line.number, "This looks like a directive but is not written as one.", f"Write it like: {EXAMPLE}")
    elif line.text.strip():
        report.add(
            line.number,
            "This text is outside every step, so no learner would see it.",
            "Move it between the lines :::reading … and :::.",
        )


def _unclosed(line: Line, report: Report) -> None:
    report.add(
        line.number,
        "This directive is never closed.",
        "After its last line put ::: on a line of its own, without spaces before it.",
    )


def _directive(lines: Sequence[Line], report: Report) -> Directive:
    """Read an opening line; keep the lines inside."""
    first = lines[0]
    kind, rest = _OPENING.sub(r"\1", first.text), _OPENING.sub(r"\2", first.text)
    attributes: dict[str, str] = {}
    position = 0
    while found := _ATTRIBUTE.match(rest, position):
        position = found.end()
        if found[1] in attributes:
            report.add(first.number, f"{shortened(found[1])} is given twice.", "Keep one of the two.")
        attributes[found[1]] = found[2]
    if left := rest[position:].strip():
        report.add(
            first.number,
            f"“{shortened(left)}” cannot be read.",
            f'Write each attribute as name="value" with straight quotation marks, like: {EXAMPLE}',
        )
    return Directive(kind, attributes, first.number, tuple(lines[1:]))
