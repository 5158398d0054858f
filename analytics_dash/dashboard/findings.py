"""Cells into sentences: the finding that opens each question, and the written summary beside its chart.

Pure functions of an `Overview`. Figures of cells are written by `format_cell`, so that they are the figures of the
export. A sentence never says more than the cells do: where they are hidden, or the interval holds nought, it says that
we can't say. Nothing here names a best or worst department.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics_dash.dashboard.overview import Overview
from analytics_dash.dates import month
from analytics_dash.i18n import _, ngettext
from analytics_dash.releases import Cell, format_cell, intervals
from analytics_dash.releases.figures import DECIMALS


@dataclass(frozen=True, slots=True)
class Finding:
    """`headline` is one sentence; `summary` is what the chart shows, for those who do not see it, a sentence each."""

    headline: str
    summary: tuple[str, ...]


def is_shown(cell: Cell | None) -> bool:
    """Whether a cell has figures at all."""
    return cell is not None and cell.value is not None


def percent(cell: Cell) -> str:
    """A share with its sign; the shorthand of one that rounds to nought takes none."""
    return _("{value}%").format(value=format_cell(cell).value) if cell.status == "shown" else format_cell(cell).value


def trained_before_access(view: Overview) -> Finding:
    """Are people trained before they get the tool? The choice's figure, and how it compares with all of government."""
    everyone = view.cell("trained_before_access")
    chosen = view.cell("trained_before_access", department=view.department)
    if chosen is None or not is_shown(chosen):
        headline = _cannot_say(view, () if chosen is None else (chosen,))
    elif not view.department:
        headline = _("Across government, {share} of people were trained before they got access.")
        headline = headline.format(share=percent(chosen))
    elif everyone is None or not is_shown(everyone):
        headline = _("{place}: {share} of people were trained before they got access.")
        headline = headline.format(place=view.place, share=percent(chosen))
    else:
        headline = _("{place}: {share} of people were trained before they got access; across government, {all}.")
        headline = headline.format(place=view.place, share=percent(chosen), all=percent(everyone))
    return Finding(headline, _trained_summary(view, chosen))


def _trained_summary(view: Overview, chosen: Cell | None) -> tuple[str, ...]:
    cells = view.by_department("trained_before_access")
    shown = sorted((cell for cell in cells if is_shown(cell)), key=lambda cell: cell.value or 0)
    sentences = []
    if chosen is not None and is_shown(chosen):
        text = format_cell(chosen)
        sentence = _(
            "{place}: of {denominator} people whose licence began, {numerator} had finished the training by that day."
        )
        sentences.append(sentence.format(place=view.place, denominator=text.denominator, numerator=text.numerator))
    if len(shown) > 1:
        sentence = _("The departments that can be shown lie between {low} and {high}.")
        sentences.append(sentence.format(low=percent(shown[0]), high=percent(shown[-1])))
    return (*sentences, *_withheld(cells, view.place))


def use_after_training(view: Overview) -> Finding:
    """Does training go with use? The latest month in which both groups are shown, with the difference's interval."""
    trained = view.by_month("active_use", department=view.department, arm="trained")
    untrained = view.by_month("active_use", department=view.department, arm="untrained")
    others = {cell.month: cell for cell in untrained if is_shown(cell)}
    pairs = [(cell, others[cell.month]) for cell in trained if is_shown(cell) and cell.month in others]
    every = (*trained, *untrained)
    withheld = _withheld(every, view.place)
    if not pairs:
        headline = _("We can't say whether training goes with use: in no month can both groups be shown.")
        return Finding(headline if _any(every, "c") else _cannot_say(view, every), withheld)
    one, other = pairs[-1]
    gap = intervals.difference(share_of(one), share_of(other))
    values = {
        "month": month(one.month or view.release.through),
        "trained": percent(one),
        "untrained": percent(other),
        "points": points(abs(gap.figure)),
        "low": points(gap.low),
        "high": points(gap.high),
    }
    if not gap.excludes_nought:
        headline = _(
            "We can't say whether training goes with use: in {month} {trained} of trained and {untrained} of untrained "
            "people were active, and so small a difference may be chance."
        )
    elif gap.figure > 0:
        headline = _(
            "Trained people were active more often: {trained} against {untrained} in {month}. That is not causal."
        )
    else:
        headline = _(
            "Trained people were active less often: {trained} against {untrained} in {month}. That is not causal."
        )
    interval = _(
        "In {month} the difference, trained minus untrained, was {points} percentage points "
        "(95% interval {low} to {high})."
    )
    values["points"] = points(gap.figure)
    several = ngettext(
        "Both groups can be compared in {count} month.", "Both groups can be compared in {count} months.", len(pairs)
    )
    return Finding(
        headline.format(**values),
        (interval.format(**values), several.format(count=spell(len(pairs))), *withheld),
    )


def identifiers_held_back(view: Overview) -> Finding:
    """Is use safe? The latest shown month against the first shown one. A fall is never called an improvement."""
    cells = view.by_month("redaction_rate", department=view.department)
    shown = [cell for cell in cells if is_shown(cell)]
    if not shown:
        return Finding(_cannot_say(view, cells), _withheld(cells, view.place))
    first, last = shown[0], shown[-1]
    values = {
        "first": format_cell(first).value,
        "last": format_cell(last).value,
        "first_month": month(first.month or ""),
        "last_month": month(last.month or ""),
        "place": view.place,
    }
    change = rate_of(last), rate_of(first)
    if first is last:
        headline = _("In {last_month}, {last} identifiers were held back in every 1,000 prompts.")
    elif change[0].high >= change[1].low and change[1].high >= change[0].low:
        headline = _(
            "We can't say whether care with personal data changed: {last} identifiers were held back in every 1,000 "
            "prompts in {last_month} and {first} in {first_month}, which may be chance."
        )
    elif change[0].figure < change[1].figure:
        headline = _(
            "Fewer identifiers were held back: {last} in every 1,000 prompts in {last_month}, from {first} in "
            "{first_month}. People may have learnt, or may evade the filter."
        )
    else:
        headline = _(
            "More identifiers were held back: {last} in every 1,000 prompts in {last_month}, from {first} in "
            "{first_month}."
        )
    text = format_cell(last)
    summary = _("In {month}, {numerator} identifiers were held back from {denominator} prompts ({place}).").format(
        month=values["last_month"], numerator=text.numerator, denominator=text.denominator, place=view.place
    )
    return Finding(headline.format(**values), (summary, _limits(first, last), *_withheld(cells, view.place)))


def _limits(first: Cell, last: Cell) -> str:
    """The intervals that the finding compares, so that a reader can do the same."""
    said = _("In {month} the 95% interval was {low} to {high}.")
    cells = (first,) if first is last else (first, last)
    limits = ((cell, rate_of(cell)) for cell in cells)
    return " ".join(
        said.format(month=month(cell.month or ""), low=f"{1000 * found.low:.1f}", high=f"{1000 * found.high:.1f}")
        for cell, found in limits
    )


def share_of(cell: Cell) -> intervals.Interval:
    """The share that a shown cell of people gives, with its 95 % limits."""
    return intervals.share(cell.numerator or 0, cell.denominator or 1)


def rate_of(cell: Cell) -> intervals.Interval:
    """The rate that a shown cell of sums gives, with limits."""
    return intervals.rate(cell.numerator or 0, cell.denominator or 1)


def points(fraction: float) -> str:
    """A difference of shares in percentage points, with a proper minus sign.

    As many decimals as the shares have: whole points would write a limit just above nought as nought, which says the
    opposite, and would not add up with the shares beside them.
    """
    return f"{fraction * 100:.{DECIMALS}f}".replace("-", "−")


def spell(number: int) -> str:
    """Small numbers in words, so that no sentence holds a bare count from 1 to 9 that could be read as people."""
    words = (
        *(_("no"), _("one"), _("two"), _("three"), _("four")),
        *(_("five"), _("six"), _("seven"), _("eight"), _("nine")),
    )
    return words[number] if number < len(words) else str(number)


def _any(cells: Sequence[Cell], status: str) -> bool:
    return any(cell.status == status for cell in cells)


def _cannot_say(view: Overview, cells: Sequence[Cell]) -> str:
    """Why there is no finding. A cell is hidden as small, for the rest of its group, or for another."""
    if _any(cells, "c"):
        return _("We can't say for {place}: the figure is hidden to protect people.").format(place=view.place)
    return _("We can't say: the data for {place} was not loaded for this period.").format(place=view.place)


def _withheld(cells: Sequence[Cell], place: str) -> tuple[str, ...]:
    """How many of a chart's figures are not there, and why."""
    return (*_hidden(cells, place), *_not_loaded(cells, place))


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


def _not_loaded(cells: Sequence[Cell], place: str) -> tuple[str, ...]:
    count = sum(cell.status == "x" for cell in cells)
    if not count:
        return ()
    sentence = ngettext(
        "{place}: of {all} figures {count} is missing, because its data was not loaded, and marked [x].",
        "{place}: of {all} figures {count} are missing, because their data was not loaded, and marked [x].",
        count,
    )
    return (sentence.format(place=place, all=spell(len(cells)), count=spell(count)),)
