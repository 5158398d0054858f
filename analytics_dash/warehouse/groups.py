"""Which aliases are one person: the groups that pairs of aliases form. Pure; called by `warehouse.staging`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Aliases = NDArray[np.int64]


def grouped(ones: Aliases, others: Aliases) -> tuple[Aliases, Aliases]:
    """Every alias that occurs in the pairs, ascending, and beside it the smallest alias of its group.

    The same in whatever order the pairs come. A group is closed under "is one person with"; the result, read as pairs,
    gives itself again. `ones` and `others` are the pairs' two sides.
    """
    aliases, places = np.unique(np.concatenate([ones, others]), return_inverse=True)
    one, other = places[: len(ones)], places[len(ones) :]
    leader = np.arange(len(aliases))
    while (apart := leader[one] != leader[other]).any():
        one, other = one[apart], other[apart]
        first, second = leader[one], leader[other]
        # Of two groups that meet, the one with the greater leader goes under the other; then everyone looks up again.
        np.minimum.at(leader, np.maximum(first, second), np.minimum(first, second))
        while (leader != (higher := leader[leader])).any():
            leader = higher
    return aliases, aliases[leader]
