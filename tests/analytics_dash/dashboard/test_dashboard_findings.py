"""Sentences from cells: they say what the cells say, with its uncertainty, and that we can't say where we can't."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics_dash.dashboard import findings
from analytics_dash.dashboard.overview import Overview
from analytics_dash.releases import Cell, ReleaseInfo, Scope, format_cell

MONTHS = ("2026-09", "2026-10")


def cell(indicator: str, numerator: int | None, denominator: int | None, **where: str | None) -> Cell:
    scale = 1000 if indicator == "redaction_rate" else 100
    known = numerator is not None and denominator is not None
    place = {"month": None, "department": None, "grade_band": None, "arm": None} | where
    view = "month" if place["month"] else "all"
    return Cell(
        release="2026-10.1",
        view={"month": "department_month", "all": "department"}[view] if place["department"] else view,
        indicator=indicator,
        numerator=numerator,
        denominator=denominator,
        value=scale * numerator / denominator if known else None,  # type: ignore[operator]
        status="shown" if known else "c",
        **place,  # type: ignore[arg-type]
    )


def overview(release: ReleaseInfo, *cells: Cell) -> Overview:
    return Overview(release, Scope("training_manager"), "", (), cells)


def use(trained: tuple[int | None, int | None], untrained: tuple[int | None, int | None]) -> list[Cell]:
    return [
        cell("active_use", *counts, month=month, arm=arm)
        for month in MONTHS
        for arm, counts in (("trained", trained), ("untrained", untrained))
    ]


@pytest.fixture
def release(everything: Overview) -> ReleaseInfo:
    return everything.release


def test_a_clear_difference_is_said_with_its_interval_and_that_it_is_not_causal(release: ReleaseInfo) -> None:
    found = findings.use_after_training(overview(release, *use((700, 1000), (500, 1000))))
    assert "70.0% against 50.0% in October 2026" in found.headline
    assert "not causal" in found.headline
    assert "20.0 percentage points (95% interval 15.3 to 24.6)" in found.summary[0]


def test_a_difference_the_other_way_is_said_as_plainly(release: ReleaseInfo) -> None:
    found = findings.use_after_training(overview(release, *use((500, 1000), (700, 1000))))
    assert "less often" in found.headline
    assert "−20.0 percentage points" in found.summary[0]


def test_a_difference_that_may_be_chance_is_not_called_one(release: ReleaseInfo) -> None:
    found = findings.use_after_training(overview(release, *use((55, 100), (50, 100))))
    assert found.headline.startswith("We can't say")


def test_hidden_groups_give_no_finding(release: ReleaseInfo) -> None:
    found = findings.use_after_training(overview(release, *use((700, 1000), (None, None))))
    assert found.headline.startswith("We can't say")
    assert any("hidden to protect people" in sentence for sentence in found.summary)


def test_a_limit_just_above_nought_is_not_written_as_nought() -> None:
    assert findings.points(0.004) == "0.4"
    assert findings.points(-0.21) == "−21.0"


def test_use_that_was_not_loaded_is_not_put_down_to_too_few_people(release: ReleaseInfo) -> None:
    missing = [replace(one, status="x") for one in use((None, None), (None, None))]
    found = findings.use_after_training(overview(release, *missing))
    assert "not loaded" in found.headline
    assert found.summary == (
        "All of government: of four figures four are missing, because their data was not loaded, and marked [x].",
    )


def test_a_hidden_month_before_one_that_was_not_loaded_is_still_said_to_be_hidden(release: ReleaseInfo) -> None:
    hidden, missing = (cell("redaction_rate", None, None, month=month) for month in MONTHS)
    found = findings.identifiers_held_back(overview(release, hidden, replace(missing, status="x")))
    assert "hidden to protect people" in found.headline
    assert any("one is missing" in sentence for sentence in found.summary)


def test_the_intervals_that_a_finding_on_redactions_compares_are_said(release: ReleaseInfo) -> None:
    cells = (cell("redaction_rate", 30, 250, month=MONTHS[0]), cell("redaction_rate", 25, 250, month=MONTHS[1]))
    said = findings.identifiers_held_back(overview(release, *cells)).summary[1]
    assert said.startswith("In September 2026 the 95% interval was 73.8 to 177.6.")
    assert "In October 2026 the 95% interval was" in said


def test_the_range_is_of_the_departments_that_can_be_shown(everything: Overview) -> None:
    assert any("departments that can be shown" in line for line in findings.trained_before_access(everything).summary)


def test_a_share_that_rounds_to_nought_is_its_shorthand_without_a_sign(release: ReleaseInfo) -> None:
    low = replace(cell("trained_before_access", 10, 30000), status="low")
    assert "[low] of people" in findings.trained_before_access(overview(release, low)).headline


def test_a_fall_in_redactions_is_not_called_an_improvement(release: ReleaseInfo) -> None:
    cells = (
        cell("redaction_rate", 1400, 10000, month=MONTHS[0]),
        cell("redaction_rate", 900, 10000, month=MONTHS[1]),
    )
    found = findings.identifiers_held_back(overview(release, *cells))
    assert "90.0 in every 1,000 prompts in October 2026, from 140.0 in September 2026" in found.headline
    assert "may evade the filter" in found.headline


def test_a_small_change_in_redactions_is_not_called_a_change(release: ReleaseInfo) -> None:
    cells = (cell("redaction_rate", 30, 250, month=MONTHS[0]), cell("redaction_rate", 25, 250, month=MONTHS[1]))
    assert findings.identifiers_held_back(overview(release, *cells)).headline.startswith("We can't say")


def test_the_finding_on_training_quotes_the_cell_as_the_export_does(everything: Overview) -> None:
    whole = everything.cell("trained_before_access")
    assert whole is not None
    assert f"{format_cell(whole).value}%" in findings.trained_before_access(everything).headline


def test_data_that_was_not_loaded_is_said_to_be_so(release: ReleaseInfo) -> None:
    missing = replace(cell("trained_before_access", None, None), status="x")
    assert "not loaded" in findings.trained_before_access(overview(release, missing)).headline


def test_no_finding_names_a_department_as_best_or_worst(everything: Overview) -> None:
    every = (findings.trained_before_access, findings.use_after_training, findings.identifiers_held_back)
    words = " ".join(" ".join((find(everything).headline, *find(everything).summary)) for find in every)
    assert not any(department in words for department in everything.departments)


def test_counts_of_figures_are_words_so_that_none_reads_as_a_count_of_people(smallest: Overview) -> None:
    sentences = " ".join(findings.identifiers_held_back(smallest).summary)
    assert not any(f" {digit} " in sentences for digit in "123456789")
    assert findings.spell(3) == "three"
    assert findings.spell(12) == "12"
