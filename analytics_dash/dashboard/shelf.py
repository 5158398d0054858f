"""Releases that were read already, kept for the next request: a published release never changes.

One shelf for each application, by release and by whose eyes: a scope gets nothing that was read for another. Bounded by
the number of cells, since a national release has hundreds of thousands. Called by `view` and by the downloads.
"""

from __future__ import annotations

from typing import Final

from flask import current_app

from analytics_dash.questions.reading import Released, released
from analytics_dash.releases import Scope
from analytics_dash.releases.kept import Kept

MOST_CELLS: Final = 400_000
NAME: Final = "adoption-shelf"


def from_shelf(scope: Scope, release_id: str) -> Released:
    """A release as far as `scope` covers it, from the application's shelf or from the register."""
    shelf: Kept[Released] = current_app.extensions.setdefault(NAME, Kept(MOST_CELLS, lambda found: len(found.cells)))
    return shelf.get((scope, release_id), lambda: released(scope, release_id))
