"""Fixtures of the demonstration government: one build for the whole run, since it takes half a minute."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analytics_dash.demonstration.behaviour import Life
from analytics_dash.demonstration.build import make_lives
from analytics_dash.demonstration.prepare import Prepared, prepare
from analytics_dash.demonstration.truth import Part, parts_of
from tests.support.once import once


@pytest.fixture(scope="session")
def lives() -> tuple[Life, ...]:
    return make_lives()


@pytest.fixture(scope="session")
def parts(lives: tuple[Life, ...]) -> list[Part]:
    return [part for life in lives for part in parts_of(life)]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `adoption demo prepare` fills, filled; `feeds` is in it."""
    return once(tmp_path_factory, "demonstration", prepare)


@pytest.fixture(scope="session")
def feeds(home: Path) -> Path:
    return home / "feeds"


@pytest.fixture(scope="session")
def planted_json(feeds: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((feeds / "planted.json").read_bytes())
    return content


@pytest.fixture(scope="session")
def prepared(home: Path) -> Prepared:
    """What there is in `home`: asked again, it is quick and changes nothing."""
    return prepare(home)
