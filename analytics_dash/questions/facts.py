"""What a question is answered from: a release's cells and learning figures as far as one reader may see them.

`Facts` only picks: nothing is added up. `reading` takes them from the register with the reader's scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from analytics_dash.dates import month, span
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.i18n import _
from analytics_dash.releases import Cell, LearningFigure, ReleaseInfo, Scope
from analytics_dash.releases.changes import Report as Changes
from analytics_dash.releases.changes import compare
from analytics_dash.releases.clumps import Factors, factors_of

EVERYWHERE: Final = ""
"""The choice of no department: all of government."""

WHOLE: Final = ""
"""The choice of no month: the whole period of the release."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose: a department, a month of the release and a view of the question; empty is all, or first."""

    department: str = EVERYWHERE
    period: str = WHOLE
    view: str = ""


@dataclass(frozen=True)
class Facts:
    """One reader's view of one release.

    `departments` are those that this reader may choose, in alphabetical order: nothing here ranks them. `cells` are
    all cells of the choice, in the release's order; `earlier_cells` those of `earlier`, the one published before it.
    """

    release: ReleaseInfo
    scope: Scope
    choice: Choice
    departments: tuple[str, ...]
    cells: tuple[Cell, ...]
    learning: tuple[LearningFigure, ...] = ()
    earlier: ReleaseInfo | None = None
    earlier_cells: tuple[Cell, ...] = field(default=(), compare=False)

    @property
    def department(self) -> str:
        """The chosen department, or `EVERYWHERE`."""
        return self.choice.department

    @property
    def place(self) -> str:
        """The choice of department in words."""
        return self.department or _("All of government")

    @property
    def titles(self) -> Mapping[str, Any]:
        """What the release calls its lessons and steps (`titles`); releases without a file of titles have none."""
        found: Mapping[str, Any] = self.release.manifest.get("titles", {})
        return found

    @cached_property
    def changes(self) -> Changes | None:
        """What the release changed against the one before: compared when a page says it, which takes a while."""
        if self.earlier is None:
            return None
        return compare(self.release, self.cells, self.earlier, self.earlier_cells)

    @cached_property
    def months(self) -> tuple[str, ...]:
        """The months that the release covers, oldest first."""
        given = self.release.manifest.get("months")
        return tuple(given) if given else tuple(sorted({cell.month for cell in self.cells if cell.month}))

    @property
    def window(self) -> str:
        """The whole period in words, the year once where it is the same."""
        return span(self.months)

    @property
    def period(self) -> str:
        """The chosen period in words."""
        return month(self.choice.period) if self.choice.period else self.window

    @cached_property
    def _by_place(self) -> Mapping[tuple[str | None, ...], Cell]:
        views = ("all", "month", "department", "department_month")
        return {(c.indicator, c.view, c.arm, c.month, c.department): c for c in self.cells if c.view in views}

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
        return self._by_place.get((indicator, view, arm, month, department or None))

    def chosen(self, indicator: str, *, department: str = EVERYWHERE, arm: str | None = None) -> Cell | None:
        """The cell of one group in the chosen period."""
        return self.cell(indicator, month=self.choice.period or None, department=department, arm=arm)

    def by_month(self, indicator: str, *, department: str = EVERYWHERE, arm: str | None = None) -> tuple[Cell, ...]:
        """The monthly cells of one group, oldest first."""
        found = (self.cell(indicator, month=each, department=department, arm=arm) for each in self.months)
        return tuple(cell for cell in found if cell is not None)

    def by_department(self, indicator: str, *, arm: str | None = None) -> tuple[Cell, ...]:
        """Each visible department's cell of the chosen period, in alphabetical order; one when one is chosen."""
        shown = (self.department,) if self.department else self.departments
        found = (self.chosen(indicator, department=department, arm=arm) for department in shown)
        return tuple(cell for cell in found if cell is not None)

    def in_view(self, indicator: str, view: str, *, arm: str | None = None) -> tuple[Cell, ...]:
        """The cells that split by `view`, in the release's order: of the chosen month where they are published."""
        monthly = f"{view}_month" in VIEWS and bool(self.choice.period)
        wanted = (indicator, f"{view}_month" if monthly else view, arm)
        return tuple(
            cell
            for cell in self.cells
            if (cell.indicator, cell.view, cell.arm) == wanted and (not monthly or cell.month == self.choice.period)
        )

    def of_lesson(self, lesson: str, measure: str) -> tuple[LearningFigure, ...]:
        """What was measured of a lesson, in the release's order."""
        return tuple(each for each in self.learning if (each.lesson, each.measure) == (lesson, measure))

    def estimate(self, measure: str) -> LearningFigure | None:
        """An estimate about everybody."""
        return next(iter(self.of_lesson("", measure)), None)

    @cached_property
    def factors(self) -> Factors:
        """How much wider the limits of cells are for people who count several times."""
        return factors_of(self.learning)

    @property
    def lessons(self) -> tuple[str, ...]:
        """Lessons and tests of which something was measured, in the release's order."""
        return tuple(dict.fromkeys(each.lesson for each in self.learning if each.lesson))


def name_in(cell: Cell) -> str:
    """The name of a cell's group within its view, which the view's own cut gives; empty for everybody."""
    cuts = [name for name in VIEWS[cell.view].cuts if name != "month"]
    return str(getattr(cell, cuts[-1])) if cuts else ""
