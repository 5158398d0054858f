"""Which role an account has here whose provider knows no roles: the learning platform's. Kept in the register.

An account is named by its id in the audit, which is no name. Called when somebody signs in, and by `adoption reader`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import delete, select

from analytics_dash.i18n import _
from analytics_dash.releases.access import close_sessions
from analytics_dash.releases.errors import ReleaseError
from analytics_dash.releases.models import AccountRow, db
from analytics_dash.releases.types import Role, Scope


@dataclass(frozen=True, slots=True)
class Account:
    """An account and what it may see."""

    id: str
    scope: Scope
    added_at: datetime


def scope_of(account: str) -> Scope | None:
    """What an account may see; None when nobody has given it a role."""
    row = db.session.get(AccountRow, account)
    return None if row is None else Scope(cast("Role", row.role), row.department)


def give_role(account: str, scope: Scope) -> None:
    """Give an account its role, in place of one that it had, whose sessions end. `ReleaseError` for what is no id."""
    if not account.isprintable() or " " in account or not 0 < len(account) <= 200:
        raise ReleaseError(_("An account's id is what the page said that refused it, such as openedx:3f…."))
    db.session.merge(AccountRow(id=account, role=scope.role, department=scope.department, added_at=datetime.now(UTC)))
    db.session.commit()
    close_sessions(account)


def take_role(account: str) -> None:
    """Take an account's role away and end its sessions. Raises `ReleaseError` when it has none."""
    found = db.session.execute(delete(AccountRow).where(AccountRow.id == account).returning(AccountRow.id)).all()
    db.session.commit()
    if not found:
        raise ReleaseError(_("The account {id} has no role; adoption reader list shows all.").format(id=account))
    close_sessions(account)


def accounts() -> tuple[Account, ...]:
    """All accounts with a role here, by their ids."""
    rows = db.session.scalars(select(AccountRow).order_by(AccountRow.id))
    return tuple(Account(row.id, Scope(cast("Role", row.role), row.department), row.added_at) for row in rows)
