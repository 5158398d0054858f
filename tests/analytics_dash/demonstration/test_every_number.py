"""Every number that anybody reads of the demonstration, and every export of it, against what the API gives them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import DashboardConfig
from analytics_dash.demonstration.prepare import Places, Prepared
from analytics_dash.exporting.settings import ExportSettings
from analytics_dash.releases import Role
from analytics_dash.releases.models import db
from tests.support.api import Program
from tests.support.dashboard import person
from tests.support.exports import exported, faults_of_exports
from tests.support.numbers import Crawl, body, faults_on, sections
from tests.support.released import Released

OWN = "Department for Lighthouses"
READERS: tuple[Role, ...] = ("training_manager", "department_head", "analyst", "administrator")


@pytest.fixture(scope="module")
def app(prepared: Prepared, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    shelf = ExportSettings(tmp_path_factory.mktemp("shelf"))
    app = create_app(DashboardConfig(Places(home).register, "k" * 40, demo=True, testing=True, exports=shelf))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("role", READERS)
def test_every_number_of_the_demonstration_is_released_or_derived(app: Flask, prepared: Prepared, role: Role) -> None:
    """Government and all departments for one role; the first page that they see, and all behind it, for the others."""
    own = OWN if role == "department_head" else None
    crawl = Crawl(person(app, role, own), Program(app, role, own), prepared.release)
    every = sorted({cell["department"] for cell in crawl.released.cells if cell["department"]})
    assert every == [OWN] if own else len(every) == 12
    for department in ("", *every) if role == "training_manager" else (own or "",):
        crawl.look(department)
    assert crawl.faults == []
    assert crawl.numbers > 700


def test_every_export_of_every_role_holds_the_pages_figures(app: Flask, prepared: Prepared) -> None:
    made = {}
    for role in READERS:
        own = OWN if role == "department_head" else None
        made[role] = exported(app, person(app, role, own), prepared.release, OWN)
    assert all(each == made["analyst"] for each in made.values()), "one department's report is the same for all"
    released = Released(Program(app, "department_head", OWN), prepared.release)
    faults = faults_of_exports(made["analyst"], person(app, "department_head", OWN), released, OWN)
    assert faults == []


def test_a_number_that_is_changed_anywhere_on_a_page_is_found(app: Flask, prepared: Prepared) -> None:
    """The crawler itself: each text of a page that holds a number that is no name or date, with that number changed."""
    client, released = person(app, "analyst"), Released(Program(app, "analyst"), prepared.release)
    missed, tried = [], 0
    for page in ("use", "protection"):
        tree = body(client.get(f"/{page}?department=").text)
        own = sections(tree, released)
        for block in tree.xpath("//section//p | //section//td | //section//h2 | //div[contains(@class, 'answer')]/p"):
            text = block.text or ""
            for number in sorted(set(released.unexplained(text, set())))[:1]:
                block.text = text.replace(number, f"{number}7" if "." in number else f"{number}.7", 1)
                missed += [] if faults_on(tree, own, released, "") else [f"/{page}: {block.text}"]
                block.text, tried = text, tried + 1
    assert missed == []
    assert tried > 60
