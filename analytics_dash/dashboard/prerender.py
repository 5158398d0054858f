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


def to_html(node: Any) -> Markup:
    """Render text, numbers, lists and `dash.html` components; raises `DashboardError` on what it does not know."""
    if node is None:
        return Markup()
    if isinstance(node, str | int | float):
        return escape(node)
    if isinstance(node, list | tuple):
        return Markup().join(to_html(child) for child in node)
    if isinstance(node, dcc.Location | dcc.Store):
        return Markup()
    if isinstance(node, dcc.Graph):
        height = getattr(node, "figure")["layout"]["height"]  # noqa: B009 - components declare no attributes
        return Markup('<div class="chart-skeleton" style="height: {}px"></div>').format(height)
    if isinstance(node, Component) and type(node).__module__.startswith(html.__name__):
        return _element(node)
    raise DashboardError(f"A page holds a {type(node).__name__}, which has no plain HTML form.")


def _element(node: Component) -> Markup:
    tag = str(node.__class__.__name__).lower()
    props = dict(node.to_plotly_json()["props"])  # type: ignore[no-untyped-call]
    children = props.pop("children", None)
    opening = f"<{tag}{''.join(_attribute(name, value) for name, value in props.items())}>"
    inner = "" if tag in VOID else f"{to_html(children)}</{tag}>"
    return Markup(opening + inner)  # noqa: S704 - tag and names are Dash's, every text in it is escaped


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False or name in {"disable_n_clicks", "n_clicks", "key"}:
        return ""
    label = escape(RENAMED.get(name, name.lower()))
    return f" {label}" if value is True else f' {label}="{escape(value)}"'
