"""What is shown of learning: nothing about fewer than ten people, nothing that gives them away, only by release."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from analytics_dash.cli import cli
from analytics_dash.disclosure.answers import show_answers
from analytics_dash.disclosure.ranges import NARROWEST
from analytics_dash.indicators import Window
from analytics_dash.learning.commands import TITLES
from analytics_dash.learning.figures import lesson_figures
from analytics_dash.releases import LeakError, LearningFigure, learning, register_app
from analytics_dash.releases.build import build_release
from analytics_dash.releases.checks import refuse_unprotected
from analytics_dash.releases.models import db
from analytics_dash.releases.publish import publish_release
from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.store import WarehouseTables

# Ibis 12 calls what DuckDB 2 and pandas 3 deprecate.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

TablesOf = Callable[[Any], WarehouseTables]
WINDOW = Window.ending("2026-05")
NOW = datetime(2026, 6, 2, tzinfo=UTC)


def answered(
    form: str, counts: dict[str, int], *, key: str = "a", first: int = 0
) -> list[tuple[int, str, str, bool, int]]:
    """So many people for each answer, numbered from `first` on."""
    answers = [answer for answer, count in counts.items() for _ in range(count)]
    return [(first + n, form, answer, answer == key, 75) for n, answer in enumerate(answers)]


def by_measure(figures: tuple[LearningFigure, ...], lesson: str) -> dict[tuple[str, str], LearningFigure]:
    return {(each.measure, each.option): each for each in figures if each.lesson == lesson}


def test_a_share_is_made_of_protected_counts(tables_of: TablesOf) -> None:
    figures = lesson_figures(tables_of(answered("pre", {"a": 42, "b": 31, "c": 14})), WINDOW, release="r")
    found = by_measure(figures, "quiz-pre")["right", ""]
    assert (found.numerator, found.denominator, found.value) == (40, 85, round(40 / 85, 4))
    assert found.low is not None
    assert found.high is not None
    assert found.low < 42 / 87 < found.high


def test_what_fewer_than_ten_people_answered_is_not_listed(tables_of: TablesOf) -> None:
    assert lesson_figures(tables_of(answered("pre", {"a": 5, "b": 4})), WINDOW, release="r") == ()


@pytest.mark.parametrize("counts", [{"a": 9, "b": 60}, {"a": 60, "b": 9}, {"a": 69}])
def test_a_share_of_nearly_nobody_or_nearly_everybody_is_hidden(counts: dict[str, int], tables_of: TablesOf) -> None:
    found = by_measure(lesson_figures(tables_of(answered("pre", counts)), WINDOW, release="r"), "quiz-pre")
    assert found["right", ""].status == "c"
    assert (found["right", ""].numerator, found["right", ""].value) == (None, None)
    assert not [figure for (measure, _option), figure in found.items() if measure == "chosen"]


def test_people_whom_the_roster_does_not_know_count_nowhere(tables_of: TablesOf) -> None:
    known, unknown = answered("pre", {"a": 20, "b": 20}), answered("pre", {"a": 50}, first=900)
    found = by_measure(lesson_figures(tables_of(known + unknown), WINDOW, release="r"), "quiz-pre")
    assert (found["right", ""].numerator, found["right", ""].denominator) == (20, 40)


def test_only_closed_months_of_the_release_count(tables_of: TablesOf) -> None:
    assert lesson_figures(tables_of(answered("pre", {"a": 20, "b": 20})), Window.ending("2026-04"), release="r") == ()


def test_only_first_attempts_count(tables_of: TablesOf, tmp_path: Path) -> None:
    """Answering again changes nothing, whichever line comes first in the log."""
    once = answered("pre", {"a": 20, "b": 20})
    found = by_measure(lesson_figures(tables_of(once + once[:3]), WINDOW, release="r"), "quiz-pre")
    assert found["right", ""].denominator == 40


def test_a_gain_is_shown_of_those_who_took_both_forms(tables_of: TablesOf) -> None:
    """By hand: of eighty, twenty were right before and all but twenty after: two thirds of the sixty marks left.

    One of sixty marks is 1.7 points, and may be anybody's: five of them are 8.3, so 0.67 is told to the nearest tenth.
    """
    both = answered("pre", {"a": 20, "b": 60}) + answered("post", {"a": 60, "b": 20})
    only_one = answered("post", {"b": 25}, first=100)
    found = by_measure(lesson_figures(tables_of(both + only_one), WINDOW, release="r"), "quiz")
    assert (found["gain", ""].value, found["gain", ""].denominator) == (0.7, 80)
    assert (found["at_ceiling", ""].numerator, found["at_ceiling", ""].denominator) == (20, 80)
    assert found["gain_on_anchors", ""].value == found["gain", ""].value


counts = st.dictionaries(st.sampled_from("abcde"), st.integers(0, 60), min_size=1)


@given(counts, st.sampled_from("abcde"))
def test_no_answer_that_is_not_shown_can_be_worked_out(given_counts: dict[str, int], key: str) -> None:
    """The attacker knows the authored answers, every shown count to within 2, and that hidden ones are below ten."""
    people = sum(given_counts.values())
    known = key if min(given_counts.get(key, 0), people - given_counts.get(key, 0)) >= 10 else None
    shown = show_answers(given_counts, people, known=known)
    for answer, parts in shown.items():
        assert min(given_counts[answer], people - given_counts[answer]) >= 10
        assert abs(parts.numerator - given_counts[answer]) <= 2
    if not shown or set(shown) == {known}:
        return
    low = max(0, next(iter(shown.values())).denominator - 2 - sum(each.numerator + 2 for each in shown.values()))
    high = next(iter(shown.values())).denominator + 2 - sum(each.numerator - 2 for each in shown.values())
    assert low >= 10 or min(high, 9) - low >= NARROWEST


def test_what_is_left_over_hides_the_smallest_shown_answer() -> None:
    """Of 100, 91 and 9: to show the 91 would tell the 9 to within 4. Shown answers that leave room stay."""
    assert show_answers({"a": 90, "b": 10}, 100).keys() == {"a", "b"}
    assert show_answers({"a": 47, "b": 33, "c": 12, "d": 8}, 100).keys() == {"a", "b", "c"}
    assert show_answers({"a": 88, "b": 12}, 100).keys() != {"a"}
    assert show_answers({"a": 91, "b": 9}, 100) == {}


@pytest.fixture
def register(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'releases.sqlite'}"


@pytest.fixture
def published(register: str, warehouse: Callable[[Any], str]) -> str:
    """A published release with a test of which enough people took both forms; its id."""
    url = warehouse(answered("pre", {"a": 20, "b": 30, "c": 15}) + answered("post", {"a": 45, "b": 20}))
    with register_app(register).app_context(), open_warehouse(url) as opened:
        release = build_release(opened, "2026-05", now=NOW).info.id
        assert run(register, "--lesson", "quiz-pre", "--release", release).exit_code == 3  # built is not published
        publish_release(release)
    return release


def run(register: str, *arguments: str) -> Any:
    return CliRunner().invoke(cli, ["learning", *arguments, "--register", register])


def test_a_course_team_reads_the_figures_of_a_published_release(register: str, published: str) -> None:
    said = json.loads(run(register, "--lesson", "quiz-pre", "--json").stdout)
    assert (said["release"], said["months"][-1]) == (published, "2026-05")
    right = next(figure for figure in said["figures"] if figure["measure"] == "right")
    assert (right["step"], right["item"], right["numerator"], right["denominator"]) == ("question", "choice", 20, 65)
    assert "department" not in json.dumps(said)
    words = run(register, "--lesson", "quiz-pre").stdout
    assert "question / choice" in words
    assert "20 of 65" in words
    assert "31 % (" in words
    assert "Normalised gain" in run(register, "--lesson", "quiz").stdout
    unknown = run(register, "--lesson", "no-such-lesson")
    assert unknown.exit_code == 3
    assert "quiz-pre" in unknown.output
    with register_app(register).app_context():
        assert {each.measure for each in learning(published) if each.lesson} <= TITLES.keys()


def test_a_figure_in_a_register_can_be_neither_changed_nor_added_nor_small(register: str, published: str) -> None:
    with register_app(register).app_context():
        for statement in (
            "UPDATE learning SET numerator = 15",
            "DELETE FROM learning",
            "INSERT INTO learning SELECT release, 9999, lesson, step, item, option, measure, 10, 10, 1.0, 1.0, 1.0, "
            "'shown' FROM learning LIMIT 1",
        ):
            with pytest.raises(DBAPIError):
                db.session.execute(text(statement))
            db.session.rollback()


@pytest.mark.parametrize(
    ("numerator", "denominator", "value"), [(7, 40, 0.2), (10, 41, 0.2), (12, 40, 0.3), (None, 5, 0.3)]
)
def test_publishing_refuses_what_the_rule_cannot_have_made(
    numerator: int | None, denominator: int, value: float
) -> None:
    figure = LearningFigure("r", "quiz", "s", "i", "", "right", numerator, denominator, value, None, None, "shown")
    with pytest.raises(LeakError, match="quiz"):
        refuse_unprotected([figure])
    with pytest.raises(LeakError, match="quiz"):
        refuse_unprotected([LearningFigure("r", "quiz", "", "", "", "right", None, None, value, None, None, "c")])
