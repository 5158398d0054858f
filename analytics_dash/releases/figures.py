"""How a cell is written: the one function that the dashboard, the exports and the API share.

The shorthand is the Government Analysis Function's: `[c]` confidential, `[low]` rounds to nought but is not nought,
`[x]` not available, `[z]` not applicable. Numbers are plain digits with a point, as in a CSV file; a page writes the
same number as its reader's language does (`analytics_dash.numbers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analytics_dash.i18n import _
from analytics_dash.releases.types import Cell, Status

DECIMALS: Final = 1
"""Decimals of a shown value that is no money."""

MONEY: Final = frozenset({"tutor_cost"})
"""Indicators whose numerator is in thousandths of a US dollar: it is written in dollars, and so is the value."""

CENTS: Final = 2
"""Decimals of money."""

SHARES: Final = frozenset(
    {
        "right",
        "chosen",
        "right_when_sure",
        "submitted",
        "completed",
        "stopped",
        "tutor_before",
        "tutor_after",
        "at_ceiling",
    }
)
"""Measures of learning that are kept as shares and written in per cent."""

SHORTHAND: Final[dict[Status, str]] = {"c": "[c]", "low": "[low]", "x": "[x]", "z": "[z]"}


@dataclass(frozen=True, slots=True)
class FormattedCell:
    """The three figures of a cell as text: a number, or the shorthand that stands in its place."""

    numerator: str
    denominator: str
    value: str


def format_cell(cell: Cell) -> FormattedCell:
    """Return the figures of `cell` as text: plain digits, or the shorthand."""
    if cell.numerator is None or cell.denominator is None or cell.value is None:
        text = SHORTHAND[cell.status]
        return FormattedCell(text, text, text)
    value = SHORTHAND["low"] if cell.status == "low" else f"{cell.value:.{decimals_of(cell.indicator)}f}"
    numerator = f"{in_dollars(cell.numerator):.{CENTS}f}" if cell.indicator in MONEY else str(cell.numerator)
    return FormattedCell(numerator, str(cell.denominator), value)


def decimals_of(indicator: str) -> int:
    """Decimals of an indicator's shown values."""
    return CENTS if indicator in MONEY else DECIMALS


def in_dollars(thousandths: int) -> float:
    """Thousandths of a dollar, in dollars."""
    return thousandths / 1000


def rounds_to_nought(value: float) -> bool:
    """Whether a value above nought would be written as nought."""
    return value > 0 and f"{value:.{DECIMALS}f}" == f"{0:.{DECIMALS}f}"


def explain_status(status: Status) -> str:
    """Return what a shorthand means, as a sentence for a legend or a notes file; empty for a shown figure."""
    return {
        "shown": "",
        "c": _("[c]: confidential. Fewer than 10 people stand behind the figure, or could be worked out from it."),
        "low": _("[low]: the figure rounds to nought but is not nought."),
        "x": _("[x]: not available. What was loaded says nothing of this period, or is of fewer than ten people."),
        "z": _("[z]: not applicable."),
    }[status]
