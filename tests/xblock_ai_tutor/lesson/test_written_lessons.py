"""The lessons under content/ and the examples in docs/authoring.md: all parse, and keep what the course promises."""

from __future__ import annotations

import re

import pytest

from tests.support.lessons import AUTHORING, lesson_texts
from xblock_ai_tutor.lesson import check_lesson, parse_lesson, render_source
from xblock_ai_tutor.lesson.activities import ACTIVITIES
from xblock_ai_tutor.lesson.activities.choice import Choice
from xblock_ai_tutor.lesson.activities.prompt_lab import IDS
from xblock_ai_tutor.lesson.activities.scenes import WORTH
from xblock_ai_tutor.lesson.activities.spot import Spot
from xblock_ai_tutor.lesson.activities.verdicts import AUTHORITIES, WAYS
from xblock_ai_tutor.lesson.document import MAX_LENGTH, MAX_LINE, MAX_LINES, MAX_STEP
from xblock_ai_tutor.lesson.front_matter import FORM_NAMES, FORMS, NAMES, STATUS, SUPPORT, TERM_NAMES, TUTOR_NAMES
from xblock_ai_tutor.lesson.policy import ATTRIBUTES

GUIDE = AUTHORING.read_text("utf-8")
EXAMPLES = re.findall(r"^```(lesson|steps)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
HEAD = "---\nid: example\ntitle: Example\nminutes: 1\n---\n"
TEXTS = lesson_texts()


@pytest.mark.parametrize("path", TEXTS)
def test_every_lesson_of_the_course_is_sound(path: str) -> None:
    assert check_lesson(TEXTS[path]) == ()
    assert render_source(parse_lesson(TEXTS[path])) == TEXTS[path]


@pytest.mark.parametrize("path", TEXTS)
def test_every_lesson_has_objectives_sources_and_a_ladder_of_hints(path: str) -> None:
    lesson = parse_lesson(TEXTS[path])
    assert lesson.objectives
    assert lesson.sources
    assert lesson.principles
    assert "Playbook" in lesson.principles_edition
    for step in lesson.steps:
        assert len(step.activity.hints) >= 3, step.id


def test_lessons_have_different_ids() -> None:
    ids = [parse_lesson(text).id for text in TEXTS.values()]
    assert len(ids) == len(set(ids))


def test_the_first_lesson_mixes_authorities_of_every_kind() -> None:
    lesson = parse_lesson(TEXTS["modules/04-legal-research/lesson.md"])
    assert [step.activity.kind for step in lesson.steps] == [
        "reading",
        "choice",
        "reading",
        "sort",
        "spot",
        "verify",
        "choice",
        "reflect",
        "reading",
    ]
    spot = lesson.step("lanterns-note").activity
    assert isinstance(spot, Spot)
    assert {one.mark for one in spot.authorities} == set(AUTHORITIES.verdicts)
    first = lesson.step("what-detail-tells-you").activity
    assert isinstance(first, Choice)
    assert first.asks_confidence


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_every_example_in_the_guide_is_a_lesson(kind: str, text: str) -> None:
    assert check_lesson(text if kind == "lesson" else HEAD + text) == ()


def test_the_guide_has_an_example_of_every_directive() -> None:
    assert len(EXAMPLES) == GUIDE.count("```") // 2
    for kind in ACTIVITIES:
        assert any(f":::{kind} " in text for _, text in EXAMPLES)


def test_the_guide_names_everything_that_an_author_may_write() -> None:
    attributes = [f'{name}="{values[-1]}"' for kind in ACTIVITIES.values() for name, values in kind.attributes.items()]
    marks = [f"[{mark}]" for mark in (*(verdict for way in WAYS.values() for verdict in way.verdicts), *WORTH)]
    rubric = [f"{{{one}}}" for one in IDS]
    names = (*NAMES, *TUTOR_NAMES, *FORM_NAMES, *FORMS, *TERM_NAMES, *STATUS, *SUPPORT, "hint:", "where:", "found:")
    for word in (*names, *attributes, *(f'{one}="' for one in ATTRIBUTES), *marks, *rubric):
        assert f"`{word}`" in GUIDE or (word.endswith('"') and word in GUIDE), word


def test_the_guide_gives_the_limits_as_they_are() -> None:
    for limit in (MAX_LENGTH, MAX_LINES, MAX_LINE, MAX_STEP):
        assert f"{limit:,}" in GUIDE
