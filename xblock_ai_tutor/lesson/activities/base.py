"""What every kind of activity has in common: its interface, the directive it is parsed from, hints, problems.

One module beside this one per kind; the HTML that they share is made in `controls`. `document` calls `parse` and
`prose`, the front door calls `render`, `continued` and `mark`, `tutor_view` calls `task`, `marked` and `hints`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Protocol

from xblock_ai_tutor.lesson.marking import Form, Marking
from xblock_ai_tutor.lesson.model import RenderContext, Step
from xblock_ai_tutor.lesson.passages import inline_text_of
from xblock_ai_tutor.lesson.report import Line, Report

_HINT: Final = re.compile(r"hint:(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Directive:
    """A fenced directive as it stands: `:::kind name="value"`, the lines inside, `:::`. `line` is where it opens."""

    kind: str
    attributes: Mapping[str, str]
    line: int
    body: tuple[Line, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Markdown:
    """A run of the author's Markdown. `line` is the 1-based line of the file on which it starts."""

    text: str
    line: int

    @classmethod
    def of(cls, lines: Sequence[Line], otherwise: int) -> Markdown:
        """Lines as one text; `otherwise` is the line to name when there are none."""
        return cls("\n".join(one.text for one in lines), lines[0].number if lines else otherwise)

    def __bool__(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.text.strip())


class Activity(Protocol):
    """What a learner does in a step. Immutable; knows nothing about any one learner."""

    kind: ClassVar[str]
    attributes: ClassVar[Mapping[str, tuple[str, ...]]]  # the kind's own: name → allowed values, default first
    possible: ClassVar[float]  # marks that an attempt can earn: 1, or 0 for a kind that is not marked

    @property
    def hints(self) -> tuple[str, ...]:
        """The author's ladder of hints as plain text, weakest first."""
        ...

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the form's fields: what else a request sends is not kept."""
        ...

    @classmethod
    def parse(cls, directive: Directive, report: Report) -> Activity:
        """Read a directive. What is wrong goes to `report`; the result then only serves to find more problems."""
        ...

    def prose(self) -> Iterable[Markdown]:
        """The Markdown that the learner reads before an attempt, in order: passages are made of it."""
        ...

    def authored(self) -> Iterable[Markdown]:
        """All Markdown that is ever shown as a block, feedback too: it is checked for what a lesson cannot hold."""
        ...

    def task(self) -> str:
        """The task as plain text, as the learner sees it: no answers, no feedback."""
        ...

    def marked(self) -> tuple[tuple[str, str], ...]:
        """(text, mark) of everything to be judged: what the tutor's guard keeps until the learner has tried."""
        ...

    def feedback(self, item: str, answer: str) -> str:
        """The author's feedback (Markdown) on one answer to one item; "" when there is none."""
        ...

    def render(self, step: Step, ctx: RenderContext) -> str:
        """The step's form as HTML. See `render_step`."""
        ...

    def continued(self, form: Form, before: Form | None) -> Form:
        """What is to be marked and kept: the form as sent, or, where an attempt takes several steps, `before` with it.

        `before` is the kept form. Raises `ResponseError` when the form does not go on from there.
        """
        ...

    def mark(self, form: Form) -> Marking:
        """Mark a form. See `mark_step`."""
        ...


class Kind:
    """What most kinds have in common, for their classes to start from."""

    __slots__ = ()

    attributes: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    possible: ClassVar[float] = 1.0

    def marked(self) -> tuple[tuple[str, str], ...]:
        """Nothing is to be judged."""
        return ()

    def feedback(self, item: str, answer: str) -> str:  # noqa: ARG002  (the interface)
        """There are no answers to give feedback on."""
        return ""

    def continued(self, form: Form, before: Form | None) -> Form:  # noqa: ARG002  (the interface)
        """An attempt is one form."""
        return form


def attribute(directive: Directive, activity: type[Activity], name: str) -> str:
    """The value of an optional attribute, or its default."""
    return directive.attributes.get(name, activity.attributes[name][0])


def take_hints(directive: Directive, report: Report) -> tuple[list[Line], tuple[str, ...]]:
    """Split off `hint: …` lines and their indented continuations. Blank lines stand in, so numbers stay right."""
    kept: list[Line] = []
    hints: list[tuple[int, list[str]]] = []
    in_hint = False
    for line in directive.body:
        found = _HINT.fullmatch(line.text)
        if found:
            hints.append((line.number, [found[1]]))
        elif in_hint and line.text[:1] in {" ", "\t"} and line.text.strip():
            hints[-1][1].append(line.text)
        else:
            in_hint = False
            kept.append(line)
            continue
        in_hint = True
        kept.append(Line(line.number, ""))
    texts = [(number, inline_text_of(" ".join(words))) for number, words in hints]
    for number, text in texts:
        if not text:
            report.add(number, "This hint is empty.", "Write the hint after “hint:”, or take the line out.")
    return kept, tuple(text for _, text in texts)
