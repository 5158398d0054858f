"""What is known of one turn while it runs: filled by the steps of `turn`, read by `settlement`. No rules here.

Learner's words live in `words`, `question` and `sent` and nowhere else; the class has no repr, so that no log or
traceback can show them.
"""

from __future__ import annotations

import enum
import time
import uuid
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from xblock_ai_tutor.gateway.allowance import Allowance
from xblock_ai_tutor.gateway.i18n import Translator, translator
from xblock_ai_tutor.gateway.lessons import Step, TutorLesson
from xblock_ai_tutor.gateway.models import ModelEvent, Reading
from xblock_ai_tutor.gateway.models.compose import Exchange, ModelRequest
from xblock_ai_tutor.gateway.sandbox.redact import Placeholders
from xblock_ai_tutor.gateway.services import Services
from xblock_ai_tutor.gateway.sse import Event
from xblock_ai_tutor.gateway.store.budgets import Claim, Hold
from xblock_ai_tutor.gateway.tickets import Ticket

_T = TypeVar("_T")


class Verdict(enum.Enum):
    """What a check decides. Anything else stops the turn as a failure."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    STOP = "stop"


@dataclass(slots=True, repr=False)
class Turn:
    """One turn. `status` is empty while it runs, then answered, blocked, refused, incomplete or failed."""

    services: Services
    ticket: Ticket
    words: str
    key: str
    step_id: str
    intent: str = "ask"  # or `where` in the lesson something is, or have a `prompt` reviewed
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    started: float = field(default_factory=time.monotonic)
    at_ms: int = field(default_factory=lambda: int(time.time() * 1000))

    lesson: TutorLesson = field(init=False)
    step: Step | None = None
    history: tuple[Exchange, ...] = ()
    earlier: str = ""  # the id of the same request's turn, where it was answered before

    claims: tuple[Claim, ...] = ()  # the budgets that it draws on
    hold: Hold = field(default_factory=Hold)  # what it holds of each
    lacking: Claim | None = None  # the budget that could not hold it
    placeholders_cipher: bytes | None = None  # the conversation's map as it was read
    placeholders: Placeholders = field(default_factory=Placeholders)
    question: str = ""  # redacted
    draft: ModelRequest = field(init=False)  # what would be asked in the learner's own words: its size is what is held
    request: ModelRequest = field(init=False)
    rubric: dict[str, bool] = field(default_factory=dict)  # what a learner's prompt has, where that is reviewed
    withdrawn: bool = False  # whether the endpoint's moderation flagged the answer
    first_reply: bool = False  # whether the lesson wants a question in this reply
    upstream: Generator[ModelEvent, None, None] | None = None

    asked: bool = False  # whether the model began to answer
    received: int = 0  # characters of the model's answer, before the guard
    reading: Reading = field(default_factory=Reading)  # how urgent the next piece is
    sent: list[str] = field(default_factory=list)  # the answer that passed, with placeholders and citation markers
    citations: list[str] = field(default_factory=list)  # passage ids in the order of their numbers
    redactions: Counter[str] = field(default_factory=Counter)
    guard_actions: Counter[str] = field(default_factory=Counter)
    tokens_in: int | None = None  # as the endpoint reported
    tokens_out: int | None = None
    first_text_ms: int | None = None
    left: Allowance | None = None  # what the learner has left, once the turn is settled

    status: str = ""
    reason: str | None = None
    notices: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    _outbox: list[Event] = field(default_factory=list)

    @property
    def say(self) -> Translator:
        """The catalogue in the learner's language."""
        return translator(self.ticket.language)

    def elapsed_ms(self) -> int:
        return int((time.monotonic() - self.started) * 1000)

    def end(self, status: str, reason: str | None = None) -> None:
        """Say how the turn ended. The first word counts: a later one is a consequence."""
        if not self.status:
            self.status, self.reason = status, reason

    def tell(self, event: Event) -> None:
        """Queue an event for the learner; notices are kept with the turn."""
        if event.type == "notice":
            self.notices.append(event.data)
        self._outbox.append(event)

    def stop_model(self) -> None:
        """Stop the call to the model, if one is running."""
        if self.upstream is not None:
            self.upstream.close()

    def told(self) -> Iterator[Event]:
        """The queued events, once."""
        queued, self._outbox = self._outbox, []
        yield from queued

    def check(self, name: str, check: Callable[[Turn], Verdict]) -> Verdict:
        """Run a check and record its verdict and time."""
        begun = time.perf_counter()
        verdict: object = "failed"
        try:
            verdict = check(self)
        finally:
            self.record(name, verdict.value if isinstance(verdict, Verdict) else str(verdict), begun)
        if not isinstance(verdict, Verdict):
            raise UnknownVerdictError(name)
        return verdict

    def watch(self, name: str, flow: Iterator[_T]) -> Generator[_T, None, None]:
        """Pass `flow` on and record how it ended, and the time inside it and the flows before it."""
        spent, verdict = 0.0, "failed"
        try:
            while True:
                begun = time.perf_counter()
                try:
                    item = next(flow)
                except StopIteration:
                    verdict = "pass"
                    return
                finally:
                    spent += time.perf_counter() - begun
                yield item
        except GeneratorExit:
            verdict = "closed"
            raise
        finally:
            self.record(name, verdict, time.perf_counter() - spent)

    def record(self, name: str, verdict: str, begun: float) -> None:
        """Note a step's verdict and the time since `begun` (a `perf_counter`)."""
        milliseconds = round((time.perf_counter() - begun) * 1000, 2)
        self.steps.append({"step": name, "verdict": verdict, "ms": milliseconds})


class UnknownVerdictError(RuntimeError):
    """A check gave no verdict that we know: a mistake of ours. The turn stops, it never passes."""
