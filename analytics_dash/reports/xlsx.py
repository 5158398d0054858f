"""A report as an Excel workbook, by the Government Analysis Function's rules for spreadsheets.

A cover, a list of contents, notes, then one table a worksheet: titles in A1, no merged cells, no empty rows or columns
in a table, shorthand in the figure's place, words that do not rely on colour. Text is always written as text, so a name
that looks like a formula or an address is neither. The same report gives the same bytes.
Rules: https://analysisfunction.civilservice.gov.uk/policy-store/releasing-statistics-in-spreadsheets/
"""

from __future__ import annotations

import io
from datetime import datetime
from textwrap import wrap
from typing import Any, Final

from analytics_dash.reports.document import Report, Table
from analytics_dash.reports.sheets import Sheet, sheets

_WIDE, _LABEL, _NUMBER = 92, 34, 24  # columns, in characters
_FORMS: Final = ("#,##0", "#,##0.0", "#,##0.00")  # by decimals; who opens it sees the separators of their own language
_POINTS: Final = 16  # a line of 12 points


def xlsx_bytes(report: Report) -> bytes:
    """The report as an .xlsx file."""
    import xlsxwriter  # noqa: PLC0415 (only who makes a workbook loads it)

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties(
        {"title": f"{report.title}: {report.subtitle}", "created": datetime(*report.date)}  # noqa: DTZ001 (the format's are naive)
    )
    looks = _Looks(book)
    for each in sheets(report):
        _draw(book.add_worksheet(each.name), each, looks)
    book.close()
    return out.getvalue()


class _Looks:
    """The workbook's few formats: a sans-serif of 12 points, nothing said by colour."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": "Arial", "font_size": 12, "valign": "top"}
        self.text = book.add_format(base | {"text_wrap": True})
        self.above = book.add_format(base)
        self.title = book.add_format(base | {"bold": True, "font_size": 16})
        self.head = book.add_format(base | {"bold": True, "text_wrap": True, "bottom": 1})
        self.head_right = book.add_format(base | {"bold": True, "text_wrap": True, "bottom": 1, "align": "right"})
        self.sign = book.add_format(base | {"align": "right"})
        self.numbers = [book.add_format(base | {"num_format": form, "align": "right"}) for form in _FORMS]
        self.link = book.add_format(base | {"underline": 1, "font_color": "#0B0C7A"})

    def number(self, decimals: int) -> Any:
        return self.numbers[decimals]


def _draw(sheet: Any, drawn: Sheet, looks: _Looks) -> None:
    if drawn.table is None:
        sheet.set_column(0, 0, _WIDE)
        _lines(sheet, looks, drawn, width=_WIDE)
    else:
        _table(sheet, drawn.table, _lines(sheet, looks, drawn), looks, links=drawn.links)


def _lines(sheet: Any, looks: _Looks, drawn: Sheet, *, width: int = 0) -> int:
    """A title in A1 and a sentence a row under it; returns the next free row.

    With a `width` in characters the sentences wrap, in rows that are high enough: not every program works that out.
    Without, they run on to the right, over a table's other columns.
    """
    sheet.write_string(0, 0, drawn.title, looks.title)
    sheet.set_row(0, 24)
    for row, line in enumerate(drawn.lines, 1):
        sheet.write_string(row, 0, line, looks.text if width else looks.above)
        if width:
            sheet.set_row(row, _POINTS * _rows(line, width))
    return len(drawn.lines) + 1


def _rows(text: str, width: int) -> int:
    """In how many lines a text stands in a column of so many characters."""
    return max(1, len(wrap(text, width)))


def _table(sheet: Any, table: Table, start: int, looks: _Looks, *, links: bool) -> None:
    heads = (*table.words, *table.figures)
    _marked_up(sheet, looks, table.name, start, heads=heads, rows=len(table.rows), words=len(table.words))
    sheet.set_column(0, len(table.words) - 1, _LABEL)
    if table.figures:
        sheet.set_column(len(table.words), len(heads) - 1, _NUMBER)
        sheet.set_row(start, _POINTS * max(_rows(head, _NUMBER) for head in heads))
    for row, (labels, figures) in enumerate(table.rows, start + 1):
        for column, label in enumerate(labels):
            if links and column == 0:
                sheet.write_url(row, column, f"internal:'{label}'!A1", looks.link, label)
            else:
                sheet.write_string(row, column, label, looks.text)
        for column, figure in enumerate(figures, len(labels)):
            if figure.number is None:
                sheet.write_string(row, column, figure.text, looks.sign)
            else:
                sheet.write_number(row, column, figure.number, looks.number(figure.decimals))
        if (lines := max(_rows(label, _LABEL) for label in labels)) > 1:
            sheet.set_row(row, _POINTS * lines)


def _marked_up(
    sheet: Any, looks: _Looks, name: str, start: int, *, heads: tuple[str, ...], rows: int, words: int
) -> None:
    """Mark the range as a table, so that a screen reader can say each cell's headings."""
    columns = [
        {"header": head, "header_format": looks.head if place < words else looks.head_right}
        for place, head in enumerate(_distinct(heads))
    ]
    sheet.add_table(
        start,
        0,
        start + max(rows, 1),
        len(heads) - 1,
        {"name": f"t_{name}", "columns": columns, "style": None, "autofilter": False},
    )


def _distinct(heads: tuple[str, ...]) -> list[str]:
    """A table's heads must differ from each other."""
    seen: dict[str, int] = {}
    named = []
    for head in heads:
        seen[head] = seen.get(head, 0) + 1
        named.append(head if seen[head] == 1 else f"{head} ({seen[head]})")
    return named
