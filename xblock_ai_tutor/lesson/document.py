"""Text ⇄ lesson. Every problem is found at once, each with its line, cause and cure; nothing else is ever raised.

`front_matter` reads the head, `directives` cuts the rest, each activity reads its own inside; here they become a
`Lesson`. A lesson keeps its pieces exactly as they were written, so that parse and render are the identity on text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from xblock_ai_tutor.lesson import directives, front_matter, passages, policy
from xblock_ai_tutor.lesson.activities import ACTIVITIES
from xblock_ai_tutor.lesson.activities.base import Activity, Directive
from xblock_ai_tutor.lesson.characters import Layout, normalise, unusable
from xblock_ai_tutor.lesson.directives import Block
from xblock_ai_tutor.lesson.model import Lesson, LessonError, Passage, Problem, Step
from xblock_ai_tutor.lesson.report import ID_CURE, Line, Report, did_you_mean, is_id, shortened

# A lesson is written by people: real ones are far below these. They bound the time that a hostile text can take,
# since a Markdown parser's time can grow with the square of a paragraph's length.
MAX_LENGTH: Final = 200_000  # characters
MAX_LINES: Final = 5_000
MAX_LINE: Final = 5_000  # characters
MAX_STEP: Final = 20_000  # characters
MAX_MARKS: Final = 1_000  # characters that mean something to Markdown, between two blank lines


def parse_lesson(text: str) -> Lesson:
    """Read a lesson. Raises `LessonError` with every problem found; nothing else, whatever the text."""
    report = Report()
    lesson = _read(text, report)
    if lesson is None:
        raise LessonError(report.problems)
    return lesson


def check_lesson(text: str) -> tuple[Problem, ...]:
    """What is wrong with a lesson's text, in the order of its lines; () when nothing is. Never raises."""
    report = Report()
    _read(text, report)
    return report.problems


def render_source(lesson: Lesson) -> str:
    """The lesson as text again: exactly what was parsed, with its own newlines and byte order mark."""
    return lesson.layout.applied(lesson.source)


def _read(text: object, report: Report) -> Lesson | None:
    """The stages: readable characters, lines, head, directives, steps. None when there is any problem."""
    if not isinstance(text, str):
        report.add(1, "This is not text.", "Read the file as UTF-8 text first.")
        return None
    layout = Layout.of(text)
    text = normalise(text)
    _check_readable(text, report)
    if report.problems:
        return None
    lines = tuple(Line(number, words) for number, words in enumerate(text.split("\n"), 1))
    head, rest = front_matter.split(lines, report)
    fields = front_matter.read(head, report)
    blocks = list(directives.cut(rest, report))
    steps = _steps([block for block in blocks if block.directive is not None], report)
    steps = policy.checked(fields, head, steps, report)
    if rest and not any(block.directive for block in blocks):
        report.add(lines[-1].number, "The lesson has no steps.", f"Add one, like {directives.EXAMPLE}, closed by :::")
    return None if report.problems else replace(_lesson(fields, head, blocks, steps), layout=layout)


def _lesson(fields: Mapping[str, Any], head: Sequence[Line], blocks: Sequence[Block], steps: Sequence[Step]) -> Lesson:
    """Put the pieces together. Each line brought its newline; the file's last line has none."""
    trailing = "".join(block.source for block in blocks if block.directive is None)
    if trailing:
        return Lesson(**fields, steps=tuple(steps), front_matter=Block(head, None).source, trailing=trailing[:-1])
    last = replace(steps[-1], source=steps[-1].source[:-1])
    return Lesson(**fields, steps=(*steps[:-1], last), front_matter=Block(head, None).source, trailing="")


def _check_readable(text: str, report: Report) -> None:
    """Refuse what cannot be looked at line by line."""
    if len(text) > MAX_LENGTH:
        report.add(
            1,
            f"The lesson has {len(text):,} characters; the limit is {MAX_LENGTH:,}.",
            "Divide it into several lessons, or remove what was pasted by mistake.",
        )
        return
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        report.add(
            MAX_LINES + 1,
            f"The lesson has {len(lines):,} lines; the limit is {MAX_LINES:,}.",
            "Divide it into several lessons, or remove what was pasted by mistake.",
        )
        return
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE:
            report.add(
                number,
                f"This line has {len(line):,} characters; the limit is {MAX_LINE:,}.",
                "Break it into shorter lines; without a blank line between them they still make one paragraph.",
            )
        if found := unusable(line):
            report.add(
                number,
                f"There is an invisible character here ({found}).",
                "Type the line again: it often comes with pasted text, or from a file that was not saved as UTF-8.",
            )


def _steps(blocks: Sequence[Block], report: Report) -> list[Step]:
    """Each directive as a step with the passages that occur in it first."""
    steps: list[Step] = []
    lines_of_ids: dict[str, int] = {}
    known_passages: dict[str, Passage] = {}
    for block in blocks:
        directive = block.directive
        if directive is None or (activity := _activity(directive, report)) is None:
            continue
        step_id, title = _identity(directive, lines_of_ids, report)
        found = tuple(_passages(activity, step_id, known_passages, report))
        outcomes, attempts = policy.of_step(directive, activity, report)
        steps.append(Step(step_id, title, activity, directive.line, found, block.source, outcomes, attempts))
    return steps


def _activity(directive: Directive, report: Report) -> Activity | None:
    """The directive read by the activity of its kind; None when there is no such kind, or it is too long to read."""
    kind = ACTIVITIES.get(directive.kind)
    if kind is None:
        report.add(
            directive.line,
            f"There is no directive :::{shortened(directive.kind)}.",
            f"Use {', '.join(f':::{one}' for one in ACTIVITIES)}.{did_you_mean(directive.kind, ACTIVITIES, ':::{}')}",
        )
        return None
    names = ["id", "title", *policy.ATTRIBUTES, *kind.attributes]
    for name, value in directive.attributes.items():
        allowed = kind.attributes.get(name, ())
        if name not in names:
            cure = f"It has {', '.join(names)}.{did_you_mean(name, names)}"
            report.add(directive.line, f":::{directive.kind} has no attribute {shortened(name)}.", cure)
        elif allowed and value not in allowed:
            choices = " or ".join(f'{name}="{one}"' for one in allowed)
            report.add(directive.line, f'{name}="{shortened(value)}" is not known.', f"Write {choices}.")
    return kind.parse(directive, report) if _is_parsable(directive, report) else None


def _is_parsable(directive: Directive, report: Report) -> bool:
    """Whether the Markdown parser can be trusted with the inside of a directive."""
    length = sum(len(line.text) + 1 for line in directive.body)
    if length > MAX_STEP:
        report.add(
            directive.line,
            f"This step has {length:,} characters; the limit is {MAX_STEP:,}.",
            "Divide it into several steps: nobody reads that much at once.",
        )
        return False
    marks = 0
    for line in directive.body:
        marks = marks + sum(map(line.text.count, "[]*_`<>!&|\\~")) if line.text.strip() else 0
        if marks > MAX_MARKS:
            report.add(
                line.number,
                f"There are more than {MAX_MARKS:,} characters such as * [ < | without a blank line between them.",
                "Put a blank line between paragraphs, or divide the table.",
            )
            return False
    return True


def _identity(directive: Directive, lines_of_ids: dict[str, int], report: Report) -> tuple[str, str]:
    """The step's id and title, checked."""
    step_id = directive.attributes.get("id", "")
    title = directive.attributes.get("title", "").strip()
    if not step_id:
        report.add(directive.line, f"This {directive.kind} has no id.", f'Add id="…". {ID_CURE}')
    elif not is_id(step_id):
        report.add(directive.line, f"The id “{shortened(step_id)}” cannot be used.", ID_CURE)
    elif step_id in lines_of_ids:
        cure = "Give each step its own id; learners' progress is kept under it."
        report.add(directive.line, f"The id “{step_id}” is already used on line {lines_of_ids[step_id]}.", cure)
    else:
        lines_of_ids[step_id] = directive.line
    if not title:
        report.add(directive.line, f"This {directive.kind} has no title.", 'Add title="…": learners see it.')
    return step_id, title


def _passages(activity: Activity, step_id: str, known: dict[str, Passage], report: Report) -> Iterator[Passage]:
    """The passages of a step that no earlier step has. On the way, links and images that a lesson cannot have."""
    prose = set(activity.prose())
    for text in activity.authored():
        found = passages.scan(text.text)
        for offset, cause, cure in found.unusable:
            report.add(text.line + offset, cause, cure)
        for offset, words in found.passages if text in prose else ():
            passage = Passage(passages.passage_id(words), words, step_id, text.line + offset)
            earlier = known.setdefault(passage.id, passage)
            if earlier is passage:
                yield passage
            elif earlier.text != words:
                cause = f"By chance this paragraph has the same id as the one on line {earlier.line}."
                report.add(passage.line, cause, "Change a word in one of them.")
