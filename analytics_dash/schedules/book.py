"""Schedules, recipients and mailings in the register. All functions need an application context.

A mailing's row is written before its mail is sent (`claim`) and settled after: so of two runs at once one sends it, and
after a kill in between it is known that it may have gone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, cast

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from analytics_dash.exporting.order import Order
from analytics_dash.i18n import _
from analytics_dash.releases.models import MailingRow, RecipientRow, ScheduledRow, ScheduleRow, db
from analytics_dash.releases.types import Role, Scope
from analytics_dash.schedules.errors import ScheduleError

Result = Literal["sending", "waiting", "sent", "failed", "refused"]
RESULTS: Final[tuple[Result, ...]] = ("sending", "waiting", "sent", "failed", "refused")

LEASE: Final = timedelta(minutes=10)
"""A mail that has been on its way for so long was left by a run that was killed."""

ATTEMPTS: Final = 8
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A reader who gets mail, and what they may see."""

    address: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Schedule:
    """What goes to whom and when; see `ScheduleRow`. An empty `department`: all of government, or a head's own.

    An empty `period`: each release whole, else `LATEST`.
    """

    name: str
    department: str
    sections: tuple[str, ...]
    formats: tuple[str, ...]
    language: str
    due: str
    paused: bool
    created_at: datetime
    recipients: tuple[Recipient, ...]
    period: str = ""

    def orders(self, release: str, *, demo: bool = False) -> tuple[Order, ...]:
        """What is made of a release, one for each format. Raises `ExportError` for what cannot be ordered."""
        return tuple(
            Order(
                *(release, kind, self.department, self.sections),
                language=self.language,
                period=self.period,
                demo=demo,
            )
            for kind in self.formats
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail that this run may send. `again`: an earlier run may have sent it and was killed before it could say so."""

    schedule: str
    release: str
    address: str
    first_at: datetime
    beat: datetime
    attempts: int
    again: bool


@dataclass(frozen=True, slots=True)
class Mailing:
    """How a mail ended, or stands. `problem` is a word or a server's code."""

    schedule: str
    release: str
    state: Result
    attempts: int
    beat: datetime
    next_at: datetime | None
    problem: str | None


def set_recipient(address: str, scope: Scope) -> None:
    """Put a reader in the book, or change their role."""
    row = db.session.get(RecipientRow, address)
    if row is None:
        row = RecipientRow(address=address, added_at=datetime.now(UTC), role=scope.role)
        db.session.add(row)
    row.role, row.department = scope.role, scope.department
    db.session.commit()


def remove_recipient(address: str) -> None:
    """Take a reader out of the book and off every schedule. Raises `ScheduleError` when they are not in it."""
    if db.session.get(RecipientRow, address) is None:
        raise ScheduleError(_("There is no recipient of this address; adoption report recipient list shows all."))
    db.session.execute(delete(ScheduledRow).where(ScheduledRow.address == address))
    db.session.execute(delete(RecipientRow).where(RecipientRow.address == address))
    db.session.commit()


def recipients() -> tuple[Recipient, ...]:
    """All readers who may get mail, by address."""
    return tuple(_recipient(row) for row in db.session.scalars(select(RecipientRow).order_by(RecipientRow.address)))


def add_schedule(schedule: Schedule, addresses: Sequence[str]) -> None:
    """Write a schedule down. Raises `ScheduleError` for a name that is taken or an address that is not in the book."""
    if db.session.get(ScheduleRow, schedule.name) is not None:
        raise ScheduleError(_("There is a schedule “{name}” already; remove it first.").format(name=schedule.name))
    if any(db.session.get(RecipientRow, address) is None for address in addresses):
        raise ScheduleError(_("An address is not in the book: adoption report recipient add ADDRESS --role ROLE."))
    db.session.add(
        ScheduleRow(
            name=schedule.name,
            department=schedule.department,
            sections=json.dumps(schedule.sections),
            formats=json.dumps(schedule.formats),
            language=schedule.language,
            period=schedule.period,
            due=schedule.due,
            paused=schedule.paused,
            created_at=schedule.created_at,
        )
    )
    db.session.flush()
    db.session.add_all(ScheduledRow(schedule=schedule.name, address=each) for each in dict.fromkeys(addresses))
    db.session.commit()


def remove_schedule(name: str) -> None:
    """End a schedule. What it has sent stays on record."""
    _known(name)
    db.session.execute(delete(ScheduledRow).where(ScheduledRow.schedule == name))
    db.session.execute(delete(ScheduleRow).where(ScheduleRow.name == name))
    db.session.commit()


def pause(name: str, *, paused: bool) -> None:
    """Stop a schedule for a while, or let it go on."""
    _known(name).paused = paused
    db.session.commit()


def schedules() -> tuple[Schedule, ...]:
    """All schedules with their recipients, by name."""
    on_it: dict[str, list[Recipient]] = {}
    listed = select(ScheduledRow.schedule, RecipientRow).join(
        RecipientRow, RecipientRow.address == ScheduledRow.address
    )
    for name, row in db.session.execute(listed.order_by(RecipientRow.address)):
        on_it.setdefault(name, []).append(_recipient(row))
    return tuple(
        Schedule(
            name=row.name,
            department=row.department,
            sections=tuple(json.loads(row.sections)),
            formats=tuple(json.loads(row.formats)),
            language=row.language,
            period=row.period,
            due=row.due,
            paused=row.paused,
            created_at=row.created_at,
            recipients=tuple(on_it.get(row.name, ())),
        )
        for row in db.session.scalars(select(ScheduleRow).order_by(ScheduleRow.name))
    )


def claim(schedule: str, release: str, address: str, now: datetime) -> Claim | None:
    """Take the right to send a mail; None when it was sent, is final, must wait, or another run has it."""
    dialect: Any = {"sqlite": sqlite, "postgresql": postgresql}[db.engine.dialect.name]
    key = {"schedule": schedule, "release": release, "address": address}
    first = dialect.insert(MailingRow).values(**key, state="sending", attempts=1, first_at=now, beat=now)
    taken = db.session.execute(first.on_conflict_do_nothing().returning(MailingRow.attempts)).first()
    if taken is not None:
        db.session.commit()
        return Claim(schedule, release, address, now, now, 1, again=False)
    row = db.session.get(MailingRow, (schedule, release, address), populate_existing=True)
    again = row is not None and row.state == "sending"
    free = or_(
        and_(MailingRow.state == "waiting", MailingRow.next_at <= now),
        and_(MailingRow.state == "sending", MailingRow.beat < now - LEASE),
    )
    retaken = (
        update(MailingRow)
        .where(*_mine(schedule, release, address), free)
        .values(state="sending", beat=now, attempts=MailingRow.attempts + 1, next_at=None)
        .returning(MailingRow.first_at, MailingRow.attempts)
        .execution_options(synchronize_session=False)
    )
    found = db.session.execute(retaken).first()
    db.session.commit()
    return None if found is None else Claim(schedule, release, address, found[0], now, found[1], again=again)


def settle(mail: Claim, state: Result, *, problem: str | None = None, now: datetime | None = None) -> Result:
    """Write down how it ended. A `waiting` one is tried again later, ever later, and after `ATTEMPTS` has `failed`."""
    next_at = None
    if state == "waiting" and mail.attempts >= ATTEMPTS:
        state = "failed"
    if state == "waiting":
        pause_for = min(FIRST_PAUSE * 2 ** (mail.attempts - 1), LONGEST_PAUSE)
        next_at = (now or datetime.now(UTC)) + pause_for
    db.session.execute(
        update(MailingRow)
        .where(*_mine(mail.schedule, mail.release, mail.address), MailingRow.beat == mail.beat)
        .values(state=state, problem=problem, next_at=next_at)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return state


def retry(name: str) -> int:
    """Try again what a schedule could not send, or was refused; return how many mails that are."""
    _known(name)
    again = list(
        db.session.scalars(
            update(MailingRow)
            .where(MailingRow.schedule == name, MailingRow.state.in_(("failed", "refused", "waiting")))
            .values(state="waiting", next_at=datetime.now(UTC), attempts=0)
            .returning(MailingRow.address)
            .execution_options(synchronize_session=False)
        )
    )
    db.session.commit()
    return len(again)


def mailings(name: str) -> tuple[Mailing, ...]:
    """A schedule's mails, the latest first; without their addresses."""
    query = select(MailingRow).where(MailingRow.schedule == name).order_by(MailingRow.beat.desc())
    return tuple(
        Mailing(row.schedule, row.release, cast("Result", row.state), row.attempts, row.beat, row.next_at, row.problem)
        for row in db.session.scalars(query)
    )


def counts() -> dict[str, dict[str, int]]:
    """For the operator: mails by how they stand, schedules by whether they go."""
    by_state = db.session.execute(select(MailingRow.state, func.count()).group_by(MailingRow.state))
    by_pause = db.session.execute(select(ScheduleRow.paused, func.count()).group_by(ScheduleRow.paused))
    return {
        "mailings": dict.fromkeys(RESULTS, 0) | dict(by_state.all()),
        "schedules": {"active": 0, "paused": 0}
        | {("paused" if paused else "active"): number for paused, number in by_pause},
    }


def _known(name: str) -> ScheduleRow:
    row = db.session.get(ScheduleRow, name)
    if row is None:
        raise ScheduleError(
            _("There is no schedule “{name}”; adoption report schedule list shows all.").format(name=name)
        )
    return row


def _mine(schedule: str, release: str, address: str) -> tuple[Any, ...]:
    return MailingRow.schedule == schedule, MailingRow.release == release, MailingRow.address == address


def _recipient(row: RecipientRow) -> Recipient:
    return Recipient(row.address, Scope(cast("Role", row.role), row.department))
