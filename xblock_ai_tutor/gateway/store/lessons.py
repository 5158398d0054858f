"""Lessons at rest, by content address. Their meaning is `gateway.lessons`."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.database import dao_insert_once
from xblock_ai_tutor.gateway.store.direct import Statement, Work
from xblock_ai_tutor.gateway.store.tables import Lesson

_BODY: Final = Statement("SELECT body FROM lessons WHERE digest = :digest")


def dao_add_lesson(session: Session, *, digest: str, body: bytes, now_ms: int) -> bool:
    """Keep a lesson; False when it was there already."""
    return dao_insert_once(session, Lesson, digest=digest, body=body, added_ms=now_ms)


def dao_get_lesson(work: Work, digest: str) -> bytes | None:
    """The lesson's bytes, or None."""
    row = work.row(_BODY, {"digest": digest})
    return row[0] if row else None
