"""Lessons at rest, by content address. Their meaning is `gateway.lessons`."""

from __future__ import annotations

from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.tables import Lesson


def dao_add_lesson(session: Session, *, digest: str, body: bytes, now_ms: int) -> bool:
    """Keep a lesson; False when it was there already."""
    if session.get(Lesson, digest) is not None:
        return False
    session.add(Lesson(digest=digest, body=body, added_ms=now_ms))
    return True


def dao_get_lesson(session: Session, digest: str) -> bytes | None:
    """The lesson's bytes, or None."""
    lesson = session.get(Lesson, digest)
    return lesson.body if lesson else None
