"""Short heads for the columns of figures: the catalogue's own words are sentences, and a telephone is narrow."""

from __future__ import annotations

from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE


def heads_of(indicator: str) -> tuple[str, str, str]:
    """Heads of an indicator's numerator, denominator and value."""
    unit = CATALOGUE[indicator].unit
    return (*_counts(indicator), _("Share (%)") if unit == "%" else _capital(_(unit)))


def _counts(indicator: str) -> tuple[str, str]:
    if indicator.startswith("redaction"):
        return _("Held back"), _("Prompts")
    if indicator.startswith("depth_"):
        return _("On so many days"), _("Who used it")
    if indicator.startswith("active_after_"):
        return _("Active"), _("Trained people")
    return {
        "trained_before_access": (_("Trained by then"), _("Licence began")),
        "competent": (_("Competent"), _("Finished")),
        "post_test": (_("Competent"), _("Took the test")),
        "active_use": (_("Active"), _("With a licence")),
        "dormant_licences": (_("Without use"), _("Licences")),
        "verification": (_("All checked"), _("Checking logs")),
        "concerns": (_("Reported"), _("Who asked")),
        "helpful": (_("Helpful"), _("Rated")),
        "cited_answers": (_("Cite a passage"), _("Answers")),
        "guard_actions": (_("Guard actions"), _("Answers")),
        "tutor_cost": (_("US dollars"), _("Who asked")),
        "course_completed": (_("Completed"), _("In the course")),
        "course_passed": (_("Passed"), _("Enrolled")),
        "certified": (_("Certificate"), _("Enrolled")),
    }[indicator]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
