"""Learning figures and estimates as tables: a name in words, the value, its limits, and on how many people it rests."""

from __future__ import annotations

from collections.abc import Sequence

from analytics_dash.i18n import _
from analytics_dash.questions.answers import Figure, Table
from analytics_dash.questions.labels import legend_of
from analytics_dash.questions.written import POINTS, measured
from analytics_dash.releases import LearningFigure
from analytics_dash.releases.figures import SHARES


def estimate_table(found: Sequence[LearningFigure], name: str, title: str, names: Sequence[str] = ()) -> Table:
    """One row for each; `names` in place of the measures' own."""
    labels = names or [measure_name(each.measure) for each in found]
    return measure_table(
        name,
        title,
        (_("What"), _("In")),
        [((label, measure_unit(each.measure)), each) for label, each in zip(labels, found, strict=True)],
    )


def measure_table(
    name: str, title: str, words: tuple[str, ...], rows: Sequence[tuple[tuple[str, ...], LearningFigure]]
) -> Table:
    """A table of measures: words, then value, limits and people."""
    made = tuple((labels, figures(each)) for labels, each in rows)
    signs = legend_of([each for _labels, row in made for each in row], z=_("[z]: this figure has no interval."))
    heads = (_("Value"), _("Interval from"), _("Interval to"), _("Rests on"))
    return Table(name, title, signs, words, heads, made)


def figures(figure: LearningFigure) -> tuple[Figure, ...]:
    """A measure's value, its limits, and how many people (or answers, licences) it rests on."""
    return tuple(measured(figure, part) for part in ("value", "low", "high", "denominator"))


def measure_unit(measure: str) -> str:
    """A measure's unit in words."""
    if measure in SHARES or measure == "use_difference_left_out":
        return _("per cent")
    if measure in POINTS:
        return _("percentage points")
    return {
        "redaction_change": _("ratio; 1 is no change"),
        "depth_median": _("days a week"),
        "seconds": _("seconds"),
        "sensitivity": _("standard deviations; 0 is guessing"),
        "criterion": _("standard deviations; 0 is even"),
        "gain": _("share of what could be gained"),
        "mean_gain": _("share of what could be gained"),
        "gain_on_anchors": _("share of what could be gained"),
        "kept": _("share of the gain"),
        "brier": _("0 to 1, lower is better"),
        "over_confidence": _("share, above 0 surer than right"),
        "rest_correlation": _("−1 to 1"),
    }[measure]


def measure_name(measure: str) -> str:
    """What a measure is called on a page."""
    return {
        "use_difference": _("Use: trained minus untrained people, like with like"),
        "use_difference_crude": _("Use: trained minus untrained people, all together"),
        "use_difference_left_out": _("Licences that could not be compared like with like"),
        "rollout_effect": _("Use after roll-out"),
        "rollout_before": _("Use before roll-out, for comparison"),
        "redaction_change": _("Identifiers held back, last month over first"),
        "depth_median": _("Median active days a week"),
        "gain": _("Gain of the class"),
        "mean_gain": _("Mean of each person's gain"),
        "at_ceiling": _("Full marks before the course"),
        "gain_on_anchors": _("Gain on the questions that both tests have"),
        "kept": _("Of the gain, left after a month"),
        "brier": _("Error of people's own forecasts (Brier score)"),
        "over_confidence": _("Surer than right"),
        "sensitivity": _("Tells wrong from sound (d′)"),
        "criterion": _("Flags reluctantly (criterion)"),
        "submitted": _("Handed in a step"),
        "completed": _("Completed"),
    }[measure]


def measure_unit_id(measure: str) -> str:
    """A measure's unit in a file, which is the same in every language."""
    if measure in SHARES or measure == "use_difference_left_out":
        return "%"
    if measure in POINTS:
        return "percentage points"
    return {
        "seconds": "seconds",
        "depth_median": "days a week",
        "redaction_change": "ratio",
        "clumping": "factor",
    }.get(measure, "number")
