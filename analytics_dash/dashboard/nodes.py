"""The elements that a page is made of, as plain values in the form that Dash sends them to the browser.

Dash's Python components check every property of every element, and are asked for all of them again when they are
written: for a table of fifty departments that was most of a page's time. A test lets Dash build every page from its own
components instead, and compares. Called by `page` and its parts as `html`; `prerender` writes the same nodes as HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

Node = dict[str, Any]
"""`type`, `namespace` and `props`, of which `children` is a text, a number, a node, a list of these, or None."""

HTML: Final = "dash_html_components"
CORE: Final = "dash_core_components"
WITHOUT_WORDS: Final = frozenset({"Location", "Store"})
"""Dash's own components that show nothing."""


def _element(kind: str) -> Callable[..., Node]:
    def make(children: Any = None, **props: Any) -> Node:
        props["children"] = children
        return {"type": kind, "namespace": HTML, "props": props}

    return make


def _component(kind: str) -> Callable[..., Node]:
    def make(**props: Any) -> Node:
        return {"type": kind, "namespace": CORE, "props": props}

    return make


A: Final = _element("A")
Caption: Final = _element("Caption")
Details: Final = _element("Details")
Div: Final = _element("Div")
Figcaption: Final = _element("Figcaption")
Figure: Final = _element("Figure")
H2: Final = _element("H2")
H3: Final = _element("H3")
Li: Final = _element("Li")
Nav: Final = _element("Nav")
Ol: Final = _element("Ol")
P: Final = _element("P")
Pre: Final = _element("Pre")
Section: Final = _element("Section")
Span: Final = _element("Span")
Summary: Final = _element("Summary")
Table: Final = _element("Table")
Tbody: Final = _element("Tbody")
Td: Final = _element("Td")
Th: Final = _element("Th")
Thead: Final = _element("Thead")
Tr: Final = _element("Tr")
Ul: Final = _element("Ul")

Graph: Final = _component("Graph")
Location: Final = _component("Location")
Store: Final = _component("Store")
