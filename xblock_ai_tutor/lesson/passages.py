"""The author's Markdown, read: its passages with their stable ids, its words, and what a lesson cannot hold.

A passage is what the learner reads and the tutor may quote: a paragraph, the paragraph of a list item, a table row, a
code block, a figure. `blocks` makes the tokens, `render` makes HTML from the same ones.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markdown_it.token import Token

from xblock_ai_tutor.lesson import blocks
from xblock_ai_tutor.lesson.blocks import MARKDOWN, callouts, tokens_of
from xblock_ai_tutor.lesson.report import shortened

REFERENCE: Final = re.compile(r"\{([A-Za-z0-9-]+)\}")
FIGURE: Final = re.compile(r"/static/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(?:svg|png|jpe?g|webp|gif)")
_FIGURE_CURE: Final = 'Write ![what the image shows](/static/name.svg "caption"), alone between two blank lines.'


def normalised(text: str) -> str:
    """Text with single spaces and composed characters, as it is hashed, shown to the tutor and compared."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def passage_id(text: str) -> str:
    """The stable id of a passage with this normalised text: "p-" and 8 hex digits."""
    return "p-" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Scan:
    """What one reading of a Markdown text finds, each with its 0-based line within the text.

    `passages` are normalised texts in reading order, `references` the names in braces, `terms` the glossary terms that
    are marked, `unusable` what a lesson cannot hold: (line, cause, cure).
    """

    passages: tuple[tuple[int, str], ...]
    references: tuple[tuple[int, str], ...]
    terms: tuple[tuple[int, str], ...]
    unusable: tuple[tuple[int, str, str], ...]


@lru_cache(maxsize=256)  # the same texts are looked at for passages, for terms and for references
def scan(text: str) -> Scan:
    """Read a Markdown text once."""
    tokens = tokens_of(text)
    references: list[tuple[int, str]] = []
    terms: list[tuple[int, str]] = []
    unusable: list[tuple[int, str, str]] = []
    for token in tokens:
        line = _line(token)
        for child in token.children or ():
            if child.type == "text":
                references.extend((line, name) for name in REFERENCE.findall(child.content))
            elif child.type == "term":
                terms.append((line, child.meta["term"]))
            elif child.type == "image":
                unusable.extend((line, *problem) for problem in _image_problems(child, token))
            elif child.type == "link_open" and not str(child.attrGet("href")).lower().startswith("https://"):
                shown = f"“{shortened(str(child.attrGet('href')))}” cannot be linked to."
                unusable.append((line, shown, "A link must start with https://."))
    for token, box in callouts(tokens):
        unusable.extend((_line(token), *problem) for problem in _box_problems(box))
    found = tuple((_line(token), words) for token, words in passage_tokens(tokens))
    return Scan(found, tuple(references), tuple(terms), tuple(unusable))


def _image_problems(image: Token, holder: Token) -> Iterator[tuple[str, str]]:
    address = str(image.attrGet("src"))
    if not (holder.meta or {}).get(blocks.FIGURE):
        yield "An image must stand alone in its paragraph.", _FIGURE_CURE
    if not FIGURE.fullmatch(address):
        cause = f"“{shortened(address)}” is not an image beside the lesson."
        yield cause, f"Put the file into the folder static beside the lesson. {_FIGURE_CURE}"
    if not image.content.strip():
        yield "This image has no alt text.", f"Say in the brackets what it shows. {_FIGURE_CURE}"


def _box_problems(box: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if box["callout"] != blocks.EXAMPLE:
        yield f"There is no box [!{shortened(box['callout'])}].", "Write > [!example] Title for a worked example."
    elif not box["title"]:
        yield "This worked example has no title.", "Write it in the same line: > [!example] Title"


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
    """Whether a run of inline Markdown holds a link, an image or a glossary term, which becomes a link."""
    return any(
        child.type in {"link_open", "image", "term"}
        for token in MARKDOWN.parseInline(text, {})
        for child in token.children or ()
    )


def _words(inline: Token) -> str:
    """The words of an inline token: breaks become spaces, marks go, code stays, an image is what it shows."""
    words = []
    for child in inline.children or ():
        if child.type in {"softbreak", "hardbreak"}:
            words.append(" ")
        elif child.type == "image":
            words.append(" ".join(filter(None, (child.content, str(child.attrGet("title") or "")))))
        elif child.type in {"text", "code_inline", "term"}:
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
