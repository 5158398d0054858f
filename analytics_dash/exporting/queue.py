"""Export jobs in the register: asked for, claimed, told how far they are, finished, cancelled, forgotten.

A claim is a row's `worker` with a `beat` that whoever makes it renews; every later word about the job is written only
where the claim still stands. One whose beat has stopped was killed, and its job is anyone's. All functions need an
application context.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, cast

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import aliased

from analytics_dash.exporting.order import Order
from analytics_dash.releases.access import Caller
from analytics_dash.releases.models import ExportRow, db
from analytics_dash.releases.types import Role, Scope

State = Literal["queued", "making", "done", "failed", "cancelled"]
STATES: Final[tuple[State, ...]] = ("queued", "making", "done", "failed", "cancelled")
OPEN: Final = ("queued", "making")

STALE: Final = timedelta(seconds=10)
"""A claim without a beat for so long is of a process that is gone."""

ATTEMPTS: Final = 3
"""So often a job may take its own process down, or be too slow, before it counts as impossible. A killed server does
not count against it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its asker sees it. `problem` is a word of `dashboard.exports`, where a job failed."""

    id: str
    caller: Caller
    order: Order
    digest: str
    state: State
    done: int
    parts: int
    problem: str | None
    asked_at: datetime
    ends_at: datetime

    @property
    def file(self) -> str:
        """The file's name on the shelf."""
        return f"{self.digest}.{self.order.ending}"


def ask(caller: Caller, order: Order, digest: str, *, days: int, ready: bool) -> Job:
    """Put an order into the queue, or, where its file is `ready`, among the finished ones.

    Who asks again for what is still being made, or lies ready for them, gets that job.
    """
    mine = select(ExportRow).where(ExportRow.reader == caller.id, ExportRow.digest == digest)
    known = db.session.scalars(mine.where(ExportRow.state.in_((*OPEN, "done") if ready else OPEN))).first()
    if known is not None:
        return _job(known)
    now = datetime.now(UTC)
    row = ExportRow(
        id=secrets.token_hex(16),
        reader=caller.id,
        role=caller.scope.role,
        own=caller.scope.department,
        release=order.release,
        department=order.department,
        sections=json.dumps(order.sections),
        format=order.format,
        language=order.language,
        period=order.period,
        view=order.view,
        digest=digest,
        state="done" if ready else "queued",
        done=0,
        parts=0,
        attempts=0,
        asked_at=now,
        ends_at=now + timedelta(days=days),
    )
    db.session.add(row)
    db.session.commit()
    return _job(row)


def job(reader: str, job_id: str) -> Job | None:
    """A reader's own job; None for one that is not, or is not theirs."""
    row = db.session.get(ExportRow, job_id, populate_existing=True)
    return _job(row) if row is not None and row.reader == reader else None


def jobs(reader: str) -> tuple[Job, ...]:
    """All of a reader's jobs, the latest first."""
    query = select(ExportRow).where(ExportRow.reader == reader).order_by(ExportRow.asked_at.desc(), ExportRow.id)
    return tuple(_job(row) for row in db.session.scalars(query))


def open_jobs(reader: str) -> int:
    """How many of a reader's jobs are waiting or being made."""
    query = select(func.count()).where(ExportRow.reader == reader, ExportRow.state.in_(OPEN))
    return db.session.scalar(query) or 0


def cancel(reader: str, job_id: str) -> None:
    """End a reader's own job; whoever makes it stops. A finished one stays as it is."""
    mine = (ExportRow.id == job_id, ExportRow.reader == reader, ExportRow.state.in_(OPEN))
    db.session.execute(update(ExportRow).where(*mine).values(state="cancelled", worker=None))
    db.session.commit()


def any_free() -> bool:
    """Whether there is a job to claim: a look that takes no lock."""
    query = select(ExportRow.id).where(_free(datetime.now(UTC))).limit(1)
    found = db.session.scalar(query) is not None
    db.session.rollback()  # the look is over: a transaction left open would see an old register
    return found


def claim(worker: str) -> Job | None:
    """The next job, now claimed by `worker`: of the reader with the fewest jobs before it, then the one that waits
    longest, so that who asks for a hundred does not keep out who asks for one.
    """
    now = datetime.now(UTC)
    other = aliased(ExportRow)
    before = (
        select(func.count())
        .where(other.reader == ExportRow.reader, other.state.in_(OPEN), other.asked_at < ExportRow.asked_at)
        .scalar_subquery()
    )
    free = _free(now)
    wanted = select(ExportRow.id).where(free).order_by(before, ExportRow.asked_at, ExportRow.id).limit(1)
    if db.engine.dialect.name == "postgresql":
        wanted = wanted.with_for_update(skip_locked=True, of=ExportRow)
    taken = db.session.scalars(
        update(ExportRow)
        .where(ExportRow.id == wanted.scalar_subquery(), free)
        .values(state="making", worker=worker, beat=now, done=0, parts=0)
        .returning(ExportRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).first()
    db.session.commit()
    return None if taken is None else _job(taken)


def claimed(job_id: str, worker: str) -> Job | None:
    """The job, where this worker's claim stands."""
    row = db.session.get(ExportRow, job_id, populate_existing=True)
    return _job(row) if row is not None and row.state == "making" and row.worker == worker else None


def progress(job_id: str, worker: str, done: int, parts: int) -> bool:
    """Say how far it is; False when the job is no longer this worker's (cancelled, or taken over)."""
    return _say(job_id, worker, done=done, parts=parts, beat=datetime.now(UTC))


def beat(worker_of: dict[str, str]) -> Collection[str]:
    """Renew the claims (job → worker); return the jobs that are no longer theirs."""
    now = datetime.now(UTC)
    return [job_id for job_id, worker in worker_of.items() if not _say(job_id, worker, beat=now)]


def finish(job_id: str, worker: str, *, problem: str | None = None) -> bool:
    """The file lies on the shelf, or there is a problem. False when the job is no longer this worker's."""
    return _say(job_id, worker, state="failed" if problem else "done", problem=problem, worker=None)


def give_back(job_id: str, worker: str, *, crashed: bool = False) -> None:
    """Put a claimed job back: the keeper is being stopped, or the job's own process `crashed`; that counts."""
    if not crashed:
        _say(job_id, worker, state="queued", worker=None)
        return
    row = db.session.get(ExportRow, job_id, populate_existing=True)
    given_up = row is not None and row.attempts + 1 >= ATTEMPTS
    again: dict[str, Any] = {"state": "failed", "problem": "attempts"} if given_up else {"state": "queued"}
    _say(job_id, worker, attempts=ExportRow.attempts + 1, worker=None, **again)


def forget_ended() -> tuple[str, ...]:
    """Delete the jobs whose time is over; return the names of the files that the rest may still be asked for."""
    db.session.execute(delete(ExportRow).where(ExportRow.ends_at < datetime.now(UTC), ExportRow.state.not_in(OPEN)))
    db.session.commit()
    rows = db.session.scalars(select(ExportRow).where(ExportRow.state == "done"))
    return tuple(_job(row).file for row in rows)


def counts() -> dict[str, int]:
    """How many jobs are in each state, for the operator."""
    found = db.session.execute(select(ExportRow.state, func.count()).group_by(ExportRow.state))
    return dict.fromkeys(STATES, 0) | dict(found.all())


def _free(now: datetime) -> ColumnElement[bool]:
    """Waiting, or claimed by a process that is gone."""
    return or_(ExportRow.state == "queued", and_(ExportRow.state == "making", ExportRow.beat < now - STALE))


def _say(job_id: str, whose: str, **values: Any) -> bool:
    """Write about a job where the claim stands."""
    mine = (ExportRow.id == job_id, ExportRow.worker == whose, ExportRow.state == "making")
    statement = update(ExportRow).where(*mine).values(**values).returning(ExportRow.id)
    found = db.session.scalars(statement.execution_options(synchronize_session=False)).first()
    db.session.commit()
    return found is not None


def _job(row: ExportRow) -> Job:
    return Job(
        id=row.id,
        caller=Caller(row.reader, Scope(cast("Role", row.role), row.own)),
        order=Order(
            row.release,
            row.format,
            row.department,
            tuple(json.loads(row.sections)),
            language=row.language,
            period=row.period,
            view=row.view,
        ),
        digest=row.digest,
        state=cast("State", row.state),
        done=row.done,
        parts=row.parts,
        problem=row.problem,
        asked_at=row.asked_at,
        ends_at=row.ends_at,
    )
