"""How a lesson and a learner's words are laid out in a model's input: the writer and the reader of one format.

`compose` writes it for whichever model answers; the offline engine, which is given the request alone, reads it back.
Everything that an author or a learner wrote is escaped, so that no text can close its own element and pose as another:

    <lesson id="…" title="…" language="en" support="hints">
    <passage id="p-1a2b3c4d" step="…">…</passage>
    <step id="…" title="…">…</step>                     (the task; only the current step carries `current="yes"`)
    <hint number="1" of="3">…</hint>                    (only the hints that may be given by now)
    </lesson>

    <pasted_document number="1" kind="email">…</pasted_document>    (a message of its own, before the question)

    <learner_words>…</learner_words>
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.gateway.lessons import Passage, Step, TutorLesson


@dataclass(frozen=True, slots=True)
class LessonInput:
    """What a reader of the lesson message finds. `step` is the current one; `hints_in_all` counts the whole ladder."""

    title: str
    language: str
    support: str
    passages: tuple[Passage, ...]
    steps: tuple[Step, ...]
    step: Step | None
    hints: tuple[str, ...]
    hints_in_all: int


def _text(value: str) -> str:
    return html.escape(value, quote=False)


def _attribute(value: str) -> str:
    return html.escape(" ".join(value.split()), quote=True)


class _Itself:
    """A lesson as a key: itself and no other, told without a look at all of its text."""

    __slots__ = ("lesson",)

    def __init__(self, lesson: TutorLesson) -> None:
        self.lesson = lesson

    def __hash__(self) -> int:
        return id(self.lesson)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.lesson is self.lesson


def write_lesson(lesson: TutorLesson, current: Step | None, hints: Sequence[str]) -> str:
    """The lesson message: every passage, the steps' titles, the current step's task, and the `hints` due by now."""
    return _lesson_message(_Itself(lesson), current, tuple(hints))


@functools.lru_cache(maxsize=128)
def _lesson_message(itself: _Itself, current: Step | None, hints: tuple[str, ...]) -> str:
    """Kept: who asks beside a step is given what others were."""
    lesson = itself.lesson
    lines = [
        f'<lesson id="{_attribute(lesson.id)}" title="{_attribute(lesson.title)}" '
        f'language="{_attribute(lesson.language)}" support="{lesson.support_for(current)}">'
    ]
    lines += [
        f'<passage id="{passage.id}" step="{_attribute(passage.step)}">{_text(passage.text)}</passage>'
        for passage in lesson.passages
    ]
    for step in lesson.steps:
        here = step is current
        mark = ' current="yes"' if here else ""
        lines.append(
            f'<step id="{_attribute(step.id)}" title="{_attribute(step.title)}" kind="{_attribute(step.kind)}"{mark}>'
            f"{_text(step.task) if here else ''}</step>"
        )
    ladder = len(current.hints) if current else 0
    lines += [f'<hint number="{number}" of="{ladder}">{_text(hint)}</hint>' for number, hint in enumerate(hints, 1)]
    return "\n".join([*lines, "</lesson>"])


def write_document(number: int, kind: str, text: str) -> str:
    """Something that the learner pasted, as data: escaped and delimited, apart from their question."""
    return f'<pasted_document number="{number}" kind="{kind}">\n{_text(text)}\n</pasted_document>'


def write_words(words: str) -> str:
    """The learner's words as data: escaped and delimited."""
    return f"<learner_words>\n{_text(words)}\n</learner_words>"


_LESSON: Final = re.compile(r'<lesson id="[^"]*" title="([^"]*)" language="([^"]*)" support="([^"]*)">\n')
_PASSAGE: Final = re.compile(r'<passage id="([^"]*)" step="([^"]*)">(.*?)</passage>', re.DOTALL)
_STEP: Final = re.compile(r'<step id="([^"]*)" title="([^"]*)" kind="([^"]*)"( current="yes")?>(.*?)</step>', re.DOTALL)
_HINT: Final = re.compile(r'<hint number="\d+" of="(\d+)">(.*?)</hint>', re.DOTALL)
_DOCUMENT: Final = re.compile(r'<pasted_document number="\d+" kind="[a-z]+">\n(.*)\n</pasted_document>', re.DOTALL)
_WORDS: Final = re.compile(r"<learner_words>\n(.*)\n</learner_words>", re.DOTALL)


def read_lesson(message: str) -> LessonInput | None:
    """What `write_lesson` wrote, or None when the message holds no lesson."""
    head = _LESSON.search(message)
    if head is None:
        return None
    title, language, support = (html.unescape(group) for group in head.groups())
    passages = tuple(Passage(*(html.unescape(group) for group in found)) for found in _PASSAGE.findall(message))
    hints = _HINT.findall(message)
    steps: list[Step] = []
    current: Step | None = None
    for step_id, step_title, kind, here, task in _STEP.findall(message):
        step = Step(
            id=html.unescape(step_id),
            title=html.unescape(step_title),
            kind=html.unescape(kind),
            task=html.unescape(task),
            hints=(),
        )
        steps.append(step)
        current = step if here else current
    return LessonInput(
        title=title,
        language=language,
        support=support,
        passages=passages,
        steps=tuple(steps),
        step=current,
        hints=tuple(html.unescape(text) for _, text in hints),
        hints_in_all=int(hints[0][0]) if hints else 0,
    )


def read_document(message: str) -> str | None:
    """The text that `write_document` wrote, or None when the message is no pasted document."""
    found = _DOCUMENT.fullmatch(message)
    return html.unescape(found.group(1)) if found else None


def read_words(message: str) -> str:
    """The learner's words that `write_words` wrote; a message without the delimiters is taken whole."""
    found = _WORDS.search(message)
    return html.unescape(found.group(1)) if found else message
