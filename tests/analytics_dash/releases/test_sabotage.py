"""Done when: releases that were tampered with in the register itself are each refused, with the right reason.

Every one starts from a release that passes. The tampering goes past our code, as SQL on a copy of the register whose
triggers and checks are switched off; where a forger would also renew the digests, so does the test.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from analytics_dash.disclosure.secondary import hide_what_leaks
from analytics_dash.disclosure.sums import standing_of
from analytics_dash.indicators import Window
from analytics_dash.indicators.links import LINKS
from analytics_dash.releases import Cell, LeakError, dao, register_app
from analytics_dash.releases.build import KINDS
from analytics_dash.releases.errors import RuleError, SignatureError
from analytics_dash.releases.manifest import cells_digest, view_digests
from analytics_dash.releases.publish import publish_release
from tests.support.government import cells_of, drawn, hide, insert

THROUGH = "2026-10"
WINDOW = Window.ending(THROUGH)
RELEASE = "2026-10.1"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register with one release that would be published."""
    path = tmp_path_factory.mktemp("sound") / "releases.sqlite"
    with register_app(f"sqlite:///{path}").app_context():
        government = drawn(4, WINDOW.months, people=500, departments=4, teams=2, late=0)
        cells = hide([cell for cell, _exact in cells_of(government, WINDOW, RELEASE)], WINDOW)
        insert(cells, WINDOW)
        dao.db.session.remove()
        dao.db.engine.dispose()
    return path


class Tampered:
    """A copy of the register, open past all of its guards."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path)
        for (name,) in self.all("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            self._database.execute(f"DROP TRIGGER {name}")
        self._database.execute("PRAGMA ignore_check_constraints = ON")

    def all(self, sql: str, *values: object) -> list[Any]:
        return self._database.execute(sql, values).fetchall()

    def do(self, sql: str, *values: object) -> int:
        return self._database.execute(sql, values).rowcount

    def one(self, condition: str, *values: object) -> int:
        """The position of the first cell that fits."""
        return int(self.all(f"SELECT position FROM cell WHERE {condition} ORDER BY position", *values)[0][0])

    def show(self, position: int, numerator: int, denominator: int, value: float | None = None) -> None:
        """Fill in a cell's figures."""
        rate = 100 * numerator / denominator if value is None else value
        self.do(
            "UPDATE cell SET status = 'shown', numerator = ?, denominator = ?, value = ? WHERE position = ?",
            numerator, denominator, rate, position,
        )  # fmt: skip

    def close(self) -> None:
        self._database.commit()
        self._database.close()


@pytest.fixture
def tamper(sound: Path, tmp_path: Path) -> Callable[[Callable[[Tampered], None]], None]:
    """Do something to a copy of the register, then try to publish its release."""
    path = tmp_path / "tampered.sqlite"
    copyfile(sound, path)

    def run(change: Callable[[Tampered], None]) -> None:
        database = Tampered(path)
        change(database)
        database.close()
        with register_app(f"sqlite:///{path}").app_context():
            try:
                publish_release(RELEASE)
            finally:
                assert all(each.status == "built" for each in dao.list_releases())
                dao.db.session.remove()
                dao.db.engine.dispose()

    return run


def digests_renewed(database: Tampered) -> None:
    """What a forger does who has read our code: the digests fit the cells again; the signature cannot."""
    names = list(Cell.__slots__)
    rows = database.all(f"SELECT {', '.join(names)} FROM cell ORDER BY position")
    cells = [Cell(**dict(zip(names, row, strict=True))) for row in rows]
    manifest = json.loads(database.all("SELECT manifest FROM release")[0][0])
    manifest |= {"cells_digest": cells_digest(cells), "view_digests": view_digests(cells)}
    database.do("UPDATE release SET cells_digest = ?, manifest = ?", cells_digest(cells), json.dumps(manifest))


SHOWN = "status = 'shown' AND view = 'department_month'"
HIDDEN = "status = 'c' AND view = 'department_month'"


def free_filter(database: Tampered) -> None:
    duplicate_cell(database)
    database.do("UPDATE cell SET view = 'team_month', team = 'Team 1' WHERE position = 9999")


def exact_margin(database: Tampered) -> None:
    database.do("UPDATE cell SET denominator = denominator + 2, value = 100.0 * numerator / (denominator + 2) "
                "WHERE view = 'all'")  # fmt: skip


def cumulative_figures(database: Tampered) -> None:
    """Each month shows the figure to date, as if the threshold were on that."""
    total_n = total_d = 0
    for position, n, d in database.all(
        "SELECT position, numerator, denominator FROM cell WHERE view = 'month' ORDER BY month"
    ):
        total_n, total_d = total_n + n, total_d + d
        database.show(position, total_n, total_d)
    digests_renewed(database)


def small_increment(database: Tampered) -> None:
    """The cumulative figure is large enough, the month's own is not."""
    database.show(database.one(HIDDEN), 5, 20)


def corrected_cell(database: Tampered) -> None:
    database.do("UPDATE cell SET numerator = numerator + 5, value = 100.0 * (numerator + 5) / denominator "
                "WHERE view = 'nation' AND nation = 'England'")  # fmt: skip


def contradicting_cells(database: Tampered) -> None:
    database.do("UPDATE cell SET denominator = denominator + 200, value = 100.0 * numerator / (denominator + 200) "
                "WHERE view = 'all'")  # fmt: skip
    digests_renewed(database)


def small_complement(database: Tampered) -> None:
    database.show(database.one(SHOWN), 20, 25)


def unprotected_rate(database: Tampered) -> None:
    database.do(f"UPDATE cell SET value = value * 1.013 WHERE position = {database.one(SHOWN)}")


def hidden_with_a_figure(database: Tampered) -> None:
    database.do(f"UPDATE cell SET numerator = 3 WHERE position = {database.one(HIDDEN)}")


def hidden_filled_in(database: Tampered) -> None:
    """Plausible figures where there were none; the digests are left."""
    database.do("UPDATE cell SET numerator = 10, denominator = 20, value = 50.0, status = 'shown' "
                f"WHERE position = {database.one(HIDDEN)}")  # fmt: skip


def a_department_that_its_teams_give_away(database: Tampered) -> None:
    """One team hidden, its department and the other team shown: 0 to 4 are left for it."""
    department = database.all("SELECT department FROM cell WHERE view = 'department' ORDER BY denominator DESC")[0][0]
    teams = database.all("SELECT position FROM cell WHERE view = 'team' AND department = ?", department)
    (n, d), *_rest = database.all(
        "SELECT numerator, denominator FROM cell WHERE view = 'department' AND department = ?", department
    )
    for (position,) in teams:
        database.do("UPDATE cell SET status = 'c', numerator = NULL, denominator = NULL, value = NULL "
                    "WHERE position = ?", position)  # fmt: skip
    for (position,) in teams[1:]:
        database.show(position, n // (len(teams) - 1) // 5 * 5, d // (len(teams) - 1) // 5 * 5)
    digests_renewed(database)


def changed_digest(database: Tampered) -> None:
    database.do("UPDATE release SET cells_digest = ?", "0" * 64)


def changed_manifest(database: Tampered) -> None:
    manifest = json.loads(database.all("SELECT manifest FROM release")[0][0])
    manifest["roster_people"] = 1_000_000
    database.do("UPDATE release SET manifest = ?", json.dumps(manifest))


def without_signature(database: Tampered) -> None:
    manifest = json.loads(database.all("SELECT manifest FROM release")[0][0])
    del manifest["signature"]
    database.do("UPDATE release SET manifest = ?", json.dumps(manifest))


def moved_between_months(database: Tampered) -> None:
    database.do("UPDATE cell SET month = '2026-09' WHERE position = ?", database.one(f"{SHOWN} AND month = '2026-08'"))


def month_not_covered(database: Tampered) -> None:
    database.do("UPDATE cell SET month = '2020-01' WHERE position = ?", database.one(SHOWN))


def duplicate_cell(database: Tampered) -> None:
    names = ", ".join(name for name in Cell.__slots__)
    database.do(f"INSERT INTO cell (position, {names}) SELECT 9999, {names} FROM cell WHERE {SHOWN} LIMIT 1")


def cell_left_out(database: Tampered) -> None:
    database.do("DELETE FROM cell WHERE position = ?", database.one(SHOWN))


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        (free_filter, RuleError, "“team_month”.*not on the list of views"),
        (exact_margin, RuleError, "“all”.*shown exactly instead of rounded"),
        (cumulative_figures, LeakError, "competent contradict each other"),
        (small_increment, RuleError, "“department_month”.*below 10 is shown"),
        (corrected_cell, SignatureError, r"not those that were built.*nation \(competent\)"),
        (contradicting_cells, LeakError, "competent contradict each other"),
        (small_complement, RuleError, "“department_month”.*complement is below 10"),
        (unprotected_rate, RuleError, "“department_month”.*not made of the rounded counts"),
        (hidden_with_a_figure, RuleError, "“department_month”.*hidden cell holds a figure"),
        (hidden_filled_in, LeakError, r"work out hidden ones in the views department_month \(competent\)"),
        (a_department_that_its_teams_give_away, LeakError, r"work out hidden ones in the views .*team \(competent\)"),
        (changed_digest, SignatureError, "not those that were built"),
        (changed_manifest, SignatureError, "signature of release .* does not hold: .*changed after it was built"),
        (without_signature, SignatureError, "is not signed"),
        (moved_between_months, RuleError, "“department_month”.*two cells"),
        (month_not_covered, RuleError, "“department_month”.*2020-01, a month that the release does not cover"),
        (duplicate_cell, RuleError, "“department_month”.*two cells"),
        (cell_left_out, RuleError, "“department_month”.*no cell in a month"),
    ],
)
def test_a_tampered_release_is_refused_with_the_reason_and_stays_unpublished(
    tamper: Callable[[Callable[[Tampered], None]], None],
    change: Callable[[Tampered], None],
    error: type[Exception],
    reason: str,
) -> None:
    with pytest.raises(error, match=reason):
        tamper(change)


def test_a_sum_that_one_person_dominates_is_refused_when_the_others_give_it_away(tmp_path: Path) -> None:
    """Dominance broken: Weather is one person with 300 prompts; the whole and its sibling are shown beside it."""
    sums = {None: (160, 800), "Canals": (100, 500), "Weather": None}
    cells = tuple(
        Cell(
            release=RELEASE, view="department" if department else "all", month=None, department=department,
            grade_band=None, arm=None, indicator="redaction_rate", numerator=counts[0] if counts else None,
            denominator=counts[1] if counts else None, value=1000 * counts[0] / counts[1] if counts else None,
            status="shown" if counts else "c", department_group="Group" if department else None,
        )
        for department, counts in sums.items()
    )  # fmt: skip
    with register_app(f"sqlite:///{tmp_path / 'dominated.sqlite'}").app_context():
        insert(cells, WINDOW)
        with pytest.raises(LeakError, match=r"work out hidden ones in the views department \(redaction_rate\)"):
            publish_release(RELEASE)
        dao.db.session.remove()
        dao.db.engine.dispose()


def test_a_type_of_identifier_that_the_shown_types_leave_is_refused(tmp_path: Path) -> None:
    """Each cell keeps the rule; but 400 of 400 identifiers were addresses: at most 4 are left for the rest."""
    shown = {"redaction_rate": (400, 5_000), "redactions_email": (400, 5_000)}
    hidden = dict.fromkeys(f"redactions_{kind}" for kind in ("phone", "postcode", "person_name", "nino", "other"))
    cells = tuple(
        Cell(
            release=RELEASE, view="all", month=None, department=None, grade_band=None, arm=None, indicator=indicator,
            numerator=counts[0] if counts else None, denominator=counts[1] if counts else None,
            value=1000 * counts[0] / counts[1] if counts else None, status="shown" if counts else "c",
        )
        for indicator, counts in {**shown, **hidden, "redactions_court_case": None}.items()
    )  # fmt: skip
    with register_app(f"sqlite:///{tmp_path / 'types.sqlite'}").app_context():
        insert(cells, WINDOW)
        with pytest.raises(LeakError, match=r"work out hidden ones in the views .*all \(redactions_nino\)"):
            publish_release(RELEASE)
        dao.db.session.remove()
        dao.db.engine.dispose()


def test_a_second_release_of_the_months_that_hides_another_cell_is_refused_beside_the_first(
    sound: Path, tmp_path: Path
) -> None:
    """Each by itself gives nothing away: one hides a department for its small sibling's sake, the other another."""
    path = tmp_path / "twice.sqlite"
    copyfile(sound, path)
    with register_app(f"sqlite:///{path}").app_context():
        publish_release(RELEASE)
        first = {standing_of(cell): cell for cell in dao.all_cells(RELEASE)}
        government = drawn(4, WINDOW.months, people=500, departments=4, teams=2, late=0)
        cells = [cell for cell, _exact in cells_of(government, WINDOW, "2026-10.2")]
        instead = next(
            each
            for each in map(partial(_hidden_instead, cells), cells)
            if any(cell.status == "shown" and first[standing_of(cell)].status == "c" for cell in each)
        )
        insert(instead, WINDOW)
        with pytest.raises(LeakError, match=r"work out hidden ones in the views .*\(competent\)"):
            publish_release("2026-10.2")
        dao.db.session.remove()
        dao.db.engine.dispose()


def _hidden_instead(cells: list[Cell], other: Cell) -> tuple[Cell, ...]:
    """The cells with another one hidden from the outset, and what leaks then."""
    if other.status != "shown" or other.view != "department_month":
        return ()
    hidden = replace(other, numerator=None, denominator=None, value=None, status="c")
    return hide_what_leaks([hidden if cell is other else cell for cell in cells], KINDS, links=LINKS)


def test_untouched_it_is_published(sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "untouched.sqlite"
    copyfile(sound, path)
    with register_app(f"sqlite:///{path}").app_context():
        assert publish_release(RELEASE).status == "published"
        dao.db.session.remove()
        dao.db.engine.dispose()
