"""Between which bounds a hidden count or sum lies, for someone who solves the equations of published cells.

A hidden count is supposed to be below ten, as the rule says it may be, and so are all others wherever the release does
not contradict it; a hidden sum of magnitudes may be large, so of sums nothing is supposed. Which suppositions hold
together is decided in `suppositions`; how the solving is kept small, in `folding`. Called by `attacker`.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from analytics_dash.disclosure.equations import COUNTS, Numbers, Rows
from analytics_dash.disclosure.folding import Folded
from analytics_dash.disclosure.ranges import Range, Tells, estimable, narrow, narrow_if_small
from analytics_dash.disclosure.rule import MINIMUM, Count
from analytics_dash.disclosure.search import Search
from analytics_dash.disclosure.suppositions import small, suppose

CEILING: Final = 1e7
"""No hidden sum, and no count that may be large, is supposed to be above it; a programme must have an end."""

_FEW: Final = 24  # so many programmes of their own cost no more than another joint one gains
_PUSHES: Final = 40


def bounds(folded: Folded, count: Count) -> dict[int, Range]:
    """Return, by row, the range of every hidden count that may be below ten, as the attacker finds it.

    Hidden counts that the release shows to be ten or more are left out. A range that is wide enough may be given
    narrower than it is (but never narrow): one certificate is as good as the exact bound.
    """
    column = COUNTS.index(count)
    split = suppose(folded, column)
    found: dict[int, Range] = {}
    if len(split.small):
        found = _reach(folded, split.small, column, small(folded.system, split.small, column), narrow)
    if len(split.doubtful):
        # Each alone is supposed small: that only cuts its own range off, so one search without suppositions does for
        # all. Those that turn out to be ten or more are hidden for another reason.
        upper = np.minimum(folded.system.upper, CEILING)
        open_ended = _reach(folded, split.doubtful, column, upper, narrow_if_small)
        for row, reach in open_ended.items():
            if reach.low < MINIMUM:
                found[row] = Range(reach.low, min(reach.high, MINIMUM - 1), reach.pinned_by)
    return found


def sum_bounds(folded: Folded, count: Count) -> dict[int, Range]:
    """Return, by row, the range of every hidden sum, as the attacker finds it without supposing anything of it.

    A range that is wide enough may be given narrower than it is (but never estimable).
    """
    system = folded.system
    column = COUNTS.index(count)
    sums = system.hidden_counts(column)
    sums = sums[~system.is_share[sums]]
    upper = np.minimum(system.upper, CEILING)
    return _reach(folded, sums, column, upper, estimable) if len(sums) else {}


def _reach(folded: Folded, rows: Rows, column: int, upper: Numbers, tells: Tells) -> dict[int, Range]:
    """Return the range of each of `rows` below `upper`; exact where it `tells` too much, with what pins it then."""
    search = Search(folded, rows, column, upper, tells)
    if search.push(1.0) is None:
        return {}
    search.push(-1.0)
    search.rest_between()
    # Pushing the counts apart at random, and then the other way round, settles most of them; any seed will do.
    random = np.random.default_rng(0)
    left = search.telling()
    for _ in range(_PUSHES):
        if len(left) <= _FEW:
            break
        push = random.normal(size=len(rows))
        search.push(push)
        search.push(-push)
        search.rest_between()
        before, left = left, search.telling()
        if len(before) - len(left) < _FEW:
            break
    pins: dict[int, tuple[int, ...]] = {}
    for row in left:
        if folded.place[row] >= 0 and search.tells_of(row):
            pins[row] = search.solve(row)
    for block in sorted({search.block_of(row) for row in search.telling() if folded.place[row] < 0}):
        pins |= search.solve_block(block)
    return search.found(pins)
