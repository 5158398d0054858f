"""How hard an item is, whether it goes with the rest of the test, and which answers are chosen. Pure.

First attempts only: what comes after feedback says something about the feedback. Called by `figures`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics_dash.learning.intervals import Interval, fisher, wilson

Flags = NDArray[np.bool_]


def difficulty(hits: Flags) -> Interval:
    """The share of people who were right at the first attempt, 0–1, with Wilson's interval.

    The classical item difficulty (Crocker & Algina 1986, ch. 14): the *easier* an item, the higher it is. `hits` has
    one entry for each person, at least one. It says how hard the item was for those who took it, not how hard it is.
    """
    return wilson(int(hits.sum()), len(hits))


def rest_correlation(hits: Flags, item: int) -> Interval | None:
    """The correlation of being right at `item` with the number of other items right, −1…1, with Fisher's interval.

    `hits` is people × items, first attempts of people who answered every item. The point-biserial correlation with the
    item itself left out of the sum ("corrected"; Henrysson 1963, Psychometrika 28, 211–218). None where there are fewer
    than 4 people or fewer than 2 items, or where everybody was equally right: nothing varies then.
    """
    people, items = hits.shape
    if people < 4 or items < 2:
        return None
    one = hits[:, item].astype(float)
    rest = hits.sum(axis=1) - one
    if one.std() == 0 or rest.std() == 0:
        return None
    found = fisher(float(np.clip(np.corrcoef(one, rest)[0, 1], -1, 1)), people)
    x, y = ((each - each.mean()) / each.std() for each in (one, rest))
    influences = x * y - found.figure * (x**2 + y**2) / 2
    return replace(found, moved=float(np.abs(influences).max()) / people)


def choice_counts(answers: Iterable[str]) -> dict[str, int]:
    """How many people chose each answer at the first attempt; the most chosen first, then by id.

    A wrong answer that hardly anybody chooses does no work, and one that the able choose is worth a look (Haladyna &
    Downing 1993, Educational and Psychological Measurement 53, 999–1010). An answer that nobody chose is not there.
    """
    return dict(sorted(Counter(answers).items(), key=lambda pair: (-pair[1], pair[0])))
