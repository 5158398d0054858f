"""Fixtures of the demonstration government: one build for the whole session, since it takes seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analytics_dash.demonstration.behaviour import Life
from analytics_dash.demonstration.build import build_feeds, make_lives
from analytics_dash.demonstration.truth import Part, parts_of


@pytest.fixture(scope="session")
def lives() -> tuple[Life, ...]:
    return make_lives()


@pytest.fixture(scope="session")
def parts(lives: tuple[Life, ...]) -> list[Part]:
    return [part for life in lives for part in parts_of(life)]


@pytest.fixture(scope="session")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demonstration") / "feeds"
    build_feeds(folder)
    return folder


@pytest.fixture(scope="session")
def planted_json(feeds: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((feeds / "planted.json").read_bytes())
    return content
