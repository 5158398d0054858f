"""Why a figure is not there though nothing hides it: each kind of figure has its own reason, and one answer to it.

"The data was not loaded" is said where the release's manifest says so, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence

from analytics_dash.i18n import _
from analytics_dash.releases import Cell


def why_absent(indicator: str) -> str:
    """The reason, as the end of a sentence, of an indicator that may be absent though its feed was loaded; or empty."""
    if indicator.startswith("depth_"):
        return _("no export that was loaded says of everybody on how many days they were active")
    return {
        "competent": _("its data was not loaded, or fewer than ten people had finished a lesson with marks by then"),
        "post_test": _("its data was not loaded, or fewer than ten people had taken a test after the course by then"),
        "verification": _("its data was not loaded, or fewer than ten people had handed in a checking log by then"),
        "helpful": _("its data was not loaded, or fewer than ten people had rated an answer by then"),
        "tutor_cost": _("its data was not loaded, or fewer than ten people had asked a model with a price by then"),
        "course_completed": _("no completion of the month was loaded, or those of fewer than ten people"),
        "course_passed": _(
            "no grade report of the month was loaded, or by then none had said of ten people whether they passed"
        ),
        "certified": _(
            "no grade report of the month was loaded, or by then none had said of ten people whether they have a "
            "certificate"
        ),
        "dormant_licences": _("it takes licences and ChatGPT use of two months in a row"),
    }.get(indicator, "")


def within(place: str) -> str:
    """A choice of department within a sentence; all of government takes a small letter there."""
    return _("all of government") if place == _("All of government") else place


def absent(place: str, cells: Sequence[Cell]) -> str:
    """The sentence for figures that are not there and not hidden: not published, not in the feed, not loaded."""
    if not cells:
        return _(
            "We can't say: this figure is not published for {place} in this period. Choose the whole period, or all of "
            "government."
        ).format(place=within(place))
    if why := why_absent(cells[0].indicator):
        return _("We can't say for {place}: {why}.").format(place=within(place), why=why)
    return _("We can't say: the data for {place} was not loaded for this period.").format(place=within(place))


def months_absent(indicator: str, months: str) -> str:
    """A sentence on the months for which an indicator has no figure."""
    if why := why_absent(indicator):
        return _("There is no figure for {months}: {why}.").format(months=months, why=why)
    return _("No data was loaded for: {months}.").format(months=months)
