"""Releases that were read already, kept for the next request: a published release never changes.

One shelf for each application, by release and by whose eyes: a scope gets nothing that was read for another. What was
refused is not kept. Bounded by the number of cells, since a national release has hundreds of thousands.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from flask import current_app

from analytics_dash.questions.reading import Released, released
from analytics_dash.releases import Scope

MOST_CELLS: Final = 400_000
NAME: Final = "adoption-shelf"


class Shelf:
    """What was read, the least recently used given up first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Scope, str], Released] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, scope: Scope, release_id: str) -> Released:
        """A release as far as `scope` covers it, from the shelf or from the register."""
        key = scope, release_id
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = released(scope, release_id)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > 1 and sum(len(each.cells) for each in self._kept.values()) > MOST_CELLS:
                self._kept.popitem(last=False)
        return found


def from_shelf(scope: Scope, release_id: str) -> Released:
    """The same, on the current application's shelf."""
    shelf: Shelf = current_app.extensions.setdefault(NAME, Shelf())
    return shelf.read(scope, release_id)
