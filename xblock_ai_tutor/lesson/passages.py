"""The author's Markdown: as passages with stable ids, as sanitised HTML, as plain text.

A passage is what the learner reads and the tutor may quote: a paragraph, the paragraph of a list item, a table row, a
code block. Raw HTML is off, links are https only, and everything passes nh3's allow-list before it leaves.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")

_TAGS: Final = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"),
    *("h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_INLINE_TAGS: Final = {"em", "strong", "code"}
_ATTRIBUTES: Final = {
    "*": {"id", "class", "data-passage"},
    "a": {"href", "title", "target"},
    "ol": {"start"},
    "th": {"scope"},
}
_CLASSES: Final = {"ait-passage", "ait-note__ref", "ait-visually-hidden"}
_REFERENCE: Final = re.compile(r"\{([A-Za-z0-9-]+)\}")


@dataclass(frozen=True, slots=True)
class Anchors:
    """Gives each passage that a step owns its HTML id once, so that no id comes twice on a page."""

    prefix: str
    left: set[str] = field(default_factory=set)

    def attributes(self, passage_id: str) -> dict[str, str]:
        """The attributes of the element that holds the passage; {} where another element already does."""
        if passage_id not in self.left:
            return {}
        self.left.discard(passage_id)
        return {"id": f"{self.prefix}-{passage_id}", "class": "ait-passage", "data-passage": passage_id}


def normalised(text: str) -> str:
    """Text with single spaces and composed characters, as it is hashed, shown to the tutor and compared."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def passage_id(text: str) -> str:
    """The stable id of a passage with this normalised text: "p-" and 8 hex digits."""
    return "p-" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]


def find(text: str) -> Iterator[tuple[int, str]]:
    """The passages of a Markdown text in order: 0-based line within it, and normalised text."""
    for token, words in _passage_tokens(_parse(text)):
        yield (token.map or [0, 0])[0], words


def text_of(text: str, references: Mapping[str, int] | None = None) -> str:
    """A Markdown text as plain text, one line a passage or heading. `references`: `{name}` becomes `[number]`."""
    numbers = references or {}
    plain = "\n".join(words for _, words in _passage_tokens(_parse(text), headings=True))
    return _REFERENCE.sub(lambda found: f"[{numbers[found[1]]}]" if found[1] in numbers else found[0], plain)


def inline_text_of(text: str) -> str:
    """One run of inline Markdown as plain text."""
    return normalised(" ".join(_words(token) for token in _MARKDOWN.parseInline(text, {})))


def html_of(
    text: str,
    gettext: Callable[[str], str],
    anchors: Anchors | None = None,
    references: Mapping[str, tuple[int, str]] | None = None,
) -> str:
    """A Markdown text as sanitised HTML.

    `anchors` marks its passages. `references` turns `{name}` into a numbered link to an HTML id:
    {name: (number, escaped id)}.
    Headings start at level 4, below the title of the step.
    """
    tokens = _parse(text)
    if anchors is not None:
        for token, words in _passage_tokens(tokens):
            for name, value in anchors.attributes(passage_id(words)).items():
                token.attrSet(name, value)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, max(4, int(token.tag[1]) + 2))}"
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.type == "inline" and token.children:
            token.children = list(_finished(token.children, gettext, references or {}))
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, attribute_filter=_kept, url_schemes={"https"})


def inline_html_of(text: str) -> str:
    """One run of inline Markdown as sanitised HTML fit for a label or a legend: emphasis and code, no links."""
    return nh3.clean(_MARKDOWN.renderInline(text, {}), tags=_INLINE_TAGS, attributes={}).strip()


def unusable_parts(text: str) -> Iterator[tuple[int, str]]:
    """Links and images that a lesson cannot have: 0-based line within the text, and which part it is."""
    for token in _parse(text):
        if token.type != "inline":
            continue
        for child in token.children or ():
            line = (token.map or [0, 0])[0]
            if child.type == "image":
                yield line, "image"
            elif child.type == "link_open" and not str(child.attrGet("href")).lower().startswith("https://"):
                yield line, f"link {child.attrGet('href')}"


def has_link(text: str) -> bool:
    """Whether a run of inline Markdown holds a link or an image."""
    return any(
        child.type in {"link_open", "image"}
        for token in _MARKDOWN.parseInline(text, {})
        for child in token.children or ()
    )


def references_in(text: str) -> Iterator[tuple[int, str]]:
    """The `{name}` references in a Markdown text: 0-based line of their block, and the name."""
    for token in _parse(text):
        if token.type == "inline":
            for child in token.children or ():
                if child.type == "text":
                    for name in _REFERENCE.findall(child.content):
                        yield (token.map or [0, 0])[0], name


def _parse(text: str) -> list[Token]:
    return _show_later_paragraphs(_MARKDOWN.parse(text, {}))


def _words(inline: Token) -> str:
    """The words of an inline token: breaks become spaces, marks go, code stays."""
    words = []
    for child in inline.children or ():
        if child.type in {"softbreak", "hardbreak"}:
            words.append(" ")
        elif child.type in {"text", "code_inline", "image"}:
            words.append(child.content)
    return "".join(words)


def _passage_tokens(tokens: Sequence[Token], *, headings: bool = False) -> Iterator[tuple[Token, str]]:
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


def _finished(
    children: list[Token], gettext: Callable[[str], str], references: Mapping[str, tuple[int, str]]
) -> Iterator[Token]:
    """Inline tokens with references made links, and links told apart: they open a new tab and say so."""
    _ = gettext
    for child in children:
        if child.type == "text" and references:
            yield from _with_references(child.content, _("Authority"), references)
            continue
        if child.type == "link_open":
            child.attrSet("target", "_blank")
        elif child.type == "link_close":
            yield _raw(f'<span class="ait-visually-hidden"> {escape(_("(opens in a new tab)"))}</span>')
        elif child.type == "image":
            child = _text(child.content)  # noqa: PLW2901  (its words stand in for it)
        yield child


def _with_references(content: str, word: str, references: Mapping[str, tuple[int, str]]) -> Iterator[Token]:
    position = 0
    for found in _REFERENCE.finditer(content):
        target = references.get(found[1])
        if target is None:
            continue
        number, html_id = target
        yield _text(content[position : found.start()])
        yield _raw(
            f'<a class="ait-note__ref" href="#{html_id}">'
            f'<span class="ait-visually-hidden">{escape(word)} </span>[{number}]</a>'
        )
        position = found.end()
    yield _text(content[position:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _raw(html: str) -> Token:
    return Token("html_inline", "", 0, content=html)


def _kept(tag: str, name: str, value: str) -> str | None:  # noqa: ARG001  (nh3's signature)
    """Only our own classes: a fence's `language-…` would otherwise let an author name any class."""
    if name == "class":
        return value if value in _CLASSES else None
    return value
