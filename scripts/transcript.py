"""What a screen reader is given on a page, one line for each thing that it says: Chromium's accessibility tree, read
from top to bottom.

A line names what it is ("Heading 2", "Row", "Picture") and says its words; a cell is said with its column, as readers
do. Called by `screenshots`, which keeps them in docs, and by the browser's tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

Node = Mapping[str, Any]

LANDMARKS: Final = {
    "banner": "Header of the page",
    "navigation": "Navigation",
    "main": "Main part",
    "contentinfo": "Footer of the page",
    "region": "Region",
    "complementary": "Aside",
}
CONTROLS: Final = {
    "button": "Button",
    "combobox": "Choice",
    "checkbox": "Tick box",
    "radio": "One of several",
    "textbox": "Field",
    "DisclosureTriangle": "Unfolds",
    "progressbar": "Progress",
}
TEXTS: Final = {"paragraph": "Text", "listitem": "Item", "caption": "Caption", "status": "Status", "alert": "Alert"}
WORDS: Final = {"link", "StaticText", "strong", "emphasis", "code", "time", "abbr", "mark", "subscript", "superscript"}
"""What stands within a line of text."""


def transcript(page: Any) -> list[str]:
    """The lines of a Playwright page of Chromium, as it stands: what is folded is not said."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return list(_Reading(nodes).lines())


class _Reading:
    def __init__(self, nodes: list[Node]) -> None:
        self._by_id = {node["nodeId"]: node for node in nodes}
        self._root = nodes[0]

    def lines(self) -> Iterator[str]:
        yield f"Page: {_name(self._root)}"
        yield from self._said(self._children(self._root))

    def _children(self, node: Node) -> list[Node]:
        """The children that count: an ignored node's own stand in its place."""
        found: list[Node] = []
        for each in (self._by_id[key] for key in node.get("childIds", ()) if key in self._by_id):
            if each["ignored"] or _role(each) in {"generic", "none", "LayoutTable", "ListMarker", "group", "Details"}:
                found += self._children(each)
            elif _role(each) not in {"InlineTextBox", "LineBreak"}:
                found.append(each)
        return found

    def _said(self, nodes: list[Node]) -> Iterator[str]:
        """The lines of what stands after each other; text that is in no paragraph is one line."""
        run: list[str] = []
        for node in nodes:
            if _role(node) in WORDS:
                run.append(self._words(node))
                continue
            if run:
                yield f"Text: {_joined(run)}"
                run = []
            yield from self._one(node)
        if run:
            yield f"Text: {_joined(run)}"

    def _one(self, node: Node) -> Iterator[str]:
        role, name, inside = _role(node), _name(node), self._children(node)
        if role in LANDMARKS:
            yield f"{LANDMARKS[role]}{f': {name}' if name else ''}"
            yield from self._said(inside)
        elif role == "heading":
            yield f"Heading {_property(node, 'level')}: {name}"
        elif role in CONTROLS:
            value = node.get("value", {}).get("value", "")
            yield f"{CONTROLS[role]}: {name}{f', now: {value}' if value not in ('', name) else ''}{_described(node)}"
        elif role in TEXTS and inside and all(_role(each) in WORDS for each in inside):
            yield f"{TEXTS[role]}: {_joined([self._words(each) for each in inside])}"
        elif role in {"image", "img"}:
            yield f"Picture: {name}{_described(node)}"
        elif role in {"table", "grid"}:
            yield from self._table(node)
        else:
            yield from self._said(inside)

    def _words(self, node: Node) -> str:
        if _role(node) == "link":
            return f"{_name(node)} (link)"
        inside = self._children(node)
        return _joined([self._words(each) for each in inside]) if inside else _name(node)

    def _table(self, table: Node) -> Iterator[str]:
        rows = [each for each in self._within(table) if _role(each) == "row"]
        heads: list[str] = []
        yield f"Table: {_name(table)}{_described(table)}"
        for row in rows:
            cells = self._children(row)
            texts = [self._cell(each) for each in cells]
            if all(_role(each) == "columnheader" for each in cells):
                heads = texts
                yield f"Columns: {'; '.join(heads)}"
                continue
            told = [
                text if _role(cell) == "rowheader" or number >= len(heads) else f"{heads[number]}: {text}"
                for number, (cell, text) in enumerate(zip(cells, texts, strict=True))
            ]
            yield f"Row: {('; ' if heads else ': ').join(told)}"

    def _within(self, node: Node) -> Iterator[Node]:
        for each in self._children(node):
            yield each
            if _role(each) != "row":
                yield from self._within(each)

    def _cell(self, node: Node) -> str:
        return _joined([self._words(each) for each in self._children(node)]) or "(empty)"


def _role(node: Node) -> str:
    return str(node.get("role", {}).get("value", ""))


def _name(node: Node) -> str:
    return " ".join(str(node.get("name", {}).get("value", "")).split())


def _described(node: Node) -> str:
    text = " ".join(str(node.get("description", {}).get("value", "")).split())
    return f" – {text}" if text else ""


def _property(node: Node, name: str) -> Any:
    return next((each["value"].get("value") for each in node.get("properties", ()) if each["name"] == name), "")


def _joined(parts: list[str]) -> str:
    return " ".join(" ".join(parts).split())
