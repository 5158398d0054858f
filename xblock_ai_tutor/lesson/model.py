"""What a lesson is once it has been read: frozen records, their errors, and nothing that parses or renders.

`document` makes these from text, `activities` render and mark them, `tutor_view` writes what the tutor may see.
The block reads them through `xblock_ai_tutor.lesson`. No web framework is imported anywhere in this package.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from xblock_ai_tutor.lesson.characters import Layout

if TYPE_CHECKING:
    from xblock_ai_tutor.lesson.activities.base import Activity
    from xblock_ai_tutor.lesson.marking import Marking


# The error tree of this room:
#   LessonRoomError
#   ├── LessonError     the author's text: carries every problem found, each with line, cause and cure
#   └── ResponseError   the learner's form: carries one sentence that says what to do
class LessonRoomError(ValueError):
    """Any error that this package raises on purpose."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a lesson's text: 1-based line of the whole file, what is wrong, what to do about it."""

    line: int
    cause: str
    cure: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.cause} {self.cure}"


class LessonError(LessonRoomError):
    """The text is not a lesson. `problems` holds all that was found, in the order of their lines; never empty."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class ResponseError(LessonRoomError):
    """A form that cannot be marked. `message` tells the learner, in one or two sentences, what to do.

    `message` is an English msgid with `%(name)s` places; `values` fills them. `localised(gettext)` gives the sentence.
    """

    def __init__(self, message: str, **values: str) -> None:
        self.msgid = message
        self.values = values
        self.message = message % values if values else message
        super().__init__(self.message)

    def localised(self, gettext: Callable[[str], str]) -> str:
        """The message in the learner's language."""
        return gettext(self.msgid) % self.values if self.values else gettext(self.msgid)


@dataclass(frozen=True, slots=True)
class TutorPolicy:
    """How the tutor behaves in this lesson.

    `support` is how much it may give away: `hints`, `worked-example` or `full-answer`; `steps` says otherwise for
    single steps, by id. `first_reply` is what it begins with beside a practice step: a `question` or an `answer`.
    """

    persona: str
    support: str
    greeting: str
    first_reply: str = "question"
    steps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a factual claim comes from: its title, what it is cited for (may be empty), an https address or ""."""

    title: str
    supports: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the lesson's glossary and its meaning. `line` is where it stands in the file."""

    term: str
    meaning: str
    line: int = field(compare=False, default=0)


@dataclass(frozen=True, slots=True)
class TestForm:
    """What makes a lesson one form of a test: the test's id, `pre`, `post` or `delayed`, its anchor items' step ids.

    A form has no tutor, one attempt at each step, and no feedback before all of it is handed in.
    """

    __test__: ClassVar[bool] = False  # not one of pytest's

    test: str
    name: str
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, list item, table row or code block that the learner reads, and that the tutor may quote.

    `id` is "p-" and the first 8 hex digits of the SHA-256 of `text`, so it stays when the lesson changes elsewhere.
    `text` is plain text with single spaces. `line` is the 1-based line of the file where it starts.
    """

    id: str
    text: str
    step_id: str
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a lesson.

    `line` is where its directive opens; `passages` those that occur here first in the lesson; `source` its exact
    lines, with the blank lines before it. `outcomes` are ids of objectives that it serves, `attempts` how often it may
    be answered (None: any number), `terms` the glossary terms that it uses.
    """

    id: str
    title: str
    activity: Activity
    line: int
    passages: tuple[Passage, ...] = field(repr=False, default=())
    source: str = field(repr=False, default="")
    outcomes: tuple[str, ...] = ()
    attempts: int | None = None
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """A whole lesson.

    `language` is a BCP 47 tag, `minutes` the expected time, `principles` ids such as "P4" from `principles_edition`,
    `links` the only addresses that the tutor may give. `outcomes` are the objectives that have an id: {id: text}.
    `status` is "" or how far a translation has come, `translation_of` the version that it was made from. `source` is
    the text with normalised newlines; `version` the first 12 hex digits of its SHA-256. `layout` is how the file's
    lines ended: it makes no other lesson.
    """

    id: str
    title: str
    language: str
    minutes: int
    objectives: tuple[str, ...]
    principles: tuple[str, ...]
    principles_edition: str
    sources: tuple[Source, ...]
    links: tuple[str, ...]
    tutor: TutorPolicy
    steps: tuple[Step, ...]
    front_matter: str = field(repr=False)
    trailing: str = field(repr=False)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    glossary: tuple[Term, ...] = ()
    status: str = ""
    translation_of: str = ""
    form: TestForm | None = None
    layout: Layout = field(repr=False, compare=False, default_factory=Layout)

    @property
    def source(self) -> str:
        """The lesson's text: its front matter, its steps and what follows them, each exactly as written."""
        return self.front_matter + "".join(step.source for step in self.steps) + self.trailing

    @property
    def version(self) -> str:
        """Changes when the text does."""
        return hashlib.sha256(self.source.encode("utf-8")).hexdigest()[:12]

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every passage of the lesson, in reading order; a text that comes twice is one passage."""
        return tuple(passage for step in self.steps for passage in step.passages)

    def attempts(self, step: Step) -> int | None:
        """How often a step may be answered; None: any number. A form of a test may be answered once."""
        return 1 if self.form and step.activity.possible else step.attempts

    def step(self, step_id: str) -> Step:
        """The step of that id. Raises `KeyError` when there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)


def _same(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class RenderContext:
    """What one rendering needs.

    `root_id`: prefix of every HTML id, unique on the page. `gettext`: translates the fixed strings. `previous`: the
    learner's last form, {name: [values]}, or None. `marking`: the marking of that form; None before an attempt.
    `attempts` of `allowed` (None: any number) have been made. `sealed`: what was answered is kept, and not yet told.
    `static_url`: where the platform has a file `/static/…`. `terms`: {term in small letters: id of its meaning}, which
    `render_step` fills in.
    """

    root_id: str
    gettext: Callable[[str], str] = _same
    previous: Mapping[str, list[str]] | None = None
    marking: Marking | None = None
    attempts: int = 0
    allowed: int | None = None
    sealed: bool = False
    static_url: Callable[[str], str] = _same
    terms: Mapping[str, str] = field(default_factory=dict)

    @property
    def left(self) -> int | None:
        """How many attempts are left; None: any number."""
        return None if self.allowed is None else max(0, self.allowed - self.attempts)

    @property
    def closed(self) -> bool:
        """Whether nothing more can be answered, for the form to say so."""
        return self.left == 0
