"""Who comes in: tokens for the API, sessions of the dashboard, and how often each may ask. Kept in the register.

A secret is shown once, to its owner; the register has its SHA-256 alone, which is enough for 256 random bits. A session
ends when its row goes, whoever kept a copy of the cookie. Called by the dashboard and by `adoption token`.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from analytics_dash.i18n import _
from analytics_dash.releases.errors import ReleaseError
from analytics_dash.releases.models import PaceRow, SessionRow, TokenRow, db
from analytics_dash.releases.types import Role, Scope

PREFIX: Final = "adt"
"""What a token begins with, so that a scanner of repositories can know one."""

_TOKEN: Final = re.compile(rf"{PREFIX}_([0-9a-f]{{12}})_([A-Za-z0-9_-]{{43}})")
NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

# Columns and not the mapper's row: every request asks.
_SESSION: Final = select(SessionRow.reader, SessionRow.role, SessionRow.department, SessionRow.expires_at).where(
    SessionRow.digest == bindparam("digest")
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone who was let in: an id for the audit, and what they may see.

    `subject` and `sid` are what an identity provider calls the account and its session; empty where there is none.
    """

    id: str
    scope: Scope
    subject: str = field(default="", repr=False)
    sid: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token without its secret. Times are UTC; `state` is active, expired or revoked."""

    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime
    state: str


def create_token(name: str, scope: Scope, *, days: int) -> str:
    """Make a token that is good for `days`; return its text, which is kept nowhere.

    Raises `ReleaseError` for a name that is taken or is no name.
    """
    if not NAME.fullmatch(name):
        raise ReleaseError(
            _("A token's name is what the audit will say, not a person's: small letters, digits, “.”, “_”, “-”.")
        )
    identifier, secret, now = secrets.token_hex(6), secrets.token_urlsafe(32), datetime.now(UTC)
    db.session.add(
        TokenRow(
            id=identifier,
            digest=_digest(secret),
            name=name,
            role=scope.role,
            department=scope.department,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
    )
    try:
        db.session.commit()
    except IntegrityError as error:
        db.session.rollback()
        raise ReleaseError(_("There is a token “{name}” already; choose another name.").format(name=name)) from error
    return f"{PREFIX}_{identifier}_{secret}"


def token_caller(text: str) -> Caller | None:
    """Return whose token this is; None when it is not one, is revoked or has expired."""
    found = _TOKEN.fullmatch(text)
    row = db.session.get(TokenRow, found[1]) if found else None
    if found is None or row is None or not secrets.compare_digest(row.digest, _digest(found[2])):
        return None
    if _state(row) != "active":
        return None
    return Caller(f"token:{row.name}", Scope(cast("Role", row.role), row.department))


def revoke_token(name: str) -> None:
    """End a token at once and for good; a second time changes nothing. `ReleaseError` when there is none."""
    row = db.session.scalars(select(TokenRow).where(TokenRow.name == name)).first()
    if row is None:
        raise ReleaseError(_("There is no token “{name}”; adoption token list shows all.").format(name=name))
    row.revoked_at = row.revoked_at or datetime.now(UTC)
    db.session.commit()


def tokens() -> tuple[TokenInfo, ...]:
    """Return all tokens, the oldest first."""
    rows = db.session.scalars(select(TokenRow).order_by(TokenRow.created_at, TokenRow.id))
    return tuple(
        TokenInfo(row.name, Scope(cast("Role", row.role), row.department), row.created_at, row.expires_at, _state(row))
        for row in rows
    )


def open_session(caller: Caller, *, hours: int) -> str:
    """Begin a session; return its secret for the cookie. Sessions that have expired are swept out."""
    secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
    db.session.execute(delete(SessionRow).where(SessionRow.expires_at < now))
    db.session.add(
        SessionRow(
            digest=_digest(secret),
            reader=caller.id,
            role=caller.scope.role,
            department=caller.scope.department,
            subject=_digest(caller.subject) if caller.subject else None,
            sid=_digest(caller.sid) if caller.sid else None,
            created_at=now,
            expires_at=now + timedelta(hours=hours),
        )
    )
    db.session.commit()
    return secret


def session_caller(secret: str) -> Caller | None:
    """Return who opened this session; None when it was closed, has expired or never was."""
    row = db.session.execute(_SESSION, {"digest": _digest(secret)}).first()
    if row is None or row.expires_at <= datetime.now(UTC):
        return None
    return Caller(row.reader, Scope(cast("Role", row.role), row.department))


def close_session(secret: str) -> None:
    """End a session; every copy of its cookie is worthless from now on."""
    db.session.execute(delete(SessionRow).where(SessionRow.digest == _digest(secret)))
    db.session.commit()


def close_sessions(reader: str) -> int:
    """End all sessions of a reader, whose role has changed or who has left; return how many there were."""
    ended = list(db.session.scalars(delete(SessionRow).where(SessionRow.reader == reader).returning(SessionRow.digest)))
    db.session.commit()
    return len(ended)


def close_provider_sessions(*, subject: str = "", sid: str = "") -> int:
    """End what an identity provider ends: one session of its, or, without `sid`, all of an account; return how many."""
    of = SessionRow.sid == _digest(sid) if sid else SessionRow.subject == _digest(subject)
    if sid and subject:
        of = of & (SessionRow.subject == _digest(subject))
    ended = list(db.session.scalars(delete(SessionRow).where(of).returning(SessionRow.digest)))
    db.session.commit()
    return len(ended)


def take_turn(kind: str, who: str, *, limit: int, seconds: int, now: float | None = None) -> int:
    """Count one request of `who`; return 0, or after `limit` in this window of `seconds` how long to wait.

    Windows begin at multiples of `seconds`, for all workers and machines alike. `who` is kept as a digest.
    """
    moment = time.time() if now is None else now
    window = int(moment) // seconds * seconds
    subject = hashlib.sha256(f"{kind}\n{who}".encode()).hexdigest()
    dialect: Any = {"sqlite": sqlite, "postgresql": postgresql}[db.engine.dialect.name]
    statement = dialect.insert(PaceRow).values(subject=subject, window=window, count=1)
    statement = statement.on_conflict_do_update(
        index_elements=["subject", "window"], set_={"count": PaceRow.count + 1}
    ).returning(PaceRow.count)
    count = db.session.execute(statement).scalar_one()
    if count == 1:  # once in each window: forget the windows of yesterday
        db.session.execute(delete(PaceRow).where(PaceRow.window < int(moment) - 86_400))
    db.session.commit()
    return 0 if count <= limit else max(1, window + seconds - int(moment))


def _state(row: TokenRow) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "active" if datetime.now(UTC) < row.expires_at else "expired"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
