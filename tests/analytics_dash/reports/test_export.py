"""The CSV export: the page's figures, harmless in a spreadsheet, the same bytes each time, whole or not at all."""

from __future__ import annotations

import codecs
import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.cli import cli
from analytics_dash.exporting.making import check, make
from analytics_dash.exporting.order import Order
from analytics_dash.releases import (
    Cell,
    ReleaseInfo,
    Scope,
    audit_entries,
    cells,
    format_cell,
    learning_figures,
    register_app,
)
from analytics_dash.releases.errors import ExportError
from analytics_dash.reports import csv_bytes, notes_bytes
from analytics_dash.reports.csv import COLUMNS, harmless, slug
from analytics_dash.reports.files import write_whole
from tests.support.releases import DEPARTMENTS, make_register

OWN = next(iter(DEPARTMENTS))


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ReleaseInfo]:
    return make_register(tmp_path_factory.mktemp("register"))


@pytest.fixture(scope="module")
def published(register: tuple[str, ReleaseInfo]) -> tuple[Cell, ...]:
    with register_app(register[0]).app_context():
        return cells(Scope("analyst"), register[1].id)


@pytest.fixture
def run(register: tuple[str, ReleaseInfo], tmp_path: Path) -> Callable[..., Result]:
    def call(*arguments: str, release: str = register[1].id) -> Result:
        options = ["--release", release, "--out", str(tmp_path / "out"), "--register", register[0]]
        return CliRunner().invoke(cli, ["export", *options, *arguments])

    return call


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def test_every_cell_is_a_row_whose_figures_are_written_as_on_the_page(published: tuple[Cell, ...]) -> None:
    rows = rows_of(csv_bytes(published))
    assert list(rows[0]) == list(COLUMNS)
    for row, cell in zip(rows, published, strict=True):
        figures = format_cell(cell)
        assert (row["numerator"], row["denominator"], row["value"]) == (
            figures.numerator,
            figures.denominator,
            figures.value,
        )


def test_no_figure_from_1_to_9_and_no_empty_cell_is_in_the_file(published: tuple[Cell, ...]) -> None:
    for row in rows_of(csv_bytes(published)):
        assert all(row.values())
        for column in ("numerator", "denominator"):
            thousandths = row["indicator"] == "tutor_cost" and column == "numerator"  # written in dollars
            count = row[column].replace(".", "") + "0" * thousandths
            assert row[column] == "[c]" or int(count) >= 10


def test_the_command_writes_what_the_dashboard_would_with_notes_beside_it(
    run: Callable[..., Result], published: tuple[Cell, ...], tmp_path: Path
) -> None:
    result = run("--format", "csv", "--json")
    assert result.exit_code == 0, result.output
    files = [Path(name) for name in json.loads(result.output)["files"]]
    assert [file.name for file in files] == [
        "adoption-2026-10.1.csv",
        "adoption-2026-10.1-notes.txt",
        "adoption-2026-10.1.csv-metadata.json",
        "adoption-2026-10.1-learning.csv",
        "adoption-2026-10.1-learning.csv-metadata.json",
    ]
    assert files[0].read_bytes() == csv_bytes(published)
    before = [file.read_bytes() for file in files]
    assert run("--format", "csv").exit_code == 0
    assert [file.read_bytes() for file in files] == before
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == sorted(file.name for file in files)


def test_a_name_that_is_not_plain_ascii_is_read_as_such_by_a_spreadsheet(published: tuple[Cell, ...]) -> None:
    """Excel takes a CSV for the machine's code page unless it starts with a byte order mark."""
    welsh = [replace(cell, department=cell.department and "Swyddfa'r Tŷ Gwydr") for cell in published]
    content = csv_bytes(welsh)
    assert content.startswith(codecs.BOM_UTF8)
    assert "Swyddfa'r Tŷ Gwydr" in content.decode("utf-8-sig")
    assert not csv_bytes(published).startswith(codecs.BOM_UTF8)


def test_a_departments_export_has_its_rows_and_those_of_all_government(run: Callable[..., Result]) -> None:
    result = run("--department", OWN, "--json")
    table = Path(json.loads(result.output)["files"][0])
    assert {row["department"] for row in rows_of(table.read_bytes())} == {OWN, "All"}


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (["--department", "Nobody"], 3, "no department"),
        (["--format", "docx"], 2, "'csv'"),
    ],
)
def test_what_cannot_be_exported_is_refused_with_what_to_do(
    run: Callable[..., Result], arguments: list[str], exit_code: int, message: str
) -> None:
    result = run(*arguments)
    assert (result.exit_code, message in result.output) == (exit_code, True)


def test_a_release_that_does_not_exist_is_refused(run: Callable[..., Result]) -> None:
    result = run(release="1999-01.1")
    assert result.exit_code == 3
    assert "1999-01.1" in result.output


def test_an_unpublished_release_is_not_exported(tmp_path: Path) -> None:
    url, info = make_register(tmp_path, publish=False)
    result = CliRunner().invoke(
        cli, ["export", "--release", info.id, "--out", str(tmp_path / "out"), "--register", url]
    )
    assert result.exit_code == 3
    assert "not published" in result.output
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_named(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way", encoding="utf-8")
    result = run("--section", "trained")
    assert (result.exit_code, "exist" in result.output or "cannot be written" in result.output) != (0, False)
    with pytest.raises(ExportError, match="cannot be written"):
        write_whole(tmp_path / "out" / "deeper" / "a.csv", b"x")


def test_the_command_writes_what_is_in_the_forms_archive_under_the_same_names(
    run: Callable[..., Result], register: tuple[str, ReleaseInfo], tmp_path: Path
) -> None:
    arguments = ("--period", "latest", "--department", OWN, "--section", "use", "--view", "department")
    result = run(*arguments, "--language", "fr", "--json")
    assert result.exit_code == 0, result.output
    order = Order(register[1].id, "csv", OWN, ("use",), language="fr", period="2026-10", view="department")
    with register_app(register[0]).app_context():
        archive = zipfile.ZipFile(io.BytesIO(make(Scope("training_manager"), order)))
        [line] = audit_entries(limit=1)
    assert line.detail == f"release {register[1].id}, {OWN}, 2026-10, use, department, fr"
    written = {Path(name) for name in json.loads(result.output)["files"]}
    assert {file.name: file.read_bytes() for file in written} == {
        name: archive.read(name) for name in archive.namelist()
    }
    [cells] = [file for file in written if file.suffix == ".csv" and "-learning" not in file.name]
    assert cells.name == f"adoption-2026-10.1-{slug(OWN)}-2026-10-use-department-fr.csv"
    assert {row["month"] for row in rows_of(cells.read_bytes())} == {"2026-10"}
    [measured] = [file for file in written if file.name.endswith("-learning.csv")]
    rows = list(csv.DictReader(io.StringIO(measured.read_text("utf-8-sig"), newline="")))
    assert {row["measure"] for row in rows} >= {"use_difference"}, "the estimates of the question, and no lesson's"
    assert {row["lesson"] for row in rows} == {"All"}


def test_the_second_table_has_what_the_sections_rest_on_and_the_notes_say_what_each_is(
    run: Callable[..., Result], register: tuple[str, ReleaseInfo], tmp_path: Path
) -> None:
    """Over all sections nothing that is measured is left out, and the notes name each measure."""
    with register_app(register[0]).app_context():
        everything = learning_figures(Scope("analyst"), register[1].id)
    assert run("--section", "trained").exit_code == 0
    assert not list((tmp_path / "out").glob("*-learning.csv")), "nothing is measured there"
    assert run().exit_code == 0
    table = (tmp_path / "out" / "adoption-2026-10.1-learning.csv").read_text("utf-8-sig")
    notes = (tmp_path / "out" / "adoption-2026-10.1-notes.txt").read_text("utf-8")
    assert table.count("\n") == len(everything) + 1
    assert all(figure.measure in notes for _position, figure in everything)
    assert "-learning.csv" in notes


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--period", "2031-01"), "has no month 2031-01; it covers 2026-05 to 2026-10"),
        (("--section", "trained", "--view", "shoe-size"), "no view “shoe-size”"),
        (("--section", "changes", "--view", "nation"), "no view “nation”"),
    ],
)
def test_a_month_or_a_view_that_is_not_there_is_refused_in_the_words_of_the_form(
    run: Callable[..., Result],
    register: tuple[str, ReleaseInfo],
    arguments: tuple[str, ...],
    words: str,
    tmp_path: Path,
) -> None:
    result = run(*arguments)
    assert (result.exit_code, words in result.output) == (3, True)
    assert not (tmp_path / "out").exists()
    given = dict(zip(arguments[::2], arguments[1::2], strict=True))
    order = Order(
        *(register[1].id, "pdf", "", tuple(filter(None, [given.get("--section")]))),
        period=given.get("--period", ""),
        view=given.get("--view", ""),
    )
    with register_app(register[0]).app_context(), pytest.raises(ExportError) as refused:
        check(Scope("analyst"), order)
    assert str(refused.value) in result.output


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n=1", "＝1", "|cmd"]
)
def test_no_department_is_a_formula(name: str) -> None:
    assert harmless(name).startswith("'")


@given(st.text())
def test_no_text_starts_a_formula_or_a_new_line(name: str) -> None:
    text = harmless(name)
    assert not text.lstrip().startswith(("=", "+", "-", "@"))
    assert not {"\n", "\r", "\t"} & set(text)


def test_an_ordinary_name_stays_as_it_is() -> None:
    assert harmless("Ministry of Weather – Café") == "Ministry of Weather – Café"


@given(st.text(min_size=1))
def test_a_file_name_made_from_a_department_stays_in_its_folder(name: str) -> None:
    assert Path(slug(name)).name == slug(name)
    assert slug(name).isascii()


def test_the_notes_say_what_the_figures_are_and_are_not(
    register: tuple[str, ReleaseInfo], published: tuple[Cell, ...]
) -> None:
    notes = notes_bytes(register[1], published).decode("utf-8")
    for words in ("2026-05 to 2026-10", "[c]: confidential", "nearest 5", "Not causal", "never a person", "COLUMNS"):
        assert words in notes
