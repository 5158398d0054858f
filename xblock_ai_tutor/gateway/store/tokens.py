"""Signed tokens at rest: which service tokens were used, and which tickets were revoked before they expire."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.database import dao_insert_once
from xblock_ai_tutor.gateway.store.tables import Revocation, UsedToken


def dao_use_token(session: Session, *, jti: str, expires_ms: int) -> bool:
    """Note that a token is used; False when it was used before."""
    return dao_insert_once(session, UsedToken, jti=jti, expires_ms=expires_ms)


def dao_revoke_tickets(session: Session, *, conversation: str, before_ms: int, expires_ms: int) -> None:
    """Make the conversation's tickets that were issued up to `before_ms` void."""
    dao_insert_once(session, Revocation, conversation=conversation, before_ms=0, expires_ms=0)
    row = session.get_one(Revocation, conversation, with_for_update=True)
    row.before_ms, row.expires_ms = max(row.before_ms, before_ms), max(row.expires_ms, expires_ms)


def dao_is_revoked(session: Session, *, conversation: str, issued_ms: int) -> bool:
    """Whether a ticket of the conversation that was issued at `issued_ms` is void."""
    row = session.get(Revocation, conversation)
    return row is not None and issued_ms <= row.before_ms


def dao_forget_tokens(session: Session, now_ms: int) -> None:
    """Drop what can no longer matter, because the tokens have expired."""
    session.execute(delete(UsedToken).where(UsedToken.expires_ms < now_ms))
    session.execute(delete(Revocation).where(Revocation.expires_ms < now_ms))
