"""Sign in to the dashboard as a test client, call its one callback, and read the figures that a page shows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from analytics_dash.releases import Role, Scope
from analytics_dash.releases.access import Caller, open_session
from analytics_dash.reports.csv import ALL

PLACES = ("department_group", "team", "grade_band", "profession", "nation")
LEARNING = ("measure", "lesson", "step", "item", "option")
COORDINATES = ("indicator", "view", "month", "department", "arm", *PLACES, *LEARNING, "part")
PAGES = ("", "trained", "learning", "use", "safety", "equity", "cost", "changes", "protection")
Figure = tuple[str | None, ...]


def token(page: str) -> str:
    """The CSRF token in a page's first form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def sign_in(app: Flask, reader: str) -> FlaskClient:
    """A client with a session of `training_manager`, `department_head` or `auditor`."""
    client = app.test_client()
    page = client.get("/sign-in").text
    answer = client.post("/sign-in", data={"csrf_token": token(page), "reader": reader})
    assert answer.status_code == 302
    return client


def person(app: Flask, role: Role, department: str | None = None) -> FlaskClient:
    """A client with a session of this role, as an identity provider's answer would have opened it."""
    client = app.test_client()
    with app.app_context():
        key = open_session(Caller(f"test-{role}", Scope(role, department)), hours=1)
    with client.session_transaction() as session:
        session["key"] = key
    return client


def call_back(client: FlaskClient, search: str, shown: str | None = "-", *, page: str = "") -> Any:
    """What the browser posts when the address of `page` has changed to `search`."""
    outputs = [("status", "children"), ("view", "children"), ("shown", "data")]
    return client.post(
        "/_dash-update-component",
        json={
            "output": ".." + "...".join(".".join(output) for output in outputs) + "..",
            "outputs": [{"id": name, "property": prop} for name, prop in outputs],
            "inputs": [{"id": "url", "property": "search", "value": search}],
            "changedPropIds": ["url.search"],
            "state": [
                {"id": "url", "property": "pathname", "value": f"/{page}"},
                {"id": "shown", "property": "data", "value": shown},
            ],
        },
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.figures: dict[Figure, set[str]] = {}
        self.open: Figure | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if "data-part" in known:
            self.open = tuple(known.get(attribute(name)) for name in COORDINATES)

    def handle_data(self, data: str) -> None:
        if self.open is not None:
            self.figures.setdefault(self.open, set()).add(plain(data))
            self.open = None


def figures_in_html(page: str) -> dict[Figure, set[str]]:
    """Each figure of the page by its coordinates: (indicator, view, month, department, arm, part) → texts."""
    reader = _Reader()
    reader.feed(page)
    return reader.figures


def figures_in_json(node: Any) -> Iterator[tuple[Figure, str]]:
    """The same from a layout or a callback's response."""
    if isinstance(node, list):
        for child in node:
            yield from figures_in_json(child)
    elif isinstance(node, dict):
        if "data-part" in node:
            yield tuple(node.get(attribute(name)) for name in COORDINATES), plain(str(node["children"]))
        for child in node.values():
            yield from figures_in_json(child)


def plain(text: str) -> str:
    """A figure as a program reads it, without its language's signs: at most two decimals, so `,123` is a thousand."""
    grouped = re.sub(r"(?<=\d)[\u202f\u00a0,](?=\d{3}(?!\d))", "", text.replace("−", "-"))
    return re.sub(r"(?<=\d),(?=\d{1,2}$)", ".", grouped)


def attribute(name: str) -> str:
    """The attribute that holds a coordinate."""
    return f"data-{name.replace('_', '-')}"


def figures_in_csv(text: str) -> dict[Figure, str]:
    """The same from an export; a dimension that a row does not have (`All`, `[z]`) is None, as on the page."""
    found = {}
    for row in csv.DictReader(io.StringIO(text)):
        place = [None if row.get(name, ALL) in {ALL, "[z]"} else row[name] for name in COORDINATES[:-1]]
        parts = ("numerator", "denominator", "value", "low", "high")
        found |= {(*place, part): row[part] for part in parts if part in row}
    return found
