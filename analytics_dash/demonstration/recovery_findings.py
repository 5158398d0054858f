"""How often a page says something where nothing is planted, and what is found of places that differ from all others.

A page's finding is a sentence for a reader; here the very functions that write it are asked about governments in which
training, months and places change nothing. Called by `scripts/measure-effects`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from scipy import stats

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.recovery import Row, cells_of, clumps_of, limits_of
from analytics_dash.demonstration.simulated import WINDOW, Planted, simulate
from analytics_dash.effects import figures, reading
from analytics_dash.questions import QUESTIONS, Choice, Facts
from analytics_dash.questions.sentences import change
from analytics_dash.questions.written import is_shown
from analytics_dash.releases import Cell, LearningFigure, ReleaseInfo, Scope
from analytics_dash.releases.clumps import factors_of
from analytics_dash.warehouse import Warehouse, WarehouseTables

UMBRELLAS: Final = "Ministry of Umbrellas"
STEADY: Final = f"identifiers held back in a prompt, {UMBRELLAS}, last month"
FIRST: Final = "identifiers held back in a prompt, first month"
_GAP_VIEWS: Final = ("all", "grade_band", "profession", "nation")
_VIEWS: Final = {
    "active_use": (*_GAP_VIEWS, "month"),
    "trained_before_access": _GAP_VIEWS,
    "competent": (*_GAP_VIEWS, "month"),
    "redaction_rate": ("month", "department_month"),
    "concerns": ("all", "department"),
    **dict.fromkeys(("verification", "helpful", "cited_answers"), ("month",)),
}
_BY_MONTH: Final = ("competent", "verification", "helpful", "cited_answers")

APART: Final = 2 * stats.norm.sf(1.96 * 2**0.5)
"""How often two 95 % intervals of equal width lie apart by chance: 0.6 %."""


@dataclass(slots=True)
class Claim:
    """A place where a page could say something: of how many, how often it did, and how often it should at most."""

    what: str
    expected: float
    said: int = 0
    of: int = 0

    @property
    def share(self) -> tuple[float, float, float]:
        """The share in which it did, with its own exact 95 % limits (Clopper & Pearson)."""
        limits = stats.binomtest(self.said, self.of).proportion_ci(0.95)
        return self.said / self.of, float(limits.low), float(limits.high)


USE: Final = "Does training change use?"
SAFETY: Final = "Is use safe?"
OF_A_DEPARTMENT: Final = "Is use safe?, of a department"
EQUITY: Final = "Who is left behind?"
ANY: Final = "any of the three, on the first page"
MONTHS: Final = "an indicator by month: up, down, or further away between"
SILENT: Final = "concerns are shown where nobody reports"


def measure_findings(seeds: Iterable[int]) -> tuple[list[Claim], list[Row]]:
    """Draw a government with nothing planted, and one with two odd places, for each seed: what is said of them."""
    claims = {
        claim.what: claim
        for claim in (
            Claim(USE, 0.05),
            Claim(SAFETY, 0.05),
            Claim(OF_A_DEPARTMENT, APART),
            Claim(EQUITY, 0.05),
            Claim(ANY, 1 - 0.95**3),
            Claim(MONTHS, (len(WINDOW.months) - 1) * APART),
            Claim(SILENT, 0.0),
        )
    }
    truth = Planted()
    rows = {STEADY: Row(STEADY, truth.redactions), FIRST: Row(FIRST, truth.redactions)}
    with TemporaryDirectory() as folder:
        for seed in seeds:
            path = Path(folder) / f"{seed}.duckdb"
            for what, said in _drawn(path, truth.with_nothing(), seed):
                claims[what].said += said
                claims[what].of += 1
            simulate(path, replace(truth, one_place=True), seed)
            with Warehouse(path, read_only=True) as warehouse:
                wanted = {name: _VIEWS[name] for name in ("redaction_rate", "concerns")}
                cells = list(cells_of(warehouse.tables(), wanted))
                factors = factors_of(clumps_of(warehouse.tables(), wanted, cells))
            path.unlink()
            (kites,) = (c for c in cells if (c.view, c.department) == ("department", planted.DOES_NOT_REPORT))
            claims[SILENT].said += is_shown(kites)
            claims[SILENT].of += 1
            for name, cell in _rates(cells):
                rows[name].found.append(limits_of(cell, factors))
    return list(claims.values()), list(rows.values())


def _rates(cells: Sequence[Cell]) -> Iterator[tuple[str, Cell]]:
    for cell in cells:
        if cell.indicator == "redaction_rate" and is_shown(cell):
            if (cell.view, cell.month, cell.department) == ("department_month", WINDOW.months[-1], UMBRELLAS):
                yield STEADY, cell
            elif (cell.view, cell.month) == ("month", WINDOW.months[0]):
                yield FIRST, cell


def _drawn(path: Path, truth: Planted, seed: int) -> Iterator[tuple[str, bool]]:
    """Each place where something could be said, and whether it was."""
    simulate(path, truth, seed)
    with Warehouse(path, read_only=True) as warehouse:
        tables = warehouse.tables()
        cells = tuple(cells_of(tables, _VIEWS))
        facts = facts_of(cells, tuple(_estimates(tables, cells)))
    path.unlink()
    said = {what: QUESTIONS[key].finding(facts).can_say for what, key in ((USE, "use"), (EQUITY, "equity"))}
    said[SAFETY] = QUESTIONS["safety"].finding(facts).can_say
    yield from said.items()
    yield ANY, any(said.values())
    for department in facts.departments:
        of_it = replace(facts, choice=Choice(department))
        if _two_shown(of_it.by_month("redaction_rate", department=department)):
            yield OF_A_DEPARTMENT, QUESTIONS["safety"].finding(of_it).can_say
    for indicator in _BY_MONTH:
        months = facts.by_month(indicator)
        if _two_shown(months):
            yield MONTHS, change(months, facts.place, facts.factors).can_say


def _two_shown(cells: Sequence[Cell]) -> bool:
    return sum(map(is_shown, cells)) > 1


def _estimates(tables: WarehouseTables, cells: tuple[Cell, ...]) -> Iterator[LearningFigure]:
    yield from figures.use_difference(reading.strata(tables, WINDOW), cells, release="1")
    yield figures.redaction_change(reading.first_and_last(tables, WINDOW), WINDOW, cells, release="1")
    clumps = tuple(clumps_of(tables, _VIEWS, cells))
    yield from (*clumps, *figures.equity_gaps(cells, clumps, release="1"))


def facts_of(cells: tuple[Cell, ...], learning: tuple[LearningFigure, ...]) -> Facts:
    """The facts of a release that holds these figures, as an analyst reads them."""
    now = datetime(2026, 11, 2, tzinfo=UTC)
    release = ReleaseInfo("1", WINDOW.months[-1], "published", now, now, "", {"months": list(WINDOW.months)})
    departments = tuple(sorted({cell.department for cell in cells if cell.department}))
    return Facts(release, Scope("analyst"), Choice(), departments, cells, learning)


def table_of_claims(claims: Sequence[Claim]) -> str:
    """The claims as a Markdown table."""
    lines = ["| what could be said | at most expected | said in | share (its own 95 % limits) |", "|---|---:|---:|---|"]
    for claim in claims:
        share, low, high = claim.share
        lines.append(
            f"| {claim.what} | {claim.expected:.1%} | {claim.said} of {claim.of:,} | "
            f"{share:.1%} ({low:.1%} to {high:.1%}) |".replace("%", " %")
        )
    return "\n".join(lines)
