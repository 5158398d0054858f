"""What a release says of lessons, and its estimates, as a CSV file: one row for each figure, written as on the page.

The same rules as for the cells (`csv`): no cell is empty, the shorthand stands in the figure's place, and no text can
be taken for a formula.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

from analytics_dash.questions.estimates import measure_unit_id
from analytics_dash.questions.titles import authored
from analytics_dash.questions.written import measured_plainly
from analytics_dash.releases import LearningFigure
from analytics_dash.releases.figures import SHORTHAND
from analytics_dash.reports.csv import ALL, harmless

PARTS: Final = ("numerator", "denominator", "value", "low", "high")
NAMES: Final = ("lesson_title", "step_title")
COLUMNS: Final = ("release", "lesson", "step", "item", "option", "measure", *PARTS, "unit", "status", *NAMES)


def learning_csv_bytes(figures: Sequence[LearningFigure], titles: Mapping[str, Any]) -> bytes:
    """Return the CSV file of `figures`, in their order, with a header row; `titles` are those of their release."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in figures:
        places = (each.lesson, each.step, each.item, each.option)
        writer.writerow(
            (
                each.release,
                *(harmless(place or ALL) for place in places),
                each.measure,
                *(measured_plainly(each, part) for part in PARTS),
                measure_unit_id(each.measure),
                each.status,
                harmless(authored(titles, each.lesson) or SHORTHAND["z"]),
                harmless((authored(titles, each.lesson, each.step) if each.step else "") or SHORTHAND["z"]),
            )
        )
    table = text.getvalue()
    return (b"" if table.isascii() else codecs.BOM_UTF8) + table.encode("utf-8")
