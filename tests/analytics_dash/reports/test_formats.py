"""A report in each format, read by a program that did not write it: the figures, the structure, the same bytes."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import time
import zipfile
from collections.abc import Iterator
from dataclasses import astuple, replace
from pathlib import Path
from xml.etree import ElementTree

import pypdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from analytics_dash import i18n
from analytics_dash.exporting.making import make
from analytics_dash.exporting.order import Order
from analytics_dash.questions import QUESTIONS, Choice, Facts, answer, read_facts, trained
from analytics_dash.questions.written import texts_of
from analytics_dash.releases import Scope, register_app
from analytics_dash.releases.signing import payload, signed
from analytics_dash.reports.csv import csv_bytes
from analytics_dash.reports.csvw import csvw_bytes
from analytics_dash.reports.document import Report, Table
from analytics_dash.reports.formats import WRITERS
from analytics_dash.reports.making import report_of
from analytics_dash.reports.method import proof
from tests.support.releases import DEPARTMENTS, make_register

OWN = next(iter(DEPARTMENTS))
SECTIONS = ("trained", "learning")
FORMULA = '=HYPERLINK("x")'
NASTY = (
    '=HYPERLINK("x")',
    "+1+1",
    "@SUM(A1)",
    "-2",
    "#let x = 1",
    "*bold* $x$ \\ `",
    "<script>alert(1)</script>",
    "]]>&amp;",
)


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> str:
    url, _release = make_register(tmp_path_factory.mktemp("register"))
    return url


@pytest.fixture(scope="module")
def facts(register: str) -> Facts:
    with register_app(register).app_context():
        found = read_facts(Scope("analyst"), OWN)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def report(facts: Facts) -> Report:
    """Two questions with their annex: pictures of months and of groups, tables of cells and of measures."""
    return report_of(facts, SECTIONS)


@pytest.fixture
def in_welsh() -> Iterator[None]:
    i18n.use("cy")
    yield
    i18n.use(i18n.DEFAULT)


def renamed(facts: Facts, name: str) -> Report:
    mine = tuple(replace(cell, department=name if cell.department == OWN else cell.department) for cell in facts.cells)
    return report_of(replace(facts, cells=mine, choice=Choice(name)), ("trained",))


def shown_texts(report: Report) -> list[str]:
    return [
        figure.text
        for section in report.sections
        for table in section.tables
        for _labels, figures in table.rows
        for figure in figures
    ]


def tables_of(report: Report) -> list[Table]:
    answers = [part.table for answer in report.answers for part in answer.parts if part.table is not None]
    return [*answers, *(table for section in report.sections for table in section.tables)]


def test_the_annex_holds_the_figures_of_the_cells_and_no_other(facts: Facts, report: Report) -> None:
    used = {name for key in SECTIONS for name in QUESTIONS[key].indicators}
    mine = [cell for cell in facts.cells if cell.indicator in used]
    expected = sorted(text for cell in mine for text in astuple(texts_of(cell)))
    assert sorted(shown_texts(report)) == expected


def test_who_has_the_paper_alone_can_check_the_signature_that_stands_on_it(
    report: Report, facts: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path))
    release = facts.release
    manifest = signed(release.id, {key: value for key, value in release.manifest.items() if key != "signature"})
    paper = replace(report, proof=proof(replace(release, manifest=manifest)))
    pages = pypdf.PdfReader(io.BytesIO(WRITERS["pdf"](paper))).pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    value, key = (
        found[1]
        for found in (re.search(r"\(Ed25519\)([\w+/]{86}==)", text), re.search(r"ofthesigner([\w+/]{43}=)", text))
        if found
    )
    public_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(key))
    public_key.verify(base64.b64decode(value), payload(release.id, manifest))


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_release_gives_the_same_bytes_later(kind: str, report: Report) -> None:
    first = WRITERS[kind](report)
    time.sleep(1.1)  # what a file stamps, it stamps in seconds
    assert WRITERS[kind](report) == first


def test_the_pdf_is_tagged_titled_and_keeps_one_table_one_table(report: Report) -> None:
    reader = pypdf.PdfReader(io.BytesIO(WRITERS["pdf"](report)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 (its own type)
    assert root["/Lang"].startswith("en")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert reader.metadata is not None
    assert reader.metadata.title == f"{report.title}: {report.subtitle}"
    assert "pdfuaid:part>1<" in str(root["/Metadata"].get_data())
    kinds: dict[str, list[pypdf.generic.DictionaryObject]] = {}
    for element in structure(root["/StructTreeRoot"]):
        kinds.setdefault(str(element["/S"]), []).append(element)
    tables = tables_of(report)
    assert len(kinds["/Table"]) == len(tables)
    assert len(kinds["/TH"]) == sum(len(table.words) + len(table.figures) for table in tables)
    parts = [part for answer in report.answers for part in answer.parts]
    pictures = [each.picture.alternative for each in (*parts, *report.sections) if each.picture]
    assert [str(figure["/Alt"]) for figure in kinds["/Figure"]] == pictures
    assert kinds["/H1"]
    text = "".join(page.extract_text() for page in reader.pages)
    assert report.sections[0].misuse.split(".")[0].split(",")[0] in re.sub(r"\s+", " ", text)


def structure(node: pypdf.generic.PdfObject) -> Iterator[pypdf.generic.DictionaryObject]:
    node = node.get_object()
    if isinstance(node, pypdf.generic.ArrayObject):
        for each in node:
            yield from structure(each)
    elif isinstance(node, pypdf.generic.DictionaryObject):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from structure(node["/K"])


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_libreoffice_reads_each_worksheet_with_the_figures_of_the_report(
    kind: str, report: Report, tmp_path: Path
) -> None:
    (tmp_path / f"report.{kind}").write_bytes(WRITERS[kind](report))
    found = worksheets_in_libreoffice(tmp_path / f"report.{kind}")
    assert list(found) == worksheets(report)
    for table in tables_of(report):
        rows = found[table.name]
        assert rows[0][0] == table.title
        expected = [[*labels, *(figure.text for figure in figures)] for labels, figures in table.rows]
        assert rows[-len(expected) :] == expected


def worksheets(report: Report) -> list[str]:
    words = report.words
    return [words.cover, words.contents, words.notes, *(table.name for table in tables_of(report))]


def worksheets_in_libreoffice(path: Path) -> dict[str, list[list[str]]]:
    """Each worksheet's rows as LibreOffice shows them."""
    profile = f"-env:UserInstallation=file://{path.parent / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", "html", "--outdir", str(path.parent), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    page = html.parse(str(path.with_suffix(".html"))).getroot()
    names = [anchor.findtext(".//em") or "" for anchor in page.iter("a") if anchor.findtext(".//em")]
    tables = [
        [["".join(cell.itertext()).strip().replace("\xa0", " ") for cell in row.iter("td")] for row in table.iter("tr")]
        for table in page.iter("table")
    ]
    return dict(zip(names, tables, strict=True))


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("kind", WRITERS)
def test_a_name_is_only_a_name_in_every_format(kind: str, name: str, facts: Facts) -> None:
    made = WRITERS[kind](renamed(facts, name))
    if kind == "pdf":
        text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)
        assert re.sub(r"\s", "", name) in re.sub(r"\s", "", text)
    elif kind == "html":
        assert b"<script" not in made
    else:
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            parts = {member: archive.read(member) for member in archive.namelist() if member.endswith(".xml")}
        trees = [ElementTree.fromstring(part) for part in parts.values() if part]
        assert any(name in (element.text or "") for tree in trees for element in tree.iter())
        formulas = [
            element
            for tree in trees
            for element in tree.iter()
            if element.tag.endswith("}f") or any(key.endswith("}formula") for key in element.attrib)
        ]
        assert formulas == []


@settings(max_examples=12, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60))
def test_no_name_keeps_a_report_from_being_made(facts: Facts, name: str) -> None:
    made = renamed(facts, name)
    for kind in ("xlsx", "ods", "html"):
        assert WRITERS[kind](made)


def test_a_workbook_follows_the_rules_for_spreadsheets(report: Report) -> None:
    with zipfile.ZipFile(io.BytesIO(WRITERS["xlsx"](report))) as archive:
        names = archive.namelist()
        sheets = [archive.read(name).decode() for name in names if name.startswith("xl/worksheets/sheet")]
        tables = [archive.read(name).decode() for name in names if name.startswith("xl/tables/")]
        book = archive.read("xl/workbook.xml").decode()
    assert re.findall(r'<sheet name="([^"]+)"', book) == worksheets(report)
    assert not any("<mergeCell" in sheet for sheet in sheets)
    assert all('<c r="A1"' in sheet for sheet in sheets), "the title stands in A1"
    assert len(tables) == len(sheets) - 2, "each worksheet but the cover and the notes has one marked-up table"
    assert not any("autoFilter" in table for table in tables)


def test_a_report_in_welsh_says_so_and_keeps_its_figures(facts: Facts, report: Report, in_welsh: None) -> None:
    welsh = report_of(facts, SECTIONS)
    assert shown_texts(welsh) == shown_texts(report)
    assert pypdf.PdfReader(io.BytesIO(WRITERS["pdf"](welsh))).trailer["/Root"]["/Lang"].startswith("cy")
    assert b'<html lang="cy">' in WRITERS["html"](welsh)


def test_the_description_beside_a_csv_file_names_every_column(facts: Facts) -> None:
    described = json.loads(csvw_bytes(facts.release, "cells.csv"))
    heads = csv_bytes(facts.cells).decode("utf-8-sig").splitlines()[0].split(",")
    assert [column["name"] for column in described["tableSchema"]["columns"]] == heads
    assert described["url"] == "cells.csv"


def test_a_finding_says_the_same_on_paper_as_on_its_page(facts: Facts) -> None:
    report = report_of(facts)
    assert [each.key for each in report.answers] == list(QUESTIONS)
    for each in report.answers:
        said = answer(QUESTIONS[each.key], facts).finding
        assert (each.headline, each.sure) == (said.headline, said.sure)


def test_a_printed_report_of_a_section_is_short_and_begins_with_the_findings(facts: Facts, register: str) -> None:
    with register_app(register).app_context():
        made = make(Scope("analyst"), Order(facts.release.id, "pdf", OWN, ("trained",)))
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    assert len(pages) < 10
    headline = trained.finding(facts).headline
    assert re.sub(r"\s+", "", headline) in re.sub(r"\s+", "", pages[2].extract_text())


def test_the_contents_of_an_open_document_spreadsheet_lead_to_its_worksheets(report: Report) -> None:
    with zipfile.ZipFile(io.BytesIO(WRITERS["ods"](report))) as archive:
        content = archive.read("content.xml").decode()
    for table in tables_of(report):
        assert f"xlink:href=\"#'{table.name}'.A1\"" in content or f"#&apos;{table.name}&apos;.A1" in content
