"""A page's nodes as plain HTML, so that its words and tables are there before any script has run.

`app` puts the result into the first response; React then draws the same tree and takes its place. Charts need Plotly
in the browser: here each is an empty box of the same size with the same name.
"""

from __future__ import annotations

from typing import Any, Final

from markupsafe import Markup, escape

from analytics_dash.dashboard.errors import DashboardError
from analytics_dash.dashboard.nodes import HTML, WITHOUT_WORDS, Node

VOID: Final = frozenset({"br", "hr", "img", "input"})
RENAMED: Final = {"className": "class", "htmlFor": "for"}


def to_html(node: Any) -> Markup:
    """Render text, numbers, lists and nodes; raises `DashboardError` on what it does not know."""
    written: list[str] = []
    _write(node, written)
    return Markup("".join(written))  # noqa: S704 - tags and names are ours, every text in it is escaped


def _write(node: Any, written: list[str]) -> None:
    if node is None:
        return
    if isinstance(node, str | int | float):
        written.append(escape(node))
    elif isinstance(node, list | tuple):
        for child in node:
            _write(child, written)
    elif isinstance(node, dict) and node.get("namespace") == HTML:
        _element(node, written)
    elif isinstance(node, dict) and node.get("type") == "Graph":
        height = node["props"]["figure"]["layout"]["height"]
        written.append(f'<div class="chart-skeleton" style="height: {int(height)}px"></div>')
    elif not isinstance(node, dict) or node.get("type") not in WITHOUT_WORDS:
        raise DashboardError(f"A page holds {_name(node)}, which has no plain HTML form.")


def _element(node: Node, written: list[str]) -> None:
    tag, given = node["type"].lower(), node["props"]
    attributes = "".join([_attribute(name, value) for name, value in given.items() if name != "children"])
    written.append(f"<{tag}{attributes}>")
    if tag not in VOID:
        _write(given["children"], written)
        written.append(f"</{tag}>")


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    label = RENAMED.get(name) or name.lower()
    return f" {label}" if value is True else f' {label}="{escape(value)}"'


def _name(node: Any) -> str:
    return f"a {node.get('type')}" if isinstance(node, dict) else f"a {type(node).__name__}"
