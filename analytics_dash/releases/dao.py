"""Everything that is read from or written to the register, one small function for each question.

The one place where row scope is enforced is `cells`. All functions need an application context (see `register`).
Building and attacking are not here: `build` and `publish` call `insert_release` and `insert_publication`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from analytics_dash.i18n import _
from analytics_dash.releases.errors import ReleaseError, ScopeError
from analytics_dash.releases.models import AuditRow, CellRow, LearningRow, PublicationRow, ReleaseRow, db
from analytics_dash.releases.types import AuditEntry, Cell, LearningFigure, ReleaseInfo, Scope

_CELL: Final = tuple(field.name for field in fields(Cell))


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


def latest_published() -> ReleaseInfo | None:
    """Return the published release of the latest month (its highest number), or None when none is published."""
    published = [info for info in list_releases() if info.status == "published"]
    return published[-1] if published else None


def cells(
    scope: Scope,
    release_id: str,
    *,
    indicator: str | None = None,
    view: str | None = None,
    department: str | None = None,
) -> tuple[Cell, ...]:
    """Return the cells of a published release that `scope` may see, in the release's order.

    A department head sees their own department's rows and those of all government (rows without a department); an
    auditor sees none. `indicator`, `view` and `department` select further: they pick cells, never add persons up.

    Raises `ScopeError` for an auditor and for another department than the head's own, `ReleaseError` for a release
    that does not exist or is not published.
    """
    if scope.role == "auditor":
        raise ScopeError(_("An auditor reads the audit and the manifests, not the figures."))
    if scope.role == "department_head" and department not in (None, scope.department):
        raise ScopeError(_("A department head sees the figures of their own department and of all government."))
    if release_info(release_id).status != "published":
        raise ReleaseError(
            _("Release {id} is not published; `adoption release publish {id}` checks and publishes it.").format(
                id=release_id
            )
        )
    query = select(CellRow).where(CellRow.release == release_id).order_by(CellRow.position)
    if scope.role == "department_head":
        query = query.where((CellRow.department == scope.department) | CellRow.department.is_(None))
    if indicator is not None:
        query = query.where(CellRow.indicator == indicator)
    if view is not None:
        query = query.where(CellRow.view == view)
    if department is not None:
        query = query.where(CellRow.department == department)
    return tuple(_cell(row) for row in db.session.scalars(query))


def learning(release_id: str, *, lesson: str | None = None) -> tuple[LearningFigure, ...]:
    """Return what a release says of its lessons, or of one, in the release's order, published or not.

    Over all people of the roster and without any department, so every reader of figures may see all of it; what is
    shown to a reader must be of a published release (`adoption learning` sees to it).
    """
    query = select(LearningRow).where(LearningRow.release == release_id).order_by(LearningRow.position)
    if lesson is not None:
        query = query.where(LearningRow.lesson == lesson)
    names = LearningFigure.__slots__
    return tuple(LearningFigure(**{name: getattr(row, name) for name in names}) for row in db.session.scalars(query))


def all_cells(release_id: str, *, indicators: Collection[str] | None = None) -> tuple[Cell, ...]:
    """Return every cell of a release, published or not: for the attacker and for `release show`, never for a reader."""
    columns = [getattr(CellRow, name) for name in _CELL]
    query = select(*columns).where(CellRow.release == release_id).order_by(CellRow.position)
    if indicators is not None:
        query = query.where(CellRow.indicator.in_(indicators))
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


def insert_publication(release_id: str, attack: Mapping[str, Any]) -> ReleaseInfo:
    """Record that a release is published, with the attacker's report."""
    db.session.add(
        PublicationRow(release=release_id, published_at=datetime.now(UTC), attack=json.dumps(attack, sort_keys=True))
    )
    db.session.commit()
    return release_info(release_id)


def audit(user: str, action: str, detail: str = "") -> None:
    """Add one line to the readers' audit. `detail` says what was looked at (a release, a page), never a figure."""
    db.session.add(AuditRow(at=datetime.now(UTC), user=user, action=action, detail=detail))
    db.session.commit()


def audit_entries(*, limit: int | None = None) -> tuple[AuditEntry, ...]:
    """Return the audit, latest first; at most `limit` lines."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
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


def _cell(row: CellRow) -> Cell:
    return Cell(**{name: getattr(row, name) for name in _CELL})
