"""What units, arms and splits are called in words, and what the shorthand of a table means."""

from __future__ import annotations

from collections.abc import Sequence

from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE
from analytics_dash.questions.answers import Figure
from analytics_dash.releases import Cell
from analytics_dash.releases.figures import explain_status
from analytics_dash.releases.types import STATUSES


def legend(cells: Sequence[Cell]) -> tuple[str, ...]:
    """What the shorthand among these cells means."""
    used = {cell.status for cell in cells}
    return tuple(explain_status(status) for status in STATUSES[1:] if status in used)


def legend_of(figures: Sequence[Figure], *, z: str) -> tuple[str, ...]:
    """The same for figures that are no cells; `z` is what it means there that something does not apply."""
    used = {figure.text for figure in figures}
    return tuple(z if status == "z" else explain_status(status) for status in STATUSES[1:] if f"[{status}]" in used)


def in_unit(indicator: str) -> str:
    """An indicator's unit behind its title: “in per cent”, “per 1,000 prompts”, “in US dollars per …”."""
    unit = CATALOGUE[indicator].unit
    if unit == "%":
        return _("in per cent")
    return _(unit) if unit.startswith("per ") else _("in {unit}").format(unit=_(unit))


def difference_unit(indicator: str) -> str:
    """The unit of a difference of two of an indicator's values."""
    unit = CATALOGUE[indicator].unit
    return _("percentage points") if unit == "%" else _(unit)


def arm_name(arm: str | None) -> str:
    """What an arm is called."""
    return {"trained": _("Trained"), "untrained": _("Untrained")}.get(arm or "", "")


def of_arm(title: str, arm: str | None) -> str:
    """An indicator's title, of one arm where it has arms."""
    if arm is None:
        return title
    said = _("{title} of trained people") if arm == "trained" else _("{title} of untrained people")
    return said.format(title=title)


def split_name(split: str) -> str:
    """By what people are split, in words."""
    return {
        "department": _("by department"),
        "department_group": _("by group of departments"),
        "grade_band": _("by grade band"),
        "profession": _("by profession"),
        "nation": _("by nation"),
        "month": _("by month"),
    }[split]


def split_head(split: str) -> str:
    """The head of the column of a split's groups."""
    return {
        "department": _("Department"),
        "department_group": _("Group of departments"),
        "grade_band": _("Grade band"),
        "profession": _("Profession"),
        "nation": _("Nation"),
    }[split]
