"""The demonstration's test is the course's own: the same steps, items, answers and keys as the files in content/."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics_dash.demonstration.course_test import FORMS, QUESTIONS, READING, TEST_ID, lesson_id
from analytics_dash.demonstration.prepare import TITLES
from analytics_dash.releases.titles import read_titles
from xblock_ai_tutor.lesson.activities.choice import Choice
from xblock_ai_tutor.lesson.activities.sort import Sort
from xblock_ai_tutor.lesson.activities.spot import Spot
from xblock_ai_tutor.lesson.document import parse_lesson

TESTS = Path(__file__).parents[3] / "content" / "tests"


@pytest.mark.parametrize("form", FORMS)
def test_a_form_has_the_ids_items_and_keys_of_its_file(form: str) -> None:
    lesson = parse_lesson((TESTS / f"{form}.md").read_text())
    assert lesson.id == lesson_id(form)
    found: list[tuple[str, str, dict[str, str], set[str]]] = []
    for step in lesson.steps[1:]:
        activity = step.activity
        if isinstance(activity, Choice):
            (key,) = (option.id for option in activity.options if option.mark == "x")
            found.append((step.id, "choice", {"choice": key}, {option.id for option in activity.options}))
        elif isinstance(activity, Sort):
            keys = {item.id: item.mark for item in activity.items}
            found.append((step.id, "sort", keys, {one.id for one in activity.bins}))
        else:
            assert isinstance(activity, Spot)
            keys = {item.id: item.mark for item in activity.authorities}
            found.append((step.id, "spot", keys, set(activity.way.verdicts)))
    assert lesson.steps[0].id == READING.id
    assert found == [
        (q.step.id, q.step.kind, dict(zip(q.step.items, q.keys, strict=True)), set(q.answers)) for q in QUESTIONS[form]
    ]
    assert lesson.form is not None
    assert lesson.form.test == TEST_ID
    named = read_titles(TITLES)[lesson.id]
    assert named["title"]["en"] == lesson.title
    assert {step: texts["en"] for step, texts in named["steps"].items()} == {
        step.id: step.title for step in lesson.steps
    }
    assert tuple(lesson.form.anchors) == tuple(q.step.id for q in QUESTIONS[form] if q.is_anchor)
