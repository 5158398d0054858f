"""A report as a tagged PDF (PDF/UA-1), set by Typst, which refuses to make one without alternatives and a language.

Only Typst's own fonts are used and the date is the release's, so the same report gives the same bytes on any machine.
The text is handed over as data and never as markup: what a department is called cannot become a command.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Final

from analytics_dash.reports.document import Picture, Report
from analytics_dash.reports.picture import svg

FONT: Final = "Libertinus Serif"  # comes inside Typst; has the letters of English, Welsh and French


def pdf_bytes(report: Report) -> bytes:
    """The report as PDF/UA-1."""
    import typst  # noqa: PLC0415 (34 MB of typesetter: only who makes a PDF loads it)

    data = asdict(report)
    for section, source in zip(data["sections"], report.sections, strict=True):
        section["svg"] = _vectors(source.picture)
    for answer, answered in zip(data["answers"], report.answers, strict=True):
        for part, shown in zip(answer["parts"], answered.parts, strict=True):
            part["svg"] = _vectors(shown.picture)
    made = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"report": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )
    return bytes(made)


def _vectors(picture: Picture | None) -> str:
    return "" if picture is None else svg(picture, font=FONT, titled=False)


@cache
def _template() -> bytes:
    return files("analytics_dash.reports").joinpath("templates/report.typ").read_bytes()
