"""Everything that is read from or written to the register, one small function for each question.

Without any scope: building, publishing and operators' commands call it. What a reader may see is asked of `readers`,
which enforces it. All functions need an application context (see `register`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from analytics_dash.i18n import _
from analytics_dash.releases.audit_chain import add_line
from analytics_dash.releases.errors import OvertakenError, ReleaseError
from analytics_dash.releases.models import AuditRow, CellRow, LearningRow, PublicationRow, ReleaseRow, db
from analytics_dash.releases.types import AuditEntry, Cell, LearningFigure, ReleaseInfo

PUBLISHING: Final = 7_241_002
"""PostgreSQL's advisory lock under which publications take turns; SQLite has one writer anyway."""

_CELL: Final = tuple(field.name for field in fields(Cell))
_PUBLICATIONS: Final = (  # put together once: every page asks
    select(ReleaseRow.id, ReleaseRow.cells_digest, PublicationRow.published_at)
    .join(PublicationRow, PublicationRow.release == ReleaseRow.id)
    .order_by(ReleaseRow.through, ReleaseRow.sequence)
)


def list_releases() -> tuple[ReleaseInfo, ...]:
    """Return every release, oldest first: by month, then by running number."""
    query = (
        select(ReleaseRow, PublicationRow)
        .outerjoin(PublicationRow, PublicationRow.release == ReleaseRow.id)
        .order_by(ReleaseRow.through, ReleaseRow.sequence)
    )
    return tuple(_info(row, publication) for row, publication in db.session.execute(query))


def release_info(release_id: str) -> ReleaseInfo:
    """Return one release; `ReleaseError` when there is none of that id."""
    row = db.session.get(ReleaseRow, release_id)
    if row is None:
        raise ReleaseError(
            _("There is no release “{id}” in this register; `adoption release list` shows those there are.").format(
                id=release_id
            )
        )
    return _info(row, db.session.get(PublicationRow, release_id))


def publications() -> tuple[tuple[str, str, datetime], ...]:
    """Return id, cells' digest and time of publication of each published release, in the order of `list_releases`."""
    return tuple((row.id, row.cells_digest, row.published_at) for row in db.session.execute(_PUBLICATIONS))


def latest_published() -> ReleaseInfo | None:
    """Return the published release of the latest month (its highest number), or None when none is published."""
    published = [info for info in list_releases() if info.status == "published"]
    return published[-1] if published else None


def learning(release_id: str, *, lesson: str | None = None) -> tuple[LearningFigure, ...]:
    """Return what a release says of its lessons, or of one, in the release's order, published or not.

    For building, publishing and operators' commands; readers ask `readers.learning_figures`.
    """
    query = select(LearningRow).where(LearningRow.release == release_id).order_by(LearningRow.position)
    if lesson is not None:
        query = query.where(LearningRow.lesson == lesson)
    return tuple(learning_of(row) for row in db.session.scalars(query))


def all_cells(release_id: str, *, indicator: str | None = None) -> tuple[Cell, ...]:
    """Return every cell of a release, published or not: for the attacker and for `release show`, never for a reader."""
    columns = [getattr(CellRow, name) for name in _CELL]
    query = select(*columns).where(CellRow.release == release_id).order_by(CellRow.position)
    if indicator is not None:
        query = query.where(CellRow.indicator == indicator)
    return tuple(Cell(*row) for row in db.session.execute(query))


def published_sharing(months: Sequence[str]) -> tuple[ReleaseInfo, ...]:
    """Return the published releases that cover one of `months`, in the order of publication."""
    published = [
        info for info in list_releases() if info.published_at and set(months).intersection(info.manifest["months"])
    ]
    return tuple(sorted(published, key=lambda info: (info.published_at, info.id)))


def release_by_fingerprint(fingerprint: str) -> ReleaseInfo | None:
    """Return the latest release built from exactly these inputs by this code, if there is one."""
    query = select(ReleaseRow).where(ReleaseRow.fingerprint == fingerprint).order_by(ReleaseRow.sequence.desc())
    row = db.session.scalars(query).first()
    return None if row is None else _info(row, db.session.get(PublicationRow, row.id))


def next_sequence(through: str) -> int:
    """Return the running number of the next release of a month: 1 for the first."""
    latest = db.session.scalar(select(func.max(ReleaseRow.sequence)).where(ReleaseRow.through == through))
    return (latest or 0) + 1


def insert_release(
    *,
    through: str,
    sequence: int,
    fingerprint: str,
    digest: str,
    manifest: Mapping[str, Any],
    cells: Sequence[Cell],
    learning: Sequence[LearningFigure] = (),
) -> ReleaseInfo:
    """Write a release with its cells and learning figures in one transaction: all of it or nothing.

    Raises `ReleaseError` when another build took the number in the meantime.
    """
    release_id = f"{through}.{sequence}"
    db.session.add(
        ReleaseRow(
            id=release_id,
            through=through,
            sequence=sequence,
            fingerprint=fingerprint,
            cells_digest=digest,
            manifest=json.dumps(manifest, sort_keys=True, ensure_ascii=False),
            built_at=datetime.now(UTC),
        )
    )
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise ReleaseError(
            _("Another build made release {id} in the meantime; run this build again.").format(id=release_id)
        ) from error
    if cells:
        rows = [
            {name: getattr(cell, name) for name in _CELL} | {"release": release_id, "position": position}
            for position, cell in enumerate(cells)
        ]
        db.session.execute(insert(CellRow), rows)  # a national release has hundreds of thousands
    db.session.add_all(
        LearningRow(position=position, **asdict(figure) | {"release": release_id})
        for position, figure in enumerate(learning)
    )
    db.session.commit()
    return release_info(release_id)


@dataclass(frozen=True, slots=True)
class Seen:
    """What an attack rests on: which releases are published, and how many rows the attacked one has (rows are only ever
    added)."""

    published: frozenset[str]
    cells: int
    learning: int


def seen(release_id: str) -> Seen:
    """Return what the register holds now for an attack on this release; `insert_publication` compares it."""
    published = db.session.scalars(select(PublicationRow.release).where(PublicationRow.release != release_id))
    cells, learning = (
        db.session.scalar(select(func.count()).select_from(model).where(model.release == release_id)) or 0
        for model in (CellRow, LearningRow)
    )
    return Seen(frozenset(published), cells, learning)


def insert_publication(release_id: str, attack: Mapping[str, Any], *, rests_on: Seen | None = None) -> ReleaseInfo:
    """Record that a release is published, with the attacker's report; return it. Once published, nothing changes.

    `rests_on` is what was `seen` before the attack. Publishing takes turns in the database; where another release was
    published since, or a row added to this one, the attack says nothing about what would be published: nothing is
    written and `OvertakenError` raised. Without `rests_on` nothing is compared.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(PUBLISHING)))
    db.session.add(
        PublicationRow(release=release_id, published_at=datetime.now(UTC), attack=json.dumps(attack, sort_keys=True))
    )
    try:
        db.session.flush()  # from here on a second publisher waits, on SQLite too
    except IntegrityError:
        db.session.rollback()
        if db.session.get(PublicationRow, release_id) is None:
            raise
        return release_info(release_id)  # someone else published it in the meantime
    if rests_on is not None and seen(release_id) != rests_on:
        db.session.rollback()
        raise OvertakenError(
            _("The register changed while release {id} was checked, so it is not published; publish it again.").format(
                id=release_id
            )
        )
    db.session.commit()
    return release_info(release_id)


def audit(user: str, action: str, detail: str = "") -> None:
    """Add one line to the readers' audit. `detail` says what was looked at (a release, a page), never a figure."""
    add_line(user, action, detail)


def audit_entries(*, limit: int | None = None, user: str | None = None) -> tuple[AuditEntry, ...]:
    """Return the audit, latest first; at most `limit` lines, of all or of one user. For operators: see `readers`."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    if user is not None:
        query = query.where(AuditRow.user == user)
    return tuple(
        AuditEntry(at=row.at, user=row.user, action=row.action, detail=row.detail) for row in db.session.scalars(query)
    )


def _info(row: ReleaseRow, publication: PublicationRow | None) -> ReleaseInfo:
    return ReleaseInfo(
        id=row.id,
        through=row.through,
        status="built" if publication is None else "published",
        built_at=row.built_at,
        published_at=None if publication is None else publication.published_at,
        cells_digest=row.cells_digest,
        manifest=json.loads(row.manifest),
    )


def cell_of(row: CellRow) -> Cell:
    """A row as the value that leaves this room; a column that `Cell` gains comes with it."""
    return Cell(**{field.name: getattr(row, field.name) for field in fields(Cell)})


def learning_of(row: LearningRow) -> LearningFigure:
    """The same of a figure about a lesson."""
    return LearningFigure(**{field.name: getattr(row, field.name) for field in fields(LearningFigure)})
