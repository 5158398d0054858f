"""What an author's Markdown has beyond CommonMark: glossary terms, figures and worked examples, made of its tokens.

`[[term]]` or `[[shown words|term]]` marks the use of a glossary term. An image alone in its paragraph is a figure. A
quotation whose first line is `[!example] Title` is a worked example. `passages` reads the result, `render` shows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from html import escape
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

EXAMPLE: Final = "example"
FIGURE: Final = "figure"
_TERM: Final = re.compile(r"\[\[([^\[\]|\n]+)(?:\|([^\[\]|\n]+))?\]\]")
_CALLOUT: Final = re.compile(r"\[!([A-Za-z -]{0,30})\][ \t]*([^\n]*)(?:\n(.*))?", re.DOTALL)


def _read_term(state: StateInline, silent: bool) -> bool:
    """The inline rule for `[[…]]`: a token `term` with the words shown, and in `meta` the term that is meant."""
    found = _TERM.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        token = state.push("term", "", 0)
        token.content = " ".join(found[1].split())
        token.meta = {"term": " ".join((found[2] or found[1]).split())}
    state.pos = found.end()
    return True


def _show_term(_self: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    """A term that nobody has made a link of is shown as its words."""
    return escape(tokens[index].content)


MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")
MARKDOWN.inline.ruler.before("link", "term", _read_term)
MARKDOWN.add_render_rule("term", _show_term)


def tokens_of(text: str) -> list[Token]:
    """The block tokens of a Markdown text: figures and worked examples told apart, every paragraph an element."""
    environment: MutableMapping[str, Any] = {}
    tokens = MARKDOWN.parse(text, environment)
    return _worked_examples(_figures(_show_later_paragraphs(tokens)), environment)


def _show_later_paragraphs(tokens: list[Token]) -> list[Token]:
    """Give an element to every paragraph of a tight list item but the one that it starts with."""
    for position, token in enumerate(tokens):
        if token.type == "paragraph_open" and token.hidden and tokens[position - 1].type != "list_item_open":
            token.hidden = tokens[position + 2].hidden = False
    return tokens


def _figures(tokens: list[Token]) -> list[Token]:
    """Make a figure of each paragraph that holds one image and nothing else."""
    for position, token in enumerate(tokens):
        if token.type == "paragraph_open" and not token.hidden:
            children = tokens[position + 1].children or []
            if len(children) == 1 and children[0].type == "image":
                token.tag = tokens[position + 2].tag = FIGURE
                token.attrSet("class", "ait-figure")
                tokens[position + 1].meta = {FIGURE: True}
    return tokens


def _worked_examples(tokens: list[Token], environment: MutableMapping[str, Any]) -> list[Token]:
    """Make a titled box of each quotation that starts with `[!…]`; `meta` of its opening token says which."""
    made: list[Token] = []
    for position, token in enumerate(tokens):
        opened = made[-2] if len(made) > 1 and made[-1].type == "paragraph_open" else None
        found = _CALLOUT.fullmatch(token.content) if token.type == "inline" else None
        if opened is None or found is None or opened.type != "blockquote_open":
            made.append(token)
            continue
        _box(opened, tokens[position:], found)
        paragraph = made.pop()
        made.extend(_heading(found[2].strip(), environment, token.map))
        made.append(paragraph)
        token.content = found[3] or ""
        token.children = MARKDOWN.parseInline(token.content, environment)[0].children
        token.map = [token.map[0] + 1, token.map[1]] if token.map else None
        if not token.content.strip():
            paragraph.hidden = tokens[position + 1].hidden = True
        made.append(token)
    return made


def _box(opening: Token, rest: Sequence[Token], found: re.Match[str]) -> None:
    opening.meta = {"callout": found[1].strip().lower(), "title": found[2].strip()}
    closing = next(one for one in rest if one.type == "blockquote_close" and one.level == opening.level)
    opening.tag = closing.tag = "div"
    opening.attrSet("class", "ait-example")


def _heading(title: str, environment: MutableMapping[str, Any], lines: list[int] | None) -> list[Token]:
    # The highest level of a step: an example may come before any heading, and no level may be skipped (axe).
    opening = Token("heading_open", "h2", 1, map=lines, block=True, attrs={"class": "ait-example__title"})
    opening.meta = {EXAMPLE: True}
    inline = MARKDOWN.parseInline(title, environment)[0]
    inline.map = lines
    return [opening, inline, Token("heading_close", "h2", -1, block=True)]


def callouts(tokens: Sequence[Token]) -> list[tuple[Token, Mapping[str, str]]]:
    """Each box with its kind and title, as written: a lesson may have only worked examples, each with a title."""
    return [(token, token.meta) for token in tokens if token.type == "blockquote_open" and token.meta]
