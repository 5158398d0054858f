"""Claims about the HTML of an answer: numbered citations, listed links, nothing active."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xblock_ai_tutor.gateway.sandbox.html import _MARKDOWN, _of_prose, answer_html

LINK = "https://www.judiciary.uk/guidance/a-b?x=1&y=2"
TAGS = {"p", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "a", "br"}


def test_citations_become_numbered_links_to_their_passages() -> None:
    html = answer_html("One [p-1a2b3c4d], two [p-00000002] and one [p-1a2b3c4d].", ["p-1a2b3c4d", "p-00000002"], [])
    one = '<a class="ait-cite" href="#p-1a2b3c4d" data-passage="p-1a2b3c4d">1</a>'
    two = '<a class="ait-cite" href="#p-00000002" data-passage="p-00000002">2</a>'
    assert html == f"<p>One {one}, two {two} and one {one}.</p>"


def test_a_marker_of_a_passage_that_is_not_cited_is_removed() -> None:
    assert answer_html("One [p-deadbeef].", [], []) == "<p>One .</p>"


def test_a_marker_in_code_is_code() -> None:
    assert "<code>[p-1a2b3c4d]</code>" in answer_html("`[p-1a2b3c4d]`", ["p-1a2b3c4d"], [])


def test_a_listed_link_stays_and_others_keep_their_text_alone() -> None:
    html = answer_html(f"[good]({LINK}) [bad](https://evil.example) <{LINK}> <https://evil.example>", [], [LINK])
    assert html.count("<a ") == 2
    assert html.count('href="https://www.judiciary.uk/guidance/a-b?x=1&amp;y=2"') == 2
    assert "bad" in html
    assert 'href="https://evil' not in html


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/a.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,AAAA)",
        "[x]\n\n[x]: https://evil.example",
        "<a href='https://evil.example'>x</a>",
        "[p-1a2b3c4d](https://evil.example)",
        "[p-1a2b3c4d]: https://evil.example",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_nothing_active_comes_through(markdown: str) -> None:
    html = answer_html(markdown, ["p-1a2b3c4d"], [LINK])
    assert not re.search(r"<(?!/?(?:p|a class=\"ait-cite\"|a)>?)", html)
    assert 'href="http' not in html
    assert "<img" not in html


def test_headings_become_bold_lines_so_that_the_page_keeps_its_outline() -> None:
    assert answer_html("# Title\n\ntext", [], []) == "<p><strong>Title</strong></p>\n<p>text</p>"


@given(st.text(alphabet=st.sampled_from("<>[]()!`*_#\n \"'=&;:/.-ap1hrefscijvt"), max_size=80))
def test_only_the_listed_tags_and_attributes_ever_appear(markdown: str) -> None:
    html = answer_html(markdown, ["p-1"], [LINK])
    for tag in re.finditer(r"<(/?)([a-z0-9]+)([^>]*)>", html):
        assert tag[2] in TAGS
        assert set(re.findall(r"([\w-]+)=", re.sub(r"\"[^\"]*\"", "", tag[3]))) <= {
            "class",
            "href",
            "data-passage",
            "rel",
            "start",
        }


SIGNS = [
    "Word ",
    "é",
    "1",
    "1. ",
    "- ",
    "    ",
    "\n",
    "\n\n",
    "[p-1a2b3c4d]",
    "[ p-1a2b3c4d, p-2 ]",
    "[p-2](x)",
    "[p-2]:",
]
SIGNS += [
    "“q”",
    '"',
    "---",
    "*",
    "_",
    "&amp;",
    "<b>",
    "`",
    "\\",
    "!",
    "\t",
    "#",
    ">",
    "=",
    "\u00a0",
    "\u2003",
    "http://a.b",
]


@given(st.lists(st.sampled_from(SIGNS), max_size=9).map("".join))
def test_prose_is_rendered_without_the_renderer_as_it_would_be_by_it(markdown: str) -> None:
    env = {"numbers": {"p-1a2b3c4d": 1}, "links": frozenset[str]()}
    assert _of_prose(f"One {markdown}", env) in (None, _MARKDOWN.render(f"One {markdown}", env))


def test_an_answer_of_plain_sentences_is_taken_for_prose() -> None:
    env = {"numbers": {"p-1a2b3c4d": 1}, "links": frozenset[str]()}
    assert _of_prose("Look it up: “yourself”, that is [p-1a2b3c4d].\n\nWhat have you found?", env)
