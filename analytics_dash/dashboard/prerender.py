"""Dash components as plain HTML, so that a page's words and tables are there before any script has run.

`app.py` puts the result into the first response; React then draws the same tree and takes its place. Charts need
Plotly in the browser: here each is an empty box of the same size with the same name.
"""

from __future__ import annotations

from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component
from markupsafe import Markup, escape

from analytics_dash.dashboard.errors import DashboardError

VOID: Final = frozenset({"br", "hr", "img", "input"})
RENAMED: Final = {
    "className": "class",
    "htmlFor": "for",
    "colSpan": "colspan",
    "rowSpan": "rowspan",
    "tabIndex": "tabindex",
}


OWN: Final = frozenset(vars(html.Div())) - {"children"}
"""What a component carries beside its properties. Dash's own `to_plotly_json` asks for every property that an element
could have, which took half of the time of a page."""
UNSAID: Final = frozenset({"disable_n_clicks", "n_clicks", "key"})


def to_html(node: Any) -> Markup:
    """Render text, numbers, lists and `dash.html` components; raises `DashboardError` on what it does not know."""
    written: list[str] = []
    _write(node, written)
    return Markup("".join(written))  # noqa: S704 - tags and names are Dash's, every text in it is escaped


def _write(node: Any, written: list[str]) -> None:
    if node is None or isinstance(node, dcc.Location | dcc.Store):
        return
    if isinstance(node, str | int | float):
        written.append(escape(node))
    elif isinstance(node, list | tuple):
        for child in node:
            _write(child, written)
    elif isinstance(node, dcc.Graph):
        height = getattr(node, "figure")["layout"]["height"]  # noqa: B009 - components declare no attributes
        written.append(f'<div class="chart-skeleton" style="height: {int(height)}px"></div>')
    elif isinstance(node, Component) and type(node).__module__.startswith(html.__name__):
        _element(node, written)
    else:
        raise DashboardError(f"A page holds a {type(node).__name__}, which has no plain HTML form.")


def _element(node: Component, written: list[str]) -> None:
    tag = type(node).__name__.lower()
    given = {name: value for name, value in vars(node).items() if name not in OWN}
    children = given.pop("children", None)
    attributes = "".join(_attribute(name, given[name]) for name in sorted(given))  # Dash keeps them in no order
    written.append(f"<{tag}{attributes}>")
    if tag not in VOID:
        _write(children, written)
        written.append(f"</{tag}>")


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False or name in UNSAID:
        return ""
    label = RENAMED.get(name) or name.lower()
    return f" {label}" if value is True else f' {label}="{escape(value)}"'
