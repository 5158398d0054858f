"""The head of a lesson file, between two lines of `---`: which names it has, and what each may hold.

`yaml_tree` reads the YAML, `readers` its values; here each name has one reader. `document` puts the result into the
`Lesson`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from xblock_ai_tutor.lesson import yaml_tree
from xblock_ai_tutor.lesson.model import Source, Term, TestForm, TutorPolicy
from xblock_ai_tutor.lesson.readers import Reader, fields_of, items_of, list_of, text_of
from xblock_ai_tutor.lesson.report import ID_CURE, Line, Report, is_id, shortened
from xblock_ai_tutor.lesson.yaml_tree import Map, Node, Text, kind

SUPPORT: Final = ("hints", "worked-example", "full-answer")
FIRST_REPLY: Final = ("question", "answer")
STATUS: Final = ("machine-drafted", "reviewed")
FORMS: Final = ("pre", "post", "delayed")
PRINCIPLES: Final = tuple(f"P{number}" for number in range(1, 11))
DEFAULT_PERSONA: Final = "A patient tutor who stays within this lesson and asks more than it tells."
DEFAULT_GREETING: Final = "Ask me about this lesson. I can give hints and point to the part that helps."

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LINK: Final = re.compile(r"https://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?:[/?#][!-;=?-_a-~]*)?")
_VERSION: Final = re.compile(r"[0-9a-f]{12}")
_MINUTES: Final = re.compile(r"[1-9][0-9]?|[1-5][0-9]{2}|600")


def split(lines: tuple[Line, ...], report: Report) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The lines of the head with both `---`, and the rest. Without a head, the head is empty."""
    if lines[0].text.rstrip() != "---":
        report.add(
            1,
            "The lesson does not start with front matter.",
            "Start the file with a line ---, then lines with id:, title: and minutes:, then a line ---.",
        )
        return (), lines
    for position, line in enumerate(lines[1:], 1):
        if line.text.rstrip() == "---":
            return lines[: position + 1], lines[position + 1 :]
    report.add(1, "The front matter is never closed.", "Put a line --- after its last line.")
    return (), ()


def read(head: tuple[Line, ...], report: Report) -> dict[str, Any]:
    """The fields of a `Lesson` that come from the head; {} when there is none or it cannot be read."""
    tree = yaml_tree.read("\n".join(line.text for line in head[1:-1]), 1, report) if head else None
    if tree is None:
        return {}
    fields = fields_of(tree, _FIELDS, "the front matter", 1, report)
    if fields["principles"] and not fields["principles_edition"]:
        report.add(
            tree.entries["principles"].line,
            "The principles are listed without saying from which edition.",
            "Add principles_edition: with the name and date of the playbook that they come from.",
        )
    stated = fields["objectives"]
    fields["objectives"] = tuple(stated)
    fields["outcomes"] = {name: text for text, name in stated.items() if name}
    return fields


def _minutes(node: Node | None, line: int, report: Report) -> int:
    read_text = text_of("minutes", _MINUTES.fullmatch, "It is a whole number from 1 to 600: how long the lesson takes.")
    return int(read_text(node, line, report) or 0)


def _objectives(node: Node | None, _line: int, report: Report) -> dict[str, str]:
    """{text: id}: each objective is a text, or `id: text`; the id is "" where it has none."""
    found: dict[str, str] = {}
    for item in items_of("objectives", node, report):
        name, text = "", item.text if isinstance(item, Text) else ""
        if isinstance(item, Map) and len(item.entries) == 1:
            ((name, value),) = item.entries.items()
            text = value.text if isinstance(value, Text) else ""
            if not is_id(name):
                cure = f"{ID_CURE} Or put the whole objective in quotes, if the colon is part of it."
                report.add(item.line, f"The id “{shortened(name)}” cannot be used.", cure)
        if not text:
            shown = kind(item) if not isinstance(item, Text) else "an empty item"
            report.add(item.line, f"objectives cannot hold {shown}.", "Write “- text” or “- id: text”.")
        elif text in found or (name and name in found.values()):
            report.add(item.line, f"“{shortened(name or text)}” is in objectives twice.", "Keep one of the two.")
        else:
            found[text] = name
    return found


def _glossary(node: Node | None, _line: int, report: Report) -> tuple[Term, ...]:
    """Each entry is a group of term and meaning."""
    found: dict[str, Term] = {}
    for item in items_of("glossary", node, report):
        if not isinstance(item, Map):
            cure = "Write “- term: …” and below it, indented by two spaces, “meaning: …”."
            report.add(item.line, f"glossary cannot hold {kind(item)}.", cure)
            continue
        term = Term(**fields_of(item, _TERM, "a glossary entry", item.line, report), line=item.line)
        if any(mark in term.term for mark in "[]|"):
            report.add(item.line, "A term cannot hold a bracket or a bar.", "Use words only: [[term]] marks its uses.")
        elif term.term.casefold() in found:
            report.add(item.line, f"“{shortened(term.term)}” is in glossary twice.", "Keep one of the two.")
        else:
            found[term.term.casefold()] = term
    return tuple(found.values())


def _form(node: Node | None, line: int, report: Report) -> TestForm | None:
    """What makes a lesson a form of a test; None for any other lesson."""
    if node is None or node == Text("", node.line):
        return None
    if not isinstance(node, Map):
        names = ", ".join(f"{name}:" for name in _FORM)
        report.add(node.line, f"form must be a group of names, not {kind(node)}.", f"Below “form:” indent {names}.")
        return None
    return TestForm(**fields_of(node, _FORM, "form", node.line or line, report))


def _sources(node: Node | None, _line: int, report: Report) -> tuple[Source, ...]:
    """Each source is a text, or a group of title, supports and url."""
    return tuple(
        Source(**fields_of(item, _SOURCE, "a source", item.line, report))
        if isinstance(item, Map)
        else Source(_SOURCE["title"](item, item.line, report))
        for item in items_of("sources", node, report)
    )


def _tutor(node: Node | None, line: int, report: Report) -> TutorPolicy:
    if node is not None and not isinstance(node, Map) and node != Text("", node.line):
        names = ", ".join(f"{name}:" for name in _TUTOR)
        report.add(node.line, f"tutor must be a group of names, not {kind(node)}.", f"Below “tutor:” indent {names}.")
    found = node if isinstance(node, Map) else Map({}, line)
    return TutorPolicy(**fields_of(found, _TUTOR, "tutor", found.line, report))


def _steps(node: Node | None, _line: int, report: Report) -> dict[str, str]:
    """A group of step ids, each with the support that it has there."""
    if node is None or node == Text("", node.line):
        return {}
    if not isinstance(node, Map):
        report.add(
            node.line, f"steps must be a group, not {kind(node)}.", "Below “steps:” indent lines “step-id: hints”."
        )
        return {}
    fits = text_of("support", SUPPORT.__contains__, f"Use {' or '.join(SUPPORT)}.")
    return {name: fits(value, value.line, report) for name, value in node.entries.items()}


def _is_link(text: str) -> bool:
    return len(text) <= 500 and _LINK.fullmatch(text) is not None


_LINK_CURE: Final = "Write a whole address that starts with https://."
_SOURCE: Final[Mapping[str, Reader]] = {
    "title": text_of("title"),
    "supports": text_of("supports", default=""),
    "url": text_of("url", _is_link, _LINK_CURE, default=""),
}
_TUTOR: Final[Mapping[str, Reader]] = {
    "persona": text_of("persona", default=DEFAULT_PERSONA),
    "support": text_of("support", SUPPORT.__contains__, f"Use {' or '.join(SUPPORT)}.", default="hints"),
    "greeting": text_of("greeting", default=DEFAULT_GREETING),
    "first_reply": text_of(
        "first_reply", FIRST_REPLY.__contains__, f"Use {' or '.join(FIRST_REPLY)}.", default=FIRST_REPLY[0]
    ),
    "steps": _steps,
}
_TERM: Final[Mapping[str, Reader]] = {"term": text_of("term"), "meaning": text_of("meaning")}
_FORM: Final[Mapping[str, Reader]] = {
    "test": text_of("test", is_id, ID_CURE),
    "name": text_of("name", FORMS.__contains__, f"Use {', '.join(FORMS[:-1])} or {FORMS[-1]}."),
    "anchors": list_of("anchors", is_id, "Use ids of steps."),
}
_FIELDS: Final[Mapping[str, Reader]] = {
    "id": text_of("id", is_id, ID_CURE),
    "title": text_of("title"),
    "language": text_of("language", _LANGUAGE.fullmatch, "Use a language tag such as en or cy.", default="en"),
    "minutes": _minutes,
    "objectives": _objectives,
    "principles": list_of("principles", PRINCIPLES.__contains__, "Use P1 to P10, the AI Playbook's principles."),
    "principles_edition": text_of("principles_edition", default=""),
    "sources": _sources,
    "links": list_of("links", _is_link, _LINK_CURE),
    "tutor": _tutor,
    "glossary": _glossary,
    "status": text_of("status", STATUS.__contains__, f"Use {' or '.join(STATUS)}.", default=""),
    "translation_of": text_of(
        "translation_of",
        _VERSION.fullmatch,
        "Write the version of the lesson that it was made from: 12 characters, digits and a to f.",
        default="",
    ),
    "form": _form,
}
NAMES: Final = tuple(_FIELDS)
TUTOR_NAMES: Final = tuple(_TUTOR)
FORM_NAMES: Final = tuple(_FORM)
TERM_NAMES: Final = tuple(_TERM)
