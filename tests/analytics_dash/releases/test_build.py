"""Building and publishing on a real warehouse: which months, the same again, nothing small, nothing that leaks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from analytics_dash.releases import Cell, LeakError, PeriodError, ReleaseError, ReleaseInfo, Scope, cells, dao
from analytics_dash.releases.build import build_release, closed_window
from analytics_dash.releases.checks import refuse_outside_the_rule
from analytics_dash.releases.errors import MonthFormError, TitlesError
from analytics_dash.releases.manifest import cells_digest
from analytics_dash.releases.publish import publish_release
from analytics_dash.releases.titles import read_titles
from analytics_dash.warehouse import open_warehouse
from tests.support.disclosure import AFTER_CLOSE, BEFORE_CLOSE, THROUGH, Facts, plausible_facts


def test_a_release_is_built_published_and_read_and_shows_no_cell_from_1_to_9(built: ReleaseInfo) -> None:
    assert (built.id, built.status) == ("2026-10.1", "built")
    assert publish_release(built.id).status == "published"
    found = cells(Scope("analyst"), built.id)
    assert {cell.indicator for cell in found} == set(built.manifest["indicators"])
    shown = {cell.indicator for cell in found if cell.status == "shown"}
    assert shown >= {"trained_before_access", "competent", "active_use", "redaction_rate", "dormant_licences"}
    connection = sqlite3.connect(str(dao.db.engine.url.database))
    small = connection.execute(
        "SELECT count(*) FROM cell WHERE numerator < 10 OR denominator < 10 OR numerator % 5 OR denominator % 5 "
        "OR (denominator - numerator < 10 AND indicator != 'redaction_rate')"
    ).fetchone()
    connection.close()
    assert small == (0,)


def test_the_same_warehouse_gives_the_same_release_and_nothing_new(built: ReleaseInfo, warehouse_url: str) -> None:
    with open_warehouse(warehouse_url) as warehouse:
        again = build_release(warehouse, THROUGH, now=AFTER_CLOSE)
    assert (again.new, again.info) == (False, built)
    assert len(dao.list_releases()) == 1


def test_built_anew_it_gets_the_next_number_and_the_same_cells(built: ReleaseInfo, warehouse_url: str) -> None:
    publish_release(built.id)
    with open_warehouse(warehouse_url) as warehouse:
        again = build_release(warehouse, THROUGH, now=AFTER_CLOSE, anew=True)
    assert (again.info.id, again.info.cells_digest) == ("2026-10.2", built.cells_digest)
    assert publish_release("2026-10.2").status == "published"


def test_in_a_demonstrations_register_every_later_release_is_marked_too(built: ReleaseInfo, warehouse_url: str) -> None:
    assert not built.is_demonstration
    with open_warehouse(warehouse_url) as warehouse:
        for demonstration in (True, False):
            later = build_release(warehouse, THROUGH, now=AFTER_CLOSE, anew=True, demonstration=demonstration)
            assert later.info.is_demonstration


def test_titles_of_measured_lessons_go_into_a_release_of_their_own(
    built: ReleaseInfo, warehouse_url: str, tmp_path: Path
) -> None:
    measured = {figure.lesson for figure in dao.learning(built.id)} - {""}
    named = {lesson: {"title": {"en": f"About {lesson}"}, "steps": {}} for lesson in (*sorted(measured), "elsewhere")}
    (tmp_path / "titles.json").write_text(json.dumps(named))
    with open_warehouse(warehouse_url) as warehouse:
        again = build_release(warehouse, THROUGH, now=AFTER_CLOSE, titles=read_titles(tmp_path / "titles.json"))
    assert again.new
    assert again.info.cells_digest == built.cells_digest
    assert set(again.info.manifest["titles"]) == measured
    assert publish_release(again.info.id).status == "published", "they are signed with the rest"


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"a": 1}', '{"a": {"title": {}, "steps": {}}}', '{"=x": {"title": {"en": "A"}, "steps": {}}}']
)
def test_what_is_no_file_of_titles_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "titles.json").write_text(text)
    with pytest.raises(TitlesError):
        read_titles(tmp_path / "titles.json")


def test_two_registers_get_the_same_cells_and_manifest(register: str, tmp_path: Path) -> None:
    digests = set()
    for run in range(2):
        url = plausible_facts(60, departments=2).write(tmp_path / f"{run}.duckdb")
        with open_warehouse(url) as warehouse:
            info = build_release(warehouse, THROUGH, now=AFTER_CLOSE).info
        # The facts' own numbers are drawn anew for each warehouse, and the signature is over its digest too.
        manifest = {key: value for key, value in info.manifest.items() if key not in ("warehouse", "signature")}
        digests.add((info.cells_digest, json.dumps(manifest, sort_keys=True)))
    assert len(digests) == 1


def test_a_month_is_closed_when_the_next_has_begun_in_london() -> None:
    assert closed_window(THROUGH, AFTER_CLOSE).months[-1] == THROUGH
    with pytest.raises(PeriodError, match="not over yet"):
        closed_window(THROUGH, BEFORE_CLOSE)
    # In summer London is an hour ahead of UTC.
    assert closed_window("2026-06", datetime.fromisoformat("2026-06-30T23:30:00+00:00"))


def test_a_text_that_is_no_month_is_refused() -> None:
    with pytest.raises(MonthFormError, match="YYYY-MM"):
        closed_window("10/2026", AFTER_CLOSE)


def test_a_month_without_data_is_refused(register: str, warehouse_url: str) -> None:
    with open_warehouse(warehouse_url) as warehouse, pytest.raises(PeriodError, match="no data for 2025-03"):
        build_release(warehouse, "2025-03", now=AFTER_CLOSE)


def test_a_warehouse_without_a_roster_is_refused(register: str, tmp_path: Path) -> None:
    facts = Facts()
    facts.learned(1, "2026-10-01")
    url = facts.write(tmp_path / "w.duckdb")
    with open_warehouse(url) as warehouse, pytest.raises(ReleaseError, match="no roster"):
        build_release(warehouse, THROUGH, now=AFTER_CLOSE)


def test_a_feed_that_was_never_loaded_is_not_available(register: str, tmp_path: Path) -> None:
    facts = Facts()
    for n in range(40):
        facts.learned(facts.person(licence="2026-09-01"), "2026-10-01", earned=10 if n % 2 else 5)
    with open_warehouse(facts.write(tmp_path / "w.duckdb")) as warehouse:
        info = build_release(warehouse, THROUGH, now=AFTER_CLOSE).info
    statuses = {(cell.indicator, cell.status) for cell in dao.all_cells(info.id) if cell.view == "all"}
    assert statuses >= {("active_use", "x"), ("redaction_rate", "x"), ("competent", "shown")}
    assert info.manifest["indicators"]["active_use"]["months_without_data"] == info.manifest["months"]
    made_of_it = {"use_difference", "use_difference_crude", "rollout_effect", "redaction_change", "depth_median"}
    assert not made_of_it & {each.measure for each in dao.learning(info.id)}, "nobody is protected by hiding them"


def test_a_month_that_was_forgotten_is_not_available_and_its_stray_rows_count_nowhere(
    register: str, tmp_path: Path
) -> None:
    """Of September only nine people were loaded: it is told apart from what is hidden to protect people."""
    facts = Facts()
    for n in range(40):
        person = facts.person(licence="2026-06-01")
        for month in ("2026-08", "2026-10") if n > 8 else ("2026-08", "2026-09", "2026-10"):
            facts.used(person, month, 5 * (n % 2))
            facts.prompted(person, f"{month}-12", times=2, redactions=n % 2)
            facts.learned(person, f"{month}-05", kind="enrolled")
    with open_warehouse(facts.write(tmp_path / "w.duckdb")) as warehouse:
        info = build_release(warehouse, THROUGH, now=AFTER_CLOSE).info
    found = {(c.indicator, c.month): c for c in dao.all_cells(info.id) if c.view in ("all", "month") and c.arm is None}
    absent = ["2026-05", "2026-06", "2026-07", "2026-09"]
    made = info.manifest["indicators"]
    for indicator in ("redaction_rate", "redactions_email", "cited_answers", "guard_actions"):
        assert made[indicator]["months_without_data"] == absent
        assert [found[indicator, month].status for month in absent] == ["x"] * 4
        assert found[indicator, "2026-10"].status != "x"
    assert made["active_use"]["months_without_data"] == absent
    # Loaded, and yet there is none of it: no lesson was finished, none has a checking log, the model has no price.
    for indicator in ("competent", "post_test", "verification", "tutor_cost"):
        assert made[indicator]["months_without_data"] == info.manifest["months"]
        assert found[indicator, None].status == "x"
    months = [found["redaction_rate", month].denominator for month in ("2026-08", "2026-10")]
    assert (months, found["redaction_rate", None].denominator) == ([80, 80], 160)


def test_the_next_month_is_built_beside_what_is_published_and_passes_the_attacker(
    register: str, tmp_path: Path
) -> None:
    with open_warehouse(plausible_facts(150, departments=2).write(tmp_path / "w.duckdb")) as warehouse:
        for month in ("2026-09", "2026-10"):
            publish_release(build_release(warehouse, month, now=AFTER_CLOSE).info.id)
    assert [info.status for info in dao.list_releases()] == ["published", "published"]


def test_publishing_twice_changes_nothing(built: ReleaseInfo) -> None:
    assert publish_release(built.id) == publish_release(built.id)


def forge(built: ReleaseInfo, cells: Sequence[Cell], digest: str | None = None) -> ReleaseInfo:
    """Put `cells` into the register as another release of the same month."""
    return dao.insert_release(
        through=THROUGH,
        sequence=9,
        fingerprint="forged",
        digest=digest or cells_digest(cells),
        manifest=built.manifest,
        cells=cells,
        learning=dao.learning(built.id),
    )


def test_a_release_whose_margins_are_contradictory_is_refused_with_its_name(built: ReleaseInfo) -> None:
    forged = [
        replace(cell, denominator=5000) if (cell.view, cell.indicator) == ("all", "competent") else cell
        for cell in dao.all_cells(built.id)
    ]
    forgery = forge(built, forged)
    with pytest.raises(LeakError, match="competent"):
        publish_release(forgery.id)
    assert dao.release_info(forgery.id).status == "built"


def test_cells_that_are_not_those_that_were_built_are_refused(built: ReleaseInfo) -> None:
    forgery = forge(built, dao.all_cells(built.id)[::-1], built.cells_digest)
    with pytest.raises(ReleaseError, match="not those that were built"):
        publish_release(forgery.id)


def test_a_cell_below_ten_or_not_rounded_is_refused_before_the_attacker(built: ReleaseInfo) -> None:
    shown = next(cell for cell in dao.all_cells(built.id) if cell.status == "shown")
    for bad in (replace(shown, numerator=5), replace(shown, denominator=101), replace(shown, view="any_filter")):
        with pytest.raises(LeakError, match="10-5"):
            refuse_outside_the_rule([bad])


def test_a_leak_is_refused_with_the_view_that_leaks_and_without_a_figure(built: ReleaseInfo) -> None:
    cells = list(dao.all_cells(built.id))
    departments = [c for c in cells if c.indicator == "competent" and c.view == "department"]
    leaves = [c for c in cells if c.indicator == "competent" and c.view != "department_month"]
    # One department hidden, its siblings and the sum of all shown so that only 0 to 2 are left for it.
    figures = dict.fromkeys([departments[0]], (None, None)) | dict.fromkeys(departments[1:], (50, 100))
    shown = 50 * (len(departments) - 1), 100 * (len(departments) - 1)
    sabotaged = []
    for cell in leaves:
        if cell.view == "all":
            sabotaged.append(
                replace(
                    cell,
                    numerator=shown[0] - 5,
                    denominator=shown[1] - 5,
                    value=100 * (shown[0] - 5) / (shown[1] - 5),
                    status="shown",
                )
            )
        elif cell in figures:
            numerator, denominator = figures[cell]
            value, status = (None, "c") if numerator is None else (50.0, "shown")
            sabotaged.append(
                replace(cell, numerator=numerator, denominator=denominator, value=value, status=status)  # type: ignore[arg-type]
            )
    forgery = forge(built, sabotaged)
    with pytest.raises(LeakError, match=r"department \(competent\)") as refusal:
        publish_release(forgery.id)
    assert departments[0].department not in str(refusal.value)
