"""Sentences from cells: they say what the cells say, with its uncertainty, and that we can't say where we can't."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics_dash.indicators import CATALOGUE
from analytics_dash.questions import (
    QUESTIONS,
    Choice,
    Facts,
    Finding,
    answer,
    changed,
    equity,
    learning,
    safety,
    trained,
    use,
)
from analytics_dash.questions.sentences import change
from analytics_dash.questions.written import points, spell
from analytics_dash.releases import LearningFigure, Scope, format_cell
from tests.support.questions import MONTHS, RELEASE, cell, facts, part_of, summary, use_of
from tests.support.releases import LESSON, plausible_cells, plausible_learning


@pytest.fixture(scope="module")
def everything() -> Facts:
    cells = tuple(plausible_cells("2026-10.1", "2026-10"))
    departments = tuple(sorted({each.department for each in cells if each.department}))
    months = {"months": sorted({each.month for each in cells if each.month})}
    figures = tuple(plausible_learning("2026-10.1", cells))
    return Facts(replace(RELEASE, manifest=months), Scope("training_manager"), Choice(), departments, cells, figures)


@pytest.fixture(scope="module")
def smallest(everything: Facts) -> Facts:
    name = "Registry of Tides"
    mine = tuple(each for each in everything.cells if each.department in (None, name))
    return replace(everything, cells=mine, choice=Choice(name))


def test_a_limit_just_above_nought_is_not_written_as_nought() -> None:
    assert points(0.004) == "0.4"
    assert points(-0.21) == "−21.0"
    assert points(-0.0001) == "0.0"


def test_use_that_was_not_loaded_is_not_put_down_to_too_few_people() -> None:
    missing = facts(*(replace(one, status="x") for one in use_of((None, None), (None, None))))
    assert "not loaded" in use.finding(missing).headline
    sentence = "All of government: every figure is missing and marked [x]: no data of this period was loaded."
    assert sentence in summary(missing, "use", "active_use-months")


def test_a_hidden_month_before_one_that_was_not_loaded_is_still_said_to_be_hidden() -> None:
    hidden, missing = (cell("redaction_rate", None, None, month=month) for month in MONTHS)
    found = facts(hidden, replace(missing, status="x"))
    assert "hidden to protect people" in safety.finding(found).headline
    assert any("one is missing" in sentence for sentence in summary(found, "safety", "redaction_rate-months"))


def said_in(question: str, found: Facts) -> str:
    """All sentences of an answer."""
    whole = answer(QUESTIONS[question], found)
    parts = (text for part in whole.parts for text in (part.headline, part.subtitle, *part.summary))
    return " ".join((whole.finding.headline, whole.finding.sure, *parts))


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("department", ["", "Registry of Tides"])
@pytest.mark.parametrize("period", ["", "2026-09"])
def test_no_answer_says_that_loaded_data_was_not_loaded(
    everything: Facts, question: str, department: str, period: str
) -> None:
    mine = tuple(each for each in everything.cells if not department or each.department in (None, department))
    found = replace(everything, cells=mine, choice=Choice(department, period))
    assert "not loaded" not in said_in(question, found).replace(NOT_OF_A_FIGURE, "")


NOT_OF_A_FIGURE = "counts as not loaded"


def test_what_is_not_published_by_department_and_month_says_so_and_what_to_choose(smallest: Facts) -> None:
    found = replace(smallest, choice=Choice("Registry of Tides", "2026-09"))
    headline = answer(QUESTIONS["cost"], found).finding.headline
    assert "is not published for Registry of Tides in this period. Choose the whole period" in headline


def test_an_export_that_does_not_count_days_is_said_to_be_why_depth_is_missing(everything: Facts) -> None:
    cells = tuple(
        replace(each, numerator=None, denominator=None, value=None, status="x")
        if each.indicator.startswith("depth_")
        else each
        for each in everything.cells
    )
    said = said_in("use", replace(everything, cells=cells))
    assert "no export that was loaded says of everybody on how many days they were active" in said
    assert "not loaded" not in said


@pytest.mark.parametrize(
    ("page", "indicator", "reason"),
    [
        ("safety", "verification", "fewer than ten people had handed in a checking log by then"),
        ("safety", "helpful", "fewer than ten people had rated an answer by then"),
        ("cost", "tutor_cost", "fewer than ten people had asked a model with a price by then"),
    ],
)
def test_what_the_feeds_hold_nothing_of_is_said_to_be_missing_and_not_to_be_hidden(
    page: str, indicator: str, reason: str, everything: Facts
) -> None:
    cells = tuple(
        replace(each, numerator=None, denominator=None, value=None, status="x") if each.indicator == indicator else each
        for each in everything.cells
    )
    found = answer(QUESTIONS[page], replace(everything, cells=cells))
    (part,) = (part for part in found.parts if part.key == f"{indicator}-months")
    assert reason in part.headline
    assert not any("hidden" in sentence for sentence in (part.headline, *part.summary))


def test_several_indicators_in_one_table_have_plain_heads(everything: Facts) -> None:
    tables = [part.table for key in ("use", "safety") for part in answer(QUESTIONS[key], everything).parts]
    heads = {head for table in tables if table is not None for head in table.figures}
    assert {"On so many days", "Held back", "Prompts"} <= heads
    assert not heads & {"Numerator", "Denominator"}


def test_how_far_each_feed_goes_is_in_one_table_and_one_that_ends_early_is_named(everything: Facts) -> None:
    fed = [
        {"kind": "gateway-ledger", "files": 12, "last_day": "2026-10-10"},
        {"kind": "roster", "files": 1, "last_day": None},
    ]
    release = replace(everything.release, manifest={**everything.release.manifest, "feeds": fed})
    part = part_of(replace(everything, release=release), "protection", "freshness")
    assert part.table is not None
    assert [words for words, _figures in part.table.rows] == [
        ("Tutor: ledger", "12", "10 October 2026"),
        ("Staff roster", "one", "–"),
    ]
    assert "Tutor: ledger ends on 10 October 2026: the last month may look lower than it was." in part.summary


def test_the_intervals_that_a_finding_on_redactions_compares_are_said() -> None:
    cells = (cell("redaction_rate", 30, 250, month=MONTHS[0]), cell("redaction_rate", 25, 250, month=MONTHS[1]))
    said = safety.finding(facts(*cells)).sure
    assert said.startswith("In September 2026 the 95% interval was 73.8 to 177.6.")
    assert "In October 2026 the 95% interval was" in said


def test_a_single_shown_month_says_how_many_are_hidden() -> None:
    cells = (cell("redaction_rate", None, None, month=MONTHS[0]), cell("redaction_rate", 25, 250, month=MONTHS[1]))
    assert "one is hidden" in safety.finding(facts(*cells)).sure


def test_the_range_is_of_the_departments_that_can_be_shown(everything: Facts) -> None:
    assert (
        "departments that can be shown" in part_of(everything, "trained", "trained_before_access-department").headline
    )


def test_a_share_that_rounds_to_nought_is_its_shorthand_without_a_sign() -> None:
    low = replace(cell("trained_before_access", 10, 30000), status="low")
    assert "[low] of people" in trained.finding(facts(low)).headline


def test_a_fall_in_redactions_is_not_called_an_improvement() -> None:
    cells = (
        cell("redaction_rate", 1400, 10000, month=MONTHS[0]),
        cell("redaction_rate", 900, 10000, month=MONTHS[1]),
    )
    found = safety.finding(facts(*cells))
    assert "90.0 for every 1,000 prompts in October 2026, from 140.0 in September 2026" in found.headline
    assert found.headline.endswith("No figure says why, or what was not recognised.")


def test_a_small_change_is_not_called_a_change() -> None:
    cells = (cell("redaction_rate", 30, 250, month=MONTHS[0]), cell("redaction_rate", 25, 250, month=MONTHS[1]))
    assert safety.finding(facts(*cells)).headline.startswith("We can't say")
    assert not change(cells, "All of government", {}).can_say


def test_the_finding_on_training_quotes_the_cell_as_the_export_does(everything: Facts) -> None:
    whole = everything.cell("trained_before_access")
    assert whole is not None
    assert f"{format_cell(whole).value}%" in trained.finding(everything).headline


def test_data_that_was_not_loaded_is_said_to_be_so() -> None:
    missing = replace(cell("trained_before_access", None, None), status="x")
    assert "not loaded" in trained.finding(facts(missing)).headline


def test_a_chosen_month_is_the_one_that_is_said() -> None:
    cells = [cell("trained_before_access", 500, 1000)]
    cells += [
        cell("trained_before_access", part, 200, month=month) for month, part in zip(MONTHS, (50, 150), strict=True)
    ]
    assert "50.0%" in trained.finding(facts(*cells)).headline
    found = trained.finding(facts(*cells, choice=Choice(period="2026-10")))
    assert "75.0%" in found.headline
    assert "October 2026" in found.sure


def test_no_finding_or_headline_names_a_department_as_best_or_worst(everything: Facts) -> None:
    for question in QUESTIONS.values():
        found = answer(question, everything)
        words = " ".join((found.finding.headline, found.finding.sure, *(part.headline for part in found.parts)))
        assert not any(department in words for department in everything.departments), question.key


def test_groups_stand_in_an_order_that_ranks_nothing(everything: Facts) -> None:
    part = part_of(everything, "trained", "trained_before_access-department")
    assert part.picture is not None
    assert [point.key for point in part.picture.lines[0].points] == ["All of government", *everything.departments]


def test_counts_of_figures_are_words_so_that_none_reads_as_a_count_of_people(smallest: Facts) -> None:
    sentences = " ".join(summary(smallest, "safety", "redaction_rate-months"))
    assert not any(f" {digit} " in sentences for digit in "123456789")
    assert spell(3) == "three"
    assert spell(12) == "12"


def test_an_item_misleads_where_more_people_chose_a_wrong_answer(everything: Facts) -> None:
    found = learning.finding(everything)
    assert "In one item more people chose one wrong answer than the right one: “check”." in found.headline
    assert any("56.7% chose the answer “b”" in sentence for sentence in summary(everything, "learning", "items"))
    assert "“read”: 20.0%" in found.headline


def test_without_wrong_answers_to_show_nothing_is_said_of_misleading(everything: Facts) -> None:
    kept = tuple(each for each in everything.learning if each.measure != "chosen")
    assert "no wrong answer can be shown" in learning.finding(replace(everything, learning=kept)).headline
    assert learning.finding(replace(everything, learning=())) == Finding(
        "We can't say: nothing was measured of any lesson in this period.", can_say=False
    )


def gap(number: int, low: float, high: float) -> LearningFigure:
    place = ("competent", "grade_band", f"band {number}")
    return LearningFigure("r", "", *place, "equity_gap", None, 100, (low + high) / 2, low, high, "shown")


def test_a_few_gaps_outside_their_intervals_are_no_finding_and_many_are() -> None:
    none = [gap(number, -1, 1) for number in range(38)]
    few = facts(learning=(*none, gap(38, 1, 2), gap(39, 1, 2)))
    assert not equity.finding(few).can_say
    assert equity.finding(few).sure == (
        "Of 40 gaps two are larger than chance usually makes; if all were chance, about two would be."
    )
    many = facts(learning=(*none[:30], *(gap(number, 1, 2) for number in range(30, 40))))
    assert "by more than chance" in equity.finding(many).headline
    assert "band 31" in equity.finding(many).headline


@pytest.mark.parametrize(("count", "among", "expected"), [(2, 64, False), (6, 64, False), (7, 64, True), (1, 1, False)])
def test_more_than_chance_is_what_a_binomial_says(count: int, among: int, expected: bool) -> None:
    assert equity.more_than_chance(count, among) is expected


@pytest.mark.parametrize("key", QUESTIONS)
def test_every_question_opens_with_a_finding_and_every_picture_has_its_words_and_table(
    key: str, everything: Facts, smallest: Facts
) -> None:
    for found in (everything, smallest):
        made = answer(QUESTIONS[key], found)
        assert made.finding.headline.endswith((".", "?"))
        keys = [part.key for part in made.parts]
        assert len(keys) == len(set(keys))
        for part in made.parts:
            assert part.headline.endswith("."), part.headline
            assert part.misuse, part.key
            if part.picture is not None:
                assert part.summary, part.key
                assert part.table is not None
                drawn = {point.text.removesuffix("%") for line in part.picture.lines for point in line.points}
                tabled = {figure.text for _words, figures in part.table.rows for figure in figures}
                assert drawn <= tabled, part.key


@pytest.mark.parametrize("key", QUESTIONS)
def test_a_question_reads_only_what_it_declares(key: str, everything: Facts) -> None:
    question = QUESTIONS[key]
    made = answer(question, everything)
    places = [
        dict(figure.place)
        for part in made.parts
        if part.table is not None
        for _words, figures in part.table.rows
        for figure in figures
    ]
    assert {place["indicator"] for place in places if "indicator" in place} <= set(question.indicators)
    declared = {(each.measure, each.lesson) for each in everything.learning if question.measures(each)}
    assert {(place["measure"], place.get("lesson", "")) for place in places if "measure" in place} <= declared


def test_a_view_of_another_question_changes_nothing_and_is_not_repeated(everything: Facts) -> None:
    odd = replace(everything, choice=Choice(view="<b>nothing</b>"))
    for question in QUESTIONS.values():
        assert answer(question, odd) == answer(question, everything)


def test_every_indicator_belongs_to_a_question() -> None:
    assert {name for question in QUESTIONS.values() for name in question.indicators} == set(CATALOGUE)


def test_the_usual_lesson_is_one_of_which_it_is_known_how_many_completed_it(everything: Facts) -> None:
    assert learning.usual(everything) == LESSON


def test_what_changed_is_told_of_the_readers_own_figures_and_of_nothing_hidden(everything: Facts) -> None:
    old = replace(everything.release, id="2026-09.1", through="2026-09")
    before = tuple(
        replace(each, numerator=each.numerator + 5) if each.view == "month" and each.numerator else each
        for each in everything.cells
    )
    found = replace(everything, earlier=old, earlier_cells=tuple(before))
    said = answer(QUESTIONS["changes"], found)
    assert "were revised since release 2026-09.1" in said.finding.headline
    assert said.parts[0].table is not None
    assert all(row[0][1] == "by month" for row in said.parts[0].table.rows)
    counts = [figure for _words, row in said.parts[0].table.rows for figure in row]
    assert all(figure.text == str(figure.number) for figure in counts), "numerals, as in the sheets: no words"
    same = replace(found, earlier_cells=everything.cells)
    assert "No published figure was changed" in changed.finding(same).headline
    assert not changed.finding(everything).can_say


@pytest.mark.parametrize(
    ("residency", "stored", "processed"),
    [
        ("GB_STORAGE", "United Kingdom", "not promised"),
        ("EU_STORAGE_PROCESSING", "European Union", "European Union"),
        (None, "not fixed", "not promised"),
    ],
)
def test_stored_processed_and_usage_are_three_facts_with_the_day_of_the_record(
    everything: Facts, residency: str | None, stored: str, processed: str
) -> None:
    record = {"project": "p", "stored_in": residency, "retention": None, "status": "active", "as_of": "2026-10-31"}
    manifest = dict(everything.release.manifest) | {"posture": [record]}
    found = replace(everything, release=replace(everything.release, manifest=manifest))
    table = part_of(found, "cost", "residency").table
    assert table is not None
    _project, where, by, usage, _retention, day = table.rows[0][0]
    assert where.startswith(stored)
    assert by.startswith(processed)
    assert usage.startswith("not promised")
    assert day == "31 October 2026"
    assert "31 October 2026" in QUESTIONS["cost"].finding(found).sure
    assert "no record" in QUESTIONS["cost"].finding(everything).sure
