"""What the views of a release are called on a page."""

from __future__ import annotations

from analytics_dash.i18n import _


def view_name(view: str) -> str:
    """A view's name in words; its id where it has none."""
    return {
        "all": _("the whole period"),
        "month": _("by month"),
        "department_group": _("by group of departments"),
        "department": _("by department"),
        "grade_band": _("by grade band"),
        "profession": _("by profession"),
        "nation": _("by nation"),
        "team": _("by team"),
        "department_month": _("by department and month"),
        "department_group_month": _("by group of departments and month"),
    }.get(view, view)
