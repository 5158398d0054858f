"""The description that goes beside a CSV file, for programs: what each column is, after W3C's CSV on the Web.

`FILE.csv-metadata.json` is where the standard looks for it. People read the notes.
Source: Metadata Vocabulary for Tabular Data, W3C Recommendation of 17 December 2015.
"""

from __future__ import annotations

import json
from typing import Any

from analytics_dash import i18n
from analytics_dash.i18n import _
from analytics_dash.releases import ReleaseInfo
from analytics_dash.releases.figures import SHORTHAND
from analytics_dash.reports.csv import COLUMNS


def csvw_bytes(release: ReleaseInfo, csv_name: str) -> bytes:
    """The metadata of the CSV file called `csv_name`, as UTF-8 JSON."""
    signs = list(SHORTHAND.values())
    described: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": i18n.current()}],
        "url": csv_name,
        "dc:title": _("Responsible adoption of AI: release {id}").format(id=release.id),
        "dc:identifier": release.id,
        "dc:issued": {"@value": _day(release), "@type": "xsd:date"},
        "dialect": {"header": True, "encoding": "utf-8", "lineTerminators": ["\r\n"]},
        "tableSchema": {"columns": [_column(name, signs) for name in COLUMNS]},
    }
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _day(release: ReleaseInfo) -> str:
    return (release.published_at or release.built_at).date().isoformat()


def _column(name: str, signs: list[str]) -> dict[str, Any]:
    column: dict[str, Any] = {"name": name, "titles": name, "dc:description": _meaning(name), "required": True}
    if name in ("numerator", "denominator", "value"):
        # A shorthand stands in the figure's place: to a program that reads numbers it is a missing value.
        kind = "decimal" if name == "value" else "integer"
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
        "numerator": _("A rounded count."),
        "denominator": _("A rounded count."),
        "value": _("Computed from the two rounded counts, in the unit."),
        "unit": _("The value's unit."),
        "status": _("shown, low, or why there is no figure: c, x or z."),
    }[name]
