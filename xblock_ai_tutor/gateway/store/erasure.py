"""One learner in every table: what there is of them, and how it goes. `gateway.records` calls it.

A table is either in HELD, with the query that finds a learner's rows in it, or in WITHOUT_LEARNERS. A test sees to it
that every table is in one of them, so that a new table cannot be forgotten by an erasure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.tables import (
    AttestationRow,
    AuditEntry,
    Base,
    Budget,
    Conversation,
    Feedback,
    LedgerRow,
    Lesson,
    Pace,
    Report,
    Reservation,
    ResidencyCheck,
    Revocation,
    Switch,
    Turn,
    UsedToken,
)

_Find = Callable[[str], ColumnElement[bool]]


def _of_turns(column: Any) -> _Find:
    """Rows of the learner's turns, by the column that names the turn."""

    def find(learner: str) -> ColumnElement[bool]:
        turns = select(Turn.id).where(Turn.conversation.in_(_conversations(learner)))
        condition: ColumnElement[bool] = column.in_(turns)
        return condition

    return find


def _conversations(learner: str) -> Any:
    return select(Conversation.id).where(Conversation.learner == learner)


# In the order in which they may go: what refers to a row before the row.
HELD: Final[Mapping[type[Base], _Find]] = {
    Feedback: _of_turns(Feedback.turn),
    Report: _of_turns(Report.turn),
    Reservation: lambda learner: Reservation.scope == f"learner:{learner}",
    Budget: lambda learner: Budget.scope == f"learner:{learner}",
    Pace: lambda learner: Pace.learner == learner,
    LedgerRow: lambda learner: LedgerRow.learner == learner,
    Turn: lambda learner: Turn.conversation.in_(_conversations(learner)),
    Conversation: lambda learner: Conversation.learner == learner,
}
# Revocations name a conversation that is gone, by a digest, until its tickets have expired.
WITHOUT_LEARNERS: Final[frozenset[type[Base]]] = frozenset(
    {AttestationRow, AuditEntry, Lesson, ResidencyCheck, Revocation, Switch, UsedToken}
)


def dao_get_rows_of(session: Session, learner: str) -> dict[str, list[Base]]:
    """Every row about `learner` (the gateway's pseudonym), by table name."""
    return {
        table.__tablename__: list(session.scalars(select(table).where(find(learner)))) for table, find in HELD.items()
    }


def dao_erase_learner(session: Session, learner: str) -> dict[str, int]:
    """Erase every row about `learner`; how many, by table name.

    What the service, a lesson or a department has used stays: those totals are about nobody.
    """
    return {
        table.__tablename__: int(session.execute(delete(table).where(find(learner))).rowcount)  # type: ignore[attr-defined]
        for table, find in HELD.items()
    }
