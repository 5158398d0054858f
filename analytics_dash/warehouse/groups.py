"""Which aliases are one person: the groups that pairs of aliases form. Pure; called by `warehouse.staging`."""

from __future__ import annotations

from collections.abc import Iterable


def grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Every alias that occurs in `pairs`, with the smallest alias of its group: the same in whatever order they come.

    A group is closed under "is one person with"; the result, read as pairs, gives itself again.
    """
    leader: dict[int, int] = {}

    def find(alias: int) -> int:
        top = alias
        while (above := leader.setdefault(top, top)) != top:
            top = above
        while leader[alias] != top:  # shorten the way for the next time
            leader[alias], alias = top, leader[alias]
        return top

    for one, other in pairs:
        first, second = find(one), find(other)
        if first != second:
            leader[max(first, second)] = min(first, second)
    return {alias: find(alias) for alias in leader}
