"""How much wider intervals are where the same people are counted several times: a part of the page on protection."""

from __future__ import annotations

from collections.abc import Iterator

from analytics_dash.i18n import _
from analytics_dash.questions.answers import Part
from analytics_dash.questions.estimates import measure_table
from analytics_dash.questions.facts import Facts
from analytics_dash.questions.labels import of_arm
from analytics_dash.questions.sentences import misuse_of, title_of
from analytics_dash.releases import LearningFigure
from analytics_dash.releases.clumps import MEASURE


def clumping(facts: Facts) -> Iterator[Part]:
    """By how much limits are wider for people who count several times; nothing where a release says none."""
    found = [each for each in facts.learning if each.measure == MEASURE]
    if not found:
        return
    yield Part(
        "clumping",
        _("Intervals are wider where the same people are counted several times."),
        _(
            "The variance of a figure, over that of as many counts of different people: of one month, and of all "
            "months of the release together. By its square root the figure's intervals are wider."
        ),
        None,
        (_("It is about everybody in the roster, and rounded upwards."),),
        measure_table(
            "clumping",
            _("How much larger the variance is"),
            (_("Figure"), _("Of")),
            [((_named(each), _("one month") if each.item == "month" else _("all months")), each) for each in found],
        ),
        misuse_of("clumping"),
    )


def _named(each: LearningFigure) -> str:
    indicator, _blank, arm = each.step.partition(" ")
    return of_arm(title_of(indicator), arm or None)
