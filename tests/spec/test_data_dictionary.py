"""The data dictionary, docs/indicators.md, is what the catalogue says, and the command line says the same."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from analytics_dash.cli import cli
from analytics_dash.indicators import DICTIONARY, Figure
from analytics_dash.indicators.dictionary import dictionary
from analytics_dash.learning.commands import TITLES

PAGE = Path(__file__).parents[2] / "docs" / "indicators.md"


def test_the_page_is_what_the_catalogue_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == dictionary(DICTIONARY.values()), (
        "adoption indicators dictionary > docs/indicators.md"
    )


def test_the_command_lists_and_shows_every_entry() -> None:
    listed = CliRunner().invoke(cli, ["indicators", "list", "--json"])
    assert [entry["id"] for entry in json.loads(listed.output)["entries"]] == list(DICTIONARY)
    shown = CliRunner().invoke(cli, ["indicators", "show", "active_use"])
    assert DICTIONARY["active_use"].misuse in shown.output
    unknown = CliRunner().invoke(cli, ["indicators", "show", "happiness"])
    assert unknown.exit_code != 0
    assert "happiness" in unknown.output


def test_what_is_measured_of_learning_has_its_entry_and_no_entry_names_a_measure_that_is_not_there() -> None:
    entries = [entry for entry in DICTIONARY.values() if isinstance(entry, Figure) and entry.comes_from == "learning"]
    assert {measure for entry in entries for measure in entry.measures} <= set(TITLES)


def test_there_is_no_overall_score_no_league_table_and_no_minutes_saved() -> None:
    words = " ".join(f"{entry.id} {entry.title} {entry.unit}" for entry in DICTIONARY.values()).lower()
    assert not [word for word in ("score of", "overall", "rank", "league", "minutes", "saved") if word in words]
