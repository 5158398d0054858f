"""What learners say of answers, at rest: thumbs, and reports that a person looks at. Both go with their turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import case, delete, func, select, union_all
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.tables import Conversation, Feedback, LedgerRow, Report, Turn

_PAGE = 1_000


class Said(NamedTuple):
    """What a learner said of an answer, with what the ledger knows of its turn."""

    at_ms: int
    turn: str
    kind: str  # helpful, unhelpful, withdrawn, wrong, worrying
    learner: str
    course: str
    lesson_id: str


def dao_get_own_turn(session: Session, *, turn: str, conversation: str, learner: str) -> Turn | None:
    """The turn with this id, when it is in this conversation of this learner."""
    query = (
        select(Turn)
        .join(Conversation, Conversation.id == Turn.conversation)
        .where(Turn.id == turn, Conversation.id == conversation, Conversation.learner == learner)
    )
    return session.scalars(query).one_or_none()


def dao_set_thumb(session: Session, *, turn: str, thumb: int, now_ms: int) -> None:
    """Keep the learner's thumb on an answer: 1, -1, or 0 to take it back. The last one counts.

    A thumb that was taken back stays as that: figures that an earlier export brought out have to forget it.
    """
    taken_back = session.execute(delete(Feedback).where(Feedback.turn == turn)).rowcount  # type: ignore[attr-defined]
    if thumb or taken_back:
        session.add(Feedback(turn=turn, thumb=thumb, at_ms=now_ms))


def dao_add_report(session: Session, *, turn: str, kind: str, now_ms: int) -> bool:
    """Put an answer into the queue; False when it was reported before."""
    if session.scalar(select(Report.id).where(Report.turn == turn)) is not None:
        return False
    session.add(Report(turn=turn, kind=kind, at_ms=now_ms, outcome="", closed_ms=None))
    return True


def dao_get_reports(session: Session, *, waiting_only: bool) -> Sequence[tuple[Report, Turn, Conversation]]:
    """Reports with what they are about, oldest first."""
    query = (
        select(Report, Turn, Conversation)
        .join(Turn, Turn.id == Report.turn)
        .join(Conversation, Conversation.id == Turn.conversation)
        .order_by(Report.id)
    )
    if waiting_only:
        query = query.where(Report.outcome == "")
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def dao_get_report(session: Session, report: int) -> tuple[Report, Turn, Conversation] | None:
    """One report with what it is about, or None."""
    return next((row for row in dao_get_reports(session, waiting_only=False) if row[0].id == report), None)


def dao_close_report(session: Session, *, report: int, outcome: str, now_ms: int) -> bool:
    """Note what a person decided; False when there is no such report. A second decision takes the first one's place."""
    row = session.get(Report, report)
    if row is None:
        return False
    row.outcome, row.closed_ms = outcome, now_ms
    return True


def dao_get_opinions(session: Session, conversation: str) -> tuple[Mapping[str, int], Mapping[str, str]]:
    """Of one conversation: (thumbs by turn, kinds of reports by turn)."""
    thumbs = select(Feedback.turn, Feedback.thumb).join(Turn, Turn.id == Feedback.turn).where(Feedback.thumb != 0)
    reports = select(Report.turn, Report.kind).join(Turn, Turn.id == Report.turn)
    return (
        {row[0]: row[1] for row in session.execute(thumbs.where(Turn.conversation == conversation))},
        {row[0]: row[1] for row in session.execute(reports.where(Turn.conversation == conversation))},
    )


def dao_get_said_after(session: Session, at_ms: int) -> Iterator[Said]:
    """Thumbs and reports that are later than `at_ms`, oldest first; a page at a time."""
    of_turn = (LedgerRow.learner, LedgerRow.course, LedgerRow.lesson_id)
    thumb = case((Feedback.thumb > 0, "helpful"), (Feedback.thumb < 0, "unhelpful"), else_="withdrawn")
    thumbs = select(Feedback.at_ms.label("at_ms"), Feedback.turn.label("turn"), thumb.label("kind"), *of_turn)
    reports = select(Report.at_ms, Report.turn, Report.kind, *of_turn)
    said = union_all(
        thumbs.join(LedgerRow, LedgerRow.turn == Feedback.turn).where(Feedback.at_ms > at_ms),
        reports.join(LedgerRow, LedgerRow.turn == Report.turn).where(Report.at_ms > at_ms),
    ).subquery()
    query = select(said).order_by(said.c.at_ms, said.c.turn, said.c.kind).execution_options(yield_per=_PAGE)
    for row in session.execute(query):
        yield Said(*row)


def dao_count_opinions(session: Session) -> dict[str, int]:
    """How many of each are stored: thumbs up and down, reports waiting, upheld and not upheld."""
    counts = {"up": 0, "down": 0, "waiting": 0, "upheld": 0, "not_upheld": 0}
    thumbs = select(Feedback.thumb, func.count()).where(Feedback.thumb != 0).group_by(Feedback.thumb)
    for thumb, number in session.execute(thumbs):
        counts["up" if thumb > 0 else "down"] = number
    for outcome, number in session.execute(select(Report.outcome, func.count()).group_by(Report.outcome)):
        counts[outcome or "waiting"] = number
    return counts
