"""What is sent as a page's tree is what Dash would make of its own components, each property checked by it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dash import dcc, html
from flask import Flask
from plotly.io.json import to_json_plotly

from analytics_dash.dashboard.nodes import CORE, HTML
from tests.support.dashboard import PAGES, call_back, sign_in

ROOMS = {HTML: html, CORE: dcc}


@pytest.mark.parametrize("reader", ["training_manager", "department_head"])
def test_dash_itself_would_write_every_page_so(app: Flask, reader: str) -> None:
    client, kinds = sign_in(app, reader), set[str]()
    for page in PAGES:
        sent = client.get("/_dash-layout", headers={"Referer": f"http://localhost/{page}"}).json
        assert json.loads(to_json_plotly(_built(sent, kinds))) == sent
        search = "" if reader == "department_head" else "?department="
        changed = call_back(client, search, page=page).json["response"]
        assert changed["view"]["children"] == sent["props"]["children"][3]["props"]["children"]
        assert changed["status"]["children"] == sent["props"]["children"][2]["props"]["children"]
    assert {"Graph", "Table", "Details", "Nav", "Ol"} <= kinds


def _built(node: Any, kinds: set[str]) -> Any:
    """The same tree of Dash's components, which refuse a property that an element does not have."""
    if isinstance(node, list):
        return [_built(child, kinds) for child in node]
    if not isinstance(node, dict):
        return node
    kinds.add(node["type"])
    props = dict(node["props"])
    children = {"children": _built(props.pop("children"), kinds)} if "children" in props else {}
    return getattr(ROOMS[node["namespace"]], node["type"])(**children, **props)
