"""What the API answers: typed, and the OpenAPI schemas are made from these types. Cells are the release room's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec

from analytics_dash.i18n import _
from analytics_dash.indicators import Indicator
from analytics_dash.releases import Cell, FormattedCell, LearningFigure, ReleaseInfo, format_cell


class ReleaseSummary(msgspec.Struct, frozen=True):
    """A published release: its months, when it was published (UTC), the SHA-256 of its cells in their order."""

    id: str
    through: str
    months: list[str]
    published_at: datetime
    cells_digest: str


class Release(msgspec.Struct, frozen=True):
    """A published release with what it says of itself. `signature` is null where the release was not signed."""

    id: str
    through: str
    months: list[str]
    published_at: datetime
    cells_digest: str
    signature: Any
    manifest: dict[str, Any]


class Releases(msgspec.Struct, frozen=True):
    """A page of published releases, the latest first. `next` is the address of the next page, or null."""

    releases: list[ReleaseSummary]
    next: str | None


class Cells(msgspec.Struct, frozen=True):
    """A page of a release's cells, in the release's order. `next` is the address of the next page, or null.

    Each cell has, beside its figures, the texts that stand on the page and in the CSV (`as_shown`).
    """

    release: str
    cells: list[dict[str, Any]]
    next: str | None


class Learning(msgspec.Struct, frozen=True):
    """A page of a release's figures about lessons, over all people of the roster."""

    release: str
    figures: list[LearningFigure]
    next: str | None


class IndicatorEntry(msgspec.Struct, frozen=True):
    """An entry of the catalogue, in the reader's language (`Accept-Language`)."""

    id: str
    version: int
    title: str
    question: str
    definition: str
    unit: str
    numerator: str
    denominator: str
    kind: str
    scale: int
    views: list[str]
    arms: list[str]
    misuse: str
    source: str


class Indicators(msgspec.Struct, frozen=True):
    """The whole catalogue."""

    indicators: list[IndicatorEntry]


def summary_of(info: ReleaseInfo) -> ReleaseSummary:
    return ReleaseSummary(info.id, info.through, list(info.manifest["months"]), _published(info), info.cells_digest)


def release_of(info: ReleaseInfo) -> Release:
    return Release(
        id=info.id,
        through=info.through,
        months=list(info.manifest["months"]),
        published_at=_published(info),
        cells_digest=info.cells_digest,
        signature=getattr(info, "signature", None),
        manifest=dict(info.manifest),
    )


def cells_of(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    return [asdict(cell) | {"as_shown": asdict(format_cell(cell))} for cell in cells]


def entry_of(indicator: Indicator) -> IndicatorEntry:
    words = ("title", "question", "definition", "unit", "numerator", "denominator", "misuse", "source")
    return IndicatorEntry(
        id=indicator.id,
        version=indicator.version,
        kind=indicator.kind,
        scale=indicator.scale,
        views=list(indicator.views),
        arms=list(indicator.arms),
        **{name: _(getattr(indicator, name)) for name in words},
    )


def _published(info: ReleaseInfo) -> datetime:
    return info.published_at or info.built_at  # published ones alone come here


def schemas() -> dict[str, Any]:
    """The JSON Schemas of all answers, by name, as OpenAPI's `components.schemas`."""
    from analytics_dash.api.problems import Problem  # noqa: PLC0415 - no cycle, but only this function needs it

    types = (Releases, Release, Cells, Learning, Indicators, Cell, FormattedCell, Problem)
    _refs, found = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    cell: dict[str, Any] = found["Cell"]
    cell["properties"]["as_shown"] = {"$ref": "#/components/schemas/FormattedCell"}
    cell["required"] = [*cell["required"], "as_shown"]
    found["Cells"]["properties"]["cells"]["items"] = {"$ref": "#/components/schemas/Cell"}
    for schema in found.values():
        if schema.get("type") == "object" and "properties" in schema:
            schema["additionalProperties"] = False
    return found
