"""What every kind of activity has in common: the interface, the directive that it is parsed from, the form around it.

One module beside this one per kind. `document` calls `parse` and `prose`; the front door calls `render` and `mark`;
`tutor_view` calls `task` and `hints`.

Class names in the HTML, for the stylesheet (all start with `ait-`):

- `ait-form` the form of a step; `ait-form--marked` on it after an attempt
- `ait-prose` Markdown written by the author; `ait-passage` any element that the tutor can cite (has `data-passage`)
- `ait-question` a fieldset, `ait-question__legend` its legend
- `ait-options` the list of options, `ait-option` one label and input, `ait-option__input`, `ait-option__label`
- `ait-field` a label with its select, `ait-field__label`, `ait-select`
- `ait-note` the AI-written note (a figure), `ait-note__caption`, `ait-note__ref` a link from the note to an authority
- `ait-authorities` the list of authorities, `ait-authority` one of them (a fieldset), `ait-authority__cited` its text
- `ait-feedback` feedback on one item; also `ait-feedback--right` or `ait-feedback--wrong`; `ait-feedback__verdict` the
  words that say right or not
- `ait-result` the summary after an attempt (`role="status"`), also `ait-result--right` or `ait-result--wrong`
- `ait-actions` the row of buttons, `ait-button` the submit button
- `ait-visually-hidden` text for screen readers only
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import ClassVar, Protocol

from xblock_ai_tutor.lesson.marking import Form, ItemMarking, Marking, chosen
from xblock_ai_tutor.lesson.model import Problem, RenderContext, Step
from xblock_ai_tutor.lesson.passages import Anchors, html_of, inline_text_of

ID_PATTERN = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
ID_CURE = "Use small letters a–z, digits and single hyphens, starting with a letter, at most 64 characters: first-look."


class Report:
    """Collects problems while a lesson is read, so that the author sees all of them at once."""

    def __init__(self) -> None:
        self._problems: set[Problem] = set()

    def add(self, line: int, cause: str, cure: str) -> None:
        """Note one problem at a 1-based line of the file."""
        self._problems.add(Problem(line, cause, cure))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, ordered by line."""
        return tuple(sorted(self._problems))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file, without its newline, and its 1-based number."""

    number: int
    text: str


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


class Activity(Protocol):
    """What a learner does in a step. Immutable; knows nothing about any one learner."""

    kind: ClassVar[str]
    attributes: ClassVar[Mapping[str, tuple[str, ...]]]  # beyond id and title: name → allowed values, default first

    @property
    def hints(self) -> tuple[str, ...]:
        """The author's ladder of hints, weakest first."""
        ...

    @classmethod
    def parse(cls, directive: Directive, report: Report) -> Activity:
        """Read a directive. What is wrong goes to `report`; the result then only serves to find more problems."""
        ...

    def prose(self) -> Iterable[Markdown]:
        """The Markdown that the learner reads before an attempt, in order: passages are made of it."""
        ...

    def task(self) -> str:
        """The task as plain text, as the learner sees it: no answers, no feedback."""
        ...

    def feedback(self, item: str, answer: str) -> str:
        """The author's feedback (Markdown) on one answer to one item; "" when there is none."""
        ...

    def render(self, step: Step, ctx: RenderContext) -> str:
        """The step's form as HTML. See `render_step`."""
        ...

    def mark(self, form: Form) -> Marking:
        """Mark a form. See `mark_step`."""
        ...


def attribute(directive: Directive, activity: type[Activity], name: str) -> str:
    """The value of an optional attribute, or its default."""
    return directive.attributes.get(name, activity.attributes[name][0])


def html_id(ctx: RenderContext, *parts: str) -> str:
    """An HTML id that is unique on the page: the block's root id and the parts.

    Joined by two hyphens, which no id may hold, so that "a" + "b-c" and "a-b" + "c" stay apart.
    """
    return escape("--".join((ctx.root_id, *parts)))


def form(step: Step, ctx: RenderContext, inside: str, button: str) -> str:
    """The form around a step's inputs, with its one submit button."""
    marked = " ait-form--marked" if ctx.marking is not None and step.activity.kind != "reading" else ""
    return (
        f'<form class="ait-form{marked}" method="post" data-step="{escape(step.id)}" '
        f'data-kind="{escape(step.activity.kind)}" novalidate>'
        f'{inside}<div class="ait-actions"><button class="ait-button" type="submit">{escape(button)}</button></div>'
        "</form>"
    )


def anchors(step: Step, ctx: RenderContext) -> Anchors:
    """The HTML ids that this step's passages may take."""
    return Anchors(ctx.root_id, {passage.id for passage in step.passages})


def prose_html(text: Markdown, ctx: RenderContext, anchors: Anchors | None = None) -> str:
    """The author's prose as a block of HTML; `anchors` makes its passages citable."""
    return f'<div class="ait-prose">{html_of(text.text, ctx.gettext, anchors)}</div>'


def markdown(lines: Sequence[Line], line: int) -> Markdown:
    """Lines of a directive as one Markdown text; `line` is where the directive opens, used when there are none."""
    return Markdown("\n".join(one.text for one in lines), lines[0].number if lines else line)


_HINT = re.compile(r"hint:(.*)", re.IGNORECASE)


def take_hints(directive: Directive, report: Report) -> tuple[list[Line], tuple[str, ...]]:
    """Split off `hint: …` lines and their indented continuations. Blank lines stand in, so numbers stay right."""
    kept: list[Line] = []
    hints: list[tuple[int, list[str]]] = []
    inside = False
    for line in directive.body:
        if found := _HINT.fullmatch(line.text):
            hints.append((line.number, [found[1].strip()]))
            inside = True
        elif inside and line.text[:1] in {" ", "\t"} and line.text.strip():
            hints[-1][1].append(line.text.strip())
        else:
            inside = False
            kept.append(line)
            continue
        kept.append(Line(line.number, ""))
    texts = []
    for number, words in hints:
        text = inline_text_of(" ".join(words))
        if not text:
            report.add(number, "This hint is empty.", "Write the hint after “hint:”, or take the line out.")
        texts.append(text)
    return kept, tuple(texts)


def is_id(text: str) -> bool:
    """Whether a text can be the id of a lesson, step or item."""
    return len(text) <= 64 and ID_PATTERN.fullmatch(text) is not None


def described(ctx: RenderContext, marked: ItemMarking | None, name: str) -> str:
    """The attribute that ties an input to the feedback below it."""
    return f' aria-describedby="{name}--feedback"' if ctx.marking is not None and marked is not None else ""


def feedback(ctx: RenderContext, name: str, marked: ItemMarking, verdict: str) -> str:
    """Feedback on one item: in words whether it is right, then what the author says."""
    look = "right" if marked.hit else "wrong"
    return (
        f'<div class="ait-feedback ait-feedback--{look}" id="{name}--feedback">'
        f'<p class="ait-feedback__verdict">{escape(verdict)}</p>'
        f'<div class="ait-prose">{html_of(marked.feedback, ctx.gettext)}</div></div>'
    )


def result(ctx: RenderContext, words: str) -> str:
    """The summary of an attempt, which the script focuses so that it is read out; "" before one."""
    if ctx.marking is None:
        return ""
    look = "right" if ctx.marking.correct else "wrong"
    return f'<p class="ait-result ait-result--{look}" role="status" tabindex="-1">{escape(words)}</p>'


def confidence_field(ctx: RenderContext, field_id: str, name: str, label: str, levels: Sequence[int]) -> str:
    """A native select for how sure the learner is, in per cent, with nothing chosen at first."""
    _ = ctx.gettext
    words = {0: _("0% – a blind guess"), 50: _("50% – could go either way"), 100: _("100% – certain")}
    given = chosen(ctx, name)
    options = "".join(
        f'<option value="{level}"{" selected" if str(level) in given else ""}>'
        f"{escape(words.get(level, f'{level}%'))}</option>"
        for level in levels
    )
    return (
        f'<div class="ait-field"><label class="ait-field__label" for="{field_id}">{escape(label)}</label>'
        f'<select class="ait-select" id="{field_id}" name="{escape(name)}" required>'
        f'<option value="">{escape(_("Choose"))}</option>{options}</select></div>'
    )
