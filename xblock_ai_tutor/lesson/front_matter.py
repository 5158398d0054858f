"""The head of a lesson file: YAML between two lines of `---`, read into the lesson's own fields.

Only PyYAML's safe composer runs, and only after the events have been looked at: no anchors, aliases or tags, few levels.
Every scalar is taken as the text that was written, so `title: No` is the word "No" and not false.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from xblock_ai_tutor.lesson.activities.base import ID_CURE, Line, Report, is_id
from xblock_ai_tutor.lesson.model import Source, TutorPolicy

MAX_DEPTH: Final = 4
SUPPORT: Final = ("hints", "worked-example", "full-answer")
PRINCIPLES: Final = tuple(f"P{number}" for number in range(1, 11))
DEFAULT_PERSONA: Final = "A patient tutor who stays within this lesson and asks more than it tells."
DEFAULT_GREETING: Final = "Ask me about this lesson. I can give hints and point to the part that helps."

_EXAMPLE: Final = "---\nid: my-lesson\ntitle: My lesson\nminutes: 20\n---"
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LINK: Final = re.compile(r"https://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?:[/?#]\S*)?")


def split(lines: tuple[Line, ...], report: Report) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The lines of the head with both `---`, and the rest. Without a head, the head is empty."""
    if lines[0].text.rstrip() != "---":
        report.add(
            1,
            "The lesson does not start with front matter.",
            "Start the file with a line ---, then the lines id:, title: and minutes:, then a line ---.",
        )
        return (), lines
    for position, line in enumerate(lines[1:], 1):
        if line.text.rstrip() == "---":
            return lines[: position + 1], lines[position + 1 :]
    report.add(1, "The front matter is never closed.", "Put a line --- after its last line.")
    return (), ()


@dataclass(frozen=True, slots=True)
class _Text:
    """A YAML scalar as written, with its 1-based line in the file."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class _List:
    items: tuple[_Text | _List | _Map, ...]
    line: int


@dataclass(frozen=True, slots=True)
class _Map:
    entries: Mapping[str, _Text | _List | _Map]
    line: int


_Node = _Text | _List | _Map


def read(head: tuple[Line, ...], report: Report) -> dict[str, Any] | None:
    """The fields of a `Lesson` that come from the head; None when there is no head or it cannot be read."""
    if not head:
        return None
    tree = _tree("\n".join(line.text for line in head[1:-1]), head[0].number, report)
    if tree is None:
        return None
    _check_keys(tree, tuple(_FIELDS), "the front matter", report)
    fields = {name: reader(tree.entries.get(name), tree.line, report) for name, reader in _FIELDS.items()}
    if fields["principles"] and not fields["principles_edition"]:
        report.add(
            _line(tree.entries.get("principles"), tree.line),
            "The principles are listed without saying from which edition.",
            "Add principles_edition: and the name and date of the AI Playbook that they come from.",
        )
    return fields


def _tree(text: str, above: int, report: Report) -> _Map | None:
    """The YAML as records with line numbers; `above` is how many lines of the file come before it."""
    try:
        if not _is_plain(text, above, report):
            return None
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = above + mark.line + 1 if mark is not None else above
        said = getattr(error, "problem", None) or "it is not YAML"
        report.add(
            line,
            f"The front matter cannot be read here: {said}.",
            'Write “name: value”; put the value in "double quotes" if it holds a colon, a # or a quotation mark.',
        )
        return None
    if not isinstance(node, yaml.MappingNode):
        report.add(above, "The front matter holds no “name: value” lines.", f"Write at least: {_EXAMPLE!r}")
        return None
    tree = _plain(node, above, report)
    return tree if isinstance(tree, _Map) else None


def _is_plain(text: str, above: int, report: Report) -> bool:
    """Whether the YAML is only texts, lists and maps, a few levels deep. Looks at events, so nothing is built yet."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = above + event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            report.add(
                line, "Anchors (&) and aliases (*) are not allowed.", "Write the value out, or put it in quotes."
            )
            return False
        if getattr(event, "tag", None):
            report.add(line, "A tag (!) is not allowed.", "Remove it, or put the value in quotes.")
            return False
        if isinstance(event, yaml.DocumentStartEvent) and event.explicit:
            report.add(line, "The front matter is divided into documents.", "Keep one part between the two lines ---.")
            return False
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            report.add(line, "The front matter is nested too deeply.", f"Use at most {MAX_DEPTH} levels.")
            return False
    return True


def _plain(node: yaml.Node, above: int, report: Report) -> _Node:
    line = above + node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return _List(tuple(_plain(one, above, report) for one in node.value), line)
    if isinstance(node, yaml.MappingNode):
        entries: dict[str, _Node] = {}
        for key, value in node.value:
            key_line = above + key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                report.add(key_line, "A name in the front matter is not plain text.", "Write “name: value”.")
            elif key.value in entries:
                report.add(key_line, f"{key.value} is given twice.", "Keep one of the two.")
            else:
                entries[key.value] = _plain(value, above, report)
        return _Map(entries, line)
    null = node.tag == "tag:yaml.org,2002:null"
    return _Text("" if null else str(node.value).strip(), line)


def _line(node: _Node | None, otherwise: int) -> int:
    return otherwise if node is None else node.line


def _check_keys(found: _Map, known: tuple[str, ...], where: str, report: Report) -> None:
    for name, value in found.entries.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            report.add(value.line, f"“{name[:60]}” is not known in {where}.", f"Use {', '.join(known)}.{meant}")


def _text(
    name: str, *, default: str | None = None, fits: Callable[[str], bool] = bool, cure: str = ""
) -> Callable[[_Node | None, int, Report], str]:
    """A reader for a text. Without a default it is required."""

    def reader(node: _Node | None, line: int, report: Report) -> str:
        if node is None:
            if default is None:
                report.add(line, f"The front matter has no {name}.", f"Add a line {name}: … {cure}".rstrip())
            return default or ""
        if not isinstance(node, _Text):
            report.add(
                node.line, f"{name} must be a text, not {_kind(node)}.", f"Write {name}: and one value. {cure}".rstrip()
            )
        elif not node.text:
            report.add(node.line, f"{name} is empty.", f"Write a value after {name}: {cure}".rstrip())
        elif not fits(node.text):
            report.add(node.line, f"{name} cannot be “{node.text[:80]}”.", cure)
        else:
            return node.text
        return ""

    return reader


def _kind(node: _Node) -> str:
    return "a list" if isinstance(node, _List) else "a group of names" if isinstance(node, _Map) else "a text"


def _minutes(node: _Node | None, line: int, report: Report) -> int:
    cure = "Write a whole number from 1 to 600: how long the lesson takes."
    fits = lambda text: re.fullmatch(r"[0-9]{1,3}", text) is not None and 1 <= int(text) <= 600  # noqa: E731
    text = _text("minutes", fits=fits, cure=cure)(node, line, report)
    return int(text or 0)


def _list(
    name: str, *, of: Callable[[str], bool] = bool, cure: str = ""
) -> Callable[[_Node | None, int, Report], tuple[str, ...]]:
    """A reader for a list of texts; () when it is not there."""

    def reader(node: _Node | None, line: int, report: Report) -> tuple[str, ...]:  # noqa: ARG001  (one shape for readers)
        if node is None or node == _Text("", node.line):
            return ()
        if not isinstance(node, _List):
            report.add(
                node.line,
                f"{name} must be a list, not {_kind(node)}.",
                f"Write each on a line of its own below {name}: like “- …”.",
            )
            return ()
        found = []
        for item in node.items:
            if not isinstance(item, _Text) or not of(item.text):
                shown = f" “{item.text[:80]}”" if isinstance(item, _Text) else ""
                report.add(
                    item.line,
                    f"This item of {name}{shown} cannot be used.",
                    cure or "Write one text, in quotes if it holds a colon.",
                )
            elif item.text in found:
                report.add(item.line, f"“{item.text[:80]}” is in {name} twice.", "Keep one of the two.")
            else:
                found.append(item.text)
        return tuple(found)

    return reader


def _sources(node: _Node | None, line: int, report: Report) -> tuple[Source, ...]:
    """Each source is a text, or a map of title, supports and url."""
    if node is None or node == _Text("", node.line):
        return ()
    if not isinstance(node, _List):
        report.add(
            node.line, f"sources must be a list, not {_kind(node)}.", "Write each below sources: like “- title: …”."
        )
        return ()
    found = []
    for item in node.items:
        if isinstance(item, _Map):
            _check_keys(item, tuple(_SOURCE), "a source", report)
            found.append(
                Source(**{name: read(item.entries.get(name), item.line, report) for name, read in _SOURCE.items()})
            )
        else:
            found.append(Source(_SOURCE["title"](item, item.line, report)))
    return tuple(found)


def _tutor(node: _Node | None, line: int, report: Report) -> TutorPolicy:
    if node is not None and not isinstance(node, _Map):
        if node != _Text("", node.line):
            report.add(
                node.line,
                f"tutor must be a group of names, not {_kind(node)}.",
                f"Below tutor: write {', '.join(_TUTOR)}, indented.",
            )
        node = None
    entries = node.entries if node is not None else {}
    if node is not None:
        _check_keys(node, tuple(_TUTOR), "tutor", report)
    return TutorPolicy(
        **{name: reader(entries.get(name), _line(node, line), report) for name, reader in _TUTOR.items()}
    )


def _is_link(text: str) -> bool:
    return len(text) <= 500 and _LINK.fullmatch(text) is not None


_LINK_CURE: Final = "Write a whole address that starts with https://."
_SOURCE: Final = {
    "title": _text("title"),
    "supports": _text("supports", default=""),
    "url": _text("url", default="", fits=_is_link, cure=_LINK_CURE),
}
_TUTOR: Final = {
    "persona": _text("persona", default=DEFAULT_PERSONA),
    "support": _text("support", default="hints", fits=SUPPORT.__contains__, cure=f"Use {' or '.join(SUPPORT)}."),
    "greeting": _text("greeting", default=DEFAULT_GREETING),
}
_FIELDS: Final[Mapping[str, Callable[[_Node | None, int, Report], Any]]] = {
    "id": _text("id", fits=is_id, cure=ID_CURE),
    "title": _text("title"),
    "language": _text(
        "language",
        default="en",
        fits=lambda tag: _LANGUAGE.fullmatch(tag) is not None,
        cure="Use a tag such as en or cy.",
    ),
    "minutes": _minutes,
    "objectives": _list("objectives"),
    "principles": _list("principles", of=PRINCIPLES.__contains__, cure="Use P1 to P10, the AI Playbook's principles."),
    "principles_edition": _text("principles_edition", default=""),
    "sources": _sources,
    "links": _list("links", of=_is_link, cure=_LINK_CURE),
    "tutor": _tutor,
}
