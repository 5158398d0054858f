"""Is use safe? What was held back, how often the guard stepped in, whether people check, and what they report."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from analytics_dash.dates import month
from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE
from analytics_dash.indicators.model import mark as marked
from analytics_dash.questions.answers import Finding, Key, Part
from analytics_dash.questions.facts import Facts
from analytics_dash.questions.keys import key_of
from analytics_dash.questions.parts import by_group, through_months
from analytics_dash.questions.question import Question
from analytics_dash.questions.sentences import between, change, no_finding, withheld
from analytics_dash.questions.several import several
from analytics_dash.questions.splits import splits
from analytics_dash.questions.written import is_shown, limits, measured, texts_of
from analytics_dash.releases import Cell

INDICATOR: Final = "redaction_rate"
TYPES: Final = tuple(name for name in CATALOGUE if name.startswith("redactions_"))
OTHERS: Final = ("guard_actions", "verification", "concerns", "helpful", "cited_answers")


def finding(facts: Facts) -> Finding:
    """The latest shown month against the first shown one. A fall is never called an improvement."""
    cells = facts.by_month(INDICATOR, department=facts.department)
    shown = [cell for cell in cells if is_shown(cell)]
    if not shown:
        return no_finding(facts.place, cells)
    first, last = shown[0], shown[-1]
    before, after = limits(first, facts.factors), limits(last, facts.factors)
    values = {
        "first": texts_of(first).value,
        "last": texts_of(last).value,
        "first_month": month(first.month or ""),
        "last_month": month(last.month or ""),
    }
    can_say, by_people = True, _chance(facts, first, last)
    if first is last or before is None or after is None:
        headline = _("In the course's tutor {last} identifiers were held back for every 1,000 prompts in {last_month}.")
    elif after.overlaps(before) if by_people is None else by_people:
        can_say = False
        headline = _(
            "We can't say whether care with personal data changed: in the course's tutor {last} identifiers were held "
            "back for every 1,000 prompts in {last_month} and {first} in {first_month}, which may be chance."
        )
    elif after.figure < before.figure:
        headline = _(
            "In the course's tutor fewer identifiers were held back: {last} for every 1,000 prompts in {last_month}, "
            "from {first} in {first_month}. No figure says why, or what was not recognised."
        )
    else:
        headline = _(
            "In the course's tutor more identifiers were held back: {last} for every 1,000 prompts in {last_month}, "
            "from {first} in {first_month}. No figure says why, or what was not recognised."
        )
    more = withheld(cells, facts.place) if first is last else ()
    if by_people is not None:
        more = (*more, _by_people(facts))
    scope = _("No figure can say that use is safe, and what people do in ChatGPT is not read.")
    return Finding(
        headline.format(**values), " ".join((between(facts.factors, first, last), *more, scope)), can_say=can_say
    )


def _chance(facts: Facts, first: Cell, last: Cell) -> bool | None:
    """Whether the last month over the first, counted by people, may be chance; None where that is not known.

    Two months that hold the same people are compared more closely so than by whether the limits of each, which allow
    for people who count several times, lie apart (docs/effects.md).
    """
    found = facts.estimate("redaction_change")
    ends = (first.month, last.month) == (facts.months[0], facts.months[-1])
    if facts.department or not ends or found is None or found.low is None or found.high is None:
        return None
    return found.low <= 1 <= found.high


def _by_people(facts: Facts) -> str:
    found = facts.estimate("redaction_change")
    if found is None:  # pragma: no cover - `_change` has seen it
        return ""
    return _("Counted by people, the last month is {value} times the first. Interval (95%): {low} to {high}.").format(
        value=measured(found).text, low=measured(found, "low").text, high=measured(found, "high").text
    )


def _by_month(facts: Facts) -> Part:
    """Identifiers by month; no headline calls a change what the finding calls chance."""
    part, found = through_months(facts, INDICATOR), finding(facts)
    claims = change(facts.by_month(INDICATOR, department=facts.department), facts.place, facts.factors).can_say
    return replace(part, headline=found.headline) if claims and not found.can_say else part


def figure(facts: Facts) -> Key | None:
    """The rate of the latest month that can be shown, or of the chosen one."""
    months = facts.by_month(INDICATOR, department=facts.department)
    shown = [cell for cell in months if is_shown(cell)]
    cell = facts.chosen(INDICATOR, department=facts.department) if facts.choice.period or not shown else shown[-1]
    base = _("{numerator} in {denominator} prompts to the tutor")
    if cell is not None and cell.month:
        base = f"{base}, {month(cell.month)}"
    return key_of(cell, base, _(" per 1,000"))


def parts(facts: Facts) -> tuple[Part, ...]:
    """Identifiers by month, type and group; then the guard, checking, concerns, and what people make of answers."""
    split = facts.choice.view or "department"
    return (
        _by_month(facts),
        *several(facts, TYPES, "types", _("Identifiers by type"), _("Type")),
        by_group(facts, INDICATOR, split),
        through_months(facts, "guard_actions"),
        through_months(facts, "verification"),
        by_group(facts, "concerns", "department"),
        through_months(facts, "helpful"),
        through_months(facts, "cited_answers"),
    )


QUESTION: Final = Question(
    key="safety",
    title=marked("Is use safe?"),
    short=marked("Safety"),
    indicators=(INDICATOR, *TYPES, *OTHERS),
    finding=finding,
    figure=figure,
    parts=parts,
    views=lambda facts: splits(facts, INDICATOR),
    measures=lambda figure: figure.measure == "redaction_change",
    notes=lambda _facts: (
        _(
            "No figure can say that use is safe. These say what was caught, what people checked, and what they "
            "reported."
        ),
        _("They cover the course's tutor. What people do in ChatGPT is not read."),
    ),
)
