"""The author's Markdown, read: its passages with their stable ids, its words, and what a lesson cannot hold.

A passage is what the learner reads and the tutor may quote: a paragraph, the paragraph of a list item, a table row, a
code block. `render` makes HTML from the same tokens.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")

REFERENCE: Final = re.compile(r"\{([A-Za-z0-9-]+)\}")


def normalised(text: str) -> str:
    """Text with single spaces and composed characters, as it is hashed, shown to the tutor and compared."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def passage_id(text: str) -> str:
    """The stable id of a passage with this normalised text: "p-" and 8 hex digits."""
    return "p-" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Scan:
    """What one reading of a Markdown text finds, each with its 0-based line within the text.

    `passages` are normalised texts in reading order, `references` the names in braces, `unusable` the images and the
    links that do not start with https, each as the author would recognise it.
    """

    passages: tuple[tuple[int, str], ...]
    references: tuple[tuple[int, str], ...]
    unusable: tuple[tuple[int, str], ...]


def scan(text: str) -> Scan:
    """Read a Markdown text once."""
    tokens = tokens_of(text)
    references: list[tuple[int, str]] = []
    unusable: list[tuple[int, str]] = []
    for token in tokens:
        for child in token.children or ():
            if child.type == "text":
                references.extend((_line(token), name) for name in REFERENCE.findall(child.content))
            elif child.type == "image":
                unusable.append((_line(token), "image"))
            elif child.type == "link_open" and not str(child.attrGet("href")).lower().startswith("https://"):
                unusable.append((_line(token), str(child.attrGet("href"))))
    found = tuple((_line(token), words) for token, words in passage_tokens(tokens))
    return Scan(found, tuple(references), tuple(unusable))


def _line(token: Token) -> int:
    return token.map[0] if token.map else 0


def text_of(text: str, references: Mapping[str, int] | None = None) -> str:
    """A Markdown text as plain text, one line a passage or heading. `references`: `{name}` becomes `[number]`."""
    numbers = references or {}
    plain = "\n".join(words for _, words in passage_tokens(tokens_of(text), headings=True))
    return REFERENCE.sub(lambda found: f"[{numbers[found[1]]}]" if found[1] in numbers else found[0], plain)


def inline_text_of(text: str) -> str:
    """One run of inline Markdown as plain text."""
    return normalised(" ".join(_words(token) for token in MARKDOWN.parseInline(text, {})))


def has_link(text: str) -> bool:
    """Whether a run of inline Markdown holds a link or an image."""
    return any(
        child.type in {"link_open", "image"}
        for token in MARKDOWN.parseInline(text, {})
        for child in token.children or ()
    )


def tokens_of(text: str) -> list[Token]:
    return _show_later_paragraphs(MARKDOWN.parse(text, {}))


def _words(inline: Token) -> str:
    """The words of an inline token: breaks become spaces, marks go, code stays."""
    words = []
    for child in inline.children or ():
        if child.type in {"softbreak", "hardbreak"}:
            words.append(" ")
        elif child.type in {"text", "code_inline", "image"}:
            words.append(child.content)
    return "".join(words)


def passage_tokens(tokens: Sequence[Token], *, headings: bool = False) -> Iterator[tuple[Token, str]]:
    """Each passage, with the opening token of the element that holds it, in reading order.

    `headings` adds headings and the head of a table, which are not passages but are read.
    """
    row: list[str] = []
    row_opening: Token | None = None
    for position, token in enumerate(tokens):
        opening = tokens[position - 1]
        if token.type == "tr_open":
            row, row_opening = [], token
        elif token.type == "tr_close" and row_opening is not None:
            in_head = tokens[position + 1].type == "thead_close"
            if any(row) and (headings or not in_head):
                yield row_opening, " | ".join(row)
        elif token.type in {"fence", "code_block"}:
            if words := normalised(token.content):
                yield token, words
        elif token.type == "inline":
            words = normalised(_words(token))
            if opening.type in {"th_open", "td_open"}:
                row.append(words)
            elif words and (headings or opening.type != "heading_open"):
                # The paragraph of a tight list item has no element of its own: the item stands for it.
                yield (tokens[position - 2] if opening.hidden else opening), words


def _show_later_paragraphs(tokens: list[Token]) -> list[Token]:
    """Give an element to every paragraph of a tight list item but the one that it starts with."""
    for position, token in enumerate(tokens):
        if token.type == "paragraph_open" and token.hidden and tokens[position - 1].type != "list_item_open":
            token.hidden = tokens[position + 2].hidden = False
    return tokens
