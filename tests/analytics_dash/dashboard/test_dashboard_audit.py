"""The audit log as an auditor reads it: what is sought is in the address, and pages go on from a line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.audit_log import LINES
from analytics_dash.dashboard.config import DashboardConfig
from analytics_dash.releases import audit, audit_entries
from analytics_dash.releases.models import AuditRow, db
from tests.support.dashboard import sign_in
from tests.support.releases import make_register

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
READERS = ("ann", "ann-marie", "eve_100%", "<i>kim</i>")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A register with ten days of views: 260 lines of four readers."""
    folder: Path = tmp_path_factory.mktemp("register")
    url, _release = make_register(folder)
    app = create_app(DashboardConfig(url, "k" * 40, demo=True, testing=True))
    with app.app_context():
        for number in range(260):
            action = ("view page", "export csv", "refused")[number % 3]
            at = DAY + timedelta(hours=number)
            db.session.add(AuditRow(at=at, user=READERS[number % 4], action=action, detail=f"line {number}"))
        db.session.commit()
        db.session.remove()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def auditor(app: Flask) -> FlaskClient:
    return sign_in(app, "auditor")


def lines(client: FlaskClient, address: str) -> list[tuple[str, str, str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    rows = html.fromstring(answer.text).xpath("//tbody/tr")
    return [tuple(cell.text_content() for cell in row) for row in rows]


def link(client: FlaskClient, address: str, way: str) -> str | None:
    found = html.fromstring(client.get(address).text).xpath(f"//a[@rel='{way}']/@href")
    return str(found[0]) if found else None


def test_page_by_page_every_line_is_seen_once_and_the_way_back_is_the_same(auditor: FlaskClient) -> None:
    """Of one action, since reading the log adds lines of another."""
    address: str | None = "/audit?action=view+page&to=2026-03-31"
    pages = []
    while address:
        pages.append([line[3] for line in lines(auditor, address)])
        last, address = address, link(auditor, address, "next")
    assert [each for page in pages for each in page] == [f"line {number}" for number in range(258, -1, -3)]
    everything, address = [], "/audit?to=2026-03-31"
    while address:
        everything.append(lines(auditor, address))
        last, address = address, link(auditor, address, "next")
    assert [len(page) for page in everything] == [LINES, LINES, 260 - 2 * LINES]
    back = link(auditor, last, "prev")
    assert back is not None
    assert lines(auditor, back) == everything[1]
    back = link(auditor, back, "prev")
    assert back is not None
    assert lines(auditor, back) == everything[0]
    assert link(auditor, back, "prev") is None


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ({"reader": "ann", "to": "2026-03-31"}, 65),
        ({"reader": "ann*", "to": "2026-03-05"}, 54),
        ({"reader": "eve_100%", "action": "refused"}, 22),
        ({"reader": "eve?100%"}, 0),
        ({"reader": "%*"}, 0),
        ({"from": "2026-03-02", "to": "2026-03-02"}, 24),
        ({"action": "no such thing"}, 0),
        ({"reader": "<i>kim</i>", "from": "2026-03-02", "to": "2026-03-02"}, 6),
    ],
)
def test_what_is_sought_is_what_is_found_and_stands_in_the_form(
    auditor: FlaskClient, sought: dict[str, str], found: int
) -> None:
    address = f"/audit?{urlencode(sought)}"
    assert len(lines(auditor, address)) == found
    page = auditor.get(address).text
    form = html.fromstring(page).xpath("//form[@action='/audit']")[0]
    assert form.get("method") == "get"
    shown = dict(form.form_values())
    assert {name: value for name, value in shown.items() if value} == sought
    for field in form.xpath(".//input | .//select"):
        assert form.xpath(f".//label[@for='{field.get('id')}']"), "every control has its label"
    assert "<i>kim" not in page


def test_a_day_that_is_none_is_told_beside_its_field_and_nothing_is_shown(auditor: FlaskClient) -> None:
    for search, field in (("from=soon", "from"), ("from=2026-03-05&to=2026-03-01", "to")):
        answer = auditor.get(f"/audit?{search}")
        tree = html.fromstring(answer.text)
        assert answer.status_code == 400
        assert not tree.xpath("//tbody")
        [control] = tree.xpath("//*[@aria-invalid='true']")
        assert control.get("id") == field
        [words] = tree.xpath(f"//*[@id='{control.get('aria-describedby')}']/text()")
        assert tree.xpath(f"//*[@role='alert']//a[@href='#{field}' and text()=$words]", words=words)
        assert tree.xpath("//title/text()")[0].startswith("Mistake: ")
    for strange in ("before=x", "after=99999999999999999999", "from=0001-01-01&to=9999-12-31", "reader=%00%0a"):
        assert auditor.get(f"/audit?{strange}").status_code == 200


def test_looking_is_on_record_with_what_was_sought_and_for_auditors_alone(app: Flask, auditor: FlaskClient) -> None:
    auditor.get("/audit?reader=ann&from=2026-03-02")
    with app.app_context():
        [line] = audit_entries(limit=1)
        assert (line.action, line.detail) == ("view audit log", "reader ann, from 2026-03-02")
        audit("ann", "view page", "still a chain")
    for role in ("training_manager", "department_head", "analyst"):
        assert sign_in(app, role).get("/audit?reader=ann").status_code == 403
    assert sign_in(app, "administrator").get("/audit?reader=ann").status_code == 200


@pytest.mark.parametrize(("language", "words"), [("cy", "Cofnodion"), ("fr", "Entrées plus anciennes")])
def test_it_speaks_the_readers_language(auditor: FlaskClient, language: str, words: str) -> None:
    page = auditor.get("/audit?to=2026-03-31", headers={"Accept-Language": language}).text
    assert words in page
    for english in ("Older entries", "From day", "Did what", "Anything", "Entries from"):
        assert english not in page
