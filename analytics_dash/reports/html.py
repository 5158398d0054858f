"""A report as one HTML file: no script, nothing fetched, readable from a shared drive, printable, dark where asked.

The tables are real tables, the pictures are vectors in the page. What comes in is escaped by the template.
The same report gives the same bytes.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from analytics_dash.reports.document import Report, Section, Shown
from analytics_dash.reports.picture import svg

FONT = "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"


def html_bytes(report: Report) -> bytes:
    """The report as a UTF-8 HTML file."""
    parts = [part for answer in report.answers for part in answer.parts]
    drawn: list[Section | Shown] = [*report.sections, *parts]
    pictures = {
        each.key: Markup(svg(each.picture, font=FONT))  # noqa: S704 (our own picture; its words are escaped there)
        for each in drawn
        if each.picture is not None
    }
    return _template().render(report=report, words=report.words, pictures=pictures).encode("utf-8")


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(
        files("analytics_dash.reports").joinpath("templates/report.html").read_text(encoding="utf-8")
    )
