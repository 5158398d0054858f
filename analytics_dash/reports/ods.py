"""A report as an OpenDocument spreadsheet: the workbook of `xlsx`, for those who use open formats.

The same sheets in the same order, by the same rules. Text is written as text and there is no formula in the file. The
archive is packed anew with the release's date, so that the same report gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any, Final

from analytics_dash.reports.document import Figure, Report, Table
from analytics_dash.reports.sheets import Sheet, sheets

_STYLES: Final = {
    "text": ("left", False, 12),
    "head": ("left", True, 12),
    "head-right": ("end", True, 12),
    "title": ("left", True, 16),
    "above": ("left", False, 12),
    "figure": ("end", False, 12),
    "figure-0": ("end", False, 12),
    "figure-1": ("end", False, 12),
    "figure-2": ("end", False, 12),
}
_NUMBERS: Final = """<number:number-style xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" style:name="ait-{name}"
 ><number:number number:decimal-places="{places}" number:min-decimal-places="{places}" number:min-integer-digits="1"
 number:grouping="true"/></number:number-style>"""
_ON_ONE_LINE: Final = ("title", "above")  # what stands over a table runs on to the right of its first column
_CHANGING: Final = re.compile(rb"<(dc:date|meta:creation-date|meta:editing-duration|meta:editing-cycles)>[^<]*</\1>")
"""What the library stamps with the moment of making."""


def ods_bytes(report: Report) -> bytes:
    """The report as an .ods file."""
    from odfdo import Document, Element, Style  # noqa: PLC0415 (only who makes a spreadsheet loads it)

    document = Document("spreadsheet")
    document.body.clear()
    content: Any = document.get_part("content")
    for name, (align, bold, size) in _STYLES.items():
        style = Style("table-cell", name=f"ait-{name}")
        weight = {"fo:font-weight": "bold"} if bold else {}
        style.set_properties({"fo:font-size": f"{size}pt", "style:font-name": "Arial", **weight}, area="text")
        style.set_properties({"fo:text-align": align}, area="paragraph")
        wrap = "no-wrap" if name in _ON_ONE_LINE else "wrap"
        style.set_properties({"fo:wrap-option": wrap, "style:vertical-align": "top"}, area="table-cell")
        if name.startswith("figure-"):
            number = Element.from_tag(_NUMBERS.format(name=f"number-{name[-1]}", places=name[-1]))
            content.get_element("//office:automatic-styles").append(number)
            style.set_attribute("style:data-style-name", f"ait-number-{name[-1]}")
        document.insert_style(style, automatic=True)
    for width in (4, 8, 18):
        column = Style("table-column", name=f"ait-{width}cm", width=f"{width}cm")
        document.insert_style(column, automatic=True)
    for each in sheets(report):
        document.body.append(_sheet(each))
    document.meta.title = f"{report.title}: {report.subtitle}"
    document.meta.language = report.language
    out = io.BytesIO()
    document.save(out)
    return _packed_anew(out.getvalue(), report.date)


def _sheet(drawn: Sheet) -> Any:
    from odfdo import Table as Worksheet  # noqa: PLC0415

    sheet = Worksheet(drawn.name)
    sheet.append_row(_row([(drawn.title, "title")]), clone=False)
    for line in drawn.lines:
        sheet.append_row(_row([(line, "text" if drawn.table is None else "above")]), clone=False)
    if drawn.table is None:
        _widths(sheet, [18])
    else:
        _table(sheet, drawn.table, links=drawn.links)
    return sheet


def _table(sheet: Any, table: Table, *, links: bool) -> None:
    heads = [(head, "head") for head in table.words] + [(head, "head-right") for head in table.figures]
    sheet.append_row(_row(heads), clone=False)
    for labels, figures in table.rows:
        row = [(label, "text") for label in labels] + [(figure, "figure") for figure in figures]
        made = _row(row)
        if links:
            _link(made, labels[0])
        sheet.append_row(made, clone=False)
    _widths(sheet, [8] * len(table.words) + [4] * len(table.figures))


def _row(cells: list[tuple[Any, str]]) -> Any:
    from odfdo import Cell, Row  # noqa: PLC0415

    row = Row()
    for value, style in cells:
        number = isinstance(value, Figure) and value.number is not None
        text = value.text if isinstance(value, Figure) else value
        kept = value.number if number else text
        look = f"figure-{value.decimals}" if number else style
        row.append_cell(
            Cell(kept, text=text, cell_type="float" if number else "string", style=f"ait-{look}"), clone=False
        )
    return row


def _link(row: Any, name: str) -> None:
    """Make the row's first cell lead to the worksheet that it names."""
    from odfdo import Cell, Link, Paragraph  # noqa: PLC0415

    cell, line = Cell(style="ait-text"), Paragraph()
    line.append(Link(f"#'{name}'.A1", text=name))
    cell.set_attribute("office:value-type", "string")
    cell.append(line)
    row.set_cell(0, cell)


def _widths(sheet: Any, centimetres: list[int]) -> None:
    from odfdo import Column  # noqa: PLC0415

    for place, width in enumerate(centimetres):
        sheet.set_column(place, Column(style=f"ait-{width}cm"))


def _packed_anew(data: bytes, date: tuple[int, int, int]) -> bytes:
    """The archive with fixed times, its members in order: `mimetype` first and not compressed, as the format asks."""
    out = io.BytesIO()
    stamp = "{:04}-{:02}-{:02}T00:00:00".format(*date).encode()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = ["mimetype", *sorted(name for name in old.namelist() if name != "mimetype")]
        for name in names:
            content = old.read(name)
            if name == "meta.xml":
                content = _CHANGING.sub(
                    lambda found: b"<%s>%s</%s>" % (found[1], stamp, found[1]) if b"date" in found[1] else b"", content
                )
            member = zipfile.ZipInfo(name, (*date, 0, 0, 0))
            member.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            new.writestr(member, content)
    return out.getvalue()
