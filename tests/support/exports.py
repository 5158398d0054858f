"""Ask the dashboard for an export in every format, as a person does, and hold what comes against the pages."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pypdf
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from analytics_dash.exporting import queue
from analytics_dash.exporting.keeper import make_claimed
from analytics_dash.exporting.order import FORMATS
from analytics_dash.releases.models import db
from tests.support.dashboard import PAGES, figures_in_csv, plain, token
from tests.support.numbers import body
from tests.support.outside_reading import unpacked
from tests.support.released import NUMBER, Released
from tests.support.spreadsheet_rules import sheets_of

Rows = list[tuple[str, ...]]


def exported(app: Flask, client: FlaskClient, release: str, department: str) -> dict[str, bytes]:
    """Every format of a whole report, asked for and fetched by this person; made in between as the keeper would."""
    form = {"csrf_token": token(client.get("/exports").text), "release": release, "department": department}
    asked = {kind: client.post("/exports", data=form | {"format": kind}).headers["Location"] for kind in FORMATS}
    with app.app_context():
        while (job := queue.claim("worker")) is not None:
            make_claimed(app.config["EXPORTS"].folder, job.id, "worker", demo=True)
        db.session.remove()
    found = {}
    for kind, address in asked.items():
        answer = client.get(f"{address}/file", buffered=True)
        assert answer.status_code == 200, (kind, answer.text)
        found[kind] = answer.data
    return found


def faults_of_exports(made: Mapping[str, bytes], client: FlaskClient, released: Released, department: str) -> list[str]:
    """Where a format says something else than the pages, or than the API, of one department."""
    report = html.fromstring(made["html"].decode())
    found = list(_of_pages(report, client, department)) + list(_of_annex(report, released, department))
    tables = [rows for table in report.xpath("//table") if (rows := _rows(table))]
    for kind in ("xlsx", "ods"):
        found += [f"{kind}: {each}" for each in _of_workbook(made[kind], kind, tables)]
    found += [f"pdf: {each}" for each in _of_paper(made["pdf"], report)]
    found += [f"csv: {each}" for each in _of_archive(made["csv"], released)]
    return found


def _of_archive(content: bytes, released: Released) -> Iterator[str]:
    """Both tables hold what the API gives, to the last figure, and each is described column by column."""
    everything = {place: text for place, text in released.figures.items() if place[-1] != "amount"}
    for table, of_cells in zip(unpacked(content), (True, False), strict=True):
        figures = figures_in_csv(table.decode("utf-8-sig"))
        wanted = {place: text for place, text in everything.items() if (place[0] is not None) == of_cells}
        if figures != wanted:
            yield f"{set(figures.items()) ^ set(wanted.items())}"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in (name for name in archive.namelist() if name.endswith(".csv")):
            about = json.loads(archive.read(f"{name}-metadata.json"))
            columns = [column["name"] for column in about["tableSchema"]["columns"]]
            if (about["url"], columns) != (name, archive.read(name).decode("utf-8-sig").splitlines()[0].split(",")):
                yield f"{name} is not what its description says"


def _text(node: Any) -> str:
    return " ".join(node.text_content().split())


def _rows(table: Any) -> Rows:
    return [tuple(_text(cell) for cell in row) for row in table.xpath(".//tbody/tr")]


def _of_pages(report: Any, client: FlaskClient, department: str) -> Iterator[str]:
    """Each sentence and each row of a page stands in its question's chapter, in the same words."""
    for page in PAGES[1:]:
        tree = body(client.get(f"/{page}?department={department.replace(' ', '+')}").text)
        [chapter] = report.xpath(f"//section[@aria-labelledby='q-{page}']")
        said = {_text(each).removeprefix("What this does not mean. ") for each in chapter.xpath(".//p | .//h3 | .//li")}
        said |= {_text(each) for each in chapter.xpath(".//figcaption")}
        here = tree.xpath(
            "//section[contains(@class, 'part') and not(@id='download')] | //div[contains(@class, 'answer')]"
        )
        for block in (block for part in here for block in part.xpath(".//p | .//h2 | .//figcaption")):
            if _text(block) not in said | {"Notes"}:
                yield f"/{page}: {_text(block)}"
        rows = [_rows(table) for table in tree.xpath("//table")]
        if rows != [_rows(table) for table in chapter.xpath(".//table")]:
            yield f"/{page}: its tables are not those of the report"


def _of_annex(report: Any, released: Released, department: str) -> Iterator[str]:
    """The annex has every cell of an indicator, and no other."""
    chapters = {each.get("aria-labelledby"): each for each in report.xpath("//section[@aria-labelledby]")}
    for indicator in released.catalogue:
        cells = [each["as_shown"] for each in released.seen(department) if each["indicator"] == indicator]
        expected = Counter((each["numerator"], each["denominator"], each["value"]) for each in cells)
        rows = [tuple(map(plain, row[-3:])) for table in chapters[indicator].xpath(".//table") for row in _rows(table)]
        if Counter(rows) != expected:
            yield f"annex: {indicator}"


def _of_workbook(content: bytes, kind: str, tables: list[Rows]) -> Iterator[str]:
    """A worksheet for each table, in order, with the same rows; a number is the number that is written."""
    sheets = sheets_of(content, kind)[3:]
    if len(sheets) != len(tables):
        yield f"{len(sheets)} worksheets for {len(tables)} tables"
    for sheet, rows in zip(sheets, tables, strict=False):
        for row, cells in zip(rows, sheet.rows[-len(rows) :], strict=True):
            for text, (what, value) in zip(row, cells, strict=True):
                same = float(plain(text)) == float(value) if what == "number" else text == value
                if not same:
                    yield f"{sheet.name}: {value} where the report has {text}"


def _of_paper(content: bytes, report: Any) -> Iterator[str]:
    """No number of the paper is not in the report, and every sentence and row of its answers is on the paper."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    paper = "".join(_bare(page.extract_text()) for page in pages)
    known = {number for text in report.itertext() for number in NUMBER.findall(text)}
    known |= {str(number) for number in range(len(pages) + 1)}
    for page in pages:
        for line in page.extract_text().splitlines():
            yield from (f"{number} in {line}" for number in NUMBER.findall(line) if number not in known)
    for chapter in report.xpath("//section[starts-with(@aria-labelledby, 'q-')]"):
        for each in chapter.xpath(".//p | .//h3 | .//td"):
            if _bare(_text(each)) not in paper:
                yield f"it lacks {_text(each)}"


def _bare(text: str) -> str:
    return re.sub(r"[\s\u00ad-]", "", text)
