"""What the API has: the one list from which both the routes and the OpenAPI description are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analytics_dash.api.parameters import Parameter
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.indicators import CATALOGUE
from analytics_dash.releases.readers import DIMENSIONS

LIMIT: Final = Parameter("limit", "How many entries a page has at most.", whole_number=True)
CURSOR: Final = Parameter(
    "cursor",
    "Where to go on: taken from `next`, never made up.",
    pattern=r"^[A-Za-z0-9_-]+$",
    longest=64,
)

_PICKS: Final[dict[str, Parameter]] = {
    "view": Parameter("view", "A view of the release.", choices=tuple(VIEWS)),
    "indicator": Parameter("indicator", "An indicator of the catalogue.", choices=tuple(CATALOGUE)),
    "month": Parameter("month", "A month of the release.", pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", longest=7),
    "arm": Parameter("arm", "One of two groups that are compared.", choices=("trained", "untrained")),
}
FILTERS: Final = tuple(
    _PICKS.get(name) or Parameter(name, f"A {name.replace('_', ' ')} by its name: it picks cells, never adds them up.")
    for name in DIMENSIONS
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address that can be read. `answer` names a schema of `shapes`; `release` says that its address has an id."""

    path: str
    name: str
    summary: str
    description: str
    answer: str
    parameters: tuple[Parameter, ...] = ()
    release: bool = False
    csv: bool = False
    figures: bool = False
    open: bool = False


ENDPOINTS: Final = (
    Endpoint(
        "/releases",
        "releases",
        "Published releases, the latest first",
        "Every role may read it.",
        "Releases",
        (LIMIT, CURSOR),
    ),
    Endpoint(
        "/releases/{id}",
        "release",
        "A release: manifest and signature",
        "Inputs' digests, code, rule, months, and how much of each view is hidden. Every role may read it.",
        "Release",
        release=True,
    ),
    Endpoint(
        "/releases/{id}/cells",
        "cells",
        "Cells of a release",
        "Filters pick cells that were published; nothing is added up. A department head gets their own department "
        "and all of government. With `Accept: text/csv` all picked cells come as one file, the same bytes as the "
        "dashboard's export.",
        "Cells",
        (*FILTERS, LIMIT, CURSOR),
        release=True,
        csv=True,
        figures=True,
    ),
    Endpoint(
        "/releases/{id}/learning",
        "learning",
        "Figures about lessons",
        "Over all people of the roster, so the same for every reader of figures.",
        "Learning",
        (Parameter("lesson", "A lesson's id.", longest=100), LIMIT, CURSOR),
        release=True,
        figures=True,
    ),
    Endpoint(
        "/indicators",
        "indicators",
        "The catalogue of indicators",
        "Question, definition, unit, source, and what a figure does not mean. Every role may read it.",
        "Indicators",
    ),
    Endpoint("/openapi.json", "openapi", "This description", "Needs no sign-in.", "OpenAPI", open=True),
)
