"""The query layer for readers: what a person or a program may read of the register. Row scope is enforced here alone.

Page, CSV, notes and API call these functions and no others (an import rule keeps them from `dao`), so that they agree.
Each takes the reader's `Scope`; what it does not cover raises `ScopeError`. Only published releases are read.

| role | figures | releases and manifests | audit |
|---|---|---|---|
| training manager, analyst | every department, all government | yes | no |
| department head | own department and its parts, all government | yes | no |
| auditor | none | yes | yes |
| administrator | every department, all government | yes | yes |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select

from analytics_dash.i18n import _
from analytics_dash.releases import audit_lines
from analytics_dash.releases.audit_lines import LogPage, Sought
from analytics_dash.releases.dao import audit_entries, learning_of, publications, release_info
from analytics_dash.releases.errors import ReleaseError, ScopeError
from analytics_dash.releases.kept import Kept
from analytics_dash.releases.models import CellRow, LearningRow, db
from analytics_dash.releases.types import AuditEntry, Cell, LearningFigure, ReleaseInfo, Scope

DIMENSIONS: Final = tuple(
    field.name for field in fields(Cell) if field.name not in {"release", "numerator", "denominator", "value", "status"}
)
"""What a cell can be picked by."""

_FIELDS: Final = tuple(field.name for field in fields(Cell))
_CELLS: Final[Kept[tuple[Cell, ...]]] = Kept(500_000, len)
_LEARNING: Final[Kept[tuple[tuple[int, LearningFigure], ...]]] = Kept(100_000, len)
_INFOS: Final[Kept[ReleaseInfo]] = Kept(200, lambda _info: 1)


def published_releases() -> tuple[ReleaseInfo, ...]:
    """Return the published releases, the latest first: by month, then by running number. Every role may.

    Which there are is asked each time; their manifests, which never change, are read once.
    """
    register = str(db.engine.url)
    return tuple(
        _INFOS.get((register, *key), lambda key=key: release_info(key[0]))  # type: ignore[misc]
        for key in reversed(publications())
    )


def published(release_id: str) -> ReleaseInfo:
    """Return a published release with its manifest. Every role may. Raises `ReleaseError` for any other."""
    for info in published_releases():
        if info.id == release_id:
            return info
    release_info(release_id)  # says so where there is none at all
    raise ReleaseError(
        _("Release {id} is not published; `adoption release publish {id}` checks and publishes it.").format(
            id=release_id
        )
    )


def cells(
    scope: Scope,
    release_id: str,
    *,
    indicator: str | None = None,
    view: str | None = None,
    department: str | None = None,
    picks: Mapping[str, str] | None = None,
    after: int = -1,
    limit: int | None = None,
) -> tuple[Cell, ...]:
    """Return the cells of a published release that `scope` may see, in the release's order.

    `indicator`, `view`, `department` and `picks` (any of `DIMENSIONS`) select: they pick cells, never add persons up.
    `after` is the position in the release after which to go on, `limit` the most cells to return.

    Raises `ScopeError` for an auditor and for another department than the head's own, `ReleaseError` for a release
    that does not exist or is not published.
    """
    wanted = _given(indicator=indicator, view=view, department=department) | dict(picks or {})
    if not wanted and after < 0 and limit is None:
        return _all_cells(scope, release_id)
    return tuple(cell for _position, cell in cells_from(scope, release_id, picks=wanted, after=after, limit=limit))


def cells_from(
    scope: Scope, release_id: str, *, picks: Mapping[str, str], after: int = -1, limit: int | None = None
) -> tuple[tuple[int, Cell], ...]:
    """As `cells`, each with its position in the release: what a page of them goes on from."""
    may_read_cells(scope, picks.get("department"))
    published(release_id)
    # Columns and not rows of the mapper, which cost five times as much: a national release has hundreds of thousands.
    query = select(CellRow.position, *(getattr(CellRow, name) for name in _FIELDS))
    query = query.where(CellRow.release == release_id, CellRow.position > after, _rows(scope))
    query = query.where(*(getattr(CellRow, name) == wanted for name, wanted in picks.items()))
    found = db.session.execute(query.order_by(CellRow.position).limit(limit))
    return tuple((position, Cell(*values)) for position, *values in found)


def _all_cells(scope: Scope, release_id: str) -> tuple[Cell, ...]:
    """All that `scope` may see of a release. Whether it may is asked each time; the cells are read once."""
    may_read_cells(scope)
    release = published(release_id)
    key = (str(db.engine.url), release.id, release.cells_digest, release.published_at, scope.own)
    return _CELLS.get(key, lambda: tuple(cell for _position, cell in cells_from(scope, release_id, picks={})))


def may_read_cells(scope: Scope, department: str | None = None) -> None:
    """Raise `ScopeError` when this reader may see no cells, or none of `department`."""
    if scope.role == "auditor":
        raise ScopeError(_("An auditor reads the audit and the manifests, not the figures."))
    if scope.own is not None and department not in (None, scope.own):
        raise ScopeError(_("A department head sees the figures of their own department and of all government."))


def departments(scope: Scope, release_id: str) -> tuple[str, ...]:
    """Return the departments of a published release of which `scope` may see cells, in alphabetical order."""
    may_read_cells(scope)
    published(release_id)
    query = select(func.distinct(CellRow.department)).where(
        CellRow.release == release_id, CellRow.department.is_not(None), _rows(scope)
    )
    return tuple(sorted(db.session.scalars(query)))


def learning_figures(
    scope: Scope, release_id: str, *, lesson: str | None = None, after: int = -1, limit: int | None = None
) -> tuple[tuple[int, LearningFigure], ...]:
    """Return what a published release says of its lessons, with positions, in the release's order.

    It is over all people of the roster, so every reader of figures may see all of it. Raises as `cells`.
    """
    may_read_cells(scope)
    release = published(release_id)
    if lesson is None and after < 0 and limit is None:
        key = (str(db.engine.url), release.id, release.cells_digest, release.published_at)
        return _LEARNING.get(key, lambda: _learning(release_id))
    return _learning(release_id, lesson=lesson, after=after, limit=limit)


def _learning(
    release_id: str, *, lesson: str | None = None, after: int = -1, limit: int | None = None
) -> tuple[tuple[int, LearningFigure], ...]:
    query = select(LearningRow).where(LearningRow.release == release_id, LearningRow.position > after)
    if lesson is not None:
        query = query.where(LearningRow.lesson == lesson)
    found = db.session.scalars(query.order_by(LearningRow.position).limit(limit))
    return tuple((row.position, learning_of(row)) for row in found)


def audit_log(scope: Scope, *, limit: int | None = None, user: str | None = None) -> Sequence[AuditEntry]:
    """Return the readers' audit, latest first. Raises `ScopeError` for all but auditors and administrators."""
    _may_read_audit(scope)
    return audit_entries(limit=limit, user=user)


def audit_page(
    scope: Scope, sought: Sought, *, before: int | None = None, after: int | None = None, size: int
) -> LogPage:
    """Return a page of the readers' audit: see `audit_lines.page`. Raises as `audit_log`."""
    _may_read_audit(scope)
    return audit_lines.page(sought, before=before, after=after, size=size)


def audit_actions(scope: Scope) -> tuple[str, ...]:
    """Return the words of what was done, for who may read the audit. Raises as `audit_log`."""
    _may_read_audit(scope)
    return audit_lines.actions()


def _may_read_audit(scope: Scope) -> None:
    if scope.role not in {"auditor", "administrator"}:
        raise ScopeError(_("The audit log is for auditors."))


def _rows(scope: Scope) -> ColumnElement[bool]:
    """The rows of `cell` that are this reader's: the one condition that is the row scope."""
    if scope.own is None:
        return CellRow.release.is_not(None)
    # A team's row names its department. A group of departments is neither the own one nor all of government.
    government = and_(CellRow.department.is_(None), CellRow.department_group.is_(None))
    return or_(CellRow.department == scope.own, government)


def _given(**picks: str | None) -> dict[str, str]:
    return {name: wanted for name, wanted in picks.items() if wanted is not None}
