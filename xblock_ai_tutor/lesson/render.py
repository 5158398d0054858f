"""The author's Markdown as HTML: sanitised, with its passages marked, fit for a block, a label or a legend.

Raw HTML is off in the parser, links are https only and say that they open a new tab, and everything passes nh3's
allow-list before it leaves. `passages` reads the same tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import escape
from typing import Final

import nh3
from markdown_it.token import Token

from xblock_ai_tutor.lesson.blocks import EXAMPLE, FIGURE, MARKDOWN, tokens_of
from xblock_ai_tutor.lesson.model import RenderContext
from xblock_ai_tutor.lesson.passages import REFERENCE, passage_id, passage_tokens

_TAGS: Final = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"),
    *("h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
    *("figure", "figcaption", "img", "div"),
}
_INLINE_TAGS: Final = {"em", "strong", "code"}
_ATTRIBUTES: Final = {
    "*": {"id", "class", "data-passage"},
    "a": {"href", "title", "target"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "th": {"scope"},
}
_CLASSES: Final = {
    *("ait-passage", "ait-note__ref", "ait-visually-hidden", "ait-term"),
    *("ait-figure", "ait-figure__caption", "ait-example", "ait-example__title", "ait-example__label"),
}


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


@dataclass(frozen=True, slots=True)
class References:
    """Where `{name}` in a note leads: the word for what it leads to, and {name: (number, escaped HTML id)}."""

    word: str
    targets: Mapping[str, tuple[int, str]]


def html_of(
    text: str,
    ctx: RenderContext,
    anchors: Anchors | None = None,
    references: References | None = None,
) -> str:
    """A Markdown text as sanitised HTML.

    `anchors` marks its passages. `references` turns `{name}` into a numbered link. A glossary term
    becomes a link to its meaning where `ctx.terms` knows it.
    Headings start at level 4, below the title of the step.

    What is the same for all learners is made once: most of a page's time would go into reading Markdown again.
    """
    if "/static/" in text:  # where a figure is, is for the platform to say each time
        return _made(text, ctx, anchors, references)
    left = frozenset(anchors.left) if anchors else frozenset()
    named = (references.word, tuple(references.targets.items())) if references else None
    place = (anchors.prefix if anchors else "", left, named, tuple(ctx.terms.items()))
    html, left_over = _made_once(text, place, _words(ctx), _Unhashed((ctx, anchors, references)))
    if anchors:
        anchors.left.intersection_update(left_over)
    return html


@dataclass(frozen=True, slots=True)
class _Unhashed:
    """What is no part of a cache's key, since the other arguments say all that is in it."""

    arguments: tuple[RenderContext, Anchors | None, References | None] = field(compare=False)


@lru_cache(maxsize=2048)
def _made_once(
    text: str,
    place: tuple[object, ...],  # noqa: ARG001  (the key)
    words: tuple[str, ...],  # noqa: ARG001
    rest: _Unhashed,
) -> tuple[str, frozenset[str]]:
    """The HTML, and which passages still have to be given their ids."""
    ctx, anchors, references = rest.arguments
    own = replace(anchors, left=set(anchors.left)) if anchors else None  # the caller's changes on every call alike
    return _made(text, ctx, own, references), frozenset(own.left if own else ())


def _words(ctx: RenderContext) -> tuple[str, ...]:
    """Every translated word that can be part of a text's HTML."""
    _ = ctx.gettext
    return (_("(opens in a new tab)"), _("Worked example"))


def _made(text: str, ctx: RenderContext, anchors: Anchors | None, references: References | None) -> str:
    tokens = tokens_of(text)
    if anchors is not None:
        for token, words in passage_tokens(tokens):
            for name, value in anchors.attributes(passage_id(words)).items():
                token.attrJoin(name, value)
    for position, token in enumerate(tokens):
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, max(4, int(token.tag[1]) + 2))}"
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.type == "inline" and token.children:
            token.children = list(_finished(token.children, ctx, references))
            if (tokens[position - 1].meta or {}).get(EXAMPLE):
                token.children.insert(0, _example_label(ctx))
            if (token.meta or {}).get(FIGURE):
                token.children = list(_figure(token.children[0], ctx))
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, attribute_filter=_kept, url_schemes={"https"})


@lru_cache(maxsize=2048)
def inline_html_of(text: str) -> str:
    """One run of inline Markdown as sanitised HTML fit for a label or a legend: emphasis and code, no links."""
    return nh3.clean(MARKDOWN.renderInline(text, {}), tags=_INLINE_TAGS, attributes={}).strip()


def _finished(children: list[Token], ctx: RenderContext, references: References | None) -> Iterator[Token]:
    """Inline tokens with references and terms made links, and links told apart: they open a new tab and say so."""
    _ = ctx.gettext
    # Never `_` inside an f-string: Python 3.11's tokens, which pybabel reads, do not show it.
    new_tab = escape(_("(opens in a new tab)"))  # in `_words` too
    for child in children:
        if child.type == "text" and references:
            yield from _with_references(child.content, references)
            continue
        if child.type == "link_open":
            child.attrSet("target", "_blank")
        elif child.type == "link_close":
            yield _raw(f'<span class="ait-visually-hidden"> {new_tab}</span>')
        elif child.type == "term" and (target := ctx.terms.get(child.meta["term"].casefold())):
            yield _raw(f'<a class="ait-term" href="#{target}">{escape(child.content)}</a>')
            continue
        yield child


def _figure(image: Token, ctx: RenderContext) -> Iterator[Token]:
    """An image with its caption below it; the file is where `ctx.static_url` says."""
    caption = str(image.attrGet("title") or "")
    address = escape(ctx.static_url(str(image.attrGet("src"))))
    yield _raw(f'<img src="{address}" alt="{escape(image.content)}">')
    if caption:
        yield _raw(f'<figcaption class="ait-figure__caption">{escape(caption)}</figcaption>')


def _example_label(ctx: RenderContext) -> Token:
    _ = ctx.gettext
    label = _("Worked example")  # in `_words` too
    return _raw(f'<span class="ait-example__label">{escape(label)}</span> ')


def _with_references(content: str, references: References) -> Iterator[Token]:
    position = 0
    for found in REFERENCE.finditer(content):
        target = references.targets.get(found[1])
        if target is None:
            continue
        number, html_id = target
        yield _text(content[position : found.start()])
        yield _raw(
            f'<a class="ait-note__ref" href="#{html_id}">'
            f'<span class="ait-visually-hidden">{escape(references.word)} </span>[{number}]</a>'
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
        return " ".join(one for one in value.split() if one in _CLASSES) or None
    return value
