"""What the release room hands to others: cells, releases, readers. Plain values, no database, no framework.

`dao` makes them from the register's rows; the dashboard and the reports read nothing else. A suppressed cell holds
no figure at all, so nothing that receives a `Cell` can leak one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from analytics_dash.releases.errors import ScopeError

Status = Literal["shown", "c", "low", "x", "z"]
Arm = Literal["trained", "untrained"]
Role = Literal["training_manager", "department_head", "analyst", "auditor", "administrator"]

STATUSES: Final[tuple[Status, ...]] = ("shown", "c", "low", "x", "z")
ROLES: Final[tuple[Role, ...]] = ("training_manager", "department_head", "analyst", "auditor", "administrator")


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One figure of a release: which group, which indicator, what may be shown of it.

    `view` is a name of `analytics_dash.disclosure.views`; `month` (`YYYY-MM`), `department`, `grade_band` and the last
    four are None where the view has no such dimension (a team's name is unique within its department only), `arm` is
    None where the indicator has no arms. `numerator` and `denominator` are multiples of 5, at least 10; `value` is
    computed from these two, in the indicator's unit.
    `status`: `shown`; `low`, the value rounds to nought but is not nought; and without any figure `c` (confidential),
    `x` (not available: the feed was not loaded), `z` (not applicable).
    """

    release: str
    view: str
    month: str | None
    department: str | None
    grade_band: str | None
    arm: Arm | None
    indicator: str
    numerator: int | None
    denominator: int | None
    value: float | None
    status: Status
    department_group: str | None = None
    team: str | None = None
    profession: str | None = None
    nation: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class LearningFigure:
    """One figure of a release beside its cells, about a lesson (an item, an answer, a step, the whole) or an estimate.

    `lesson` is a lesson's id, or a test's for what compares its forms; `step`, `item` and `option` (an authored answer,
    or a level of confidence) are empty where the figure is about something coarser. `measure` is a name of
    `analytics_dash.learning.figures`. For a share `numerator` and `denominator` are people (for `right_when_sure`
    answers), multiples of 5, at least 10, and `value` with its 95 % limits is made of them. For any other measure
    `numerator` is None, `denominator` says how many people it rests on, and the limits may be None. `status` is
    `shown`, or `c` without any figure. An estimate of `analytics_dash.effects.figures` has no lesson; of a gap, `step`
    is the indicator (and arm), `item` the view and `option` the group.
    """

    release: str
    lesson: str
    step: str
    item: str
    option: str
    measure: str
    numerator: int | None
    denominator: int | None
    value: float | None
    low: float | None
    high: float | None
    status: Literal["shown", "c"]


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """A release without its cells. Times are UTC; `manifest` says what it was made from (see `releases.manifest`)."""

    id: str
    through: str
    status: Literal["built", "published"]
    built_at: datetime
    published_at: datetime | None
    cells_digest: str
    manifest: Mapping[str, Any]

    @property
    def is_demonstration(self) -> bool:
        """Whether everybody behind it is invented; the signed manifest says so."""
        return self.manifest.get("demonstration") is True


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose eyes: a role and, for a department head, the department. Checked when made."""

    role: Role
    department: str | None = None

    def __post_init__(self) -> None:
        """Refuse a role that does not exist and a department head without a department."""
        if self.role not in ROLES:
            raise ScopeError(f"There is no role “{self.role}”; the roles are {', '.join(ROLES)}.")
        if self.role == "department_head" and not self.department:
            raise ScopeError("A department head needs a department; give the account one.")

    @property
    def own(self) -> str | None:
        """The one department whose rows are seen beside all of government's; None where every department's are."""
        return self.department if self.role == "department_head" else None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that a reader or an operator did with the register. `at` is UTC; `detail` holds no figure."""

    at: datetime
    user: str
    action: str
    detail: str
