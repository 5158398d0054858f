"""What was made of a published release once, kept for who asks again: a published release never changes.

Keys name everything that the value hangs on: the register, the release, whose eyes, and for words the language. Bounded
by weight, the least recently used given up first; what a maker raises is not kept. Called by `readers`, for cells, and
by the dashboard, for pages.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """At most `most` of the weight that `weigh` gives each value; threads share it."""

    def __init__(self, most: int, weigh: Callable[[T], int]) -> None:
        self.most, self._weigh = most, weigh
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of this key, kept or made. Two that ask at once may both make it; they make the same."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            if key not in self._values:
                self._values[key] = value
                self._weight += self._weigh(value)
            while self._weight > self.most:
                self._weight -= self._weigh(self._values.popitem(last=False)[1])
        return value
