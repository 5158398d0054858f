"""Which indicators count the same people in their denominators, so that what one shows of them another need not hide.

A link says that the denominators of some indicators (or of the arms of one, added up) are the same people in every
group. What one of them shows of a denominator then bounds it in the others; the numerators stay unlinked, since who
has one property may or may not have another. Declared here alone, for those who write indicators; read by the attacker,
and by whoever hides cells, because linked indicators are attacked together.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

SAME_DENOMINATOR: Final[tuple[frozenset[str], ...]] = ()
"""Sets of indicators whose denominators (of all arms together) count the same people or licence-months."""


def families(indicators: Collection[str], same: Collection[frozenset[str]] = SAME_DENOMINATOR) -> list[tuple[str, ...]]:
    """Split indicators into those that are linked and so belong together, in alphabetical order."""
    left, found = set(indicators), []
    for group in same:
        if len(own := left & group) > 1:
            found.append(tuple(sorted(own)))
            left -= own
    return sorted([*found, *((each,) for each in left)])
