"""What a release says of itself: from which inputs, by which code, under which rule; and the digests that pin it.

Everything but the times is a pure function of warehouse content, month and code, so that the same inputs give the
same manifest and the same digests. Called by `build` and `publish`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from analytics_dash.disclosure import dominance, rule
from analytics_dash.disclosure.ranges import NARROWEST
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.indicators import CATALOGUE, Window
from analytics_dash.releases.types import Cell, LearningFigure

SCHEMA: Final = "adoption-release/1"

_SINCE_TEAMS: Final = frozenset({"department_group", "team", "profession", "nation"})

_CODE: Final = (
    "analytics_dash.indicators",
    "analytics_dash.disclosure",
    "analytics_dash.learning",
    "analytics_dash.effects",
)


def manifest(
    *,
    window: Window,
    warehouse_digest: str,
    inputs: Sequence[str],
    available: dict[str, tuple[str, ...]],
    roster_people: int | None,
    cells: Sequence[Cell],
    learning: Sequence[LearningFigure] = (),
    beside: Sequence[str] = (),
    services: Sequence[dict[str, Any]] = (),
    posture: Sequence[dict[str, Any]] = (),
    attestations: Sequence[dict[str, Any]] = (),
    quota: Sequence[dict[str, Any]] = (),
    titles: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the manifest of a release, still without its signature (`signing`).

    `roster_people` is already rounded, None when there are too few to say. `beside` are the published releases that
    helped the attacker when it was built. `titles` are what its lessons are called (`titles`).
    """
    return {
        "schema": SCHEMA,
        "through": window.months[-1],
        "months": list(window.months),
        "warehouse": warehouse_digest,
        "inputs": list(inputs),
        "code": code_version(),
        "rule": {
            "name": "10-5",
            "minimum": rule.MINIMUM,
            "base": rule.BASE,
            "p_percent": dominance.P_PERCENT,
            "k_percent": dominance.K_PERCENT,
            "narrowest": NARROWEST,
        },
        "views": {name: list(view.dimensions) for name, view in VIEWS.items()},
        "indicators": {
            indicator.id: {
                "version": indicator.version,
                "months_without_data": sorted(set(window.months) - set(available[indicator.id])),
            }
            for indicator in CATALOGUE.values()
        },
        "roster_people": roster_people,
        "suppression": suppression(cells),
        "hidden": hidden_by_view(cells),
        "beside": list(beside),
        "cells": len(cells),
        "cells_digest": cells_digest(cells),
        "view_digests": view_digests(cells),
        "learning": {"figures": len(learning), "digest": cells_digest(learning)},
        "services": list(services),
        "posture": list(posture),
        "attestations": list(attestations),
        "quota": list(quota),
        "titles": dict(titles or {}),
    }


def fingerprint(*, window: Window, warehouse_digest: str, titles: Mapping[str, Any] | None = None) -> str:
    """Return the SHA-256 (hex) of all that a release depends on: content, months, code, and titles where given."""
    return _digest([SCHEMA, list(window.months), warehouse_digest, code_version(), *([titles] if titles else [])])


def cells_digest(cells: Sequence[Cell | LearningFigure]) -> str:
    """Return the SHA-256 (hex) of cells, or of learning figures, in their order, without the release's own number."""
    return _digest([canonical(cell) for cell in cells])


def view_digests(cells: Sequence[Cell]) -> dict[str, dict[str, str]]:
    """Return for each indicator and view the digest of its cells: what says where cells were changed."""
    parts: dict[str, dict[str, list[Cell]]] = {}
    for cell in cells:
        parts.setdefault(cell.indicator, {}).setdefault(cell.view, []).append(cell)
    return {indicator: {view: cells_digest(own) for view, own in views.items()} for indicator, views in parts.items()}


def canonical(cell: Cell | LearningFigure) -> dict[str, Any]:
    """Return a cell as it is digested and written to files: by name, without the release's number.

    The dimensions that came with teams are left out where they are None, so that older releases keep their digest.
    """
    return {
        name: value
        for name in cell.__slots__
        if name != "release" and ((value := getattr(cell, name)) is not None or name not in _SINCE_TEAMS)
    }


def suppression(cells: Sequence[Cell]) -> dict[str, dict[str, dict[str, int]]]:
    """Return for each indicator and view how many cells there are and how many of them are hidden (`[c]`)."""
    table: dict[str, dict[str, dict[str, int]]] = {}
    for cell in cells:
        counts = table.setdefault(cell.indicator, {}).setdefault(cell.view, {"cells": 0, "hidden": 0})
        counts["cells"] += 1
        counts["hidden"] += cell.status == "c"
    return table


def hidden_by_view(cells: Sequence[Cell]) -> dict[str, dict[str, int]]:
    """Return for each view, over all indicators, how many cells there are, how many are hidden, and the percentage.

    Cells whose feed was not loaded are not counted. For which reason a cell is hidden is told nowhere.
    """
    table: dict[str, dict[str, int]] = {}
    for cell in cells:
        if cell.status != "x":
            counts = table.setdefault(cell.view, {"cells": 0, "hidden": 0})
            counts["cells"] += 1
            counts["hidden"] += cell.status == "c"
    return {view: counts | {"percent": percent(counts)} for view, counts in table.items()}


def percent(counts: dict[str, int]) -> int:
    """Return the hidden share of a view's cells in whole percent."""
    return round(100 * counts["hidden"] / counts["cells"]) if counts["cells"] else 0


@cache
def code_version() -> str:
    """Return the distribution's version with a digest of the code that makes the figures."""
    total = hashlib.sha256()
    for package in _CODE:
        for source in sorted(_sources(files(package)), key=lambda item: item.name):
            total.update(f"{package}/{source.name}\n".encode())
            total.update(source.read_bytes())
    return f"{version('xblock-ai-tutor')}+{total.hexdigest()[:12]}"


def _sources(package: Traversable) -> list[Traversable]:
    return [item for item in package.iterdir() if item.name.endswith(".py")]


def canonical_bytes(value: Any) -> bytes:
    """Return JSON text of a value that is the same wherever it is made: names in order, no space, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _digest(value: Any) -> str:
    return hashlib.sha256(canonical_bytes(value)).hexdigest()
