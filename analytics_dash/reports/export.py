"""Writing exports to a folder: a release's cells with what goes beside them, or one file of a report.

`adoption export` calls it. Each file is replaced as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from analytics_dash.releases.types import Cell, ReleaseInfo
from analytics_dash.reports.csv import csv_bytes, slug
from analytics_dash.reports.csvw import csvw_bytes
from analytics_dash.reports.document import Report
from analytics_dash.reports.files import write_whole
from analytics_dash.reports.html import html_bytes
from analytics_dash.reports.notes import notes_bytes
from analytics_dash.reports.ods import ods_bytes
from analytics_dash.reports.pdf import pdf_bytes
from analytics_dash.reports.xlsx import xlsx_bytes

WRITERS: Final[Mapping[str, Callable[[Report], bytes]]] = {
    "pdf": pdf_bytes,
    "xlsx": xlsx_bytes,
    "ods": ods_bytes,
    "html": html_bytes,
}
"""Formats of a whole report. CSV is not one: it is the cells themselves, with their notes and description beside."""


def export_csv(
    release: ReleaseInfo, cells: Sequence[Cell], out_dir: Path, *, department: str | None = None
) -> list[Path]:
    """Write the CSV file, its notes and its description into `out_dir` (made when missing); return their paths.

    `department` only names the files. Raises `ExportError`.
    """
    name = stem(release.id, department)
    table, notes = out_dir / f"{name}.csv", out_dir / f"{name}-notes.txt"
    described = out_dir / f"{name}.csv-metadata.json"
    write_whole(notes, notes_bytes(release, cells))
    write_whole(described, csvw_bytes(release, table.name))
    write_whole(table, csv_bytes(cells))
    return [table, notes, described]


def export_report(
    kind: str, release: ReleaseInfo, report: Report, out_dir: Path, *, department: str | None
) -> list[Path]:
    """Write the report in the format `kind` into `out_dir`; return its path. Raises `ExportError`."""
    path = out_dir / f"{stem(release.id, department)}.{kind}"
    write_whole(path, WRITERS[kind](report))
    return [path]


def stem(release_id: str, department: str | None) -> str:
    """The name of an export's files, without their endings."""
    return f"adoption-{release_id}" + (f"-{slug(department)}" if department else "")
