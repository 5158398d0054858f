"""What one overview page shows: the release, the reader's choice, and the cells that go with it.

`read_overview` is the one place where the dashboard asks the register for cells; the page, a callback and the CSV are
made from the same `Overview`, so that they hold the same figures. What a reader may see is decided by
`analytics_dash.releases.cells`; here a choice is only turned down early, with a plain sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from analytics_dash.dashboard.errors import NotYours
from analytics_dash.i18n import _
from analytics_dash.releases import Cell, ReleaseInfo, Scope, cells, latest_published, release_info

EVERYWHERE: Final = ""
"""The choice of no department: all of government."""

Key = tuple[str, str, str | None, str | None, str | None]


@dataclass(frozen=True)
class Overview:
    """A reader's view of one release.

    `department` is the chosen one, or `EVERYWHERE`; `departments` those that this reader may choose, in alphabetical
    order: nothing here ranks them. `cells` are all cells of the choice, in the release's order.
    """

    release: ReleaseInfo
    scope: Scope
    department: str
    departments: tuple[str, ...]
    cells: tuple[Cell, ...]

    @cached_property
    def _index(self) -> Mapping[Key, Cell]:
        return {(c.indicator, c.view, c.month, c.department, c.arm): c for c in self.cells if c.grade_band is None}

    def cell(
        self, indicator: str, *, month: str | None = None, department: str = EVERYWHERE, arm: str | None = None
    ) -> Cell | None:
        """The cell of one group: of the whole period without `month`, of all government without `department`."""
        view = {
            (False, False): "all",
            (True, False): "month",
            (False, True): "department",
            (True, True): "department_month",
        }[month is not None, bool(department)]
        return self._index.get((indicator, view, month, department or None, arm))

    def by_month(self, indicator: str, *, department: str = EVERYWHERE, arm: str | None = None) -> tuple[Cell, ...]:
        """The monthly cells of one group, oldest first."""
        found = (self.cell(indicator, month=month, department=department, arm=arm) for month in self.months)
        return tuple(cell for cell in found if cell is not None)

    def by_department(self, indicator: str, *, arm: str | None = None) -> tuple[Cell, ...]:
        """Each visible department's cell of the whole period, in alphabetical order; one when one is chosen."""
        shown = (self.department,) if self.department else self.departments
        found = (self.cell(indicator, department=department, arm=arm) for department in shown)
        return tuple(cell for cell in found if cell is not None)

    @cached_property
    def months(self) -> tuple[str, ...]:
        """The months that the release covers, oldest first."""
        return tuple(sorted({cell.month for cell in self.cells if cell.month}))

    @property
    def place(self) -> str:
        """The choice in words."""
        return self.department or _("All of government")

    @property
    def description(self) -> str:
        """What is looked at, for the audit: no figure, and the same words in every language."""
        return f"release {self.release.id}, {self.department or 'all departments'}"


def read_overview(scope: Scope, department: str | None, release_id: str | None = None) -> Overview | None:
    """The view of a published release (the latest one by default), or None when nothing is published.

    `department` None is the reader's standard choice: their own department for a department head, all of government for
    others. Raises `NotYours` for a department that this reader may not see, `ScopeError` for an auditor, and
    `ReleaseError` for a release that does not exist or is not published.
    """
    release = release_info(release_id) if release_id else latest_published()
    if release is None:
        return None
    visible = cells(scope, release.id)
    departments = tuple(sorted({cell.department for cell in visible if cell.department}))
    choice = (scope.department or EVERYWHERE) if department is None else department
    if choice and choice not in departments:
        raise NotYours(_("There is no such department in your view. Choose one from the list on the first page."))
    return Overview(
        release=release,
        scope=scope,
        department=choice,
        departments=departments,
        cells=tuple(cell for cell in visible if not choice or cell.department in (None, choice)),
    )
