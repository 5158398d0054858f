"""Are people trained before they get the tool? Shares by the day on which a licence began."""

from __future__ import annotations

from typing import Final

from analytics_dash.i18n import _
from analytics_dash.indicators.model import mark as marked
from analytics_dash.questions.answers import Finding, Key, Part
from analytics_dash.questions.facts import Facts
from analytics_dash.questions.keys import key_of
from analytics_dash.questions.parts import by_group, through_months
from analytics_dash.questions.question import Question
from analytics_dash.questions.sentences import interval_of, no_finding
from analytics_dash.questions.splits import splits
from analytics_dash.questions.written import is_shown, percent, texts_of

INDICATOR: Final = "trained_before_access"


def finding(facts: Facts) -> Finding:
    """The choice's share, and how it compares with all of government."""
    everyone, chosen = facts.chosen(INDICATOR), facts.chosen(INDICATOR, department=facts.department)
    if chosen is None or not is_shown(chosen):
        return no_finding(facts.place, () if chosen is None else (chosen,))
    if not facts.department:
        headline = _("Across government, {share} of people were trained before they got access.")
        headline = headline.format(share=percent(chosen))
    elif everyone is None or not is_shown(everyone):
        headline = _("{place}: {share} of people were trained before they got access.")
        headline = headline.format(place=facts.place, share=percent(chosen))
    else:
        headline = _("{place}: {share} of people were trained before they got access; across government, {all}.")
        headline = headline.format(place=facts.place, share=percent(chosen), all=percent(everyone))
    text = texts_of(chosen)
    base = _("{numerator} of {denominator} people whose licence began, {period}.").format(
        numerator=text.numerator, denominator=text.denominator, period=facts.period
    )
    return Finding(headline, f"{base} {interval_of(chosen, facts.factors)}")


def figure(facts: Facts) -> Key | None:
    """The choice's share."""
    return key_of(
        facts.chosen(INDICATOR, department=facts.department),
        _("{numerator} of {denominator} people whose licence began"),
    )


def parts(facts: Facts) -> tuple[Part, ...]:
    """The groups of the chosen split, then the months."""
    split = facts.choice.view or "department"
    return by_group(facts, INDICATOR, split), through_months(facts, INDICATOR)


QUESTION: Final = Question(
    key="trained",
    title=marked("Are people trained before they get the tool?"),
    short=marked("Training before access"),
    indicators=(INDICATOR,),
    finding=finding,
    figure=figure,
    parts=parts,
    views=lambda facts: splits(facts, INDICATOR),
)
