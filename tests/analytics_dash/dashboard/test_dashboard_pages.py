"""What the pages hold: the figures of the export to the character, no small count anywhere, words before scripts."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from analytics_dash.questions import QUESTIONS, Facts
from analytics_dash.reports.csv import csv_bytes
from tests.support.dashboard import PAGES, call_back, figures_in_csv, figures_in_html, figures_in_json, sign_in

QUERIES = ("?department=", "?department=Department+for+Lighthouses", "?department=Registry+of+Tides")


def test_the_export_is_the_command_lines_to_the_byte_and_has_its_notes(app: Flask, smallest: Facts) -> None:
    client = sign_in(app, "training_manager")
    query = "?department=Registry+of+Tides&release=2026-10.1"
    answer = client.get(f"/export.csv{query}")
    assert answer.data == csv_bytes(smallest.cells)
    assert answer.headers["Content-Disposition"].startswith(
        'attachment; filename="adoption-2026-10.1-registry-of-tides'
    )
    assert answer.headers["Content-Disposition"].endswith('-fictional.csv"'), "of a demonstration"
    learning = client.get("/export-learning.csv").headers["Content-Disposition"]
    assert learning == 'attachment; filename="adoption-2026-10.1-fictional-learning.csv"'
    notes = client.get(f"/export-notes.txt{query}").text
    assert "[c]: confidential" in notes
    assert "league table" in notes


def test_a_department_heads_file_is_named_for_the_department_that_is_in_it(app: Flask) -> None:
    head = sign_in(app, "department_head")
    names = {head.get(f"/export.csv{query}").headers["Content-Disposition"] for query in ("", "?department=")}
    manager = sign_in(app, "training_manager").get("/export.csv").headers["Content-Disposition"]
    assert len(names) == 1
    assert manager not in names


def test_a_release_that_is_not_published_cannot_be_downloaded(app: Flask) -> None:
    answer = sign_in(app, "training_manager").get("/export.csv?release=2031-01.1")
    assert answer.status_code == 404
    assert "numerator" not in answer.text


def test_page_layout_and_callback_hold_the_same_figures(app: Flask) -> None:
    client, query = sign_in(app, "training_manager"), QUERIES[1]
    for page in PAGES:
        first = figures_in_html(client.get(f"/{page}{query}").text)
        layout = client.get("/_dash-layout", headers={"Referer": f"http://localhost/{page}{query}"}).json
        for response in (layout, call_back(client, query, page=page).json):
            assert {figure: {text} for figure, text in figures_in_json(response)} == first, page


@pytest.mark.parametrize("query", [QUERIES[0], QUERIES[2]])
def test_no_count_from_one_to_nine_is_in_the_page_the_callback_or_the_export(app: Flask, query: str) -> None:
    client = sign_in(app, "training_manager")
    exported = figures_in_csv(client.get(f"/export.csv{query}").text)
    exported |= figures_in_csv(client.get(f"/export-learning.csv{query}").text)
    counts = [text for figure, text in exported.items() if figure[-1] in COUNTS]
    for page in PAGES:
        source = client.get(f"/{page}{query}").text
        update = call_back(client, query, page=page).json
        counts += [text for figure, texts in figures_in_html(source).items() if figure[-1] in COUNTS for text in texts]
        counts += [text for figure, text in figures_in_json(update) if figure[-1] in COUNTS]
        assert re.findall(r">\s*[1-9]\s*<", source) == [], page
        assert list(_small_numbers(update)) == [], page
    assert "[c]" in counts
    for text in counts:
        count = text.replace(".", "") + "0" * ("." in text)  # a cost is kept in thousandths of a dollar
        assert text in {"[c]", "[z]"} or (int(count) >= 10 and int(count) % 5 == 0)


COUNTS = ("numerator", "denominator")

# Numbers that place or style a mark; those of rows and labels may be small. All others could stand for people.
_DRAWING = {"x", "y", "x0", "x1", "y0", "y1", "l", "r", "t", "b", "width", "size", "xshift", "yshift", "tickvals"}


def _small_numbers(node: Any, key: str = "") -> Iterator[str]:
    """Where a response holds a whole number from 1 to 9 that does not belong to the drawing."""
    if isinstance(node, dict):
        for name, child in node.items():
            yield from _small_numbers(child, name)
    elif isinstance(node, list):
        for child in node:
            yield from _small_numbers(child, key)
    elif isinstance(node, int) and 1 <= node <= 9 and not isinstance(node, bool) and key not in _DRAWING:
        yield f"{key}: {node}"


@pytest.mark.parametrize("page", PAGES)
def test_the_first_response_holds_the_words_without_any_script(app: Flask, page: str) -> None:
    source = sign_in(app, "training_manager").get(f"/{page}").text
    body = source[: source.index('<div id="react-entry-point">')]
    for words in ("Release 2026-10.1, published", "data through October 2026", "Shown: May to October 2026"):
        assert words in body
    findings = re.findall(r'<p class="finding[^"]*">[^<]+', body)
    assert len(findings) == (1 if page else len(QUESTIONS))
    if page:
        for name in ("picture", "words", "headline", "onward"):
            assert f'class="{name}' in body or page == "changes", name


def test_an_address_says_department_month_view_and_release_and_reproduces_them(app: Flask) -> None:
    client = sign_in(app, "training_manager")
    source = client.get("/trained?department=&period=2026-09&view=grade_band&release=2026-10.1").text
    for chosen in ("2026-09", "grade_band"):
        assert f'<option value="{chosen}" selected>' in source
    assert "Shown: September 2026" in source
    figures = {figure[1] for figure in figures_in_html(source)}
    assert "grade_band" in figures
    assert "department" not in figures


@pytest.mark.parametrize("wrong", ["period=2031-01", "view=nothing", "release=2031-01.1"])
def test_a_choice_that_is_not_offered_is_not_found(app: Flask, wrong: str) -> None:
    answer = sign_in(app, "training_manager").get(f"/trained?{wrong}")
    assert answer.status_code == 404
    assert not figures_in_html(answer.text)


def test_a_head_reads_of_no_department_but_the_own_in_a_comparison(app: Flask) -> None:
    head = sign_in(app, "department_head")
    for page in PAGES:
        assert "Registry of Tides" not in head.get(f"/{page}").text, page


@pytest.mark.parametrize("language", ["cy", "fr"])
def test_every_page_speaks_the_readers_language_with_the_same_figures(app: Flask, language: str) -> None:
    client = sign_in(app, "training_manager")
    english = {page: figures_in_html(client.get(f"/{page}").text) for page in PAGES}
    titles = {key: question.title for key, question in QUESTIONS.items()}
    for page in PAGES:
        answer = client.get(f"/{page}?lang={language}")
        assert f'<html lang="{language}">' in answer.text
        assert figures_in_html(answer.text) == english[page], page
        assert titles.get(page, "Is AI being adopted") not in answer.text, page
        assert "We can't" not in answer.text, page
        assert "October" not in answer.text, page


def test_the_page_for_reports_offers_every_question_and_format_and_takes_a_pages_choice(app: Flask) -> None:
    client = sign_in(app, "training_manager")
    source = client.get("/exports").text
    assert len(re.findall(r'name="section" value="[a-z]+" checked', source)) == len(QUESTIONS)
    assert all(f'<option value="{kind}"' in source for kind in ("pdf", "xlsx", "ods", "html", "csv"))
    link = re.search(r'href="(/exports[?][^"]+section[^"]+)"', client.get("/use?department=Registry+of+Tides").text)
    assert link is not None
    chosen = client.get(html.unescape(link[1])).text
    assert re.findall(r'name="section" value="([a-z]+)" checked', chosen) == ["use"]
    assert "<option selected>Registry of Tides</option>" in chosen


def test_before_anything_is_published_the_page_says_what_to_do(empty_app: Flask) -> None:
    client = sign_in(empty_app, "training_manager")
    source = client.get("/").text
    assert "adoption release publish" in source
    assert "data-part" not in source
    assert client.get("/export.csv").status_code == 404
    assert "department_head" not in empty_app.test_client().get("/sign-in").text


def test_unknown_addresses_are_not_found(app: Flask) -> None:
    client = sign_in(app, "training_manager")
    assert client.get("/nowhere").status_code == 404
    assert client.get("/_dash-nothing").json["error"]["code"] == "404"


def test_the_method_page_defines_every_indicator(app: Flask) -> None:
    source = sign_in(app, "auditor").get("/method").text
    for words in (
        "Trained before access",
        "Active use",
        "Competent",
        "Identifiers held back",
        "rounded to the nearest 5",
    ):
        assert words in source


def test_the_policy_admits_nothing_inline_and_nobody_else(app: Flask) -> None:
    answer = sign_in(app, "training_manager").get("/")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == policy["form-action"] == "'self'"
    assert "http" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//", answer.text) == []


def test_choosing_what_is_shown_already_changes_nothing(app: Flask) -> None:
    client = sign_in(app, "training_manager")
    assert call_back(client, "?department=", "/?department=").status_code == 204
    assert call_back(client, "", "/?department=").status_code == 204
    assert call_back(client, "?view=nation", "/use?department=&view=nation", page="use").status_code == 204
