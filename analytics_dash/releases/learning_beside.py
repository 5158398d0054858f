"""Which earlier releases' learning figures and estimates are about the same people as a new one's.

Other months are other answers. But a month of which nothing was loaded is part of no figure: two windows that differ
by such months alone are one. Called by `build` and `publish`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from analytics_dash.releases import dao
from analytics_dash.releases.estimate_checks import OF_USE
from analytics_dash.releases.types import LearningFigure, ReleaseInfo


class Months(NamedTuple):
    """The months that a release covers, and those of them of which use was reported."""

    covered: tuple[str, ...]
    of_use: tuple[str, ...]


def months_of(manifest: Mapping[str, Any]) -> Months:
    """Which months a published release's figures are about, as its manifest says."""
    missing = manifest.get("indicators", {}).get("active_use", {}).get("months_without_data", ())
    return Months(tuple(manifest["months"]), tuple(month for month in manifest["months"] if month not in missing))


def learning_of_same(own: Months, earlier: Sequence[ReleaseInfo]) -> list[tuple[LearningFigure, ...]]:
    """Return what `earlier` releases say of the very months that `own` are: of lessons, of use, or of both."""
    found = []
    for each in earlier:
        months = months_of(each.manifest)
        if months.covered == own.covered:
            found.append(dao.learning(each.id))
        elif months.of_use == own.of_use:
            found.append(tuple(figure for figure in dao.learning(each.id) if figure.measure in OF_USE))
    return found
