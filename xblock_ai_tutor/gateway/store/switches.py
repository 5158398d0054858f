"""The kill switch at rest: a row for whatever is off, and no row for what is on. Its history is the audit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.database import dao_insert_once
from xblock_ai_tutor.gateway.store.direct import Statement, Work
from xblock_ai_tutor.gateway.store.tables import Switch

_SCOPES: Final = Statement("SELECT scope FROM switches")


def dao_get_scopes_off(work: Work) -> list[str]:
    """Everything that is off: every worker looks several times a second."""
    return [scope for (scope,) in work.rows(_SCOPES)]


def dao_get_switches(session: Session) -> Sequence[Switch]:
    """Everything that is off, by scope."""
    return session.scalars(select(Switch).order_by(Switch.scope)).all()


def dao_switch_off(session: Session, *, scope: str, reason: str, now_ms: int) -> bool:
    """Switch off; False when it was off already (the first reason stays)."""
    return dao_insert_once(session, Switch, scope=scope, reason=reason, since_ms=now_ms)


def dao_switch_on(session: Session, scope: str) -> bool:
    """Switch on; False when it was on already."""
    return bool(session.execute(delete(Switch).where(Switch.scope == scope)).rowcount)  # type: ignore[attr-defined]
