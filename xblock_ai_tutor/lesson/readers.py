"""How a value in the front matter is read: a text, a list of texts, a group of names; each mistake at its line.

`front_matter` says which names there are and gives each one of these readers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xblock_ai_tutor.lesson.report import Report, did_you_mean, shortened
from xblock_ai_tutor.lesson.yaml_tree import List, Map, Node, Text, kind

# A reader takes the value (None when the name is not there), the line to name when it is missing, and the report.
Reader = Callable[[Node | None, int, Report], Any]


def fields_of(found: Map, readers: Mapping[str, Reader], where: str, line: int, report: Report) -> dict[str, Any]:
    """Every name read by its reader; names that nobody reads are problems."""
    for name, value in found.entries.items():
        if name not in readers:
            cure = f"Use {', '.join(readers)}.{did_you_mean(name, readers)}"
            report.add(value.line, f"“{shortened(name)}” is not known in {where}.", cure)
    return {name: reader(found.entries.get(name), line, report) for name, reader in readers.items()}


def text_of(name: str, fits: Callable[[str], object] = bool, cure: str = "", default: str | None = None) -> Reader:
    """A reader for a text. Without a default it is required."""

    def reader(node: Node | None, line: int, report: Report) -> str:
        match node:
            case None if default is not None:
                return default
            case None:
                report.add(line, f"The front matter has no {name}.", f"Add a line “{name}: …”. {cure}".rstrip())
            case Text(text="", line=at):
                report.add(at, f"{name} is empty.", f"Write a value after “{name}:”. {cure}".rstrip())
            case Text(text=text) if fits(text):
                return text
            case Text(text=text, line=at):
                report.add(at, f"{name} cannot be “{shortened(text)}”.", cure)
            case _:
                wanted = f"Write one value after “{name}:”, in quotes if it starts with a bracket. {cure}".rstrip()
                report.add(node.line, f"{name} must be a text, not {kind(node)}.", wanted)
        return ""

    return reader


def items_of(name: str, node: Node | None, report: Report) -> tuple[Node, ...]:
    """The items of a list; () when it is missing or empty."""
    match node:
        case None | Text(text=""):
            return ()
        case List(items=items):
            return items
    report.add(node.line, f"{name} must be a list, not {kind(node)}.", f"Below “{name}:” write each on a line: “- …”.")
    return ()


def list_of(name: str, fits: Callable[[str], object] = bool, cure: str = "Write one text a line.") -> Reader:
    """A reader for a list of texts, each once; () when it is not there."""

    def reader(node: Node | None, _line: int, report: Report) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for item in items_of(name, node, report):
            text = item.text if isinstance(item, Text) else ""
            if not text or not fits(text):
                shown = (
                    f"“{shortened(text)}”" if text else kind(item) if not isinstance(item, Text) else "an empty item"
                )
                report.add(item.line, f"{name} cannot hold {shown}.", f"{cure} Quote it if it holds a colon.")
            elif text in found:
                report.add(item.line, f"“{shortened(text)}” is in {name} twice.", "Keep one of the two.")
            else:
                found[text] = None
        return tuple(found)

    return reader
