"""The published release of the demonstration government: right to the rounding, silent on the small, and it finds what
was planted. Effects are looked for as a reader would, in shown cells alone.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import DashboardConfig
from analytics_dash.demonstration import course_test, planted
from analytics_dash.demonstration.behaviour import Life
from analytics_dash.demonstration.build import ROSTER
from analytics_dash.demonstration.commands import demo
from analytics_dash.demonstration.errors import OutputFolderError, PreparationError
from analytics_dash.demonstration.loading import EARLIER, load_what_was_there
from analytics_dash.demonstration.prepare import THROUGH, Places, Prepared, prepare
from analytics_dash.indicators import CATALOGUE
from analytics_dash.questions import QUESTIONS, read_facts
from analytics_dash.releases import (
    Cell,
    Scope,
    cells,
    intervals,
    latest_published,
    learning,
    list_releases,
    register_app,
)
from analytics_dash.releases.models import db
from analytics_dash.reports.making import report_of
from analytics_dash.reports.notes import notes_bytes
from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.load import load
from analytics_dash.warehouse.store import create
from tests.support.dashboard import person

# Ibis 12 calls what DuckDB 2 and pandas 3 deprecate.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

ANALYST = Scope(role="analyst", department=None)
Key = tuple[str | None, ...]
PLACE = ("month", "department_group", "department", "team", "grade_band", "profession", "nation", "arm")


@pytest.fixture(scope="module")
def register(prepared: Prepared, home: Path) -> Iterator[None]:
    with register_app(Places(home).register).app_context():
        yield


@pytest.fixture(scope="module")
def published(register: None, prepared: Prepared) -> tuple[Cell, ...]:
    return cells(ANALYST, prepared.release)


@pytest.fixture(scope="module")
def truth(planted_json: dict[str, Any]) -> dict[Key, tuple[int, int]]:
    return {
        tuple(figure[name] for name in ("indicator", "view", *PLACE)): (figure["numerator"], figure["denominator"])
        for figure in planted_json["truth"]
    }


def key(cell: Cell) -> Key:
    return (cell.indicator, cell.view, *(getattr(cell, name) for name in PLACE))


def shown(published: tuple[Cell, ...], indicator: str, view: str) -> list[tuple[Cell, int, int]]:
    """The shown cells of a view with their two counts."""
    return [
        (cell, cell.numerator, cell.denominator)
        for cell in published
        if (cell.indicator, cell.view) == (indicator, view)
        and cell.numerator is not None
        and cell.denominator is not None
    ]


def is_small(indicator: str, numerator: int, denominator: int) -> bool:
    rest = denominator - numerator if CATALOGUE[indicator].kind == "proportion" else 10
    return min(numerator, denominator, rest) < 10


def test_the_newest_release_is_published(register: None, prepared: Prepared) -> None:
    latest = latest_published()
    assert latest is not None
    assert (latest.id, latest.through) == (prepared.release, THROUGH)


def test_every_shown_figure_is_the_true_one_rounded(
    published: tuple[Cell, ...], truth: dict[Key, tuple[int, int]]
) -> None:
    checked = 0
    for cell in published:
        if cell.numerator is not None and cell.denominator is not None:
            numerator, denominator = truth[key(cell)]
            assert abs(cell.numerator - numerator) <= 2
            assert abs(cell.denominator - denominator) <= 2
            checked += 1
    assert checked > 150


def test_every_small_figure_is_hidden(published: tuple[Cell, ...], truth: dict[Key, tuple[int, int]]) -> None:
    small = [cell for cell in published if is_small(cell.indicator, *truth.get(key(cell), (0, 0)))]
    assert len(small) > 100
    assert all((cell.numerator, cell.denominator, cell.value) == (None, None, None) for cell in small)


def test_hardly_anything_else_is_hidden_where_a_department_is_looked_at(
    published: tuple[Cell, ...], truth: dict[Key, tuple[int, int]]
) -> None:
    """Protection has a price, and it must stay small where there are people enough."""
    large = [
        cell
        for cell in published
        if cell.view in {"all", "month", "department"} and not is_small(cell.indicator, *truth.get(key(cell), (0, 0)))
    ]
    hidden = [cell for cell in large if cell.value is None]
    assert len(hidden) <= 0.1 * len(large)


def test_nearly_nothing_is_shown_of_the_department_of_eighteen(published: tuple[Cell, ...]) -> None:
    theirs = [cell for cell in published if cell.department == "Office of the Weathervane"]
    assert len(theirs) > 30
    assert sum(cell.value is not None for cell in theirs) <= 0.05 * len(theirs)


def test_trained_people_are_found_to_be_more_active_by_as_much_as_was_planted(published: tuple[Cell, ...]) -> None:
    arms = {cell.arm: (top / bottom, bottom) for cell, top, bottom in shown(published, "active_use", "all")}
    (trained, n), (untrained, m) = arms["trained"], arms["untrained"]
    error = math.sqrt(trained * (1 - trained) / n + untrained * (1 - untrained) / m)
    difference = planted.ACTIVE_IF_TRAINED - planted.ACTIVE_IF_UNTRAINED
    assert abs(trained - untrained - difference) < 1.96 * error
    assert trained - untrained > 1.96 * error  # and not by chance


def test_the_department_that_gives_access_before_training_stands_out(published: tuple[Cell, ...]) -> None:
    shares = {
        cell.department: top / bottom for cell, top, bottom in shown(published, "trained_before_access", "department")
    }
    canals = shares.pop("Office for Canals")
    assert len(shares) >= 8  # of eleven; some are hidden so that others cannot be had by subtraction
    assert canals < min(shares.values()) - 0.3


def test_competence_is_found_to_rise_when_the_lesson_was_fixed(published: tuple[Cell, ...]) -> None:
    shares = {cell.month: top / bottom for cell, top, bottom in shown(published, "competent", "month")}
    before = [share for month, share in shares.items() if month is not None and month < "2026-08"]
    after = [share for month, share in shares.items() if month is not None and month >= "2026-08"]
    assert min(after) > max(before) + 0.08


def test_redactions_are_found_to_fall_but_not_at_the_ministry_of_umbrellas(published: tuple[Cell, ...]) -> None:
    by_month = {cell.month: top / bottom for cell, top, bottom in shown(published, "redaction_rate", "month")}
    assert by_month["2026-10"] < 0.6 * by_month["2026-05"]
    october = {
        cell.department: top / bottom
        for cell, top, bottom in shown(published, "redaction_rate", "department_month")
        if cell.month == "2026-10"
    }
    assert max(october, key=lambda department: october[department]) == "Ministry of Umbrellas"
    assert october["Ministry of Umbrellas"] > 2 * by_month["2026-10"]


def test_every_indicator_of_the_catalogue_has_something_to_say(published: tuple[Cell, ...]) -> None:
    """So that each page, and each figure of the dictionary, can be tried on the demonstration."""
    assert {cell.indicator for cell in published if cell.value is not None} == set(CATALOGUE)


def test_the_share_who_check_every_source_is_found_in_all_months_and_departments(published: tuple[Cell, ...]) -> None:
    assert len(shown(published, "verification", "month")) >= 4
    assert len(shown(published, "verification", "department")) >= 6
    for view in ("all", "month", "department"):
        for _cell, top, bottom in shown(published, "verification", view):
            found = intervals.share(top, bottom)
            reach = 1.7 * max(found.high - found.figure, found.figure - found.low)  # 99.9 %
            assert abs(found.figure - planted.CHECKS_EVERYTHING) <= reach


def test_how_deep_use_goes_is_found_with_its_median(
    register: None, prepared: Prepared, published: tuple[Cell, ...]
) -> None:
    """A little less than planted, since licences that begin within a month leave fewer days."""
    for days, share in planted.REACHES_DAYS_A_WEEK.items():
        ((_cell, top, bottom),) = shown(published, f"depth_{days}", "all")
        assert 0.8 * share < top / bottom < 1.02 * share
    (median,) = (each for each in learning(prepared.release) if each.measure == "depth_median")
    assert (median.low, median.high) == (1, 2)


def test_the_course_is_told_month_by_month_as_each_months_reports_have_it(published: tuple[Cell, ...]) -> None:
    """Nobody un-passes and few leave, so what stands in a course only grows; certificates are a share of the passes."""
    for indicator in ("course_completed", "course_passed", "certified"):
        months = shown(published, indicator, "month")
        assert [cell.month for cell, _, _ in months] == list(planted.MONTHS[-len(months) :]), "the first may be small"
        assert len(months) >= 4
        assert all(before[1] <= after[1] and before[2] <= after[2] for before, after in pairwise(months))
    passes = {cell.month: passed for cell, passed, _of in shown(published, "course_passed", "month")}
    for cell, certified, _of in shown(published, "certified", "month"):
        spread = math.sqrt(planted.CERTIFICATE_ISSUED * (1 - planted.CERTIFICATE_ISSUED) / passes[cell.month])
        assert abs(certified / passes[cell.month] - planted.CERTIFICATE_ISSUED) < 4 * spread + 4 / passes[cell.month]


def test_grade_bands_do_not_differ_beyond_chance(published: tuple[Cell, ...]) -> None:
    bands = shown(published, "competent", "grade_band")
    overall = sum(top for _, top, _ in bands) / sum(bottom for _, _, bottom in bands)
    for _, top, bottom in bands:
        assert abs(top / bottom - overall) < 4 * math.sqrt(overall * (1 - overall) / bottom)


def test_the_questions_are_answered_by_what_was_planted(register: None, prepared: Prepared) -> None:
    facts = read_facts(ANALYST)
    assert facts is not None
    found = {key: question.finding(facts) for key, question in QUESTIONS.items()}
    assert "trained before they got access" in found["trained"].headline
    assert "higher among trained people" in found["use"].headline
    assert "fewer identifiers were held back" in found["safety"].headline
    assert not found["equity"].can_say, "nation, profession and grade band change nothing"
    assert "stored in the United Kingdom, processed in any country, usage metadata in" in found["cost"].sure
    assert not found["changes"].can_say, "there is one release"
    canals = read_facts(ANALYST, "Office for Canals")
    assert canals is not None
    assert "Office for Canals: 30" in QUESTIONS["trained"].finding(canals).headline
    assert [month["currency"] for month in facts.release.manifest["services"]] == ["usd"] * 6


def test_preparing_a_second_time_changes_nothing(prepared: Prepared, register: None, home: Path) -> None:
    def state() -> dict[str, str]:
        return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in home.rglob("*") if p.is_file()}

    before = state()
    again = prepare(home)
    assert (again.built_feeds, again.changed_warehouse, again.published) == (False, False, False)
    assert again.release == prepared.release
    assert state() == before
    assert len(list_releases()) == 1


def test_an_earlier_release_is_made_of_what_was_there_by_then(
    feeds: Path, prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of later months, and not the end of its own last one, which comes with the next load."""
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path))
    url = f"duckdb:///{tmp_path / 'warehouse.duckdb'}"
    load_what_was_there(url, feeds, tmp_path / "as-it-was", lambda _sentence: None)
    with open_warehouse(url) as warehouse:
        learning = warehouse.tables().learning
        then, last = learning.count().execute(), learning.day.max().execute()
    assert f"{EARLIER}-20" < str(last)[:10] < f"{EARLIER}-30"
    again = load(url, kind="openedx-log", paths=[feeds / "tracking" / f"{EARLIER}.log.gz"], roster=feeds / ROSTER)
    with open_warehouse(url) as warehouse:
        learning = warehouse.tables().learning
        assert str(learning.day.max().execute())[:7] == EARLIER
        assert learning.count().execute() > then
    assert again.files[0].duplicates > again.files[0].accepted > 0


def test_preparing_leaves_adoptions_own_home_alone(
    prepared: Prepared, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "elsewhere"))
    prepare(home)
    assert os.environ["ADOPTION_HOME"] == str(tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()
    assert (home / "pseudonym.key").stat().st_mode & 0o777 == 0o600


def test_the_command_says_what_there_is(prepared: Prepared, home: Path) -> None:
    done = CliRunner().invoke(demo, ["prepare", "--data", str(home), "--json"])
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert (said["release"], said["published"]) == (prepared.release, False)


def test_feeds_that_are_somebody_elses_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "payroll.csv").write_text("not ours")
    with pytest.raises(OutputFolderError):
        prepare(tmp_path)


def test_feeds_that_were_tampered_with_are_noticed(feeds: Path, tmp_path: Path) -> None:
    shutil.copytree(feeds, tmp_path / "feeds")
    with (tmp_path / "feeds/tracking/2026-10.log").open("a") as log:
        log.write("one line more\n")
    with pytest.raises(PreparationError, match=r"2026-10\.log was not loaded as planted"):
        prepare(tmp_path)


def test_the_release_says_what_was_planted_of_the_course_test(
    register: None, prepared: Prepared, lives: tuple[Life, ...]
) -> None:
    """By the protected figures alone: shares within 2 of the truth, planted values within their limits."""
    figures = {(f.lesson, f.step, f.item, f.option, f.measure): f for f in learning(prepared.release)}
    before = [sitting for life in lives if life.person.listed for sitting in life.tests if sitting.form == "pre"]
    misses = 0
    for question in course_test.QUESTIONS["pre"]:
        for item, share in zip(question.step.items, question.right_before, strict=True):
            found = figures["course-test-pre", question.step.id, item, "", "right"]
            answers = [
                a for s in before for t in s.attempts if t.step is question.step for a in t.answers if a.item == item
            ]
            assert found.numerator is not None
            assert abs(found.numerator - sum(answer.hit for answer in answers)) <= 2
            assert found.low is not None
            assert found.high is not None
            misses += not found.low <= share <= found.high
    assert misses <= 5  # of 33, one in twenty misses: more than five happens once in a hundred builds
    for lesson_id, measure, truth in (
        ("course-test", "gain", planted.NORMALISED_GAIN),
        ("course-test", "kept", planted.RETAINED),
        ("course-test-pre", "over_confidence", planted.OVER_CONFIDENCE_BEFORE),
        ("course-test-post", "over_confidence", planted.OVER_CONFIDENCE_AFTER),
    ):
        found = figures[lesson_id, "", "", "", measure]
        assert found.value is not None
        assert found.low is not None
        assert found.high is not None
        assert abs(found.value - truth) <= 1.7 * max(found.high - found.value, found.value - found.low)  # 99.9 %


def test_people_of_the_course_test_are_trained_by_the_lesson_alone(register: None, prepared: Prepared) -> None:
    """A form is completed like a lesson. `test_pipeline` counts the indicators exactly; here, that there is a form."""
    assert {f.lesson for f in learning(prepared.release) if f.lesson} == {
        *("course-test", "course-test-pre", "course-test-post", "course-test-delayed"),
        *("demonstration-sources", "demonstration-verifying"),
    }


def test_what_there_is_nothing_of_is_not_listed_rather_than_hidden(register: None, prepared: Prepared) -> None:
    """Nobody can ask a tutor in the second lesson; no department has a month of licences before its roll-out."""
    measures: dict[str, set[str]] = {}
    for each in learning(prepared.release):
        measures.setdefault(each.lesson, set()).add(each.measure)
    assert {"tutor_before", "tutor_after"} <= measures["demonstration-sources"]
    assert not {"tutor_before", "tutor_after"} & measures["demonstration-verifying"]
    assert "right" in measures["demonstration-verifying"]
    assert not {"rollout_effect", "rollout_before"} & measures[""]
    assert {"use_difference", "redaction_change", "depth_median"} <= measures[""]


def test_a_demonstration_of_an_earlier_version_says_what_to_do(feeds: Path, tmp_path: Path) -> None:
    shutil.copytree(feeds, tmp_path / "feeds")
    with create(tmp_path / "warehouse.duckdb") as warehouse:
        warehouse.execute("UPDATE meta SET value = '1' WHERE key = 'schema_version'")
    with pytest.raises(PreparationError, match=r"another version.* delete it, or name another folder"):
        prepare(tmp_path)


def test_what_leaves_a_demonstration_says_that_it_is_invented_whoever_serves_it(
    register: None, prepared: Prepared, home: Path
) -> None:
    facts = read_facts(ANALYST)
    assert facts is not None
    assert "invented" in report_of(facts, ["trained"]).warning
    assert "invented" in notes_bytes(facts.release, facts.cells).decode()
    app = create_app(DashboardConfig(Places(home).register, "k" * 40, testing=True))
    page = person(app, "analyst").get("/trained").text
    assert "Demonstration data: fictional." in page
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
