"""The block's views, fields and place in a course, in XBlock's own runtime."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from typing import Any

import pytest
from lxml import etree
from xblock.fields import Scope, ScopeIds

from tests.support.block import SERVICE_KEY, Site, right_form
from tests.support.lessons import READING_ONLY, SMALL_LESSON
from xblock_ai_tutor.block import SAMPLE_LESSON, AiTutorXBlock
from xblock_ai_tutor.lesson import check_lesson, mark_step, parse_lesson
from xblock_ai_tutor.progress import possible_marks

BROKEN = SMALL_LESSON.replace("- [x]", "- [ ]")
SET_UP = {"gateway_url": "http://127.0.0.1:1", "service_key": SERVICE_KEY}


def test_the_platform_finds_the_block_by_its_entry_point() -> None:
    (found,) = entry_points(group="xblock.v1", name="ai_tutor")
    assert found.load() is AiTutorXBlock


def test_a_new_block_has_a_lesson_that_works_at_once() -> None:
    assert check_lesson(SAMPLE_LESSON) == ()
    assert {step.activity.kind for step in parse_lesson(SAMPLE_LESSON).steps} == {"reading", "choice", "spot"}


@pytest.mark.parametrize("text", [SAMPLE_LESSON, SMALL_LESSON])
def test_the_marks_a_lesson_can_earn_are_what_its_steps_mark_out_of(text: str) -> None:
    lesson = parse_lesson(text)
    markings = [mark_step(step, right_form(text, step.id)) for step in lesson.steps]
    assert possible_marks(lesson) == sum(marking.possible for marking in markings)
    assert {marking.possible for marking in markings} == {0.0, 1.0}
    assert Site(text).block().max_score() == possible_marks(lesson)


def test_a_learner_sees_every_step_and_no_answer() -> None:
    html = Site().block().student_view().content
    assert [*re.findall(r'data-panel="([^"]+)"', html)] == ["why-check", "what-next", "the-note"]
    for told in ("is exactly what a model is good at", "gives 20 working days", "No such case can be found"):
        assert told not in html


def test_a_visitor_sees_what_the_lesson_is_about_and_can_answer_nothing() -> None:
    site = Site()
    html = site.block(learner=None).public_view().content
    assert "A small lesson" in html
    assert "<form" not in html
    assert "data-config" not in html
    assert site.published == []


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("cy", "ltr"), ("ar", "rtl"), ("ur-PK", "rtl")])
def test_a_lesson_is_shown_in_the_direction_of_its_language(language: str, direction: str) -> None:
    block = Site(READING_ONLY.replace("minutes:", f"language: {language}\nminutes:")).block()
    for html in (block.student_view().content, block.public_view().content):
        assert f'lang="{language}" dir="{direction}"' in html


def test_opening_the_lesson_is_published_once() -> None:
    site = Site()
    for _ in range(3):
        block = site.block()
        block.student_view()
        block.save()
    assert site.kinds() == ["ai_tutor.lesson.started"]
    assert site.published[0][1] == {
        "lesson_id": "small-lesson",
        "lesson_version": parse_lesson(SMALL_LESSON).version,
        "language": "en",
        "steps": 3,
    }


def test_a_broken_lesson_is_calm_for_learners_and_exact_for_authors() -> None:
    site = Site(BROKEN)
    learner = site.block().student_view().content
    assert "being prepared" in learner
    assert "marked as right" not in learner
    author = site.block("author", staff=True).author_view().content
    assert "marked as right" in author
    assert re.search(r"Line \d+", author)
    assert site.block().max_score() == 0
    assert site.block().student_view_data() == {}


def test_an_author_can_open_the_editor_of_a_broken_lesson() -> None:
    html = Site(BROKEN).block("author", staff=True).studio_view().content
    assert "id: small-lesson" in html


@pytest.mark.parametrize("without", ["settings", "user", "i18n"])
def test_the_block_renders_where_a_runtime_lacks_a_service(without: str) -> None:
    site = Site(without=(without,))
    for view in ("student_view", "public_view", "author_view", "studio_view"):
        assert getattr(site.block(), view)().content
    assert site.post("submit", {"step": "why-check", "form": {}})[0] == 200


def test_without_a_gateway_the_page_says_so_and_with_one_it_offers_the_tutor() -> None:
    assert "The tutor is not set up here" in Site().block().student_view().content
    with_one = Site(settings=SET_UP).block().student_view().content
    assert 'data-part="ask"' in with_one
    assert "The tutor is not set up here" not in with_one


def test_no_secret_reaches_a_page_or_a_field() -> None:
    site = Site(settings=SET_UP)
    block = site.block()
    pages = [getattr(block, view)().content for view in ("student_view", "author_view", "studio_view")]
    assert not any(SERVICE_KEY in page for page in pages)
    assert not any(SERVICE_KEY in str(getattr(block, name)) for name in block.fields)


def test_pages_have_no_inline_script_style_or_foreign_address() -> None:
    block = Site(settings=SET_UP).block()
    for view in ("student_view", "public_view", "author_view", "studio_view"):
        fragment = getattr(block, view)()
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", fragment.content)
        assert all(resource.kind == "url" for resource in fragment.resources)
        assert all(resource.data.startswith("/local/static/") for resource in fragment.resources)


def test_a_title_cannot_break_out_of_the_page() -> None:
    site = Site(SMALL_LESSON.replace("title: A small lesson", "title: '</script><img src=x onerror=alert(1)>'"))
    html = site.block().student_view().content
    assert "<img" not in html
    assert "</script>" not in html


def test_two_blocks_on_a_page_have_no_html_id_in_common() -> None:
    ids = [re.findall(r'\sid="([^"]+)"', Site(settings=SET_UP).block().student_view().content)]
    assert len(ids[0]) == len(set(ids[0]))
    site = Site()
    other = site.ids.create_usage(site.definition)
    first = site.block().root_id
    site.usage = other
    assert site.block().root_id != first


def test_learner_state_is_per_learner_and_the_lesson_is_content() -> None:
    scopes = {name: field.scope for name, field in AiTutorXBlock.fields.items()}
    assert scopes["lesson_text"] == Scope.content
    for name in ("answers", "started", "completed", "tutor_opened_as", "tutor_turns", "tutor_receipts"):
        assert scopes[name] == Scope.user_state


def test_a_lesson_survives_export_and_import_to_the_letter() -> None:
    text = SMALL_LESSON + "\n\n"
    site = Site(text)
    node = etree.Element("ai_tutor")
    site.block("author", staff=True).add_xml_to_node(node)
    xml = etree.tostring(node)
    assert SERVICE_KEY.encode() not in xml
    runtime: Any = site.block("author").runtime
    scope = ScopeIds("author", "ai_tutor", site.definition, site.ids.create_usage(site.definition))
    imported = runtime.construct_xblock_from_class(AiTutorXBlock, scope).parse_xml(
        etree.fromstring(xml), runtime, scope
    )
    assert imported.lesson_text == text


def test_native_clients_get_an_outline_without_answers() -> None:
    data = Site().block().student_view_data()
    assert data["title"] == "A small lesson"
    assert data["steps"][1] == {"id": "what-next", "title": "What next", "kind": "choice"}
    assert set(data) == {"id", "title", "language", "minutes", "version", "steps"}


def test_a_lesson_of_readings_alone_has_no_marks_to_earn() -> None:
    site = Site(READING_ONLY)
    assert site.block().max_score() == 0
    assert site.post("submit", {"step": "only", "form": {}})[0] == 200
    assert "grade" not in site.kinds()
    assert site.kinds()[-1] == "ai_tutor.lesson.completed"


def test_the_tutor_says_once_what_it_is_and_where_the_words_go() -> None:
    html = Site(SMALL_LESSON, settings=SET_UP).block().student_view().content
    assert html.count("The tutor is software and can be wrong.") == 1
    for fact in ("stored_in", "processed_in", "usage_metadata_in"):
        assert html.count(f'data-part="{fact}"') == 1
    for label in ("Stored in", "Processed in", "Usage metadata in"):
        assert html.count(f"<dt>{label}</dt>") == 1
