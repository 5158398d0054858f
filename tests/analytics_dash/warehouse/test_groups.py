"""Who is one person with whom: the groups that pairs of aliases form, whatever their order."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_dash.warehouse.groups import grouped

PAIRS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60)


def _grouped(pairs: list[tuple[int, int]]) -> dict[int, int]:
    sides = np.array(pairs, np.int64).reshape(-1, 2)
    aliases, smallest = grouped(sides[:, 0], sides[:, 1])
    return dict(zip(aliases.tolist(), smallest.tolist(), strict=True))


@given(PAIRS, st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_a_group_is_whoever_is_joined_and_bears_its_smallest_alias(pairs: list[tuple[int, int]], rng: object) -> None:
    groups: list[set[int]] = []
    for pair in pairs:
        met = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in met] + [set(pair).union(*met)]
    found = _grouped(pairs)
    assert found == {alias: min(group) for group in groups for alias in group}
    assert _grouped([*found.items()]) == found
    rng.shuffle(pairs)  # type: ignore[attr-defined]
    assert _grouped(pairs) == found
