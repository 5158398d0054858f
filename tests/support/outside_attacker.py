"""An attacker who has the exported CSV files of published releases and nothing else, and shares no code with us.

Reads the files (`outside_reading`), puts them together as closely as they allow (`outside_puzzle`) and solves them with
HiGHS: each part that hangs together by itself, a linear programme for each end of each hidden count, going on from the
solution before, and a whole-number programme where that comes out close; plain subtraction besides. `recovered`
compares what it is sure of with the truth, which only the tests know.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from typing import Any

import highspy
import numpy as np
from highspy._core import _Highs
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tests.support.outside_puzzle import READINGS, News, Puzzle
from tests.support.outside_reading import (
    HIDDEN,
    Count,
    Relation,
    Row,
    circles,
    read,
    recovered,
    relations,
    sums,
    where,
    width,
    window_of,
)
from tests.support.outside_whole import Whole

CLOSE = 6  # as narrow as this, whole numbers may make it narrower
WIDE = 5  # a count that can differ by so much is not recovered

Found = tuple[Count, float, float]


class Part:
    """Some unknowns that hang together, as one programme; what has been witnessed of each."""

    def __init__(self, rows: Sequence[tuple[dict[int, float], float]], low: np.ndarray, high: np.ndarray) -> None:
        self._size = len(low)
        self.low, self.high = np.full(self._size, np.inf), np.full(self._size, -np.inf)
        entries = [(n, column, value) for n, (row, _most) in enumerate(rows) for column, value in row.items()]
        row, column, value = zip(*entries, strict=True) if entries else ((), (), ())
        matrix = coo_array((np.array(value, float), (row, column)), shape=(len(rows), self._size)).tocsr()
        model: Any = highspy.HighsLp()
        model.num_row_, model.num_col_ = len(rows), self._size
        model.col_cost_, model.col_lower_, model.col_upper_ = np.zeros(self._size), low, high
        model.row_lower_, model.row_upper_ = np.zeros(len(rows)), np.array([most for _row, most in rows], float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.num_row_, model.a_matrix_.num_col_ = len(rows), self._size
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = (
            matrix.indptr,
            matrix.indices,
            matrix.data,
        )
        self._model = model
        self._solver: Any = _Highs()
        for name, value in {"output_flag": False, "threads": 1, "simplex_strategy": 4}.items():
            self._solver.setOptionValue(name, value)
        self._solver.passModel(model)
        self._costs = np.zeros(self._size)

    def push(self, columns: Any, weights: Any) -> bool:
        """Minimise the weighted sum of some unknowns; False where nothing fits at all."""
        costs = np.zeros(self._size)
        costs[columns] = weights
        changed = np.flatnonzero(costs != self._costs).astype(np.int32)
        self._solver.changeColsCost(len(changed), changed, costs[changed])
        self._costs = costs
        self._solver.run()
        status = self._solver.getModelStatus()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return False
        assert status == highspy.HighsModelStatus.kOptimal, status
        x = np.array(self._solver.getSolution().col_value)
        np.minimum(self.low, x, out=self.low)
        np.maximum(self.high, x, out=self.high)
        return True

    def width(self, column: int) -> int:
        return width(self.low[column], self.high[column])

    @cached_property
    def whole(self) -> Whole:
        """The same in whole numbers."""
        return Whole(self._model)

    @property
    def undecided(self) -> int:
        return self.whole.undecided if "whole" in vars(self) else 0


def _nobody(_number: int) -> None:
    """Whom nobody tells."""


def _parts(puzzle: Puzzle) -> list[np.ndarray]:
    """The unknowns in groups that hang together."""
    pairs = [(first, other) for row, _most in puzzle.rows for first, *rest in [list(row)] for other in rest]
    one, other = zip(*pairs, strict=True)
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(len(puzzle.low),) * 2)
    number, of = connected_components(graph, directed=False)
    return [np.flatnonzero(of == n) for n in range(number)]


def _programmes(puzzle: Puzzle) -> Iterator[tuple[np.ndarray, Part]]:
    groups = _parts(puzzle)
    part_of, position = np.zeros(len(puzzle.low), int), np.zeros(len(puzzle.low), int)
    for n, columns in enumerate(groups):
        part_of[columns], position[columns] = n, np.arange(len(columns))
    rows: list[list[tuple[dict[int, float], float]]] = [[] for _ in groups]
    for row, most in puzzle.rows:
        rows[part_of[next(iter(row))]].append(({int(position[c]): value for c, value in row.items()}, most))
    low, high = np.array(puzzle.low), np.array(puzzle.high)
    for columns, own in zip(groups, rows, strict=True):
        yield columns, Part(own, low[columns], high[columns])


def holds(puzzle: Puzzle) -> bool:
    """Whether any counts fit at all."""
    return bool((np.array(puzzle.low) <= puzzle.high).all()) and all(
        part.push([], []) for _columns, part in _programmes(puzzle)
    )


def put_together(files: Sequence[bytes], *, adding: bool = False, news: Sequence[News] = ()) -> list[Puzzle]:
    """What some releases say together, as closely read as they allow, for each circle of indicators that hang together.

    Of what holds as a rule, all is taken for true that the newest file does not contradict. A circle of which the
    releases contradict each other however they are read is left out.
    """
    releases = [read(file) for file in files]
    found = [
        _closest([[row for row in rows if row["indicator"] in own] for rows in releases], adding=adding, news=news)
        for own in circles({row["indicator"] for row in releases[-1]})
    ]
    return [puzzle for puzzle in found if puzzle is not None]


def _closest(releases: Sequence[Sequence[Row]], *, adding: bool, news: Sequence[News]) -> Puzzle | None:
    always = [each for each in relations() if each.always]
    rules = list(always)
    if holds(Puzzle(releases[-1:], rules=relations())):
        rules = relations()
    else:
        for each in relations():
            if not each.always and holds(Puzzle(releases[-1:], rules=[*rules, each])):
                rules.append(each)
    for reading in READINGS:
        for some in (rules, always):
            for adds in sorted({adding and len(releases) > 1, False}, reverse=True):

                def made(
                    heard: Sequence[News],
                    unheard: Sequence[tuple[News, str]] = (),
                    how: tuple[str, Sequence[Relation], bool] = (reading, some, adds),
                ) -> Puzzle:
                    return Puzzle(releases, how[0], how[1], adding=how[2], news=heard, unheard=unheard)

                if (puzzle := _heard(made, news)) is not None:
                    return puzzle
    return None


def _heard(made: Callable[..., Puzzle], news: Sequence[News]) -> Puzzle | None:
    """A puzzle with as much of the news as fits: late data may contradict what they say of some months."""
    if holds(puzzle := made(news)):
        return puzzle
    told = list(puzzle.told)
    if told and holds(made(news, told)):
        for each in puzzle.told:
            if holds(made(news, rest := [other for other in told if other != each])):
                told = rest
        return made(news, told)
    return plain if news and holds(plain := made(())) else None


def ranges(
    puzzle: Puzzle,
    *,
    only: Collection[Count] | None = None,
    tried: Callable[[int], object] = _nobody,
    undecided: Callable[[int], object] = _nobody,
    close: int = CLOSE,
) -> Iterator[Found]:
    """Each hidden count that comes out `close`, with its bounds; of `only` these counts, if given.

    `tried` is told how many counts were looked at, `undecided` how often whole numbers took too long to decide.
    """
    of = {column: key for key, column in puzzle.index.items()}
    wanted = {puzzle.index[key] for key in puzzle.hidden if only is None or key in only}
    every = len({number for releases in puzzle.releases for number in releases})
    random = np.random.default_rng(3)
    for columns, part in _programmes(puzzle):
        own = [n for n, column in enumerate(columns) if int(column) in wanted]
        if len(set().union(*(puzzle.releases[column] for column in columns))) < min(every, 2) or not own:
            continue  # what one file alone says was looked at when it was alone
        tried(len(own))
        if not part.push([], []):
            continue
        part.push(own, 1.0)
        part.push(own, -1.0)
        left = [n for n in own if part.width(n) <= close]
        for _ in range(12):  # many counts are seen to be wide at once
            push = random.normal(size=len(left))
            part.push(left, push)
            part.push(left, -push)
            before, left = left, [n for n in left if part.width(n) <= close]
            if len(before) - len(left) < 3:
                break
        for n in left:
            if part.width(n) <= close:
                part.push([n], 1.0)
            if part.width(n) <= close:
                part.push([n], -1.0)
            if part.width(n) <= close:
                low, high = part.low[n], part.high[n]
                if part.width(n) >= WIDE:
                    low, high = part.whole.between(n, low, high, wide=WIDE)
                yield of[int(columns[n])], low, high
        undecided(part.undecided)


def differences(files: Sequence[bytes]) -> Iterator[Found]:
    """Plain subtraction in each file: a whole minus all its shown parts, where one part alone is hidden."""
    for file in files:
        rows = read(file)
        window = window_of(rows)
        for whole, parts in sums(rows):
            hidden = [row for row in parts if row["numerator"] == HIDDEN]
            if whole["numerator"] != HIDDEN and len(hidden) == 1:
                for count in ("numerator", "denominator"):
                    left = int(whole[count]) - sum(int(row[count]) for row in parts if row not in hidden)
                    slack = 2 * len(parts)
                    yield (f"|{count}", where(hidden[0], window)), max(0.0, left - slack), float(left + slack)


__all__ = ["Puzzle", "differences", "holds", "put_together", "ranges", "read", "recovered"]
