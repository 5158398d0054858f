"""YAML as texts, lists and maps that know their line; the only place that touches PyYAML.

PyYAML's safe composer runs only after its events have been looked at: no anchors, aliases, tags or second documents,
and few levels, so that a small text cannot grow large. A scalar stays the text that was written: `title: No` is the
word "No" and not false. `front_matter` reads the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import yaml

from xblock_ai_tutor.lesson.characters import unusable
from xblock_ai_tutor.lesson.report import Report, shortened

MAX_DEPTH: Final = 4
MAX_LENGTH: Final = 20_000  # characters
_QUOTE_CURE: Final = (
    'Write “name: value”; put the value in "double quotes" if it holds a colon, a # or a quotation mark.'
)

# What PyYAML says, as an author meets it: a sign in its message or in what it was doing, then cause and cure.
_KNOWN: Final = (
    ("'\\t'", "There is a tab here.", "Use spaces in the front matter: two for each level."),
    ("mapping values are not allowed", "This line has a second colon, or starts too far to the right.", _QUOTE_CURE),
    (
        "while scanning a quoted scalar",
        "The quotation mark here is never closed.",
        'Close it at the end of the value, or put the whole value in "double quotes" if it holds an apostrophe.',
    ),
    (
        "but found '<scalar>'",
        "This value goes on after its closing quotation mark.",
        'Put the whole value in "double quotes".',
    ),
    ("unknown escape character", "A backslash in double quotes has a meaning of its own.", "Write it twice: \\\\."),
    ("while scanning a simple key", "This line has no colon, so it gives a value to no name.", _QUOTE_CURE),
    (
        "while parsing a block mapping",
        "This line does not stand below the one before it.",
        "Start the names of one group in the same column, and what belongs to a name two spaces further right.",
    ),
    (
        "while parsing a block collection",
        "This line is no item of the list above it.",
        "Start each item with “- ” in the same column, or move the next name back to the left.",
    ),
    ("while parsing a flow", "The bracket here is never closed.", "Write [a, b, c], or each item on a line: “- …”."),
    ("cannot start any token", "A value cannot start with this character.", 'Put the value in "double quotes".'),
)


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as written, spaces made single, and its 1-based line in the file."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class List:
    """A list and the line on which it starts."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Map:
    """Names with their values, and the line on which the first stands."""

    entries: Mapping[str, Node]
    line: int


Node = Text | List | Map


def kind(node: Node) -> str:
    """What a node is, in the words of a message."""
    return {Text: "a text", List: "a list", Map: "a group of names"}[type(node)]


def read(text: str, above: int, report: Report) -> Map | None:
    """The YAML as a map. `above` is how many lines of the file come before it. None after a problem that stops it."""
    if len(text) > MAX_LENGTH:
        report.add(
            above,
            f"The front matter has {len(text):,} characters; the limit is {MAX_LENGTH:,}.",
            "Move what learners read into a :::reading directive.",
        )
        return None
    try:
        if not _is_plain(text, above, report):
            return None
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        report.add(above + _line_of(error), *_told(error))
        return None
    except (ValueError, OverflowError):  # an escape such as "\U99999999" that names no character
        report.add(above, "The front matter holds an escape that stands for no character.", "Look for \\x, \\u or \\U.")
        return None
    if not isinstance(node, yaml.MappingNode):
        report.add(above, "The front matter holds no “name: value” lines.", "Write at least id:, title: and minutes:.")
        return None
    return _map(node, above, report)


def _is_plain(text: str, above: int, report: Report) -> bool:
    """Whether the YAML is only texts, lists and maps, a few levels deep. Reads events: nothing is built yet."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = above + (event.start_mark.line + 1 if event.start_mark else 0)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            cause, cure = "Anchors (&) and aliases (*) are not allowed.", "Write the value out, or put it in quotes."
        elif getattr(event, "tag", None):
            cause, cure = "A tag (!) is not allowed.", "Remove it, or put the value in quotes."
        elif isinstance(event, yaml.DocumentStartEvent) and (event.explicit or documents):
            cause, cure = "The front matter is divided in two.", "Keep one part between the two lines ---."
        elif isinstance(event, yaml.CollectionStartEvent) and depth == MAX_DEPTH:
            cause, cure = "The front matter is nested too deeply.", f"Use at most {MAX_DEPTH} levels."
        else:
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            documents += isinstance(event, yaml.DocumentStartEvent)
            continue
        report.add(line, cause, cure)
        return False
    return True


def _line_of(error: yaml.YAMLError) -> int:
    """The 1-based line within the YAML to name: where an unfinished text starts, else where reading stopped."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return 0
    unfinished = (error.context or "").startswith(("while scanning", "while parsing a flow"))
    mark = (error.context_mark if unfinished else None) or error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 0


def _told(error: yaml.YAMLError) -> tuple[str, str]:
    """Cause and cure in an author's words; PyYAML's own where it says something that we have not met."""
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it is not YAML")
    during = str(getattr(error, "context", None) or "")
    for sign, cause, cure in _KNOWN:
        if sign in said or sign in during:
            return cause, cure
    return f"The front matter cannot be read here: {shortened(said, 120)}.", _QUOTE_CURE


def _node(node: yaml.Node, above: int, report: Report) -> Node:
    line = above + node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return List(tuple(_node(one, above, report) for one in node.value), line)
    if isinstance(node, yaml.MappingNode):
        return _map(node, above, report)
    if node.tag == "tag:yaml.org,2002:null":
        return Text("", line)
    if found := unusable(node.value):
        report.add(line, f"There is an invisible character here ({found}).", "Remove the escape that stands for it.")
        return Text("", line)
    return Text(" ".join(node.value.split()), line)


def _map(node: yaml.MappingNode, above: int, report: Report) -> Map:
    entries: dict[str, Node] = {}
    for key, value in node.value:
        line = above + key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            report.add(line, "A name in the front matter is not plain text.", "Write “name: value”.")
        elif key.value in entries:
            report.add(line, f"{shortened(key.value)} is given twice.", "Keep one of the two.")
        else:
            entries[key.value] = _node(value, above, report)
    return Map(entries, above + node.start_mark.line + 1)
