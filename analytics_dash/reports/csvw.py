"""The description that goes beside a CSV file, for programs: what each column is, after W3C's CSV on the Web.

`FILE.csv-metadata.json` is where the standard looks for it. People read the notes.
Source: Metadata Vocabulary for Tabular Data, W3C Recommendation of 17 December 2015.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from analytics_dash import i18n
from analytics_dash.i18n import _
from analytics_dash.releases import ReleaseInfo
from analytics_dash.releases.figures import SHORTHAND
from analytics_dash.reports import csv, learning_csv

CELLS: Final = csv.COLUMNS
"""The columns of the cells."""

LEARNING: Final = learning_csv.COLUMNS
"""The columns of what is measured of lessons, and of the estimates."""


def csvw_bytes(release: ReleaseInfo, csv_name: str, columns: Sequence[str] = CELLS) -> bytes:
    """The metadata of the CSV file called `csv_name`, which has these `columns`, as UTF-8 JSON."""
    signs = list(SHORTHAND.values())
    described: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": i18n.current()}],
        "url": csv_name,
        "dc:title": _("Responsible adoption of AI: release {id}").format(id=release.id),
        "dc:identifier": release.id,
        "dc:issued": {"@value": _day(release), "@type": "xsd:date"},
        "dialect": {"header": True, "encoding": "utf-8", "lineTerminators": ["\r\n"]},
        "tableSchema": {"columns": [_column(name, signs) for name in columns]},
    }
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _day(release: ReleaseInfo) -> str:
    return (release.published_at or release.built_at).date().isoformat()


def _column(name: str, signs: list[str]) -> dict[str, Any]:
    column: dict[str, Any] = {"name": name, "titles": name, "dc:description": _meaning(name), "required": True}
    if name in learning_csv.PARTS:
        # A shorthand stands in the figure's place: to a program that reads numbers it is a missing value.
        kind = "integer" if name == "denominator" else "decimal"  # a cost's numerator is in dollars
        return column | {"datatype": kind, "null": signs, "required": False}
    return column | {"datatype": "string"}


def _meaning(name: str) -> str:
    return {
        "release": _("The release's id."),
        "view": _("How people are grouped."),
        "month": _("YYYY-MM, or All."),
        "department": _("As in the staff roster, or All."),
        "department_group": _("What the department is a part of, or All."),
        "team": _("A part of the department, or All."),
        "grade_band": _("As in the staff roster, or All."),
        "profession": _("As in the staff roster, or All."),
        "nation": _("As in the staff roster, or All."),
        "arm": _("Trained or untrained before the month began."),
        "indicator": _("The indicator's id."),
        "lesson": _("A lesson's or a test's id; All: an estimate, about everybody."),
        "step": _("A step's id, or All. Of a gap: the indicator, and trained or untrained."),
        "item": _("A question's id, or All. Of a gap: how people are grouped."),
        "option": _("An answer, how sure a person was (per cent), or All. Of a gap: the group."),
        "measure": _("What is measured; the notes say what each measure is."),
        "numerator": _("A rounded count; of a cost, US dollars."),
        "denominator": _("A rounded count."),
        "value": _("Computed from the two rounded counts, in the unit; where there is no numerator, from the answers."),
        "low": _("The lower limit of the value's interval (95%), where it has one."),
        "high": _("The upper limit of the value's interval (95%), where it has one."),
        "lesson_title": _("The lesson's title, as its author wrote it; [z] without one."),
        "step_title": _("The step's title, as its author wrote it; [z] without one."),
        "unit": _("The value's unit."),
        "status": _("shown, low, or why there is no figure: c, x or z."),
    }[name]
