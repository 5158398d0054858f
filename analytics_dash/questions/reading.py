"""`read_facts`: a question's facts from the register, with the reader's own scope. The one place that asks for them.

Page, callback, report and CSV are made of what comes from here, so that they agree. What a reader may see is decided by
`analytics_dash.releases.readers`; here a choice is only turned down early, with a plain sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from analytics_dash.i18n import _
from analytics_dash.questions.errors import NoSuchChoice, NotYours
from analytics_dash.questions.facts import EVERYWHERE, Choice, Facts
from analytics_dash.releases import (
    Cell,
    LearningFigure,
    ReleaseInfo,
    Scope,
    cells,
    learning_figures,
    published,
    published_releases,
)


@dataclass(frozen=True)
class Released:
    """All that one reader may see of one release. It never changes, so that who asks again may keep it."""

    cells: tuple[Cell, ...]
    learning: tuple[LearningFigure, ...]
    _chosen: dict[str, tuple[Cell, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def departments(self) -> tuple[str, ...]:
        """The departments of which there are cells, in alphabetical order."""
        return tuple(sorted({cell.department for cell in self.cells if cell.department}))

    def of(self, department: str) -> tuple[Cell, ...]:
        """The cells that a choice of department leaves: its own, and those of no department. Picked once for each."""
        if not department:
            return self.cells
        if department not in self._chosen:
            self._chosen[department] = tuple(cell for cell in self.cells if cell.department in (None, department))
        return self._chosen[department]


def released(scope: Scope, release_id: str) -> Released:
    """A published release as far as `scope` covers it. Raises `ScopeError` and `ReleaseError`."""
    return Released(
        cells(scope, release_id), tuple(figure for _position, figure in learning_figures(scope, release_id))
    )


def read_facts(
    scope: Scope,
    department: str | None = None,
    *,
    release_id: str | None = None,
    period: str = "",
    view: str = "",
    compares: bool = True,
    read: Callable[[Scope, str], Released] = released,
) -> Facts | None:
    """The facts of a published release (the latest one by default), or None when nothing is published.

    `department` None is the reader's standard choice: their own department for a department head, all of government for
    others. `read` may be a way to `released` that remembers. Raises `NotYours` for a department that this reader may
    not see, `NoSuchChoice` for a month that is not in the release, `ScopeError` for an auditor, and `ReleaseError` for
    a release that is not published.
    """
    releases = published_releases()
    if not releases:
        return None
    release = published(release_id) if release_id else releases[0]
    found = read(scope, release.id)
    choice = (scope.department or EVERYWHERE) if department is None else department
    if choice and choice not in found.departments:
        raise NotYours(_("There is no such department in your view. Choose one from the list on the first page."))
    if period and period not in release.manifest["months"]:
        raise NoSuchChoice(_("This release does not cover that month. Choose one from the list."))
    earlier = _before(release, releases) if compares else None
    return Facts(
        release=release,
        scope=scope,
        choice=Choice(choice, period, view),
        departments=found.departments,
        cells=found.of(choice),
        learning=found.learning,
        earlier=earlier,
        earlier_cells=() if earlier is None else read(scope, earlier.id).of(choice),
    )


def _before(release: ReleaseInfo, releases: tuple[ReleaseInfo, ...]) -> ReleaseInfo | None:
    """The published release before this one, by month and running number."""
    order = [each.id for each in releases]  # the latest first
    position = order.index(release.id) + 1
    return releases[position] if position < len(releases) else None
