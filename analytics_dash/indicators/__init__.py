"""The catalogue of indicators: what each asks, how it is defined, and its known misuse. The room's front door.

Adding an indicator is one module with an `INDICATOR`, and one line here.
"""

from __future__ import annotations

from typing import Final

from analytics_dash.indicators import (
    active_use,
    cited_answers,
    competent,
    concerns,
    course_results,
    depth,
    dormant_licences,
    guard_actions,
    helpful,
    lasting_use,
    post_test,
    redaction_rate,
    redactions_by_type,
    trained_before_access,
    tutor_cost,
    verification,
)
from analytics_dash.indicators.figures import FIGURES
from analytics_dash.indicators.model import Entry, Figure, Indicator
from analytics_dash.indicators.window import MONTHS, MonthError, Window

CATALOGUE: Final[dict[str, Indicator]] = {
    indicator.id: indicator
    for indicator in (
        trained_before_access.INDICATOR,
        competent.INDICATOR,
        post_test.INDICATOR,
        active_use.INDICATOR,
        *depth.INDICATORS,
        *lasting_use.INDICATORS,
        dormant_licences.INDICATOR,
        redaction_rate.INDICATOR,
        *redactions_by_type.INDICATORS,
        verification.INDICATOR,
        concerns.INDICATOR,
        helpful.INDICATOR,
        cited_answers.INDICATOR,
        guard_actions.INDICATOR,
        tutor_cost.INDICATOR,
        course_results.COMPLETED,
        course_results.PASSED,
        course_results.CERTIFIED,
    )
}
"""What becomes the cells of a release, by id."""

DICTIONARY: Final[dict[str, Entry]] = {**CATALOGUE, **{entry.id: entry for entry in FIGURES}}
"""Everything that is published, by id: the cells, what is measured of learning, and the estimates."""

__all__ = ["CATALOGUE", "DICTIONARY", "MONTHS", "Entry", "Figure", "Indicator", "MonthError", "Window"]
