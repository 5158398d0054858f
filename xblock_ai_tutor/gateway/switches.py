"""The kill switch: whether the tutor is off for a learner's service, course or lesson, on every worker within a second.

`Switchboard` is what one worker knows: the table, read again when it is older than FRESH_S. `refuse_when_off` keeps new
tickets and turns out; `until_off` ends an answer that is running. Between two pieces of an answer it looks for
itself; where the model is silent, `watch` (a timer that gunicorn's worker starts) interrupts the wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from xblock_ai_tutor.gateway.failures import ApiError
from xblock_ai_tutor.gateway.i18n import marked
from xblock_ai_tutor.gateway.logs import log
from xblock_ai_tutor.gateway.store.direct import direct
from xblock_ai_tutor.gateway.store.switches import dao_get_scopes_off

if TYPE_CHECKING:
    from xblock_ai_tutor.gateway.tickets import Ticket  # brings in ssl, which gevent must patch first

FRESH_S: Final = 0.5
_WATCH_S: Final = 0.3
SERVICE: Final = "service"
OFF: Final = marked(
    "The tutor is switched off at the moment, by those who run it. Your words are not lost, and the lesson works "
    "without it."
)

_T = TypeVar("_T")


class TutorOffError(ApiError):
    """The tutor is switched off for this learner's lesson."""

    status = 503
    code = "tutor_off"
    retry = True

    def __init__(self) -> None:
        super().__init__(OFF)


class Interrupted(BaseException):
    """Thrown into a wait for the model. No `except Exception` on the way may take it for a failed request."""


def course_scope(course: str) -> str:
    return f"course:{course}"


def lesson_scope(lesson: str) -> str:
    """A lesson by its usage key, by the digest of its text, or by the id in its front matter."""
    return f"lesson:{lesson}"


def scopes_of(ticket: Ticket, lesson_id: str) -> frozenset[str]:
    """The switches that concern this ticket; `lesson_id` is empty where it is not known yet."""
    lessons = (ticket.usage, ticket.lesson, lesson_id)
    return frozenset({SERVICE, course_scope(ticket.course), *(lesson_scope(each) for each in lessons if each)})


class Wait:
    """A wait for the model that can be broken off, where it is a greenlet that waits (a thread cannot be reached)."""

    def __init__(self, scopes: frozenset[str]) -> None:
        from gevent import get_hub, getcurrent  # noqa: PLC0415 - the commands need no gevent
        from gevent.greenlet import Greenlet  # noqa: PLC0415

        self.scopes = scopes
        self.active = False
        waiter = getcurrent()
        self._waiter = waiter if isinstance(waiter, Greenlet) else None
        self._soon = get_hub().loop.run_callback if self._waiter else None

    def interrupt(self) -> None:
        """Throw `Interrupted` into the wait, unless it is over by the time that the event loop gets to it."""
        if self._soon is not None:
            self._soon(self._throw)

    def _throw(self) -> None:
        if self.active and self._waiter is not None:
            self._waiter.throw(Interrupted())


class Switchboard:
    """What is off, as one worker knows it."""

    def __init__(self, read: Callable[[], Iterable[str]] | None = None) -> None:
        """`read` gives the scopes that are off; by default those of the app's database."""
        self._read = read or _read_table
        self._off: frozenset[str] = frozenset()
        self._read_at = float("-inf")
        self._waits: set[Wait] = set()

    def off(self) -> frozenset[str]:
        """The scopes that are off. Reads the table when what is known is older than FRESH_S.

        Not inside a transaction: whoever holds one connection and waits for another can wait for ever.
        """
        if time.monotonic() - self._read_at > FRESH_S:
            self.refresh()
        return self._off

    def refresh(self) -> None:
        """Read the table now, and break off whatever waits for a model that is off."""
        known, self._read_at = self._read_at, time.monotonic()  # first: others need not read it at the same time
        try:
            self._off = frozenset(self._read())
        except BaseException:
            self._read_at = known
            raise
        if self._off:
            for wait in tuple(self._waits):
                if not self._off.isdisjoint(wait.scopes):
                    wait.interrupt()

    @contextmanager
    def waiting(self, scopes: frozenset[str]) -> Iterator[Wait]:
        """A wait that `refresh` breaks off while it is `active`."""
        wait = Wait(scopes)
        self._waits.add(wait)
        try:
            yield wait
        finally:
            self._waits.discard(wait)


def refuse_when_off(off: frozenset[str], ticket: Ticket, *, lesson_id: str) -> None:
    """Raise `TutorOffError` when one of the scopes in `off` is this ticket's."""
    if not off.isdisjoint(scopes_of(ticket, lesson_id)):
        raise TutorOffError


def until_off(board: Switchboard, scopes: frozenset[str], flow: Iterator[_T]) -> Iterator[_T]:
    """Pass `flow` on until one of `scopes` is off. Raises `TutorOffError` then; closing `flow` is the caller's."""
    with board.waiting(scopes) as wait:
        while board.off().isdisjoint(scopes):
            wait.active = True
            try:
                item = next(flow)
            except StopIteration:
                return
            except Interrupted:
                break
            finally:
                wait.active = False
            yield item
    raise TutorOffError


def watch(board: Switchboard, sleep: Callable[[float], Any]) -> None:
    """Look at the table again and again, for ever, so that a silent wait is broken off too."""
    while True:
        try:
            board.refresh()
        except Exception as mistake:  # the database is away: new turns say so, and this tries again
            log("switches_unreadable", error=type(mistake).__name__)
        sleep(_WATCH_S)


def _read_table() -> Iterable[str]:
    with direct(reading=True) as work:
        return dao_get_scopes_off(work)
