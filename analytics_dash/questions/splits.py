"""Which splits of an indicator a reader may choose: those that are published and that this reader may see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeVar

from analytics_dash.i18n import _
from analytics_dash.questions.facts import Facts

SPLITS: Final = ("department", "department_group", "grade_band", "profession", "nation")


GRADES: Final = ("AA", "AO", "EO", "HEO", "SEO", "G7", "G6", "SCS")
"""The Civil Service's grades, as they follow each other: a slope among them is seen only in their order."""

T = TypeVar("T")


def in_order(split: str, rows: Sequence[tuple[str, T]]) -> list[tuple[str, T]]:
    """Rows by name, in the release's order; grades from the first to the last, those of other names behind them."""
    return sorted(rows, key=lambda row: _grade(row[0])) if split == "grade_band" else list(rows)


def _grade(name: str) -> int:
    first = re.split(r"[^A-Z0-9]+", name.upper())[0]
    return GRADES.index(first) if first in GRADES else len(GRADES)


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
