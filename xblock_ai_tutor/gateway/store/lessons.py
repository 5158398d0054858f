"""Lessons at rest, by content address. Their meaning is `gateway.lessons`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.database import dao_insert_once
from xblock_ai_tutor.gateway.store.tables import Lesson, table_of

_lessons: Final = table_of(Lesson)
_BODY: Final = select(_lessons.c.body).where(_lessons.c.digest == bindparam("digest"))


def dao_add_lesson(session: Session, *, digest: str, body: bytes, now_ms: int) -> bool:
    """Keep a lesson; False when it was there already."""
    return dao_insert_once(session, Lesson, digest=digest, body=body, added_ms=now_ms)


def dao_get_lesson(session: Session, digest: str) -> bytes | None:
    """The lesson's bytes, or None."""
    body: bytes | None = session.execute(_BODY, {"digest": digest}).scalar()
    return body
