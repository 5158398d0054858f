"""The one figure that stands for an answer on the overview."""

from __future__ import annotations

from analytics_dash.i18n import _
from analytics_dash.questions.absent import why_absent
from analytics_dash.questions.answers import Figure, Key
from analytics_dash.questions.written import figures_of, texts_of, with_sign
from analytics_dash.releases import Cell


def key_of(cell: Cell | None, base: str, sign: str | None = None) -> Key | None:
    """A cell as a key figure; `base` says what it is a share of, with `{numerator}` and `{denominator}`."""
    if cell is None:
        return None
    text = texts_of(cell)
    value = figures_of(cell)[2]
    if cell.value is None:
        return Key(value, "", _why(cell))
    said = base.format(numerator=text.numerator, denominator=text.denominator)
    return Key(value, "" if cell.status != "shown" else with_sign("") if sign is None else sign, said)


def _why(cell: Cell) -> str:
    if cell.status != "x":
        return _("Hidden to protect people.")
    why = why_absent(cell.indicator)
    return _("No figure: {why}.").format(why=why) if why else _("The data was not loaded.")


def key(value: Figure, sign: str, base: str) -> Key:
    """Any other figure as a key figure; what is hidden takes no sign."""
    return Key(value, "" if value.number is None else sign, base)
