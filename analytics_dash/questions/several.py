"""Several indicators beside each other, one row each: thresholds, weeks, types. They are of all of government."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE
from analytics_dash.questions.answers import Line, Part, Picture, Table
from analytics_dash.questions.facts import Facts
from analytics_dash.questions.parts import legend, point, unit_of
from analytics_dash.questions.sentences import misuse_of, title_of, withheld
from analytics_dash.questions.written import figures_of, is_shown, with_unit


def several(facts: Facts, indicators: Sequence[str], key: str, title: str, head: str) -> Iterator[Part]:
    """One part with a row for each indicator, of the choice where departments are published, else of everybody."""
    local = bool(facts.department) and all("department" in CATALOGUE[each].views for each in indicators)
    department = facts.department if local else ""
    monthly = facts.choice.period if "department_month" in CATALOGUE[indicators[0]].views or not local else ""
    found = [
        (title_of(each), cell)
        for each in indicators
        if (cell := facts.cell(each, month=monthly or None, department=department)) is not None
    ]
    if not found:
        return
    cells = [cell for _name, cell in found]
    place = department or _("All of government")
    shown = sorted((cell for cell in cells if is_shown(cell)), key=lambda cell: cell.value or 0)
    unit = CATALOGUE[indicators[0]].unit
    yield Part(
        key,
        _("{title}: between {low} and {high}.").format(
            title=title, low=point("", "", shown[0]).text, high=with_unit(shown[-1])
        )
        if shown
        else _("We can't say for {place}: the figure is hidden to protect people.").format(place=place)
        if any(cell.status == "c" for cell in cells)
        else _("We can't say: the data for {place} was not loaded for this period.").format(place=place),
        _("{title}, in {unit}, with intervals (95%) from rounded counts. {place}, {period}.").format(
            title=title, unit=unit_of(indicators[0]), place=place, period=facts.period if monthly else facts.window
        ),
        Picture(
            "groups",
            unit,
            (Line("", tuple(point(name, name, cell) for name, cell in found)),),
            100.0 if unit == "%" else None,
        ),
        (*(f"{name}: {with_unit(cell)}." for name, cell in found), *withheld(cells, place)),
        Table(
            key,
            title,
            legend(cells),
            (head,),
            (_("Numerator"), _("Denominator"), _("Share (%)") if unit == "%" else unit_of(indicators[0])),
            tuple(((name,), figures_of(cell)) for name, cell in found),
        ),
        misuse_of(indicators[0]),
    )
