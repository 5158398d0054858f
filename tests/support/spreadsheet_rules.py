"""A checker of the Government Analysis Function's rules for spreadsheets, XLSX and ODS alike; shares no code with us.

Rules: https://analysisfunction.civilservice.gov.uk/policy-store/releasing-statistics-in-spreadsheets/
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

X = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
T = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
O = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"  # noqa: E741
SHORTHAND = {"[c]", "[low]", "[x]", "[z]"}
Cell = tuple[str, str]
"""A kind (`text`, `number` or `empty`) and what stands in it."""


@dataclass
class Sheet:
    """A worksheet as it was read; `faults` are those of its markup."""

    name: str
    rows: list[list[Cell]]
    faults: list[str] = field(default_factory=list)


def broken_rules(content: bytes, kind: str) -> list[str]:
    """Every rule that the workbook breaks, a sentence each; empty is good."""
    sheets = sheets_of(content, kind)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        outside = [name for name in archive.namelist() if "externalLink" in name or "vbaProject" in name]
    return [
        *(f"it holds {name}" for name in outside),
        *_of_book(sheets),
        *(f for each in sheets for f in _of_sheet(each)),
    ]


def sheets_of(content: bytes, kind: str) -> list[Sheet]:
    """The worksheets of a workbook, `xlsx` or `ods`, in order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return list((_of_xlsx if kind == "xlsx" else _of_ods)(archive))


def _of_book(sheets: list[Sheet]) -> Iterator[str]:
    names = [sheet.name for sheet in sheets]
    if len({name.lower() for name in names}) != len(names):
        yield "two worksheets have one name"
    yield from (
        f"{name}: no name for a worksheet" for name in names if len(name) > 31 or re.search(r"[\[\]:*?/\\]", name)
    )
    if len(sheets) < 4:
        yield "no cover, contents, notes and a table"
        return
    listed = {row[0][1] for row in sheets[1].rows if row}
    yield from (f"{name} is not in the contents" for name in names[2:] if name not in listed)


def _of_sheet(sheet: Sheet) -> Iterator[str]:
    yield from (f"{sheet.name}: {fault}" for fault in sheet.faults)
    rows = sheet.rows
    if not rows or not rows[0] or rows[0][0][0] != "text":
        yield f"{sheet.name}: no title in A1"
        return
    if any(not any(kind != "empty" for kind, _text in row) for row in rows):
        yield f"{sheet.name}: an empty row"
    table = [row for row in rows if len(row) > 1]
    if not table:
        return
    if rows[-len(table) :] != table:
        yield f"{sheet.name}: something stands below or between the table's rows"
    if {len(row) for row in table} != {len(table[0])}:
        yield f"{sheet.name}: the table's rows differ in length"
    if any(kind == "empty" for row in table for kind, _text in row):
        yield f"{sheet.name}: an empty cell in the table"
    heads = [text for _kind, text in table[0]]
    if len(set(heads)) != len(heads):
        yield f"{sheet.name}: two columns have one heading"
    for place in range(len(heads)):
        column = [row[place] for row in table[1:]]
        if any(kind == "number" for kind, _text in column):
            words = {text for kind, text in column if kind == "text"} - SHORTHAND
            if words:
                yield f"{sheet.name}: words among the figures of {heads[place]!r}: {sorted(words)[:3]}"


def _of_xlsx(archive: zipfile.ZipFile) -> Iterator[Sheet]:
    names = archive.namelist()
    shared = (
        ["".join(node.itertext()) for node in etree.fromstring(archive.read("xl/sharedStrings.xml")).iter(f"{X}si")]
        if "xl/sharedStrings.xml" in names
        else []
    )
    book = etree.fromstring(archive.read("xl/workbook.xml"))
    for number, sheet in enumerate(book.iter(f"{X}sheet"), 1):
        tree = etree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
        found = Sheet(str(sheet.get("name")), [[_xlsx_cell(c, shared) for c in row] for row in tree.iter(f"{X}row")])
        found.faults += [
            word
            for tag, word in (("mergeCell", "merged cells"), ("f", "a formula"))
            if next(tree.iter(X + tag), None) is not None
        ]
        hidden = [node for node in tree.iter(f"{X}row", f"{X}col") if node.get("hidden") == "1"]
        found.faults += ["something is hidden"] if hidden or sheet.get("state") else []
        links = [node.get("location") for node in tree.iter(f"{X}hyperlink")]
        found.faults += ["a link that leads out of the workbook"] if None in links else []
        yield found


def _xlsx_cell(cell: Any, shared: list[str]) -> Cell:
    value = cell.findtext(f"{X}v")
    if cell.get("t") == "s":
        return "text", shared[int(value or 0)]
    if cell.get("t") == "inlineStr":
        return "text", "".join(cell.itertext())
    return ("empty", "") if value is None else ("number", value)


def _of_ods(archive: zipfile.ZipFile) -> Iterator[Sheet]:
    if archive.namelist()[0] != "mimetype":
        yield Sheet("the file", [[("text", "")]], ["its media type does not stand first"])
    tree = etree.fromstring(archive.read("content.xml"))
    for sheet in tree.iter(f"{T}table"):
        rows = []
        for row in sheet.iter(f"{T}table-row"):
            cells = [_ods_cell(c) for c in row for _ in range(int(c.get(f"{T}number-columns-repeated", "1")))]
            while cells and cells[-1][0] == "empty":
                cells.pop()
            rows.append(cells)
        found = Sheet(str(sheet.get(f"{T}name")), rows)
        marks = [attribute for node in sheet.iter() for attribute in node.attrib]
        found.faults += ["merged cells"] if f"{T}number-columns-spanned" in marks else []
        found.faults += ["a formula"] if f"{T}formula" in marks else []
        found.faults += ["something is hidden"] if f"{T}visibility" in marks else []
        yield found


def _ods_cell(cell: Any) -> Cell:
    kind = cell.get(f"{O}value-type")
    if kind is None:
        return "empty", ""
    text = "".join(cell.itertext())
    return ("number", str(cell.get(f"{O}value"))) if kind == "float" else ("text", text)
