"""An answer's Markdown as sanitised HTML: the one place where model text becomes markup. Called by `gateway.turn`.

Two walls: the renderer knows no raw HTML, no images and no links but listed ones; then nh3 lets through a short list
of tags and attributes. Citation markers (`[p-1a2b3c4d]`) become numbered links to passages of the lesson.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, MutableMapping, Sequence
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from xblock_ai_tutor.gateway.sandbox.citations import MARKER, SEPARATED, ids

# Begins with a letter; has no sign that could be Markdown's or HTML's, no line end and no unusual space, but citation
# markers.
_PROSE: Final = re.compile(
    r"[^\W\d_](?:[^\x00-\x1f!\"#$&*+<=>@\[\\\]^_`{|}~\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    rf"\ud800-\udfff\ufeff]++|{MARKER.pattern})*"
)
_TAGS: Final = {"p", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "a", "br"}
_ATTRIBUTES: Final = {"a": {"class", "href", "data-passage", "rel"}, "ol": {"start"}}


def answer_html(markdown: str, citations: Sequence[str], links: Collection[str]) -> str:
    """Return `markdown` as HTML.

    `citations` are the ids of the passages that the answer cites, each once, in the order of their numbers; a marker
    that is not among them is removed. `links` are the only addresses that stay links; others keep their text alone.
    """
    env: dict[str, Any] = {
        "numbers": {passage: n for n, passage in enumerate(citations, 1)},
        "links": _normal(tuple(links)),
    }
    html = _of_prose(markdown, env) or _MARKDOWN.render(markdown, env)
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"https"}, link_rel=None).strip()


def _of_prose(markdown: str, env: MutableMapping[str, Any]) -> str | None:
    """What the renderer makes of paragraphs without a sign of Markdown; None where there may be one.

    Most answers are such, and reading them costs ten times as much as this look.
    """
    written = []
    for paragraph in markdown.split("\n\n"):
        if not _PROSE.fullmatch(paragraph):
            return None
        parts = MARKER.split(paragraph.rstrip(" "))  # texts, and between them what each marker names
        parts[1::2] = ["".join(_citation(passage, env) for passage in SEPARATED.split(named)) for named in parts[1::2]]
        written.append(f"<p>{''.join(parts)}</p>\n")
    return "".join(written)


@functools.lru_cache(maxsize=256)
def _normal(links: tuple[str, ...]) -> frozenset[str]:
    """A lesson's links as the renderer writes them. Kept: they come with every answer."""
    return frozenset(_MARKDOWN.normalizeLink(link) for link in links)


def _citation_rule(state: StateInline, silent: bool) -> bool:
    """Inline rule: a citation marker becomes a `citation` token that holds the passage's id."""
    match = MARKER.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        for passage in ids(match):
            state.push("citation", "", 0).content = passage
    state.pos = match.end()
    return True


def _render_citation(
    _renderer: RendererHTML, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    return _citation(tokens[idx].content, env)


def _citation(passage: str, env: MutableMapping[str, Any]) -> str:
    number = env["numbers"].get(passage)
    if number is None:
        return ""
    return f'<a class="ait-cite" href="#{passage}" data-passage="{passage}">{number}</a>'


def _render_link_open(
    _renderer: RendererHTML, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    # nh3 removes the <span> and keeps what is in it: an address that is not listed leaves its text alone.
    href = tokens[idx].attrGet("href")
    if href not in env["links"]:
        return "<span>"
    return f'<a class="ait-link" rel="noopener noreferrer" href="{nh3.clean_text(str(href))}">'


def _render_heading(
    _renderer: RendererHTML, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: MutableMapping[str, Any]
) -> str:
    # The page has its own heading structure; an answer must not add to it.
    return "<p><strong>" if tokens[idx].nesting == 1 else "</strong></p>\n"


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("image")
    markdown.inline.ruler.before("link", "citation", _citation_rule)
    markdown.add_render_rule("citation", _render_citation)
    markdown.add_render_rule("link_open", _render_link_open)
    markdown.add_render_rule("heading_open", _render_heading)
    markdown.add_render_rule("heading_close", _render_heading)
    return markdown


_MARKDOWN: Final = _markdown()
