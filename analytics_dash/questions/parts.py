"""The two kinds of figure that answers are made of: an indicator through the months, and one split into groups.

Pure functions from `Facts` to a `Part`. A picture and its table hold the same cells. Groups stand in the release's
order or alphabetically, never by their value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from analytics_dash.dates import month
from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE
from analytics_dash.questions.answers import Line, Part, Picture, Point, Table
from analytics_dash.questions.facts import Facts, name_in
from analytics_dash.questions.heads import heads_of
from analytics_dash.questions.labels import arm_name, in_unit, legend, of_arm, split_head, split_name
from analytics_dash.questions.sentences import (
    change,
    headline_of,
    interval_of,
    misuse_of,
    title_of,
    withheld,
)
from analytics_dash.questions.splits import in_order
from analytics_dash.questions.told import told
from analytics_dash.questions.written import (
    NO_EVENTS,
    figures_of,
    is_shown,
    labelled,
    limits,
    opening,
    texts_of,
    with_unit,
)
from analytics_dash.releases import Cell
from analytics_dash.releases.clumps import Factors, is_known
from analytics_dash.releases.figures import SHORTHAND
from analytics_dash.releases.intervals import alike
from analytics_dash.releases.types import Arm

ARMS: Final[tuple[Arm, ...]] = ("trained", "untrained")
Labelled = tuple[str, Cell]
LOW: Final = 40.0
"""Per cent: shares that stay below are drawn on a scale of their own, from nought."""
MOST_READ_OUT: Final = 8
"""So many rows of a picture are told in words; where there are more, the table has them."""


def through_months(facts: Facts, indicator: str, *, key: str = "", headline: str = "") -> Part:
    """An indicator of the choice month by month, beside all of government where a department is chosen.

    What is too rare for departments in single months is of all of government alone, and says so.
    """
    local = "department_month" in CATALOGUE[indicator].views
    department = facts.department if local else ""
    place = department or _("All of government")
    own = facts.by_month(indicator, department=department)
    everyone = facts.by_month(indicator) if department else ()
    found = change(own, place, facts.factors)
    rows = [((month(cell.month or ""), name), cell) for cell, name in _in_turn(place, own, everyone)]
    lines = [_line(_("This department") if everyone else "", own, facts.factors)]
    if everyone:
        lines.append(_line(_("All of government"), everyone))
    return Part(
        key or f"{indicator}-months",
        headline or found.headline,
        _subtitle(facts, indicator, place, local=local),
        _months(indicator, lines),
        tuple(text for text in (found.sure, *_latest(own), *withheld(own, place)) if text),
        table(indicator, f"{indicator}_months", _("by month"), (_("Month"), _("Group")), rows),
        misuse_of(indicator),
    )


def _subtitle(facts: Facts, indicator: str, place: str, *, local: bool) -> str:
    text = (
        _("{title} by month, {in_unit}. {place}, {period}.")
        if indicator in NO_EVENTS
        else _("{title} by month, {in_unit}, with intervals (95%) from rounded counts. {place}, {period}.")
    )
    said = text.format(title=title_of(indicator), in_unit=in_unit(indicator), place=place, period=facts.window)
    return said if local or not facts.department else said + " " + _("It is not published by department and month.")


def arms_through_months(facts: Facts, indicator: str, *, headline: str, summary: Sequence[str]) -> Part:
    """Trained and untrained people of the choice, month by month."""
    arms = {arm: facts.by_month(indicator, department=facts.department, arm=arm) for arm in ARMS}
    rows = [
        ((month(cell.month or ""), arm_name(cell.arm)), cell)
        for pair in zip(*arms.values(), strict=False)
        for cell in pair
    ]
    return Part(
        f"{indicator}-months",
        headline,
        _(
            "{title} by month, trained and untrained, with intervals (95%) from rounded counts. {place}, {period}."
        ).format(title=title_of(indicator), place=facts.place, period=facts.window),
        _months(indicator, [_line(arm_name(arm), cells, facts.factors) for arm, cells in arms.items()]),
        tuple(summary),
        table(indicator, f"{indicator}_months", _("by month"), (_("Month"), _("Trained or not")), rows),
        misuse_of(indicator),
    )


def by_group(facts: Facts, indicator: str, split: str, *, key: str = "", headline: str = "") -> Part:
    """An indicator split by `split`: all of government first, then each group, with a mark for each arm."""
    arms: tuple[Arm | None, ...] = CATALOGUE[indicator].arms or (None,)
    found = {arm: _groups(facts, indicator, split, arm) for arm in arms}
    every = [cell for rows in found.values() for _name, cell in rows]
    department = facts.department if split == "department" else ""
    chosen = facts.chosen(indicator, department=department, arm=arms[0])
    monthly = any(cell.month for cell in every)
    within = split == "department" and bool(facts.department)  # a department is shown with its teams
    subtitle = (
        _("{title} {split}, {in_unit}. {period}.")
        if indicator in NO_EVENTS
        else _("{title} {split}, {in_unit}, with intervals (95%) from rounded counts. {period}.")
    ).format(
        title=title_of(indicator),
        split=_("by team") if within else split_name(split),
        in_unit=in_unit(indicator),
        period=opening(facts.period if monthly else facts.window),
    )
    if facts.choice.period and not monthly:
        subtitle += " " + _("This split is not published by month.")
    rows = [
        ((name, *((arm_name(arm),) if arm else ())), cell)
        for position, (name, _cell) in enumerate(found[arms[0]])
        for arm in arms
        for cell in [found[arm][position][1]]
    ]
    words = (_("Group") if within else split_head(split), *((_("Trained or not"),) if arms[0] else ()))
    return Part(
        key or f"{indicator}-{split}",
        headline
        or " ".join(_range(split, found[arms[0]], arms[0], facts.factors))
        or headline_of(chosen, department or _("All of government")),
        subtitle,
        _group_picture(indicator, {arm_name(arm) if arm else "": rows for arm, rows in found.items()}, facts.factors),
        (*_told(chosen, facts.factors), *_row_by_row(found), *withheld(every, _("In this table"))),
        table(indicator, f"{indicator}_{split}", _("by team") if within else split_name(split), words, rows),
        misuse_of(indicator),
    )


def _groups(facts: Facts, indicator: str, split: str, arm: Arm | None) -> list[Labelled]:
    """The rows of a split, the whole first. A department's split is itself and its teams."""
    whole = facts.chosen(indicator, arm=arm)
    rows = [(_("All of government"), whole)] if whole is not None else []
    if split == "department" and facts.department:
        own = facts.chosen(indicator, department=facts.department, arm=arm)
        teams = [c for c in facts.in_view(indicator, "team", arm=arm) if c.department == facts.department]
        rows += [(facts.department, own)] if own is not None else []
        rows += [(name_in(cell), cell) for cell in teams if not facts.choice.period]
    elif split == "department":
        rows += [(cell.department or "", cell) for cell in facts.by_department(indicator, arm=arm)]
    else:
        rows += in_order(split, [(name_in(cell), cell) for cell in facts.in_view(indicator, split, arm=arm)])
    return rows


def table(
    indicator: str, name: str, split: str, words: tuple[str, ...], rows: Sequence[tuple[tuple[str, ...], Cell]]
) -> Table:
    """A table of cells: words, then the three figures of each."""
    cells = [cell for _words, cell in rows]
    return Table(
        name,
        labelled(title_of(indicator), split),
        legend(cells),
        words,
        heads_of(indicator),
        tuple((labels, figures_of(cell)) for labels, cell in rows),
    )


def _in_turn(place: str, own: Sequence[Cell], everyone: Sequence[Cell]) -> list[tuple[Cell, str]]:
    """Each month's own cell, then all of government's."""
    whole = {cell.month: cell for cell in everyone}
    rows = []
    for cell in own:
        rows.append((cell, place))
        if cell.month in whole:
            rows.append((whole[cell.month], _("All of government")))
    return rows


def _line(label: str, cells: Sequence[Cell], factors: Factors | None = None) -> Line:
    return Line(label, tuple(point(cell.month or "", month(cell.month or ""), cell, factors) for cell in cells))


def point(key: str, label: str, cell: Cell, factors: Factors | None = None) -> Point:
    """A cell as a mark of a picture, with its limits where their factors are given."""
    found = None if factors is None else limits(cell, factors)
    text = with_unit(cell) if CATALOGUE[cell.indicator].unit == "%" else texts_of(cell).value
    if found is None:
        return Point(key, label, text, cell.value)
    return Point(key, label, text, cell.value, found.low, found.high)


def drawn(picture: Picture) -> Picture | None:
    """The picture, or none where nothing of it was loaded: the sentence that says why is enough."""
    return None if all(point.text == SHORTHAND["x"] for line in picture.lines for point in line.points) else picture


def _months(indicator: str, lines: Sequence[Line]) -> Picture | None:
    unit = CATALOGUE[indicator].unit
    highest = max((point.high or point.value or 0 for line in lines for point in line.points), default=0)
    return drawn(Picture("months", unit, tuple(lines), 100.0 if unit == "%" and highest > LOW else None))


def _group_picture(indicator: str, found: dict[str, list[Labelled]], factors: Factors) -> Picture | None:
    lines = tuple(
        Line(label, tuple(point(name, name, cell, factors) for name, cell in rows))
        for label, rows in found.items()
        if rows
    )
    unit = CATALOGUE[indicator].unit
    return drawn(Picture("groups", unit, lines, 100.0 if unit == "%" else None, whole_first=True))


def _latest(cells: Sequence[Cell]) -> tuple[str, ...]:
    shown = [cell for cell in cells if is_shown(cell)]
    if not shown:
        return ()
    return (told(shown[-1]),)


def _told(cell: Cell | None, factors: Factors) -> tuple[str, ...]:
    if cell is None or not is_shown(cell):
        return ()
    return tuple(text for text in (told(cell), interval_of(cell, factors)) if text)


def _row_by_row(found: dict[Arm | None, list[Labelled]]) -> Iterator[str]:
    """The rows in words, where they are few enough to be listened to."""
    for arm, rows in found.items():
        if rows and len(rows) <= MOST_READ_OUT:
            said = "; ".join(f"{name} {point('', '', cell).text}" for name, cell in rows)
            yield f"{labelled(arm_name(arm), said) if arm else said}."


def _range(split: str, rows: Sequence[Labelled], arm: Arm | None, factors: Factors) -> tuple[str, ...]:
    """The lowest and the highest of the groups that can be shown, without their names."""
    shown = sorted((cell for _name, cell in rows[1:] if is_shown(cell)), key=lambda cell: cell.value or 0)
    if len(shown) < 2:
        return ()
    sentence = (
        _("{title}: the departments that can be shown lie between {low} and {high}{chance}.")
        if split == "department" and all(cell.view.startswith("department") for cell in shown)
        else _("{title}: the groups that can be shown lie between {low} and {high}{chance}.")
    )
    title = of_arm(title_of(shown[0].indicator), arm)
    values = point("", "", shown[0]).text, with_unit(shown[-1])
    return (sentence.format(title=title, low=values[0], high=values[1], chance=_chance(shown, factors)),)


def _chance(shown: Sequence[Cell], factors: Factors) -> str:
    """Whether chance may make so wide a range; empty where no interval is known, or one that may take too much as
    independent since people count several times and no factor is known: then only "may be chance" is sure.
    """
    found = [limits(cell, factors) for cell in shown]
    if any(each is None for each in found):
        return ""
    if alike([each for each in found if each is not None]):
        return _(", which may be chance")
    first = shown[0]
    counted = CATALOGUE[first.indicator].counted
    once = counted == "once" or (counted == "monthly" and first.month is not None)
    return _(", further apart than chance usually makes") if once or is_known(first, factors) else ""
