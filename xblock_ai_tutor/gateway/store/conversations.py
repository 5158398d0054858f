"""Conversations and their turns at rest: opening, beginning, finishing, reading, erasing."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.tables import Conversation, Turn, table_of

RUNNING: Final = "running"
# Endings that the learner was told of with a `done`: asking with the same key tells them again.
_DELIVERED: Final = frozenset({"answered", "blocked", "refused"})
_CUT_SHORT: Final = "max_output_tokens"

# The statements of every turn, built once: building one costs more than running it.
_turns: Final = table_of(Turn)
_conversations: Final = table_of(Conversation)
_OF_CONVERSATION: Final = _conversations.c.id == bindparam("conversation")
_OWNER: Final = select(_conversations.c.learner).where(_OF_CONVERSATION).with_for_update()
# The same statement in SQLite and PostgreSQL; SQLAlchemy's ON CONFLICT is one function for each.
_OPEN: Final = text(
    "INSERT INTO conversations (id, learner, course, usage, touched_ms) "
    "VALUES (:id, :learner, :course, :usage, :touched_ms) ON CONFLICT DO NOTHING RETURNING id"
)
_TOUCH: Final = update(_conversations).where(_OF_CONVERSATION).values(touched_ms=bindparam("now_ms"))
_PLACEHOLDERS: Final = select(_conversations.c.placeholders_cipher).where(_OF_CONVERSATION).with_for_update()
_KEEP_PLACEHOLDERS: Final = (
    update(_conversations).where(_OF_CONVERSATION).values(placeholders_cipher=bindparam("cipher"))
)
_BEGIN: Final = insert(_turns)
_BY_KEY: Final = select(Turn).where(Turn.conversation == bindparam("conversation"), Turn.key == bindparam("turn_key"))
_EXCHANGES: Final = (
    select(_turns.c.step, _turns.c.question_cipher, _turns.c.answer_cipher)
    .where(_turns.c.conversation == bindparam("conversation"), _turns.c.status != RUNNING)
    .where(_turns.c.answer_cipher.is_not(None))
    .order_by(_turns.c.at_ms.desc(), _turns.c.id.desc())
    .limit(bindparam("most"))
)
_ENDING: Final = (
    *("status", "reason", "question_cipher", "answer_cipher"),
    *("notices", "citations", "redactions", "steps"),
)
_FINISH: Final = (
    update(_turns).where(_turns.c.id == bindparam("turn")).values({name: bindparam(name) for name in _ENDING})
)


def was_delivered(turn: Turn) -> bool:
    """Whether the turn ended in a way that the learner was told of in full."""
    return turn.status in _DELIVERED or (turn.status == "incomplete" and turn.reason == _CUT_SHORT)


def dao_begin_turn(
    session: Session, *, turn: str, conversation: str, key: str, lesson: str, step: str, now_ms: int
) -> None:
    """Record that a turn has begun. Its words come at the end, redacted."""
    session.execute(
        _BEGIN,
        {
            "id": turn,
            "conversation": conversation,
            "key": key,
            "lesson": lesson,
            "step": step,
            "at_ms": now_ms,
            "status": RUNNING,
            "notices": [],
            "citations": [],
            "redactions": 0,
            "steps": [],
        },
    )


class Opened(enum.Enum):
    """What became of opening a conversation."""

    NEW = "new"
    KNOWN = "known"
    FOREIGN = "foreign"


def dao_open_conversation(
    session: Session, *, conversation: str, learner: str, course: str, usage: str, now_ms: int
) -> Opened:
    """Open the conversation with this id, making it when it is not there; FOREIGN when it is another learner's."""
    owner = session.execute(_OWNER, {"conversation": conversation}).scalar()
    if owner is None:
        values = {"id": conversation, "learner": learner, "course": course, "usage": usage, "touched_ms": now_ms}
        if session.execute(_OPEN, values).first() is not None:
            return Opened.NEW
        # A rival was first: what it opened is there by now.
        owner = session.execute(_OWNER, {"conversation": conversation}).scalar()
    if owner != learner:
        return Opened.FOREIGN
    session.execute(_TOUCH, {"conversation": conversation, "now_ms": now_ms})
    return Opened.KNOWN


def dao_lock_conversation(session: Session, conversation: str) -> Conversation | None:
    """The conversation, held against other turns until the transaction ends; None when it was erased."""
    return session.get(Conversation, conversation, with_for_update=True)


def dao_lock_placeholders(session: Session, conversation: str) -> bytes | None:
    """The conversation's placeholder map, held against other turns until the transaction ends; None without one."""
    cipher: bytes | None = session.execute(_PLACEHOLDERS, {"conversation": conversation}).scalar()
    return cipher


def dao_keep_placeholders(session: Session, conversation: str, cipher: bytes) -> None:
    """Store the conversation's placeholder map."""
    session.execute(_KEEP_PLACEHOLDERS, {"conversation": conversation, "cipher": cipher})


def dao_get_exchanges(
    session: Session, *, conversation: str, most: int
) -> Sequence[tuple[str, bytes | None, bytes | None]]:
    """(step, question, answer) of the last `most` turns that were answered, oldest first; the texts encrypted."""
    found = session.execute(_EXCHANGES, {"conversation": conversation, "most": most}).all()
    return [(step, question, answer) for step, question, answer in reversed(found)]


def dao_finish_turn(session: Session, turn: str, **ending: Any) -> None:
    """Write what a turn came to: `ending` has a value for each column of `_ENDING`.

    Nothing happens when it was erased while it ran: nothing of it comes back.
    """
    session.execute(_FINISH, {"turn": turn, **ending})


def dao_get_turn(session: Session, turn: str) -> Turn | None:
    """The turn with this id, or None when it was erased."""
    return session.get(Turn, turn)


def dao_get_turn_by_key(session: Session, *, conversation: str, key: str) -> Turn | None:
    """The turn that was begun with this idempotency key, or None."""
    return session.scalars(_BY_KEY, {"conversation": conversation, "turn_key": key}).one_or_none()


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


def dao_count_turns_before(session: Session, before_ms: int) -> int:
    """How many turns that were begun before `before_ms` are stored."""
    return session.scalar(select(func.count()).select_from(Turn).where(Turn.at_ms < before_ms)) or 0
