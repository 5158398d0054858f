"""An attacker who has the exported CSV files of published releases and nothing else, and shares no code with us.

Reads the files, sets up its own equations (every column by which a view splits, every pair of releases about the same
months) and solves them with SciPy: a linear programme for each hidden count, a whole-number programme where that comes
out close, and plain subtraction besides. `recovered` compares what it is sure of with the truth, which only the tests
know: a hidden count below ten is recovered when the attacker's range holds it and is at most ±2 wide.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array

HIDDEN = "[c]"
UNSPLIT = "All"
# What each view splits by: whose sums are whose parts the attacker works out from this alone.
SPLITS: dict[str, tuple[str, ...]] = {
    "all": (),
    "month": ("month",),
    "department_group": ("department_group",),
    "department": ("department_group", "department"),
    "nation": ("nation",),
    "profession": ("profession",),
    "grade_band": ("grade_band",),
    "department_group_month": ("department_group", "month"),
    "department_month": ("department_group", "department", "month"),
    "team": ("department_group", "department", "team"),
}

# What the published pages say: these are rates of sums, not shares; and these have the same denominators.
RATES = ("guard_actions", "redaction_rate", "concerns", "tutor_cost")
SAME_DENOMINATOR = (("cited_answers", "guard_actions"), ("concerns", "tutor_cost"))

COUNTS = ("numerator", "denominator", "rest")

Where = tuple[str, ...]
"""indicator, arm, view, months, then the values that the view splits by."""

Row = dict[str, str]


@dataclass(frozen=True)
class Known:
    """Between what a true count lies, as one published cell tells."""

    low: float
    high: float


def read(file: bytes) -> list[Row]:
    """The rows of one exported file that have data."""
    rows = csv.DictReader(io.StringIO(file.decode("utf-8-sig")))
    return [row for row in rows if row["status"] != "x"]


def window_of(rows: Sequence[Row]) -> str:
    """The months that a release covers, as its rows tell."""
    return f"{min(row['month'] for row in rows)} {rows[0]['release'][:7]}"


def _revised(releases: Sequence[Sequence[Row]]) -> set[str]:
    """The months of which two releases show differing figures."""
    seen: dict[Where, tuple[str, str]] = {}
    revised = set()
    for rows in releases:
        for row in rows:
            if row["month"] != UNSPLIT and row["numerator"] != HIDDEN:
                figures = (row["numerator"], row["denominator"])
                if seen.setdefault(where(row, ""), figures) != figures:
                    revised.add(row["month"])
    return revised


def where(row: Row, window: str) -> Where:
    months = window if row["month"] == UNSPLIT else row["month"]
    place = tuple(row[name] for name in SPLITS[row["view"]] if name != "month")
    return (row["indicator"], row["arm"], row["view"], months, *place)


def counts_of(row: Row) -> tuple[str, ...]:
    """What there is to know of a row."""
    return COUNTS[:2] if row["indicator"] in RATES else COUNTS


class Puzzle:
    """The equations of some releases' cells.

    With several files, what they say of a month is taken for the same people where they show no differing figure of it:
    then what one hides another may show.
    """

    def __init__(self, files: Sequence[bytes]) -> None:
        self.index: dict[tuple[str, Where], int] = {}
        self.low: list[float] = []
        self.high: list[float] = []
        self.rows: list[dict[int, float]] = []
        self.shown: set[tuple[str, Where]] = set()
        releases = [read(file) for file in files]
        self.revised = _revised(releases)
        for rows in releases:
            window = window_of(rows)
            for row in rows:
                self._cell(self._mark(row), where(row, window), row)
            self._sums(rows, window)
            self._same(rows, window)
        self.hidden = [key for key in self.index if key not in self.shown]

    def _mark(self, row: Row) -> str:
        return row["release"] if row["month"] in self.revised or row["month"] == UNSPLIT else ""

    def _cell(self, mark: str, at: Where, row: Row) -> None:
        columns = []
        for count in counts_of(row):
            key = (f"{mark}|{count}", at)
            if key not in self.index:
                self.index[key] = len(self.low)
                self.low.append(0.0)
                self.high.append(np.inf)
            if row["numerator"] != HIDDEN:
                self.shown.add(key)
            columns.append(self.index[key])
            known = self._known(row, count)
            self.low[columns[-1]] = max(self.low[columns[-1]], known.low)
            self.high[columns[-1]] = min(self.high[columns[-1]], known.high)
        if len(columns) == 3:
            self.rows.append({columns[1]: 1.0, columns[0]: -1.0, columns[2]: -1.0})

    @staticmethod
    def _known(row: Row, count: str) -> Known:
        if row["numerator"] == HIDDEN:
            return Known(0.0, np.inf)
        if count == "rest":
            return Known(10.0, np.inf)
        shown = int(row[count])
        return Known(max(10.0, shown - 2.0), shown + 2.0)

    def _sums(self, rows: Sequence[Row], window: str) -> None:
        by_view: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in rows:
            by_view[row["indicator"], row["arm"], row["view"]].append(row)
        for (indicator, arm, coarse), wholes in by_view.items():
            for (other, other_arm, fine), parts in by_view.items():
                splits = set(SPLITS[coarse])
                if (other, other_arm) != (indicator, arm) or not splits < set(SPLITS[fine]):
                    continue
                for whole in wholes:
                    own = [part for part in parts if all(part[name] == whole[name] for name in splits)]
                    for count in counts_of(whole):
                        equation = {self.index[f"{self._mark(whole)}|{count}", where(whole, window)]: 1.0}
                        for part in own:
                            equation[self.index[f"{self._mark(part)}|{count}", where(part, window)]] = -1.0
                        self.rows.append(equation)

    def _same(self, rows: Sequence[Row], window: str) -> None:
        """Two indicators of the same answers: each group has as many in one as in the other."""
        by_place = {where(row, window): self._mark(row) for row in rows}
        for one, other in SAME_DENOMINATOR:
            for at, mark in by_place.items():
                twin = (other, *at[1:])
                if at[0] == one and twin in by_place:
                    columns = (self.index[f"{mark}|denominator", at], self.index[f"{by_place[twin]}|denominator", twin])
                    self.rows.append({columns[0]: 1.0, columns[1]: -1.0})

    def matrix(self) -> coo_array:
        entries = [(n, column, value) for n, row in enumerate(self.rows) for column, value in row.items()]
        row, column, value = zip(*entries, strict=True)
        return coo_array((value, (row, column)), shape=(len(self.rows), len(self.low)))


def ranges(puzzle: Puzzle, *, close: float = 12.0) -> Iterator[tuple[tuple[str, Where], float, float]]:
    """Each hidden count with its bounds: by linear programme, and in whole numbers where those are `close`."""
    matrix = puzzle.matrix().tocsr()
    bounds = np.column_stack([puzzle.low, puzzle.high])
    zero = np.zeros(matrix.shape[0])
    if linprog(np.zeros(len(bounds)), A_eq=matrix, b_eq=zero, bounds=bounds).status == 2:
        return  # late data made other people of some that look the same
    seen_low, seen_high = np.full(len(bounds), np.inf), np.full(len(bounds), -np.inf)

    def solve(objective: np.ndarray) -> np.ndarray:
        found = linprog(objective, A_eq=matrix, b_eq=zero, bounds=bounds)
        assert found.status == 0, found.message
        np.minimum(seen_low, found.x, out=seen_low)
        np.maximum(seen_high, found.x, out=seen_high)
        return np.asarray(found.x)

    columns = [puzzle.index[key] for key in puzzle.hidden]
    random = np.random.default_rng(3)
    for _ in range(4):  # many counts are seen to be wide at once
        push = np.zeros(len(bounds))
        push[columns] = random.normal(size=len(columns))
        push[np.isinf(puzzle.high)] = np.abs(push[np.isinf(puzzle.high)])
        solve(push)
        solve(np.where(np.isinf(puzzle.high), push, -push))
    for key, column in zip(puzzle.hidden, columns, strict=True):
        if seen_high[column] - seen_low[column] > close:
            continue
        objective = np.zeros(len(bounds))
        objective[column] = 1.0
        low = solve(objective)[column]
        high = (
            np.inf if np.isinf(puzzle.high[column]) and _endless(matrix, bounds, column) else solve(-objective)[column]
        )
        if min(high, 9.0) - low <= 6:
            low, high = _whole_numbers(matrix, bounds, column)
        yield key, low, high


def _endless(matrix: coo_array, bounds: np.ndarray, column: int) -> bool:
    objective = np.zeros(len(bounds))
    objective[column] = -1.0
    return bool(linprog(objective, A_eq=matrix, b_eq=np.zeros(matrix.shape[0]), bounds=bounds).status == 3)


def _whole_numbers(matrix: coo_array, bounds: np.ndarray, column: int) -> tuple[float, float]:
    ends = []
    for sign in (1.0, -1.0):
        objective = np.zeros(len(bounds))
        objective[column] = sign
        found = milp(
            objective,
            constraints=LinearConstraint(matrix, 0, 0),
            integrality=np.ones(len(bounds)),
            bounds=Bounds(bounds[:, 0], bounds[:, 1]),
            options={"time_limit": 5},
        )
        ends.append(float(found.x[column]) if found.x is not None else -np.inf * sign)
    return ends[0], ends[1]


def differences(files: Sequence[bytes]) -> Iterator[tuple[tuple[str, Where], float, float]]:
    """Plain subtraction in each file: a whole minus all its shown parts, where one part alone is hidden."""
    for file in files:
        rows = read(file)
        window = window_of(rows)
        for whole in rows:
            if whole["numerator"] == HIDDEN:
                continue
            for fine, splits in SPLITS.items():
                if not set(SPLITS[whole["view"]]) < set(splits):
                    continue
                own = [
                    row
                    for row in rows
                    if row["view"] == fine
                    and (row["indicator"], row["arm"]) == (whole["indicator"], whole["arm"])
                    and all(row[name] == whole[name] for name in SPLITS[whole["view"]])
                ]
                hidden = [row for row in own if row["numerator"] == HIDDEN]
                if len(hidden) == 1:
                    for count in ("numerator", "denominator"):
                        left = int(whole[count]) - sum(int(row[count]) for row in own if row not in hidden)
                        slack = 2 * len(own)
                        yield (f"|{count}", where(hidden[0], window)), max(0.0, left - slack), float(left + slack)


def truth_of(exact: Iterable[tuple[int, int]], file: bytes) -> dict[tuple[str, Where], int]:
    """The exact counts of each row of a file, given the numerator and denominator of each in the file's order.

    By the names that the puzzle gives them: those of this release's own people, and those taken for the same as ever.
    """
    rows = read(file)
    window, truth = window_of(rows), {}
    for row, (numerator, denominator) in zip(rows, exact, strict=True):
        known = {"numerator": numerator, "denominator": denominator, "rest": denominator - numerator}
        for mark in (row["release"], ""):
            truth |= {(f"{mark}|{count}", where(row, window)): known[count] for count in counts_of(row)}
    return truth


def recovered(
    found: Iterable[tuple[tuple[str, Where], float, float]], truth: Mapping[tuple[str, Where], int]
) -> list[tuple[str, Where]]:
    """The hidden counts below ten that are known to within ±2: the range is that narrow, and holds the truth.

    The attacker is even told of each that it is below ten.
    """
    return [
        key
        for key, low, high in found
        if (true := truth.get(key)) is not None
        and true < 10
        and np.floor(min(high, 9.0) + 1e-6) - np.ceil(low - 1e-6) <= 4
        and low - 1e-6 <= true <= high + 1e-6
    ]
