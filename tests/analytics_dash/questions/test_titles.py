"""Lessons, steps and items are called by their titles where a release has them, and tables have their ids, too."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

import pytest

from analytics_dash import i18n
from analytics_dash.questions import QUESTIONS, Answer, Choice, Facts, answer
from analytics_dash.releases import ReleaseInfo, Scope
from analytics_dash.reports.learning_csv import learning_csv_bytes
from tests.support.questions import RELEASE
from tests.support.releases import LESSON, plausible_cells, plausible_learning

TITLES = {
    LESSON: {
        "title": {"en": "Check a draft, line by line", "fr": "Vérifier un projet, ligne par ligne"},
        "steps": {"check": {"en": "Is this note sound?"}},
    }
}


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    i18n.use(i18n.DEFAULT)


def learning(release: ReleaseInfo) -> tuple[Facts, Answer]:
    cells = tuple(plausible_cells("2026-10.1", "2026-10"))
    figures = tuple(plausible_learning("2026-10.1", cells))
    facts = Facts(release, Scope("analyst"), Choice(view=LESSON), (), cells, figures)
    return facts, answer(QUESTIONS["learning"], facts)


def test_a_title_stands_in_sentences_and_on_charts_and_its_id_in_the_table() -> None:
    months = {"months": ["2026-10"]}
    _facts, plain = learning(replace(RELEASE, manifest=months))
    facts, titled = learning(replace(RELEASE, manifest=months | {"titles": TITLES}))
    assert "“check a draft”" in plain.finding.headline
    assert "“Check a draft, line by line”" in titled.finding.headline
    assert "“Is this note sound?”" in titled.finding.headline, "an item by its step"
    stopped = next(part for part in titled.parts if part.key == "stopped")
    assert stopped.picture is not None
    assert stopped.table is not None
    assert "Is this note sound?" in [point.label for point in stopped.picture.lines[0].points]
    assert "Is this note sound? (check)" in [words[0] for words, _figures in stopped.table.rows]
    i18n.use("fr")
    assert "« Vérifier un projet" in learning(facts.release)[1].finding.headline
    i18n.use("cy")
    assert "“Check a draft, line by line”" in learning(facts.release)[1].finding.headline, "else the author's words"


def test_the_file_of_figures_has_the_same_names_beside_the_ids() -> None:
    facts, _answer = learning(replace(RELEASE, manifest={"months": ["2026-10"], "titles": TITLES}))
    rows = list(csv.DictReader(io.StringIO(learning_csv_bytes(facts.learning, facts.titles).decode("utf-8-sig"))))
    assert {row["lesson_title"] for row in rows if row["lesson"] == LESSON} == {"Check a draft, line by line"}
    assert {row["lesson_title"] for row in rows if row["lesson"] != LESSON} == {"[z]"}
    assert all(row["step_title"] for row in rows)
