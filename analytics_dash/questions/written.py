"""Cells and learning figures as they are written: the same text on a page, in a report and beside a number in the CSV.

Cells are written by `releases.figures`. Here are the figures beside them: shares as per cent, measures and differences
to the decimals that they were rounded to. Each carries its place.
"""

from __future__ import annotations

from typing import Final

from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE
from analytics_dash.numbers import local, tick
from analytics_dash.questions.answers import Figure, Place
from analytics_dash.releases import Cell, FormattedCell, LearningFigure, format_cell, intervals
from analytics_dash.releases.clumps import Factors, factor_of
from analytics_dash.releases.figures import CENTS, DECIMALS, MONEY, SHARES, SHORTHAND, decimals_of, in_dollars

DIMENSIONS: Final = (
    "indicator",
    "view",
    "month",
    "department_group",
    "department",
    "team",
    "grade_band",
    "profession",
    "nation",
    "arm",
)
"""What places a cell."""

LEARNING: Final = ("measure", "lesson", "step", "item", "option")
"""What places a learning figure."""

POINTS: Final = frozenset({"use_difference", "use_difference_crude", "rollout_effect", "rollout_before", "equity_gap"})
"""Measures in percentage points."""

NO_EVENTS: Final = MONEY
"""Indicators whose numerator counts no events, so that chance gives them no interval."""

WHOLE: Final = frozenset({"seconds"})
"""Measures without decimals."""


def texts_of(cell: Cell) -> FormattedCell:
    """A cell's figures as the reader's language writes them."""
    plain = format_cell(cell)
    return FormattedCell(local(plain.numerator), local(plain.denominator), local(plain.value))


def figures_of(cell: Cell) -> tuple[Figure, Figure, Figure]:
    """A cell's numerator, denominator and value."""
    text = texts_of(cell)
    places = decimals_of(cell.indicator)
    value = None if cell.value is None or cell.status == "low" else float(f"{cell.value:.{places}f}")
    return (
        Figure(text.numerator, *_counted(cell), _place(cell, "numerator")),
        Figure(text.denominator, cell.denominator, 0, _place(cell, "denominator")),
        Figure(text.value, value, places, _place(cell, "value")),
    )


def _counted(cell: Cell) -> tuple[int | float | None, int]:
    """A cell's numerator and its decimals: a count, or dollars."""
    if cell.indicator not in MONEY or cell.numerator is None:
        return cell.numerator, 0
    return float(f"{in_dollars(cell.numerator):.{CENTS}f}"), CENTS


def _place(cell: Cell, part: str) -> Place:
    known = ((name, getattr(cell, name)) for name in DIMENSIONS)
    return (*((name, value) for name, value in known if value is not None), ("part", part))


def measured(figure: LearningFigure, part: str = "value") -> Figure:
    """One figure of a measure: its `value`, the `low` or `high` limit, or the people (`numerator`, `denominator`)."""
    number, text = getattr(figure, part), local(minus(measured_plainly(figure, part)))
    place = (
        *((name, getattr(figure, name)) for name in LEARNING if getattr(figure, name)),
        ("part", part),
    )
    if number is None:
        return Figure(text, None, 0, place)
    if part in ("numerator", "denominator"):
        return Figure(text, number, 0, place)
    return Figure(text, *_number(figure, number), place)


def measured_plainly(figure: LearningFigure, part: str) -> str:
    """The same as a program reads it: plain digits with a point, or the shorthand."""
    number = getattr(figure, part)
    if number is None:
        # A measure without limits or without a numerator has none to hide.
        return SHORTHAND["c" if figure.status == "c" else "z"]
    if part in ("numerator", "denominator"):
        return str(number)
    text = f"{_scaled(figure.measure, number):.{decimals(figure.measure)}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def _number(figure: LearningFigure, number: float) -> tuple[float, int]:
    places = decimals(figure.measure)
    return float(f"{_scaled(figure.measure, number):.{places}f}"), places


def _scaled(measure: str, number: float) -> float:
    return 100 * number if measure in SHARES else number


def decimals(measure: str) -> int:
    """How many decimals a measure is shown with."""
    if measure in WHOLE:
        return 0
    return 1 if measure in SHARES | POINTS | {"use_difference_left_out"} else 2


def minus(text: str) -> str:
    """A number with a proper minus sign; never one before a nought."""
    return text.removeprefix("-") if text.strip("-0.") == "" else text.replace("-", "−")


def is_shown(cell: Cell | LearningFigure | None) -> bool:
    """Whether there is a figure at all."""
    return cell is not None and cell.value is not None


def percent(cell: Cell) -> str:
    """A share with its sign; the shorthand of one that rounds to nought takes none."""
    return with_sign(texts_of(cell).value) if cell.status == "shown" else texts_of(cell).value


def with_sign(text: str) -> str:
    """A number of per cent."""
    return _("{value}%").format(value=text)


def on_axis(value: float, unit: str) -> str:
    """A number on a scale of this unit."""
    return with_sign(tick(value)) if unit == "%" else tick(value)


def with_unit(cell: Cell) -> str:
    """A cell's value with its unit."""
    if cell.status != "shown":
        return texts_of(cell).value
    unit = CATALOGUE[cell.indicator].unit
    return percent(cell) if unit == "%" else f"{texts_of(cell).value} {_(unit)}"


def limits(cell: Cell, factors: Factors) -> intervals.Interval | None:
    """A shown cell's figure with its 95 % limits, in the indicator's unit; None where it has none.

    `factors` are those of the cell's release: by them limits are wider where people count several times.
    """
    if cell.value is None or cell.numerator is None or cell.denominator is None or cell.indicator in NO_EVENTS:
        return None
    indicator = CATALOGUE[cell.indicator]
    made = intervals.share if indicator.kind == "proportion" else intervals.rate
    found = made(cell.numerator, cell.denominator, factor_of(cell, factors))
    return intervals.Interval(indicator.scale * found.figure, indicator.scale * found.low, indicator.scale * found.high)


def share_of(cell: Cell, factors: Factors) -> intervals.Interval:
    """The share that a shown cell of people gives, with its 95 % limits, from 0 to 1."""
    return intervals.share(cell.numerator or 0, cell.denominator or 1, factor_of(cell, factors))


def number(value: float) -> str:
    """A limit, with as many decimals as the values have."""
    return local(minus(f"{value:.{DECIMALS}f}"))


def points(fraction: float) -> str:
    """A difference of shares in percentage points, with a proper minus sign.

    As many decimals as the shares have: whole points would write a limit just above nought as nought, which says the
    opposite, and would not add up with the shares beside them.
    """
    return local(minus(f"{fraction * 100:.{DECIMALS}f}"))


def labelled(name: str, text: str) -> str:
    """A name and what is said of it, with the colon that the language writes between them."""
    return _("{name}: {text}").format(name=name, text=text)


def opening(text: str) -> str:
    """A text where a sentence begins: some languages write a month small elsewhere."""
    return text[:1].upper() + text[1:]


def spell(count: int) -> str:
    """Small numbers in words, so that no sentence holds a bare count from 1 to 9 that could be read as people."""
    words = (
        *(_("no"), _("one"), _("two"), _("three"), _("four")),
        *(_("five"), _("six"), _("seven"), _("eight"), _("nine")),
    )
    return words[count] if count < len(words) else local(str(count))
