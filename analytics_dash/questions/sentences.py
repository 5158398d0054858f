"""Sentences that several answers share: why nothing can be said, how much is withheld, how sure, what changed.

Pure. None says more than its cells: where they are hidden, or an interval holds nought, it says that we can't say.
"""

from __future__ import annotations

from collections.abc import Sequence

from analytics_dash.dates import month
from analytics_dash.i18n import _, ngettext
from analytics_dash.indicators import CATALOGUE, DICTIONARY
from analytics_dash.questions.absent import absent, why_absent, within
from analytics_dash.questions.answers import Finding
from analytics_dash.questions.written import is_shown, limits, number, spell, with_sign, with_unit
from analytics_dash.releases import Cell
from analytics_dash.releases.clumps import Factors
from analytics_dash.releases.intervals import Interval


def cannot_say(place: str, cells: Sequence[Cell]) -> str:
    """Why there is no finding. A cell is hidden as small, for the rest of its group, for another; or is absent."""
    if any(cell.status == "c" for cell in cells):
        return _("We can't say for {place}: the figure is hidden to protect people.").format(place=within(place))
    return absent(place, cells)


def no_finding(place: str, cells: Sequence[Cell]) -> Finding:
    """The finding where there is none."""
    return Finding(cannot_say(place, cells), can_say=False)


def withheld(cells: Sequence[Cell], place: str) -> tuple[str, ...]:
    """How many of a picture's figures are not there, and why."""
    return (*_hidden(cells, place), *_absent(cells, place))


def _hidden(cells: Sequence[Cell], place: str) -> tuple[str, ...]:
    count = sum(cell.status == "c" for cell in cells)
    if not count:
        return ()
    if count == len(cells):
        return (_("{place}: every figure is hidden to protect people and marked [c].").format(place=place),)
    sentence = ngettext(
        "{place}: of {all} figures {count} is hidden to protect people and marked [c].",
        "{place}: of {all} figures {count} are hidden to protect people and marked [c].",
        count,
    )
    return (sentence.format(place=place, all=spell(len(cells)), count=spell(count)),)


def _absent(cells: Sequence[Cell], place: str) -> tuple[str, ...]:
    count = sum(cell.status == "x" for cell in cells)
    if not count:
        return ()
    why = why_absent(cells[0].indicator)
    if count == len(cells):
        text = _("{place}: every figure is missing and marked [x]: {why}.")
        return (text.format(place=place, why=why or _("no data of this period was loaded")),)
    if why:
        sentence = ngettext(
            "{place}: of {all} figures {count} is missing and marked [x]: {why}.",
            "{place}: of {all} figures {count} are missing and marked [x]: {why}.",
            count,
        )
        return (sentence.format(place=place, all=spell(len(cells)), count=spell(count), why=why),)
    sentence = ngettext(
        "{place}: of {all} figures {count} is missing, because its data was not loaded, and marked [x].",
        "{place}: of {all} figures {count} are missing, because their data was not loaded, and marked [x].",
        count,
    )
    return (sentence.format(place=place, all=spell(len(cells)), count=spell(count)),)


def interval_of(cell: Cell, factors: Factors) -> str:
    """The 95 % interval of a shown cell; empty for another."""
    found = limits(cell, factors)
    if found is None:
        return ""
    low, high = limits_said(cell.indicator, found)
    return _("Interval (95%): {low} to {high}.").format(low=low, high=high)


def limits_said(indicator: str, found: Interval) -> tuple[str, str]:
    """Two limits as they are written, with a sign where they are per cent."""
    low, high = number(found.low), number(found.high)
    return (with_sign(low), with_sign(high)) if CATALOGUE[indicator].unit == "%" else (low, high)


def headline_of(cell: Cell | None, place: str) -> str:
    """What one cell says, after the name of its indicator."""
    if cell is None:
        return cannot_say(place, ())
    if not is_shown(cell):
        return f"{title_of(cell.indicator)}. {cannot_say(place, (cell,))}"
    return (
        _("{title}, {place}: {value}").format(title=title_of(cell.indicator), place=place, value=with_unit(cell)) + "."
    )


def title_of(indicator: str) -> str:
    """An entry's name in the reader's language."""
    return _(DICTIONARY[indicator].title)


def misuse_of(entry: str) -> str:
    """What an entry's figures do not mean."""
    return _(DICTIONARY[entry].misuse)


def change(cells: Sequence[Cell], place: str, factors: Factors) -> Finding:
    """The latest shown month against the first shown one; a change only where the two intervals lie apart."""
    shown = [cell for cell in cells if is_shown(cell)]
    if not shown:
        title = f"{title_of(cells[0].indicator)}. " if cells else ""
        return Finding(title + cannot_say(place, cells), can_say=False)
    first, last = shown[0], shown[-1]
    values = {
        "title": title_of(last.indicator),
        "first": with_unit(first),
        "last": with_unit(last),
        "first_month": month(first.month or ""),
        "last_month": month(last.month or ""),
    }
    before, after = limits(first, factors), limits(last, factors)
    if first is last:
        return Finding(_("{title}: {last} in {last_month}.").format(**values), interval_of(last, factors))
    if before is None or after is None:
        return Finding(_("{title}: {last} in {last_month}, {first} in {first_month}.").format(**values))
    if after.overlaps(before):
        text = _("{title}: {last} in {last_month} and {first} in {first_month}, a difference that may be chance.")
        apart = _apart(shown[1:-1], before, after, factors)
        if apart is None:
            return Finding(text.format(**values), between(factors, first, last), can_say=False)
        text += " " + _("Between them it was further away than chance usually makes: {value} in {month}.")
        more = {"value": with_unit(apart), "month": month(apart.month or "")}
        return Finding(text.format(**values, **more), between(factors, first, apart, last))
    text = (
        _("{title} went up: {last} in {last_month}, from {first} in {first_month}.")
        if after.figure > before.figure
        else _("{title} went down: {last} in {last_month}, from {first} in {first_month}.")
    )
    return Finding(text.format(**values), between(factors, first, last))


def _apart(cells: Sequence[Cell], before: Interval, after: Interval, factors: Factors) -> Cell | None:
    """The cell whose interval lies furthest from those of the first and the last month, on one side of both."""
    furthest, found = 0.0, None
    for cell in cells:
        own = limits(cell, factors)
        if own is None:
            continue
        away = max(own.low - max(before.high, after.high), min(before.low, after.low) - own.high)
        if away > furthest:
            furthest, found = away, cell
    return found


def between(factors: Factors, *cells: Cell) -> str:
    """The intervals that a finding compares, so that a reader can do the same."""
    said = _("In {month} the 95% interval was {low} to {high}.")
    found = ((cell, limits(cell, factors)) for cell in dict.fromkeys(cells))
    return " ".join(
        said.format(
            month=month(cell.month or ""),
            low=limits_said(cell.indicator, each)[0],
            high=limits_said(cell.indicator, each)[1],
        )
        for cell, each in found
        if each is not None
    )


def listed(names: Sequence[str]) -> str:
    """Names in a row, in the order given."""
    return ", ".join(names)
