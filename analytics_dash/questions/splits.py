"""Which splits of an indicator a reader may choose: those that are published and that this reader may see."""

from __future__ import annotations

from typing import Final

from analytics_dash.i18n import _
from analytics_dash.questions.facts import Facts

SPLITS: Final = ("department", "department_group", "grade_band", "profession", "nation")


def splits(facts: Facts, indicator: str, among: tuple[str, ...] = SPLITS) -> tuple[tuple[str, str], ...]:
    """(id, name) of each of `among` that has cells, in that order."""
    names = {
        "department": _("By department"),
        "department_group": _("By group of departments"),
        "grade_band": _("By grade band"),
        "profession": _("By profession"),
        "nation": _("By nation"),
    }
    there = {cell.view for cell in facts.cells if cell.indicator == indicator}
    return tuple((split, names[split]) for split in among if split in there)
