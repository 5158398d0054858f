"""Conversations and their turns at rest: opening, beginning, finishing, reading, erasing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.database import dao_insert_once
from xblock_ai_tutor.gateway.store.tables import Conversation, Turn

RUNNING: Final = "running"
# Endings that the learner was told of with a `done`: asking with the same key tells them again.
_DELIVERED: Final = frozenset({"answered", "blocked", "refused"})
_CUT_SHORT: Final = "max_output_tokens"


def was_delivered(turn: Turn) -> bool:
    """Whether the turn ended in a way that the learner was told of in full."""
    return turn.status in _DELIVERED or (turn.status == "incomplete" and turn.reason == _CUT_SHORT)


def dao_begin_turn(
    session: Session, *, turn: str, conversation: str, key: str, lesson: str, step: str, now_ms: int
) -> None:
    """Record that a turn has begun. Its words come at the end, redacted."""
    session.add(
        Turn(
            id=turn,
            conversation=conversation,
            key=key,
            lesson=lesson,
            step=step,
            at_ms=now_ms,
            status=RUNNING,
            notices=[],
            citations=[],
            redactions=0,
            steps=[],
        )
    )


def dao_open_conversation(
    session: Session, *, conversation: str, learner: str, course: str, usage: str, now_ms: int
) -> Conversation | None:
    """The conversation with this id, made when it is not there; None when it belongs to another learner."""
    dao_insert_once(
        session,
        Conversation,
        id=conversation,
        learner=learner,
        course=course,
        usage=usage,
        placeholders_cipher=None,
        touched_ms=now_ms,
    )
    row = session.get_one(Conversation, conversation, with_for_update=True)
    row.touched_ms = now_ms
    return row if row.learner == learner else None


def dao_lock_conversation(session: Session, conversation: str) -> Conversation | None:
    """The conversation, held against other turns until the transaction ends; None when it was erased."""
    return session.get(Conversation, conversation, with_for_update=True)


def dao_get_turn_by_key(session: Session, *, conversation: str, key: str) -> Turn | None:
    """The turn that was begun with this idempotency key, or None."""
    return session.scalars(select(Turn).where(Turn.conversation == conversation, Turn.key == key)).one_or_none()


def dao_get_turn(session: Session, turn: str) -> Turn | None:
    """The turn with this id, or None when it was erased."""
    return session.get(Turn, turn)


def dao_get_finished_turns(session: Session, *, conversation: str, learner: str) -> Sequence[Turn]:
    """The conversation's turns that have ended, oldest first; none when it is not this learner's."""
    query = (
        select(Turn)
        .join(Conversation, Conversation.id == Turn.conversation)
        .where(Conversation.id == conversation, Conversation.learner == learner, Turn.status != RUNNING)
        .order_by(Turn.at_ms, Turn.id)
    )
    return session.scalars(query).all()


def dao_get_running_turns_before(session: Session, before_ms: int) -> Sequence[Turn]:
    """Turns that were begun before `before_ms` and never ended: their worker died."""
    return session.scalars(select(Turn).where(Turn.status == RUNNING, Turn.at_ms < before_ms)).all()


def dao_get_conversation(session: Session, *, conversation: str, learner: str) -> Conversation | None:
    """The conversation, when it is this learner's."""
    row = session.get(Conversation, conversation)
    return row if row is not None and row.learner == learner else None


def dao_erase_conversation(session: Session, *, conversation: str, learner: str) -> int:
    """Erase the learner's conversation with its turns and placeholders; how many turns there were."""
    if dao_get_conversation(session, conversation=conversation, learner=learner) is None:
        return 0
    turns = session.execute(delete(Turn).where(Turn.conversation == conversation))
    session.execute(delete(Conversation).where(Conversation.id == conversation))
    return int(turns.rowcount)  # type: ignore[attr-defined]


def dao_erase_turns_before(session: Session, before_ms: int) -> tuple[int, int]:
    """Erase turns begun before `before_ms` and conversations untouched since; (turns, conversations) erased."""
    turns = session.execute(delete(Turn).where(Turn.at_ms < before_ms, Turn.status != RUNNING))
    conversations = session.execute(delete(Conversation).where(Conversation.touched_ms < before_ms))
    return int(turns.rowcount), int(conversations.rowcount)  # type: ignore[attr-defined]


def dao_count_transcripts(session: Session) -> tuple[int, int]:
    """(turns, conversations) that are stored."""
    return (
        session.scalar(select(func.count()).select_from(Turn)) or 0,
        session.scalar(select(func.count()).select_from(Conversation)) or 0,
    )
