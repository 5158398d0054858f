"""Whether one person stands out in a sum of magnitudes (prompts, tokens, identifiers). Pure; called by `protect`.

Counts of people have no heavy contributor; sums have. A sum is shown when enough people contribute, when the
largest contribution could not be estimated too closely by the second largest contributor (p % rule), and when no
single person makes up most of it (nk rule with n = 1). Both rules are the usual ones of official statistics (Hundepool
et al., *Handbook on Statistical Disclosure Control*).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analytics_dash.disclosure.rule import MINIMUM

P_PERCENT: Final = 10
"""The second largest contributor must not be able to estimate the largest contribution to within this many percent."""

K_PERCENT: Final = 50
"""The largest contribution is at most this many percent of the sum."""


@dataclass(frozen=True, slots=True)
class Magnitude:
    """A sum and who stands behind it: `contributors` counts persons with a part above 0, `largest` ≥ `second`."""

    total: int
    contributors: int
    largest: int
    second: int


def is_dominated(sum_: Magnitude) -> bool:
    """Return whether the sum must be hidden: too few people behind it, or one person stands out."""
    if sum_.contributors < MINIMUM:
        return True
    remainder = sum_.total - sum_.largest - sum_.second
    return remainder * 100 < P_PERCENT * sum_.largest or sum_.largest * 100 > K_PERCENT * sum_.total
