"""Lessons at rest, by content address. Their meaning is `gateway.lessons`."""

from __future__ import annotations

from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.database import dao_insert_once
from xblock_ai_tutor.gateway.store.tables import Lesson


def dao_add_lesson(session: Session, *, digest: str, body: bytes, now_ms: int) -> bool:
    """Keep a lesson; False when it was there already."""
    return dao_insert_once(session, Lesson, digest=digest, body=body, added_ms=now_ms)


def dao_get_lesson(session: Session, digest: str) -> bytes | None:
    """The lesson's bytes, or None."""
    lesson = session.get(Lesson, digest)
    return lesson.body if lesson else None
