"""The page's one callback: the reader chose something else, or went back, and what is shown follows the address.

Dash tells the browser of it. The answer is made here and not by Dash's dispatcher, which writes a tree anew for each
reader: a page that was drawn already is kept as bytes. Called by `app`.
"""

from __future__ import annotations

from typing import Final

from dash import Dash, Input, Output, State
from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest

from analytics_dash.dashboard import address, kept_pages, page, signin
from analytics_dash.dashboard.view import read_view, record
from analytics_dash.i18n import _

ENDPOINT: Final = "/_dash-update-component"


def init_following(app: Flask, dashboard: Dash) -> None:
    """Declare the callback to Dash, and answer it."""
    outputs = [Output("status", "children"), Output("view", "children"), Output("shown", "data")]
    asked_with = [Input("url", "search"), State("url", "pathname"), State("shown", "data")]
    dashboard.callback(outputs, *asked_with)(_follow)
    (declared,) = dashboard.callback_map
    app.view_functions[ENDPOINT] = lambda: _answer(declared)


def _answer(declared: str) -> Response:
    """Follow what the browser says; a body that no page of ours sends is the sender's mistake."""
    match request.get_json(silent=True):
        case {
            "output": output,
            "inputs": [{"value": (str() | None) as search}],
            "state": [{"value": (str() | None) as path}, {"value": (str() | None) as shown}],
        } if output == declared:
            return _follow(search, path, shown)
    raise BadRequest(_("This is not what a page of this dashboard asks. Reload the page."))


def _follow(search: str | None, path: str | None, shown: str | None) -> Response:
    view = read_view(signin.reader().scope, address.of(path, search))
    if page.choice(view) == shown:
        return Response(status=204)
    record("update", view)
    return Response(kept_pages.change(view), mimetype="application/json")
