"""Entries whose figures are no cells: what is measured of learning, and estimates with an interval.

Their words stand here so that the data dictionary and the dashboard's help hold them beside the indicators. The
figures are made in `analytics_dash.learning.figures` and `analytics_dash.effects.figures`; tests hold the names of
their measures to this list.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from analytics_dash.indicators.model import Figure
from analytics_dash.indicators.model import mark as _

_LEARNING = partial(
    Figure,
    version=1,
    views=(),
    minimum_group=10,
    comes_from="learning",
    source=_("The learning platform's tracking log (answers and steps) and the HR roster"),
)
_ESTIMATE = partial(Figure, version=1, views=(), minimum_group=10, comes_from="estimates")

FIGURES: Final[tuple[Figure, ...]] = (
    _LEARNING(
        id="normalised_gain",
        version=2,
        minimum_group=50,
        title=_("Gain in a test (normalised gain)"),
        question=_("How much of what could be learnt was learnt?"),
        definition=_(
            "g = (post − pre) / (maximum − pre), over the people who took both forms of a test, with an "
            "interval (95 %)."
        ),
        unit=_("share of what could be gained"),
        numerator=_("marks gained from the first form to the second"),
        denominator=_("marks that could be gained"),
        misuse=_("Without people who took no course it does not say why people knew more afterwards."),
        measures=("gain", "mean_gain", "at_ceiling", "gain_on_anchors"),
    ),
    _LEARNING(
        id="retention",
        version=2,
        minimum_group=50,
        title=_("What is left after a month"),
        question=_("Do people keep what they learnt?"),
        definition=_(
            "(delayed − pre) / (post − pre), over the people who took a third form about 30 days later, "
            "with an interval "
            "(95 %). Not shown where the gain itself may be chance."
        ),
        unit=_("share of the gain"),
        numerator=_("marks gained that are left in the delayed form"),
        denominator=_("marks gained from the first form to the second"),
        misuse=_("Who takes a third test is not everybody. Forms differ a little in difficulty."),
        measures=("kept",),
    ),
    _LEARNING(
        id="calibration_gap",
        version=2,
        minimum_group=50,
        title=_("Surer than right (calibration gap)"),
        question=_("Are people as right as they are sure?"),
        definition=_("Mean confidence less the share of answers that were right, with an interval (95 %)."),
        unit=_("share, above 0 surer than right"),
        numerator=_("confidence less right answers, added up"),
        denominator=_("answers with a confidence"),
        misuse=_("It shrinks when questions get easier, whatever people have learnt."),
        measures=("over_confidence", "right_when_sure"),
    ),
    _LEARNING(
        id="brier_score",
        version=2,
        minimum_group=50,
        title=_("Error of people's own forecasts (Brier score)"),
        question=_("How good are people's own forecasts of being right?"),
        definition=_("The mean of (confidence − right)², with an interval (95 %); 0.25 is always half and half."),
        unit=_("0 to 1, lower is better"),
        numerator=_("squared differences of confidence and right, added up"),
        denominator=_("answers with a confidence"),
        misuse=_("It mixes knowing much and knowing what one knows. Compare it on the same questions only."),
        measures=("brier",),
    ),
    _LEARNING(
        id="detection",
        version=2,
        minimum_group=50,
        title=_("Tells wrong from sound (d′)"),
        question=_("Do people spot what is wrong in an AI's text?"),
        definition=_(
            "z(hit rate) − z(false alarm rate), in spotting steps at the first attempt, with an interval (95 %)."
        ),
        unit=_("standard deviations; 0 is guessing"),
        numerator=_("wrong statements flagged, and sound ones flagged"),
        denominator=_("wrong statements, and sound ones"),
        misuse=_("Exercises hold more errors than work does, and people look for them."),
        measures=("sensitivity",),
    ),
    _LEARNING(
        id="criterion",
        version=2,
        minimum_group=50,
        title=_("Flags reluctantly (criterion)"),
        question=_("Do people flag too readily or too reluctantly?"),
        definition=_("−(z(hit rate) + z(false alarm rate)) / 2, from the same counts as d′; below 0 is readily."),
        unit=_("standard deviations; 0 is even"),
        numerator=_("wrong statements flagged, and sound ones flagged"),
        denominator=_("wrong statements, and sound ones"),
        misuse=_("Neither end is right: it depends on what a miss and a false alarm cost at work."),
        measures=("criterion",),
    ),
    _LEARNING(
        id="lesson_funnel",
        title=_("From starting to finishing"),
        question=_("Where do people leave a lesson?"),
        definition=_(
            "Of the people who started a lesson in the months of the release, the shares who handed in a step and who "
            "completed it by their end; and for each step, the share who stopped after it."
        ),
        unit="%",
        numerator=_("of them, people who handed in a step, or completed the lesson"),
        denominator=_("people who started the lesson"),
        misuse=_("Some are still at it when the months end. People leave for many reasons; the lesson is one."),
        measures=("submitted", "completed", "stopped"),
    ),
    _ESTIMATE(
        id="use_difference",
        version=3,  # 3: within each month too, so that use that grows is not taken for training's
        minimum_group=50,
        title=_("Use: trained minus untrained people, like with like"),
        question=_("Do trained people use ChatGPT more than untrained people of the same department and grade?"),
        definition=_(
            "Active use of trained minus that of untrained people of the same department and grade band in the same "
            "month; all of these together, with most weight where there are many of both. With an interval (95 %) in "
            "which a person counts once. Where fewer than 10 people are trained, or untrained, nothing is compared, "
            "nor in a month without any of either; how large a share of the licences that is, is said."
        ),
        unit=_("percentage points"),
        numerator=_("people who sent at least one message, once for each such month, trained and untrained apart"),
        denominator=_("people with a licence, once for each month, trained and untrained apart"),
        misuse=_(
            "Not causal unless training was given at random within a department and grade: keen people may train early."
        ),
        source=_("ChatGPT user analytics, the HR roster and the learning platform's tracking log"),
        measures=("use_difference", "use_difference_crude", "use_difference_left_out"),
    ),
    _ESTIMATE(
        id="redaction_change",
        version=2,
        minimum_group=50,
        title=_("Identifiers held back, last month over first"),
        question=_("Do people put fewer identifiers into prompts than they did?"),
        definition=_(
            "Identifiers held back for each prompt in the last month of the release over those in the first; 1 is no "
            "change. With an interval (95 %) in which a person counts once."
        ),
        unit=_("ratio; 1 is no change"),
        numerator=_("identifiers held back for each prompt in the last month"),
        denominator=_("identifiers held back for each prompt in the first month"),
        misuse=_("A fall may mean that people have learnt, or that they evade the filter, or that others ask now."),
        source=_("The tutor gateway's ledger and the HR roster"),
        measures=("redaction_change",),
    ),
    _ESTIMATE(
        id="rollout_effect",
        version=2,
        minimum_group=50,
        title=_("Use after a department's roll-out of training"),
        question=_("Did use change when training was rolled out, compared with departments that had yet to?"),
        definition=_(
            "Difference-in-differences: the change of active use since the month before a department's roll-out, less "
            "the change in departments not yet rolled out, averaged over departments and months, with an "
            "interval (95 %) "
            "in which a department counts once. A department is rolled out from the first month at whose beginning "
            "half of its licensed people are trained."
        ),
        unit=_("percentage points"),
        numerator=_("people who sent at least one message, by department and month"),
        denominator=_("people with a licence, by department and month"),
        misuse=_(
            "Not causal unless use would have moved alike without training, and roll-out dates were not chosen by who "
            "was keen. Needs six departments and a month before the first roll-out."
        ),
        source=_("ChatGPT user analytics, the HR roster and the learning platform's tracking log"),
        measures=("rollout_effect", "rollout_before"),
    ),
    _ESTIMATE(
        id="equity_gap",
        title=_("Gap to all others"),
        question=_("Are grades, professions and nations served alike?"),
        definition=_(
            "The share in a grade band, profession or nation minus the share among all others, made of the published "
            "cells, with an interval (95 %); for trained before access, competent and active use."
        ),
        unit=_("percentage points"),
        numerator=_("as in the indicator"),
        denominator=_("as in the indicator"),
        misuse=_(
            "Not a ranking: groups differ in work, size and department. If there were no gap at all, about one "
            "interval in twenty would still leave nought out."
        ),
        source=_("The cells of the release"),
        measures=("equity_gap",),
    ),
    _ESTIMATE(
        id="clumping",
        minimum_group=50,
        title=_("How much wider limits are where people count several times"),
        question=_("How far are counts of the same people from counts of different people?"),
        definition=_(
            "The variance of an indicator's share or rate in which a person counts once, over that of as many counts "
            "of different people (design effect): worked out within departments, of everybody, and rounded up. By its "
            "root the limits of the indicator's figures are wider, in one month (month) or all together (all)."
        ),
        unit=_("factor of the variance"),
        numerator=_("variance in which a person counts once"),
        denominator=_("variance of as many counts of different people"),
        misuse=_(
            "It is one factor for all departments: where people repeat themselves more than elsewhere, limits are "
            "still too narrow."
        ),
        source=_("The feeds of the indicator and the HR roster"),
        measures=("clumping",),
    ),
    _ESTIMATE(
        id="depth_median",
        title=_("Median active days a week"),
        question=_("On how many days a week does the person in the middle use ChatGPT?"),
        definition=_(
            "Between which two thresholds of active days a week the median lies, read from the published shares; in "
            "the middle of them by straight lines."
        ),
        unit=_("days a week"),
        numerator=_("people whose active days a week reach the threshold"),
        denominator=_("people who used ChatGPT in the month"),
        misuse=_("A habit is not a benefit: some jobs need the tool once a month. Never a target."),
        source=_("The cells of the release"),
        measures=("depth_median",),
    ),
    _ESTIMATE(
        id="api_cost",
        title=_("Cost of the API platform"),
        question=_("What do services built on the API cost?"),
        definition=_(
            "What the API platform charged in the month, in whole units of the currency. Nobody's in particular."
        ),
        unit=_("units of the currency"),
        numerator=_("costs of all projects"),
        denominator=_("none: a service has no persons"),
        misuse=_("It has no learners, so it is never divided by them. UTC days, not days in London."),
        source=_("The API platform's costs"),
        measures=("api_cost",),
    ),
)
