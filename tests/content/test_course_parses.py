"""The files under content/ that are lessons or forms of the test: each parses, and what belongs together agrees."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from xblock_ai_tutor.lesson import Lesson, Step, check_lesson, parse_lesson, render_source
from xblock_ai_tutor.lesson.activities.choice import Choice
from xblock_ai_tutor.lesson.activities.prompt_lab import PromptLab
from xblock_ai_tutor.lesson.prompt_rubric import review

CONTENT = Path(__file__).parents[2] / "content"
LESSONS = {
    path.relative_to(CONTENT).as_posix(): path.read_text("utf-8")
    for pattern in ("modules/*/lesson*.md", "tests/*.md")
    for path in sorted(CONTENT.glob(pattern))
}
FORMS = {name: f"tests/{name}.md" for name in ("pre", "post", "delayed")}
TRANSLATIONS = [path for path in LESSONS if re.search(r"/lesson\.[a-z-]+\.md$", path)]
MARKS = re.compile(r"^\s*- \[[^\]]*\] \{[^}]*\}|^\s+- \([a-z-]+\)(?: \d)?|-> [a-z-]+$|^hint:", re.MULTILINE)
GOOD_PROMPT = """\
Write a reply to a member of the public. Background: the inspection was put off because of the storm, and the reader is
upset. Do not promise anything beyond the new date, and use only what I tell you. At most 120 words, plain English, as a
letter. Put square brackets round what you have assumed, and list what you left out, so that I can check it.
"""


@cache
def lesson(path: str) -> Lesson:
    return parse_lesson(LESSONS[path])


def marked(form: str) -> list[Step]:
    """The steps of a form that earn marks."""
    return [step for step in lesson(FORMS[form]).steps if step.activity.possible]


@pytest.mark.parametrize("path", LESSONS)
def test_every_course_file_parses_and_renders_back_to_itself(path: str) -> None:
    assert check_lesson(LESSONS[path]) == ()
    assert render_source(lesson(path)) == LESSONS[path]


@pytest.mark.parametrize("path", LESSONS)
def test_every_figure_lies_beside_its_lesson(path: str) -> None:
    for name in re.findall(r"\(/static/([\w.-]+)", LESSONS[path]):
        figure = (CONTENT / path).parent / "static" / name
        assert figure.read_text("utf-8").startswith("<svg "), name
        assert "<title" in figure.read_text("utf-8")


@pytest.mark.parametrize("path", TRANSLATIONS)
def test_a_translation_is_marked_and_was_made_from_the_english_version_of_today(path: str) -> None:
    translation, english = lesson(path), lesson(f"{path.rsplit('/', 1)[0]}/lesson.md")
    assert (translation.id, translation.status) == (english.id, "machine-drafted")
    assert translation.translation_of == english.version
    assert [step.id for step in translation.steps] == [step.id for step in english.steps]
    for one, original in zip(translation.steps, english.steps, strict=True):
        assert MARKS.findall(one.source) == MARKS.findall(original.source), one.id


def test_module_one_is_there_in_welsh_and_french() -> None:
    assert {lesson(path).language for path in TRANSLATIONS if "01-what-it-is" in path} >= {"cy", "fr"}


def test_the_forms_of_the_test_share_their_anchors_word_for_word() -> None:
    forms = {name: lesson(path) for name, path in FORMS.items()}
    anchors = {name: one.form.anchors if one.form else () for name, one in forms.items()}
    assert len(set(anchors["pre"])) >= 6
    assert anchors["pre"] == anchors["post"] == anchors["delayed"]
    for step in anchors["pre"]:
        assert len({one.step(step).source.strip() for one in forms.values()}) == 1, step
    assert {name: one.form.name for name, one in forms.items() if one.form} == {name: name for name in FORMS}


def test_the_forms_are_parallel_and_otherwise_have_items_of_their_own() -> None:
    shapes = {
        name: [(step.activity.kind, step.outcomes, re.sub(r"-[abc]$", "", step.id)) for step in marked(name)]
        for name in FORMS
    }
    assert shapes["pre"] == shapes["post"] == shapes["delayed"]
    assert len(shapes["pre"]) >= 14
    ids = Counter(step.id for name in FORMS for step in marked(name))
    assert set(ids.values()) == {1, 3}


@pytest.mark.parametrize("form", FORMS)
def test_every_choice_of_a_form_asks_how_sure_one_is_and_does_not_give_itself_away(form: str) -> None:
    choices = [step.activity for step in marked(form) if isinstance(step.activity, Choice)]
    assert all(one.asks_confidence for one in choices)
    places = Counter([option.mark for option in one.options].index("x") for one in choices)
    assert min(places[place] for place in range(4)) >= len(choices) // 6
    longest = [max(one.options, key=lambda option: len(option.plain)).mark for one in choices]
    assert longest.count("x") <= 0.4 * len(choices)


def test_every_outcome_of_a_form_is_one_of_a_module() -> None:
    stated = {
        name: text for path in LESSONS if path.endswith("/lesson.md") for name, text in lesson(path).outcomes.items()
    }
    for path in FORMS.values():
        assert lesson(path).outcomes.items() <= stated.items()


@pytest.mark.parametrize(
    "path", [path for path in LESSONS if ":::prompt-lab" in LESSONS[path] and path.count(".") == 1]
)
def test_a_good_prompt_meets_the_rubric_of_a_lab_and_a_bare_one_does_not(path: str) -> None:
    labs = [step.activity for step in lesson(path).steps if isinstance(step.activity, PromptLab)]
    assert labs
    for lab in labs:
        assert all(review(GOOD_PROMPT).values())
        assert not all(review("Help me with this.").values())
        assert set(lab.rubric) <= set(review(""))
