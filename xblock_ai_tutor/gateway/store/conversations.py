"""Conversations and their turns at rest: opening, beginning, finishing, reading, erasing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.direct import Statement, Work
from xblock_ai_tutor.gateway.store.tables import Conversation, Turn

RUNNING: Final = "running"
# Endings that the learner was told of with a `done`: asking with the same key tells them again.
_DELIVERED: Final = frozenset({"answered", "blocked", "refused"})
_CUT_SHORT: Final = "max_output_tokens"

# Another learner's conversation is left alone, and then nothing is returned.
_OPEN: Final = Statement(
    "INSERT INTO conversations (id, learner, course, usage, touched_ms) "
    "VALUES (:conversation, :learner, :course, :usage, :now_ms) "
    "ON CONFLICT (id) DO UPDATE SET touched_ms = excluded.touched_ms WHERE conversations.learner = excluded.learner "
    "RETURNING id"
)
# A row for each turn, one without a turn where there is none; the turn with the key comes first.
_LOOK_BACK: Final = Statement(
    "SELECT revocations.before_ms, conversations.placeholders_cipher, turns.key, turns.id, turns.status, turns.reason, "
    "turns.at_ms, turns.step, turns.question_cipher, turns.answer_cipher FROM conversations "
    "LEFT JOIN revocations ON revocations.conversation = conversations.id "
    "LEFT JOIN turns ON turns.conversation = conversations.id "
    "AND (turns.key = :key OR (turns.status <> 'running' AND turns.answer_cipher IS NOT NULL)) "
    "WHERE conversations.id = :conversation "
    "ORDER BY turns.key = :key DESC, turns.at_ms DESC, turns.id DESC LIMIT :most"
)
_BEGIN: Final = Statement(
    "INSERT INTO turns (id, conversation, key, lesson, step, at_ms, status, notices, citations, redactions, steps) "
    "VALUES (:turn, :conversation, :key, :lesson, :step, :now_ms, 'running', '[]', '[]', 0, '[]')"
)
_DROP: Final = Statement("DELETE FROM turns WHERE id = :turn")
_PLACEHOLDERS: Final = Statement("SELECT placeholders_cipher FROM conversations WHERE id = :conversation")
_KEEP_PLACEHOLDERS: Final = Statement(
    "UPDATE conversations SET placeholders_cipher = :cipher WHERE id = :conversation "
    "AND (placeholders_cipher = :seen OR (placeholders_cipher IS NULL AND :unseen)) RETURNING id"
)
_FINISH: Final = Statement(
    "UPDATE turns SET status = :status, reason = :reason, question_cipher = :question_cipher, "
    "answer_cipher = :answer_cipher, notices = :notices, citations = :citations, redactions = :redactions, "
    "steps = :steps WHERE id = :turn"
)
_JSON: Final = ("notices", "citations", "steps")


@dataclass(frozen=True, slots=True)
class Earlier:
    """The turn that was begun with the same key."""

    id: str
    status: str
    reason: str | None
    at_ms: int

    @property
    def was_delivered(self) -> bool:
        """Whether it ended in a way that the learner was told of in full."""
        return self.status in _DELIVERED or (self.status == "incomplete" and self.reason == _CUT_SHORT)


@dataclass(frozen=True, slots=True)
class Past:
    """What there was of a conversation when it was opened.

    Tickets issued up to `revoked_ms` are void (-1: none are). `exchanges` are (step, question, answer) of the last
    turns that were answered, oldest first, the texts encrypted; `earlier` is not among them.
    """

    revoked_ms: int
    placeholders_cipher: bytes | None
    earlier: Earlier | None
    exchanges: Sequence[tuple[str, bytes | None, bytes | None]]


def dao_open_conversation(work: Work, *, conversation: str, learner: str, course: str, usage: str, now_ms: int) -> bool:
    """Open the conversation with this id, making it when it is not there; False when it is another learner's.

    It is held against other turns until the transaction ends.
    """
    values = {"conversation": conversation, "learner": learner, "course": course, "usage": usage, "now_ms": now_ms}
    return work.row(_OPEN, values) is not None


def dao_look_back(work: Work, *, conversation: str, key: str, most: int) -> Past:
    """What an open conversation has been until now, with at most `most` exchanges; `key` is the new turn's."""
    rows = work.rows(_LOOK_BACK, {"conversation": conversation, "key": key, "most": most + 1})
    revoked_ms, placeholders, first_key, *first = rows[0]
    earlier = Earlier(*first[:4]) if first_key == key else None
    answered = rows[1:] if earlier else rows
    exchanges = [(row[7], row[8], row[9]) for row in reversed(answered[:most]) if row[3] is not None]
    return Past(-1 if revoked_ms is None else revoked_ms, placeholders, earlier, exchanges)


def dao_drop_turn(work: Work, turn: str) -> None:
    """Erase a turn."""
    work.run(_DROP, {"turn": turn})


def dao_begin_turn(work: Work, *, turn: str, conversation: str, key: str, lesson: str, step: str, now_ms: int) -> None:
    """Record that a turn has begun. Its words come at the end, redacted."""
    values = {"turn": turn, "conversation": conversation, "key": key, "lesson": lesson, "step": step, "now_ms": now_ms}
    work.run(_BEGIN, values)


def dao_get_placeholders(work: Work, conversation: str) -> bytes | None:
    """The conversation's placeholder map; None without one."""
    row = work.row(_PLACEHOLDERS, {"conversation": conversation})
    return row[0] if row else None


def dao_keep_placeholders(work: Work, conversation: str, *, cipher: bytes, seen: bytes | None) -> bool:
    """Store the conversation's placeholder map in the place of `seen`; False when it is not there any more."""
    values = {"conversation": conversation, "cipher": cipher, "seen": seen, "unseen": seen is None}
    return work.row(_KEEP_PLACEHOLDERS, values) is not None


def dao_finish_turn(work: Work, turn: str, **ending: Any) -> None:
    """Write what a turn came to: `ending` has a value for each column that `_FINISH` sets.

    Nothing happens when it was erased while it ran: nothing of it comes back.
    """
    written = {name: msgspec.json.encode(ending[name]).decode() for name in _JSON}
    work.run(_FINISH, {"turn": turn, **ending, **written})


def dao_lock_conversation(session: Session, conversation: str) -> Conversation | None:
    """The conversation, held against other turns until the transaction ends; None when it was erased."""
    return session.get(Conversation, conversation, with_for_update=True)


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


def dao_count_turns_before(session: Session, before_ms: int) -> int:
    """How many turns that were begun before `before_ms` are stored."""
    return session.scalar(select(func.count()).select_from(Turn).where(Turn.at_ms < before_ms)) or 0
