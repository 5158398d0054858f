"""Claims about every lesson text, and every text at all: identity, no surprise, problems that can be found.

`LESSON_EXAMPLES=10000 ./scripts/test tests/xblock_ai_tutor/lesson/test_document_properties.py` looks at more of them.
"""

from __future__ import annotations

import hashlib
import os

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.lesson_strategies import lessons, mangled, rearranged
from tests.support.lessons import SMALL_LESSON, Html, lesson_texts
from xblock_ai_tutor.lesson import (
    SNIPPETS,
    LessonError,
    RenderContext,
    check_lesson,
    parse_lesson,
    render_source,
    render_step,
    tutor_lesson,
)

EXAMPLES = int(os.environ.get("LESSON_EXAMPLES", "40"))
GENERATED = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANGLED = settings(max_examples=max(100, EXAMPLES), deadline=None)
ALL_KINDS = (
    "---\nid: all-kinds\ntitle: All kinds\nminutes: 5\nobjectives:\n  - one: An objective\n"
    "glossary:\n  - term: term\n    meaning: A meaning\n---\n"
    + "".join(SNIPPETS.values())
    .replace(":::reading id", ':::reading outcome="one" id')
    .replace("One idea", "A [[term]]")
)
REAL = lesson_texts()["modules/04-legal-research/lesson.md"]


def assert_is_lesson_or_problems(text: str) -> None:
    problems = check_lesson(text)
    if problems:
        with pytest.raises(LessonError) as refused:
            parse_lesson(text)
        assert refused.value.problems == problems
        last = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        assert all(1 <= problem.line <= last for problem in problems)
        assert all(problem.cause.strip() and problem.cure.strip() for problem in problems)
        assert list(problems) == sorted(problems, key=lambda problem: problem.line)
        return
    lesson = parse_lesson(text)
    assert render_source(lesson) == text
    tutor_lesson(lesson).decode("utf-8")
    for step in lesson.steps:
        render_step(step, RenderContext("root")).encode("utf-8")


@GENERATED
@given(lessons())
def test_parsing_and_rendering_give_the_same_text(text: str) -> None:
    lesson = parse_lesson(text)
    assert render_source(lesson) == text
    assert lesson.version == hashlib.sha256(text.encode()).hexdigest()[:12]
    assert parse_lesson(render_source(lesson)) == lesson


@GENERATED
@given(lessons(), st.sampled_from(["\r\n", "\r"]), st.booleans())
def test_newlines_and_a_byte_order_mark_make_no_difference(text: str, newline: str, mark: bool) -> None:
    written = ("\ufeff" if mark else "") + text.replace("\n", newline)
    lesson = parse_lesson(written)
    assert lesson == parse_lesson(text)
    assert lesson.version == parse_lesson(text).version
    assert render_source(lesson) == written


@MANGLED
@given(mangled())
def test_a_mangled_lesson_raises_nothing_but_a_lesson_error(text: str) -> None:
    assert_is_lesson_or_problems(text)


@settings(max_examples=25, deadline=None)
@given(mangled(REAL))
def test_the_real_lesson_mangled_raises_nothing_but_a_lesson_error(text: str) -> None:
    assert_is_lesson_or_problems(text)


def test_the_lesson_of_all_kinds_is_a_lesson() -> None:
    assert check_lesson(ALL_KINDS) == ()


@MANGLED
@given(mangled(ALL_KINDS))
def test_a_mangled_lesson_of_all_kinds_raises_nothing_but_a_lesson_error(text: str) -> None:
    assert_is_lesson_or_problems(text)


@MANGLED
@given(rearranged(ALL_KINDS))
def test_a_lesson_whose_lines_are_mixed_up_raises_nothing_but_a_lesson_error(text: str) -> None:
    assert_is_lesson_or_problems(text)


@MANGLED
@given(st.text(max_size=400))
@example("")
@example("\n")
@example("\ufeff")
@example("\ufeff\ufeff---\n")
@example("---")
@example("---\n---")
@example("---\n---\n:::")
@example("\0")
@example("\ud800")
@example(":::\n:::reading\n:::")
@example("---\n- a\n---\n")
@example('---\nid: "\\ud800"\n---\n')
@example('---\ntitle: "\\U99999999"\n---\n')
@example("---\n? [a]\n: b\n---\n")
@example("---\n&a x: *a\n---\n")
@example("---\na: b\n---\n--- \n...\n")
def test_any_text_at_all_raises_nothing_but_a_lesson_error(text: str) -> None:
    assert_is_lesson_or_problems(text)


@MANGLED
@given(st.text(st.sampled_from(list("ab:-?[]{}&*!|>'\"%@`#,. \n\t0~\\")), max_size=120))
def test_any_front_matter_raises_nothing_but_a_lesson_error(head: str) -> None:
    assert_is_lesson_or_problems(f'---\n{head}\n---\n:::reading id="a" title="A"\nWords.\n:::\n')


@GENERATED
@given(lessons())
def test_every_passage_is_one_element_and_every_id_is_unique_on_the_page(text: str) -> None:
    lesson = parse_lesson(text)
    pages = [Html(render_step(step, RenderContext("root"))) for step in lesson.steps]
    ids = [one for page in pages for one in page.ids]
    assert len(ids) == len(set(ids))
    shown = [
        element.attributes["data-passage"]
        for page in pages
        for element in page.elements
        if "data-passage" in element.attributes
    ]
    assert shown == [passage.id for passage in lesson.passages]
    for page in pages:
        names = set(page.ids)
        for element in page.elements:
            for reference in (element.attributes.get("for"), *element.attributes.get("aria-describedby", "").split()):
                assert reference is None or reference in names
            if element.attributes.get("href", "").startswith("#"):
                assert element.attributes["href"][1:] in names


@GENERATED
@given(lessons())
def test_an_author_cannot_put_script_or_style_on_the_page(text: str) -> None:
    allowed = {
        *("form", "div", "button", "fieldset", "legend", "input", "label", "select", "option", "figure", "figcaption"),
        *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"),
        *("h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
        *("img", "textarea", "section", "dl", "dt", "dd"),
    }
    for step in parse_lesson(text).steps:
        for element in Html(render_step(step, RenderContext('r"><script>alert(1)</script>'))).elements:
            assert element.tag in allowed
            assert not any(name.startswith("on") or name == "style" for name in element.attributes)
            assert element.attributes.get("href", "#").startswith(("#", "https://"))
            assert element.attributes.get("src", "/static/").startswith("/static/")


def test_the_small_lesson_is_a_lesson() -> None:
    assert_is_lesson_or_problems(SMALL_LESSON)
    assert check_lesson(SMALL_LESSON) == ()
