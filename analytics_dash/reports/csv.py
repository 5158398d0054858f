"""Cells as a CSV file: one table, one row for each cell, the same bytes from the command line and the dashboard.

RFC 4180, UTF-8, with a byte order mark only where a name is not plain ASCII: without one, Excel takes the file for the
code page of its machine and garbles a Welsh name. Figures are written by `releases.figures`, so a cell reads as it does
on the page; the shorthand stands in the figure's place, as the Government Analysis Function asks. The notes that go
with the file are in `notes`.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from analytics_dash.indicators import CATALOGUE
from analytics_dash.releases.figures import SHORTHAND, format_cell
from analytics_dash.releases.types import Cell

COLUMNS: Final = (
    "release",
    "view",
    "month",
    "department",
    "grade_band",
    "arm",
    "indicator",
    "numerator",
    "denominator",
    "value",
    "unit",
    "status",
)

ALL: Final = "All"
"""What stands for a dimension that the view does not split: no cell of the file is empty."""

_FORMULA: Final = re.compile(r"\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20|%]")


def csv_bytes(cells: Sequence[Cell]) -> bytes:
    """Return the CSV file of `cells`, in their order, with a header row."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for cell in cells:
        figures = format_cell(cell)
        writer.writerow(
            (
                cell.release,
                cell.view,
                cell.month or ALL,
                harmless(cell.department or ALL),
                harmless(cell.grade_band or ALL),
                cell.arm or SHORTHAND["z"],
                cell.indicator,
                figures.numerator,
                figures.denominator,
                figures.value,
                CATALOGUE[cell.indicator].unit,
                cell.status,
            )
        )
    table = text.getvalue()
    return (b"" if table.isascii() else codecs.BOM_UTF8) + table.encode("utf-8")


def harmless(text: str) -> str:
    """Return `text` such that no spreadsheet takes it for a formula: an apostrophe goes before one that looks so.

    Names of departments come from a file that someone typed. Line breaks and other control characters become spaces.
    """
    plain = "".join(" " if unicodedata.category(character).startswith("C") else character for character in text)
    return f"'{plain}" if _FORMULA.match(plain) else plain


def slug(department: str) -> str:
    """Return a department's name as part of a file name: plain letters, and a digest that tells like names apart."""
    ascii_text = unicodedata.normalize("NFKD", department).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:40].strip("-")
    return f"{words or 'department'}-{hashlib.sha256(department.encode()).hexdigest()[:6]}"
