"""What a reader hands over: batches of typed rows, with every line accounted for. No identifier of a person is in them.

A row is a tuple in the order of its table in `warehouse.schema`; times are microseconds and days are days since 1970,
as Arrow takes them. Readers make batches, `warehouse.load` stages them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeVar

T = TypeVar("T")

BATCH_LINES: Final = 20_000
BATCH_PARTS: Final = 100_000
BATCH_BYTES: Final = 4 << 20  # a part takes more than forty in JSON
"""A batch ends when it has so many lines, parts or bytes: that bounds the memory, whatever a line carries."""


class Rejected(Exception):  # noqa: N818 (it is an outcome of one line, and never leaves a reader)
    """This line cannot be taken; the message is the reason, without any of the line's content."""


class Reject(NamedTuple):
    """A line that was not taken."""

    line: int  # from 1; in a CSV the physical line on which the record starts
    reason: str


class LearningEvent(NamedTuple):
    """A row of `learning_events`."""

    digest: bytes
    alias: int
    at: int
    day: int
    kind: str
    course: str | None
    block: str | None
    step: str | None
    earned: float | None
    possible: float | None
    correct: bool | None
    confidence: float | None
    lesson: str | None


class ItemAnswer(NamedTuple):
    """A row of `item_answers`: one item of one attempt at a step, a part of a `LearningEvent`."""

    digest: bytes  # of the event
    alias: int
    at: int
    day: int
    course: str | None
    lesson: str
    step: str
    attempt: int
    item: str
    answer: str
    hit: bool
    confidence: float | None
    test: str | None
    form: str | None
    anchor: bool | None


class Detected(NamedTuple):
    """A row of `detections`: the four counts of one attempt at a spotting step, a part of a `LearningEvent`."""

    digest: bytes  # of the event
    alias: int
    at: int
    day: int
    course: str | None
    lesson: str
    step: str
    attempt: int
    hits: int
    false_alarms: int
    targets: int
    non_targets: int
    test: str | None
    form: str | None


class UsageRecord(NamedTuple):
    """A row of `usage`, without `superseded`, which is known only when all records are."""

    digest: bytes
    alias: int
    tool: str
    cadence: str
    period_start: int
    period_end: int
    is_active: bool
    active_days: int | None
    messages: int | None
    gpt_messages: int | None
    tool_messages: int | None
    project_messages: int | None


class TutorTurn(NamedTuple):
    """A row of `tutor_turns`."""

    digest: bytes
    alias: int
    at: int
    day: int
    course: str | None
    lesson: str | None
    status: str
    prompts: int
    redactions: int
    blocked: bool
    tokens_in: int
    tokens_out: int
    guarded: int
    citations: int
    cost_microusd: int
    first_text_ms: int | None
    total_ms: int


class Redacted(NamedTuple):
    """A row of `tutor_redactions`: what was held back in a turn, of one type. A part of a `TutorTurn`."""

    digest: bytes  # of the turn
    type: str
    times: int


class Guarded(NamedTuple):
    """A row of `tutor_guards`: what the guard did in a turn, by one rule. A part of a `TutorTurn`."""

    digest: bytes  # of the turn
    rule: str
    times: int


class TutorFeedback(NamedTuple):
    """A row of `tutor_feedback`, without `superseded`."""

    digest: bytes
    alias: int
    at: int
    day: int
    course: str | None
    lesson: str | None
    turn: bytes
    kind: str


class CourseResult(NamedTuple):
    """A row of `course_results`, without `superseded`."""

    digest: bytes
    alias: int
    course: str
    as_of: int
    grade: float | None
    passed: bool | None
    certificate: bool | None
    enrolled: bool | None


class Completion(NamedTuple):
    """A row of `completions`, without `superseded`."""

    digest: bytes
    alias: int
    course: str
    as_of: int
    ratio: float


class ApiUsage(NamedTuple):
    """A row of `api_usage`, without `superseded`."""

    digest: bytes
    day: int
    as_of: int
    project: str
    model: str | None
    requests: int
    tokens_in: int
    tokens_cached: int
    tokens_out: int


class ApiCost(NamedTuple):
    """A row of `api_costs`, without `superseded`."""

    digest: bytes
    day: int
    as_of: int
    project: str
    line_item: str | None
    amount_micro: int
    currency: str


class Posture(NamedTuple):
    """A row of `posture`."""

    digest: bytes
    as_of: int
    project: str
    stored_in: str | None
    retention: str | None
    status: str | None


class PostureChange(NamedTuple):
    """A row of `posture_changes`."""

    digest: bytes
    at: int
    day: int
    kind: str
    project: str | None


class Attestation(NamedTuple):
    """A row of `attestations`."""

    digest: bytes
    at: int
    day: int
    until: int
    outcome: str
    policy: str
    stored_in: str
    stored_evidence: str
    processed_in: str
    processed_evidence: str
    usage_in: str
    usage_evidence: str
    retention: str
    attested_by: str


class Budget(NamedTuple):
    """A row of `budgets`."""

    digest: bytes
    at: int
    day: int
    month: str
    used_tokens: int
    limit_tokens: int


@dataclass(slots=True)
class Columnar:
    """Rows of one type column by column, in the order of its fields.

    Parts of facts lack what they have from their fact (`OF_FACT`, their first fields); it is the batch's `of[n]`th.
    """

    columns: list[list[Any]]
    of: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.columns[0])


OF_FACT: Final = ("digest", "alias", "at", "day", "course", "lesson", "step")


@dataclass(slots=True)
class Batch:
    """A stretch of a feed. `lines` = rows + ignored + rejects; duplicates are found later, among the rows.

    `parts` belong to rows of the same batch and are counted with them: `ItemAnswer`, `Detected`,
    `Redacted`, `Guarded`. A reader that takes many lines at a time gives rows and parts as `columns`, by their type and
    in the order of its fields: rows for whoever asks (`all_of`), but none need ever be made.
    """

    lines: int = 0
    ignored: int = 0
    rejects: list[Reject] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)  # of the reader's `row` type
    parts: list[Any] = field(default_factory=list)
    same_as: set[tuple[int, int]] = field(default_factory=set)  # two aliases of one person
    notes: list[str] = field(default_factory=list)  # said to the operator, kept nowhere
    damage: str | None = None  # the feed could be read only this far
    columns: dict[type, Columnar] = field(default_factory=dict)

    def put_columns(self, kind: type, columns: Sequence[Sequence[Any]], of: Sequence[int] = ()) -> None:
        """Add rows or parts of one type, given as its columns; `of` are the places of the facts of parts."""
        mine = self.columns.setdefault(kind, Columnar([[] for _column in columns]))
        mine.of += of
        for column, more in zip(mine.columns, columns, strict=True):
            column.extend(more)

    def all_of(self, kind: type[T]) -> list[T]:
        """The rows or parts of one type, also those that came as columns."""
        found = [row for row in (*self.rows, *self.parts) if type(row) is kind]
        given = self.columns.get(kind)
        if given is None:
            return found
        rows: Iterable[Sequence[Any]] = zip(*given.columns, strict=True)
        if given.of:
            facts = [(*fact[:4], fact.course, fact.lesson, fact.step or "") for fact in self.all_of(LearningEvent)]
            rows = [(*facts[place], *row) for place, row in zip(given.of, rows, strict=True)]
        return found + [kind(*row) for row in rows]

    def join(self, following: Batch) -> None:
        """Take in the stretch that follows; its rejects are numbered on."""
        self.rejects += [Reject(self.lines + line, reason) for line, reason in following.rejects]
        self.lines += following.lines
        self.ignored += following.ignored
        self.rows += following.rows
        self.parts += following.parts
        before = len(self.columns[LearningEvent]) if LearningEvent in self.columns else 0
        for kind, given in following.columns.items():
            self.put_columns(kind, given.columns, [before + place for place in given.of])
        self.same_as |= following.same_as
        self.notes += following.notes
        self.damage = self.damage or following.damage


FACT_ROWS: Final[tuple[type, ...]] = (
    *(LearningEvent, UsageRecord, TutorTurn, TutorFeedback, CourseResult, Completion),
    *(ApiUsage, ApiCost, Posture, PostureChange, Attestation, Budget),
)
"""What a reader's `row` may be: the types that are facts of their own, not parts of one."""
