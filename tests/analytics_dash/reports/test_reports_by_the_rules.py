"""A whole report against the rules for spreadsheets and for tagged PDF, with checkers that share no code with us."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from analytics_dash.exporting.making import make
from analytics_dash.exporting.order import Order
from analytics_dash.releases import Scope, register_app
from analytics_dash.releases.models import db
from tests.support.releases import make_register
from tests.support.spreadsheet_rules import broken_rules


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A department's report of two questions in three formats: one with much hidden, for all the shorthand."""
    url, release = make_register(tmp_path_factory.mktemp("register"))
    with register_app(url).app_context():
        order = {
            kind: Order(release.id, kind, "Registry of Tides", ("use", "equity")) for kind in ("pdf", "xlsx", "ods")
        }
        found = {kind: make(Scope("analyst"), each) for kind, each in order.items()}
        db.session.remove()
        db.engine.dispose()
    return found


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_workbook_breaks_no_rule(made: dict[str, bytes], kind: str) -> None:
    assert broken_rules(made[kind], kind) == []


SHEET, BOOK, ODS = "xl/worksheets/sheet4.xml", "xl/workbook.xml", "content.xml"
END = "</sheetData>"
SABOTAGE = {  # where, what is there, what stands there instead, and a word of the fault
    "merged": ("xlsx", SHEET, END, f'{END}<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'),
    "formula": ("xlsx", SHEET, "<v>", "<f>1+1</f><v>"),
    "empty row": ("xlsx", SHEET, END, f'<row r="99"/><row r="100"><c r="A100"><v>1</v></c></row>{END}'),
    "hidden": ("xlsx", BOOK, "<sheet ", '<sheet state="hidden" '),
    "a formula": ("ods", ODS, 'office:value-type="float"', 'table:formula="of:=1" office:value-type="float"'),
    "no name": ("ods", ODS, '<table:table table:name="', '<table:table table:name="['),
}


@pytest.mark.parametrize("fault", SABOTAGE)
def test_the_checker_of_workbooks_sees_what_it_should(made: dict[str, bytes], fault: str) -> None:
    kind, member, found, instead = SABOTAGE[fault]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made[kind])) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode("utf-8", "surrogateescape")
            if name == member:
                assert found in content
                content = content.replace(found, instead, 1)
            new.writestr(name, content.encode("utf-8", "surrogateescape"))
    assert any(fault in broken for broken in broken_rules(out.getvalue(), kind))


def walk(node: PdfObject) -> Iterator[DictionaryObject]:
    """Every element of the structure under a node, in reading order."""
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for each in node:
            yield from walk(each)
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from walk(node["/K"])


def test_the_pdf_reads_in_order_and_its_tables_are_whole(made: dict[str, bytes], tmp_path: Path) -> None:
    reader = pypdf.PdfReader(io.BytesIO(made["pdf"]))
    root = reader.trailer["/Root"]
    elements = [(str(element["/S"]), element) for element in walk(root["/StructTreeRoot"])]
    levels = [int(kind[2:]) for kind, _element in elements if kind[2:].isdigit() and kind.startswith("/H")]
    assert levels
    assert all(later <= earlier + 1 for earlier, later in zip([0, *levels], levels, strict=False)), (
        "no level is skipped"
    )
    for kind, element in elements:
        if kind == "/Figure":
            assert len(str(element["/Alt"])) > 40, "an alternative says what the picture shows"
        if kind == "/TH":
            assert [str(each["/Scope"]) for each in element["/A"] if "/Scope" in each] in (["/Column"], ["/Row"])
        if kind == "/Table":
            rows = [row for row in walk(element["/K"]) if str(row["/S"]) == "/TR"]
            widths = {sum(str(cell["/S"]) in ("/TH", "/TD") for cell in walk(row["/K"])) for row in rows}
            assert len(rows) > 1
            assert len(widths) == 1
            assert not any(str(inner["/S"]) == "/Table" for inner in walk(element["/K"]))
    links = [note.get_object() for page in reader.pages for note in page.get("/Annots") or []]
    assert all(link.get("/Contents") for link in links), "a link says where it leads"
    assert all("/A" not in link or "/URI" not in link["/A"] for link in links), "and leads to this file"
    assert all(str(page["/Tabs"]) == "/S" for page in reader.pages if page.get("/Annots")), "keys follow the structure"
