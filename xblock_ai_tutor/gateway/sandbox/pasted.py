"""What of a learner's message is pasted, and what they ask: a document is data, the question beside it is the question.

A document is recognised by its form: fenced or quoted lines, the head of an e-mail, a table, JSON or markup, a long
quotation, a long block beside a short question. `compose` sends each in an element of its own, apart from the question;
the screen looks for demands in the question alone, and for attempts to instruct an AI in the documents. Pure; called by
`screen` and `models.compose`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# Characters from which on a block of prose beside a shorter question is taken for pasted.
LONG_BLOCK: Final = 400
LONG_QUOTATION: Final = 160
_SHORT_LINES: Final = 2

_BLANK: Final = re.compile(r"(\n[ \t]*(?:\n[ \t]*)+)")
_FENCE: Final = re.compile(r"^(```|~~~)[^\n]*\n(.*?)(?:^\1[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_MAIL_HEAD: Final = re.compile(
    r"^[ \t>]*(?:from|to|cc|sent|date|subject|reply-to|de|à|objet|oddi wrth|at|pwnc)[ \t]*:[ \t]*\S",
    re.I | re.MULTILINE,
)
_MAIL_INTRO: Final = re.compile(
    r"^(?:-{2,} ?(?:original|forwarded) message|begin forwarded message|on .{6,80} wrote:$)", re.I | re.MULTILINE
)
_SALUTATION: Final = re.compile(r"^dear [A-Z\[][^\n]{0,60}$", re.IGNORECASE | re.MULTILINE)
_QUOTED_LINE: Final = re.compile(r"^[ \t]{0,3}>", re.MULTILINE)
_TABLE_LINE: Final = re.compile(r"^[^\n]*(?:\t[^\n]*\t|\|[^\n|]*\|)[^\n]*$", re.MULTILINE)
_MARKUP: Final = re.compile(r"^\s*(?:[{\[]\s*[\"{\[]|<(?:!doctype|html|\?xml|!--|[a-z]+[ >]))", re.IGNORECASE)
_QUOTATION: Final = re.compile(rf"[“\"]([^“”\"]{{{LONG_QUOTATION},}})[”\"]")


@dataclass(frozen=True, slots=True)
class Document:
    """Something pasted. `kind` is code, email, letter, quote, table, data, quotation or block; `text` as it came."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message taken apart: the learner's own words, and what they pasted, in order."""

    question: str
    documents: tuple[Document, ...]


def take_apart(text: str) -> Message:
    """Tell the question from what was pasted. Never raises; every character that is not a space is in one or other."""
    documents: list[Document] = []

    def fenced(match: re.Match[str]) -> str:
        documents.append(Document("code", match[2].strip("\n")))
        return "\n\n"

    def quoted(match: re.Match[str]) -> str:
        documents.append(Document("quotation", match[1]))
        return " "

    rest = _QUOTATION.sub(quoted, _FENCE.sub(fenced, text))
    own: list[str] = []
    blocks = [block for block in _BLANK.split(rest)[::2] if block.strip()]
    shortest = min((len(block) for block in blocks), default=0)
    inside = ""  # the kind of document that goes on over blank lines
    for block in blocks:
        kind = inside or _kind(block, beside=shortest if len(blocks) > 1 or documents else len(block))
        goes_on = bool(inside)
        if kind in ("email", "letter"):
            inside = kind
        if kind:
            before, document = ("", block) if goes_on else _lead(block)
            if before:
                own.append(before)
            _add(documents, kind, document, joined=goes_on)
            if inside and _closes(block):
                inside = ""
        else:
            own.append(block.strip())
    if inside and not own:
        _take_back_question(documents, own)
    return Message("\n\n".join(own).strip(), tuple(document for document in documents if document.text.strip()))


def _take_back_question(documents: list[Document], own: list[str]) -> None:
    """A letter that never closes, and nothing else: a short question at its end is what the learner asks about it."""
    before, blank, last = documents[-1].text.rpartition("\n\n")
    if blank and len(last) < LONG_BLOCK and last.rstrip().endswith("?"):
        documents[-1] = Document(documents[-1].kind, before)
        own.append(last.strip())


def _kind(block: str, *, beside: int) -> str:
    """Return what a block of lines is, or nothing for the learner's own prose."""
    if _MAIL_INTRO.search(block) or len(_MAIL_HEAD.findall(block)) >= _SHORT_LINES:
        return "email"
    salutation = _SALUTATION.search(block.lstrip())
    if salutation and (salutation.start() == 0 or _closes(block)):
        return "letter"
    lines = block.strip("\n").split("\n")
    if any(_QUOTED_LINE.match(line) for line in lines):
        return "quote"
    if len(_TABLE_LINE.findall(block)) >= _SHORT_LINES:
        return "table"
    if _MARKUP.match(block):
        return "data"
    return "block" if len(block) >= LONG_BLOCK and beside < len(block) / 2 else ""


def _lead(block: str) -> tuple[str, str]:
    """Split off the line of the learner's own that stands directly above a document, if there is one."""
    lines = block.split("\n")
    marks = (_MAIL_HEAD, _MAIL_INTRO, _QUOTED_LINE, _TABLE_LINE)
    for at, line in enumerate(lines):
        if any(mark.match(line) for mark in marks) or re.match(r"(?i)dear [A-Z\[]", line):
            return "\n".join(lines[:at]).strip(), "\n".join(lines[at:])
    return "", block


def _add(documents: list[Document], kind: str, text: str, *, joined: bool) -> None:
    if joined and documents and documents[-1].kind == kind:
        documents[-1] = Document(kind, f"{documents[-1].text}\n\n{text}")
    else:
        documents.append(Document(kind, text))


def _closes(block: str) -> bool:
    """Tell whether a block ends a letter or an e-mail."""
    return (
        re.search(r"(?im)^(?:yours|kind regards|regards|best wishes|many thanks|thanks|sincerely|cheers)\b", block)
        is not None
    )
