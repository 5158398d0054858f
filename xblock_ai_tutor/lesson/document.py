"""Text ⇄ lesson: front matter, then fenced directives. Every problem is found at once, with its line, cause and cure.

`front_matter` reads the head, `activities` the inside of each directive; here they are put together. Rendering joins
the pieces exactly as they were written, so parse and render are the identity on a lesson's text.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from xblock_ai_tutor.lesson import front_matter, passages
from xblock_ai_tutor.lesson.activities import ACTIVITIES
from xblock_ai_tutor.lesson.activities.base import ID_CURE, Directive, Line, Report, is_id
from xblock_ai_tutor.lesson.model import Lesson, LessonError, Passage, Problem, Step

MAX_LENGTH: Final = 200_000  # characters
MAX_LINE: Final = 10_000  # characters: the Markdown parser's time grows faster than a line's length

_OPENING: Final = re.compile(r":::[ \t]*([^\s:]\S*)(.*)")
_CLOSING: Final = re.compile(r":::[ \t]*")
_ATTRIBUTE: Final = re.compile(r'[ \t]+([A-Za-z][A-Za-z0-9_-]*)="([^"]*)"')
# What no lesson needs, and what XML (a course export), YAML and a screen reader disagree about.
_UNUSABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_EXAMPLE: Final = ':::reading id="first-look" title="A first look"'


def parse_lesson(text: str) -> Lesson:
    """Read a lesson. Raises `LessonError` with every problem found; nothing else, whatever the text."""
    report = Report()
    lesson = _read(text, report)
    if report.problems or lesson is None:
        raise LessonError(report.problems)
    return lesson


def check_lesson(text: str) -> tuple[Problem, ...]:
    """What is wrong with a lesson's text, in the order of its lines; () when nothing is. Never raises."""
    report = Report()
    _read(text, report)
    return report.problems


def render_source(lesson: Lesson) -> str:
    """The lesson as text again: what was parsed, with newlines as "\\n" and without a byte order mark."""
    return lesson.source


def normalise(text: str) -> str:
    """Newlines as "\\n", no byte order mark at the start; nothing else changes."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _read(text: str, report: Report) -> Lesson | None:
    """The stages: normalise, refuse what cannot be text, head, directives, steps, passages."""
    text = normalise(text)
    if not _is_readable(text, report):
        return None
    lines = tuple(Line(number, words) for number, words in enumerate(text.split("\n"), 1))
    head, rest = front_matter.split(lines, report)
    facts = front_matter.read(head, report)
    blocks = list(_blocks(rest, report))
    steps = _steps([block for block in blocks if block.directive is not None], report)
    if not any(block.directive is not None for block in blocks):
        report.add(
            lines[-1].number,
            "The lesson has no steps.",
            f"Add at least one directive, like: {_EXAMPLE} … and close it with :::",
        )
    if facts is None or report.problems:
        return None
    pieces = [_joined(head), *(_joined(block.lines) for block in blocks)]
    # Every line ends in a newline but the last, which takes none: what follows the last "\n" is an empty line.
    pieces[-1] = pieces[-1].removesuffix("\n")
    trailing = pieces.pop() if blocks and blocks[-1].directive is None else ""
    return Lesson(
        **facts,
        steps=tuple(
            Step(step.id, step.title, step.activity, step.line, step.passages, source)
            for step, source in zip(steps, pieces[1:], strict=True)
        ),
        front_matter=pieces[0],
        trailing=trailing,
    )


def _joined(lines: tuple[Line, ...]) -> str:
    return "".join(f"{line.text}\n" for line in lines)


def _is_readable(text: str, report: Report) -> bool:
    """Whether the text can be looked at at all; if not, says why."""
    if len(text) > MAX_LENGTH:
        report.add(
            1,
            f"The lesson has {len(text):,} characters; the limit is {MAX_LENGTH:,}.",
            "Divide it into several lessons, or remove what was pasted by mistake.",
        )
        return False
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            report.add(
                number,
                f"This line has {len(line):,} characters; the limit is {MAX_LINE:,}.",
                "Break it into shorter lines; in Markdown they still make one paragraph.",
            )
        if found := _UNUSABLE.search(line):
            report.add(
                number,
                f"There is an invisible character here (U+{ord(found[0]):04X}, at column {found.start() + 1}).",
                "Delete it, or type the line again; it often comes with pasted text. The file must be saved as UTF-8.",
            )
    return not report.problems


@dataclass(slots=True)
class _Block:
    """A stretch of lines: blank lines and then one directive, or what follows the last directive."""

    lines: tuple[Line, ...]
    directive: Directive | None
    attribute_lines: dict[str, int] = field(default_factory=dict)


def _blocks(lines: tuple[Line, ...], report: Report) -> Iterator[_Block]:
    """Cut the lines after the head into directives. Every line is in exactly one block."""
    start = 0
    opened: int | None = None
    for position, line in enumerate(lines):
        opening = _OPENING.fullmatch(line.text)
        closing = _CLOSING.fullmatch(line.text)
        if opened is None and opening:
            opened = position
        elif opened is None and closing:
            report.add(line.number, "This ::: closes nothing.", "Remove it, or add the line that opens the directive.")
        elif opened is None and line.text.strip():
            _stray(line, report)
        elif opened is not None and opening:
            _unclosed(lines[opened], report)
            yield _Block(lines[start:position], _directive(lines[opened:position], report))
            start = opened = position
        elif opened is not None and closing:
            yield _Block(lines[start : position + 1], _directive(lines[opened:position], report))
            start, opened = position + 1, None
    if opened is not None:
        _unclosed(lines[opened], report)
        yield _Block(lines[start:], _directive(lines[opened:], report))
    elif start < len(lines):
        yield _Block(lines[start:], None)


def _stray(line: Line, report: Report) -> None:
    if line.text.lstrip().startswith(":::"):
        report.add(line.number, "This line starts like a directive but cannot be read.", f"Write it like: {_EXAMPLE}")
    else:
        report.add(
            line.number,
            "This text is outside every step, so no learner would see it.",
            "Move it into a :::reading … ::: directive.",
        )


def _unclosed(line: Line, report: Report) -> None:
    report.add(line.number, "This directive is never closed.", "Put ::: on a line of its own after its last line.")


def _directive(lines: tuple[Line, ...], report: Report) -> Directive:
    """Read an opening line and keep the lines inside."""
    first = lines[0]
    found = _OPENING.fullmatch(first.text)
    kind, rest = (found[1], found[2]) if found else ("", "")
    attributes: dict[str, str] = {}
    position = 0
    while one := _ATTRIBUTE.match(rest, position):
        position = one.end()
        if one[1] in attributes:
            report.add(first.number, f"{one[1]} is given twice.", "Keep one of the two.")
        attributes[one[1]] = one[2]
    if left := rest[position:].strip():
        report.add(
            first.number,
            f"“{left[:60]}” cannot be read.",
            f'Write each attribute as name="value" with straight quotation marks, like: {_EXAMPLE}',
        )
    return Directive(kind, attributes, first.number, lines[1:])


def _steps(blocks: list[_Block], report: Report) -> list[Step]:
    """Each directive as a step, with the passages that occur in it first."""
    steps: list[Step] = []
    ids: dict[str, int] = {}
    known: dict[str, Passage] = {}
    for block in blocks:
        directive = block.directive
        if directive is None:
            continue
        activity_type = ACTIVITIES.get(directive.kind)
        if activity_type is None:
            near = difflib.get_close_matches(directive.kind, ACTIVITIES, n=1, cutoff=0.4)
            meant = f" Did you mean :::{near[0]}?" if near else ""
            report.add(
                directive.line,
                f"There is no directive :::{directive.kind[:60]}.",
                f"Use {', '.join(f':::{kind}' for kind in ACTIVITIES)}.{meant}",
            )
            continue
        step_id, title = _identity(directive, ids, report)
        _check_attributes(directive, activity_type.attributes, report)
        activity = activity_type.parse(directive, report)
        found = []
        for prose in activity.prose():
            for offset, part in passages.unusable_parts(prose.text):
                _unusable(prose.line + offset, part, report)
            for offset, words in passages.find(prose.text):
                passage = Passage(passages.passage_id(words), words, step_id, prose.line + offset)
                earlier = known.setdefault(passage.id, passage)
                if earlier is passage:
                    found.append(passage)
                elif earlier.text != passage.text:
                    report.add(
                        passage.line,
                        f"By chance this paragraph gets the same id as the one on line {earlier.line}.",
                        "Change a word in either.",
                    )
        steps.append(Step(step_id, title, activity, directive.line, tuple(found)))
    return steps


def _identity(directive: Directive, ids: dict[str, int], report: Report) -> tuple[str, str]:
    """The step's id and title, checked."""
    step_id = directive.attributes.get("id", "")
    title = directive.attributes.get("title", "").strip()
    if not step_id:
        report.add(directive.line, f"This {directive.kind} has no id.", f'Add id="…". {ID_CURE}')
    elif not is_id(step_id):
        report.add(directive.line, f"The id “{step_id[:80]}” cannot be used.", ID_CURE)
    elif step_id in ids:
        report.add(
            directive.line,
            f"The id “{step_id}” is already used on line {ids[step_id]}.",
            "Give each step its own id; learners' progress is kept under it.",
        )
    else:
        ids[step_id] = directive.line
    if not title:
        report.add(
            directive.line, f"This {directive.kind} has no title.", 'Add title="…": learners see it above the step.'
        )
    return step_id, title


def _check_attributes(directive: Directive, allowed: object, report: Report) -> None:
    known = dict(allowed) if isinstance(allowed, dict) else {}
    for name, value in directive.attributes.items():
        if name in {"id", "title"}:
            continue
        if name not in known:
            names = ["id", "title", *known]
            near = difflib.get_close_matches(name, names, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            report.add(
                directive.line, f":::{directive.kind} has no attribute {name}.", f"It has {', '.join(names)}.{meant}"
            )
        elif value not in known[name]:
            choices = " or ".join(f'{name}="{one}"' for one in known[name])
            report.add(directive.line, f'{name}="{value[:60]}" is not known.', f"Write {choices}.")


def _unusable(line: int, part: str, report: Report) -> None:
    if part == "image":
        report.add(
            line,
            "A lesson cannot hold images yet.",
            "Say in words what the image shows, or link to a page that has it.",
        )
    else:
        report.add(line, f"The {part[:120]} cannot be used.", "Links must start with https://.")
