"""The table under each chart: the same cells, written by the same function as in the export.

Pure functions from an `Overview` to a `Table`; `components` draws it. Each figure carries the coordinates of its cell
(`data-…` attributes), so that a test, or an auditor's script, can hold the page against the CSV.
"""

from __future__ import annotations

from dataclasses import dataclass

from analytics_dash.dashboard.overview import EVERYWHERE, Overview
from analytics_dash.dates import month
from analytics_dash.i18n import _
from analytics_dash.releases import Cell


@dataclass(frozen=True, slots=True)
class Table:
    """`heads` names the columns; each row is its headings and one cell, whose three figures fill the last columns."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], Cell], ...]


def trained_before_access(view: Overview) -> Table:
    """The groups of the chart, then the months of the choice."""
    groups = [(_("All of government"), view.cell("trained_before_access"))]
    groups += [(cell.department or "", cell) for cell in view.by_department("trained_before_access")]
    months = view.by_month("trained_before_access", department=view.department)
    whole, period = _("Whole period"), ((cell.month or "") for cell in months)
    return Table(
        _("People whose licence began, and those trained by that day"),
        (_("Group"), _("Licence began"), _("Trained by then"), _("All"), _("Share (%)")),
        (
            *(((name, whole), cell) for name, cell in groups if cell is not None),
            *(((view.place, month(value)), cell) for value, cell in zip(period, months, strict=True)),
        ),
    )


def use_after_training(view: Overview) -> Table:
    """Each month's two arms, one row each."""
    rows = []
    for value in view.months:
        for arm, name in (("trained", _("Trained")), ("untrained", _("Untrained"))):
            cell = view.cell("active_use", month=value, department=view.department, arm=arm)
            if cell is not None:
                rows.append(((month(value), name), cell))
    return Table(
        _("People with a licence in the month, and those active in it: {place}").format(place=view.place),
        (_("Month"), _("Group"), _("Active"), _("With a licence"), _("Share (%)")),
        tuple(rows),
    )


def identifiers_held_back(view: Overview) -> Table:
    """Each month of the choice, beside all of government when a department is chosen."""
    places = [(view.place, view.department)]
    if view.department:
        places.append((_("All of government"), EVERYWHERE))
    rows = []
    for value in view.months:
        for name, department in places:
            cell = view.cell("redaction_rate", month=value, department=department)
            if cell is not None:
                rows.append(((month(value), name), cell))
    return Table(
        _("Identifiers that the tutor’s gateway held back"),
        (_("Month"), _("Group"), _("Held back"), _("Prompts"), _("Per 1,000 prompts")),
        tuple(rows),
    )
