"""Several indicators beside each other, one row each: thresholds, weeks, types. They are of all of government."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE
from analytics_dash.questions.answers import Line, Part, Picture, Table
from analytics_dash.questions.facts import Facts
from analytics_dash.questions.heads import heads_of
from analytics_dash.questions.labels import in_unit, legend
from analytics_dash.questions.parts import drawn, point
from analytics_dash.questions.sentences import cannot_say, misuse_of, title_of, withheld
from analytics_dash.questions.written import figures_of, is_shown, labelled, with_unit
from analytics_dash.releases import Cell


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
    unit = CATALOGUE[indicators[0]].unit
    yield Part(
        key,
        _headline(title, cells, place),
        _("{title}, {in_unit}, with intervals (95%) from rounded counts. {place}, {period}.").format(
            title=title, in_unit=in_unit(indicators[0]), place=place, period=facts.period if monthly else facts.window
        ),
        drawn(
            Picture(
                "groups",
                unit,
                (Line("", tuple(point(name, name, cell, facts.factors) for name, cell in found)),),
                100.0 if unit == "%" else None,
            )
        ),
        (*(f"{labelled(name, with_unit(cell))}." for name, cell in found), *withheld(cells, place)),
        Table(
            key,
            title,
            legend(cells),
            (head,),
            heads_of(indicators[0]),
            tuple(((name,), figures_of(cell)) for name, cell in found),
        ),
        misuse_of(indicators[0]),
    )


def _headline(title: str, cells: Sequence[Cell], place: str) -> str:
    """Between which values they lie, as far as they can be shown."""
    shown = sorted((cell for cell in cells if is_shown(cell)), key=lambda cell: cell.value or 0)
    if not shown:
        return f"{title}. {cannot_say(place, cells)}"
    if len(shown) == 1:
        return labelled(title_of(shown[0].indicator), with_unit(shown[0])) + "."
    low, high = point("", "", shown[0]).text, with_unit(shown[-1])
    return _("{title}: between {low} and {high}.").format(title=title, low=low, high=high)
