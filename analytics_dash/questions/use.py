"""Does training change use? Trained against untrained people, with the interval of the difference; never causal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analytics_dash.dates import month
from analytics_dash.i18n import _, ngettext
from analytics_dash.indicators.model import mark as marked
from analytics_dash.questions.answers import Finding, Key, Part
from analytics_dash.questions.estimates import estimate_table
from analytics_dash.questions.facts import Facts
from analytics_dash.questions.keys import key
from analytics_dash.questions.parts import ARMS, arms_through_months, by_group
from analytics_dash.questions.question import Question
from analytics_dash.questions.sentences import misuse_of, no_finding, withheld
from analytics_dash.questions.several import several
from analytics_dash.questions.splits import splits
from analytics_dash.questions.written import is_shown, measured, percent, points, share_of, spell
from analytics_dash.releases import Cell, intervals

INDICATOR: Final = "active_use"
LASTING: Final = ("active_after_4_weeks", "active_after_8_weeks", "active_after_12_weeks")
DEPTH: Final = ("depth_1", "depth_2", "depth_3", "depth_4")
ESTIMATES: Final = (
    "use_difference",
    "use_difference_crude",
    "use_difference_left_out",
    "rollout_effect",
    "rollout_before",
)


def finding(facts: Facts) -> Finding:
    """For everybody the standardised difference; for a department the latest month in which both groups are shown."""
    estimate = facts.estimate("use_difference")
    if facts.department or estimate is None:
        return in_the_latest_month(facts)
    if not is_shown(estimate) or estimate.low is None or estimate.high is None:
        return in_the_latest_month(facts)
    sure = _(
        "Compared within department, grade and month, {period}. Interval (95%): {low} to {high} percentage points."
    )
    sure = sure.format(period=facts.window, low=measured(estimate, "low").text, high=measured(estimate, "high").text)
    values = {"points": measured(estimate).text.removeprefix("−")}
    if estimate.low <= 0 <= estimate.high:
        headline = _("We can't say that training goes with use: so small a difference may be chance.")
        return Finding(headline, sure, can_say=False)
    if (estimate.value or 0) > 0:
        headline = _(
            "In a month, the share who used the tool was {points} percentage points higher among trained people than "
            "among untrained people. Training need not be the cause."
        )
    else:
        headline = _(
            "In a month, the share who used the tool was {points} percentage points lower among trained people than "
            "among untrained people. Training need not be the cause."
        )
    return Finding(headline.format(**values), sure)


def _pairs(facts: Facts) -> list[tuple[Cell, Cell]]:
    trained, untrained = (facts.by_month(INDICATOR, department=facts.department, arm=arm) for arm in ARMS)
    others = {cell.month: cell for cell in untrained if is_shown(cell)}
    return [(cell, others[cell.month]) for cell in trained if is_shown(cell) and cell.month in others]


def in_the_latest_month(facts: Facts) -> Finding:
    """The latest month in which trained and untrained people are both shown."""
    pairs = _pairs(facts)
    every = [cell for arm in ARMS for cell in facts.by_month(INDICATOR, department=facts.department, arm=arm)]
    if not pairs:
        if any(cell.status == "c" for cell in every):
            text = _("We can't say whether training goes with use: in no month can both groups be shown.")
            return Finding(text, can_say=False)
        return no_finding(facts.place, every)
    one, other = pairs[-1]
    gap = intervals.difference(share_of(one, facts.factors), share_of(other, facts.factors))
    values = {
        "month": month(one.month or facts.release.through),
        "trained": percent(one),
        "untrained": percent(other),
        "points": points(gap.figure),
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
            "Trained people were active more often: {trained} against {untrained} in {month}. Training need not be the "
            "cause."
        )
    else:
        headline = _(
            "Trained people were active less often: {trained} against {untrained} in {month}. Training need not be the "
            "cause."
        )
    interval = _(
        "In {month} the difference, trained minus untrained, was {points} percentage points "
        "(95% interval {low} to {high})."
    )
    return Finding(headline.format(**values), interval.format(**values), can_say=gap.excludes_nought)


def _monthly(facts: Facts) -> Part:
    latest, pairs = in_the_latest_month(facts), _pairs(facts)
    every = [cell for arm in ARMS for cell in facts.by_month(INDICATOR, department=facts.department, arm=arm)]
    said = ngettext(
        "Both groups can be compared in {count} month.", "Both groups can be compared in {count} months.", len(pairs)
    ).format(count=spell(len(pairs)))
    summary = (latest.sure, *((said,) if pairs else ()), *withheld(every, facts.place))
    headline = latest.headline
    if pairs and headline == finding(facts).headline:  # it stands above already
        one, other = pairs[-1]
        headline = _("In {month} {trained} of trained and {untrained} of untrained people were active.").format(
            month=month(one.month or ""), trained=percent(one), untrained=percent(other)
        )
    return arms_through_months(facts, INDICATOR, headline=headline, summary=[text for text in summary if text])


def _estimates(facts: Facts) -> Iterator[Part]:
    """What is left of the difference within a department and grade, and what roll-out did. About everybody."""
    found = [each for name in ESTIMATES if (each := facts.estimate(name)) is not None]
    if not found:
        return
    rollout = facts.estimate("rollout_effect")
    if rollout is None or not is_shown(rollout):
        headline = _("We can't say what roll-out did: there is no month before it with enough people to compare with.")
    else:
        headline = _("After a department's roll-out, use changed by {points} percentage points.").format(
            points=measured(rollout).text
        )
    yield Part(
        "use-estimates",
        headline,
        _("Differences with their intervals (95%), about everybody in the roster. All of government, {period}.").format(
            period=facts.window
        ),
        None,
        (
            _(
                "Like with like: people of one department and grade are compared, in the same month. All together: "
                "everybody is."
            ),
            _("A difference whose interval includes nought may be chance."),
            _("All together rests on licences, each counted once a month, and not on people."),
        ),
        estimate_table(found, "use_estimates", _("Differences in use")),
        f"{misuse_of('use_difference')} {misuse_of('rollout_effect')}",
    )


def figure(facts: Facts) -> Key | None:
    """The standardised difference; for a department the trained people's share in the latest month."""
    estimate = facts.estimate("use_difference")
    if estimate is None or facts.department:
        return None
    return key(measured(estimate), _(" points"), _("trained minus untrained people, of the same department and grade"))


def parts(facts: Facts) -> tuple[Part, ...]:
    """The months, the chosen split, the estimates, whether use lasts, how deep it goes."""
    split = facts.choice.view or "department"
    return (
        _monthly(facts),
        by_group(facts, INDICATOR, split),
        *_estimates(facts),
        *several(facts, LASTING, "lasting", _("Use after training"), _("Weeks after training")),
        *several(facts, DEPTH, "depth", _("Active days a week, of those who use it"), _("Days a week")),
    )


QUESTION: Final = Question(
    key="use",
    title=marked("Does training change use?"),
    short=marked("Training and use"),
    indicators=(INDICATOR, *LASTING, *DEPTH),
    finding=finding,
    figure=figure,
    parts=parts,
    views=lambda facts: splits(facts, INDICATOR),
    measures=lambda figure: not figure.lesson and figure.measure in (*ESTIMATES, "depth_median"),
    entries=("use_difference", "rollout_effect", "depth_median"),
)
