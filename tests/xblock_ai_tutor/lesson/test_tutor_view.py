"""A lesson as the gateway takes it: canonical JSON; which answers are right is set apart, for the guard alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from tests.support.lesson_strategies import lessons
from tests.support.lessons import SMALL_LESSON, lesson_texts, with_other_answers
from xblock_ai_tutor.lesson import SNIPPETS, Lesson, check_lesson, parse_lesson, tutor_lesson
from xblock_ai_tutor.lesson.activities import ACTIVITIES

SNIPPET_HEAD = "---\nid: snippet\ntitle: A snippet\nminutes: 5\n---\n"
LESSON = parse_lesson(SMALL_LESSON)
REAL = [parse_lesson(text) for text in lesson_texts().values()]


def test_it_has_the_shape_that_the_gateway_reads() -> None:
    view = json.loads(tutor_lesson(LESSON))
    assert {name: view[name] for name in view if name not in {"passages", "steps"}} == {
        "schema": "ai-tutor-lesson/1",
        "id": "small-lesson",
        "title": "A small lesson",
        "language": "en",
        "persona": "You help with this lesson only.",
        "support": "hints",
        "first_reply": "question",
        "links": ["https://www.legislation.gov.uk"],
    }
    assert view["passages"][0] == {
        "id": "p-72d7872e",
        "step": "why-check",
        "text": "A language model writes the words that are likely to come next. It does not look anything up.",
    }
    assert view["steps"][2] == {
        "id": "the-note",
        "title": "The note",
        "kind": "spot",
        "task": "Say for each authority whether it can be relied on.\n"
        "An official may act for the minister [1]. A teapot is a contract [2]. A public body must answer a request "
        "for information within three working days [3].\n"
        "[1] Carltona Ltd v Commissioners of Works [1943] 2 All ER 560\n"
        "[2] Teapot v Saucer [2019] EWHC 99999 (Admin)\n"
        "[3] Freedom of Information Act 2000, section 10(1)",
        "hints": [
            "Look for a number that you can check.",
            "Which one can you not find?",
            "How long does the Act give?",
        ],
        "support": "",
        "answers": [
            {"text": "Carltona Ltd v Commissioners of Works [1943] 2 All ER 560", "mark": "reliable"},
            {"text": "Teapot v Saucer [2019] EWHC 99999 (Admin)", "mark": "invented"},
            {"text": "Freedom of Information Act 2000, section 10(1)", "mark": "misused"},
        ],
    }


@settings(max_examples=40, deadline=None)
@given(lessons())
def test_the_bytes_are_canonical(text: str) -> None:
    data = tutor_lesson(parse_lesson(text))
    view = json.loads(data)
    assert data == json.dumps(view, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def without_answers(lesson: Lesson) -> dict[str, object]:
    view = json.loads(tutor_lesson(lesson))
    for step in view["steps"]:
        del step["answers"]
    return dict(view)


def test_apart_from_the_answers_it_does_not_depend_on_the_right_answers_or_on_feedback() -> None:
    other = with_other_answers(SMALL_LESSON)
    assert check_lesson(other) == ()
    assert without_answers(parse_lesson(other)) == without_answers(LESSON)


def test_every_kind_that_is_marked_tells_the_guard_its_answers() -> None:
    """A kind that says nothing in `marked` would let the tutor give its answers away."""
    asked = [parse_lesson(SNIPPET_HEAD + snippet).steps[0].activity for snippet in SNIPPETS.values()]
    silent = {activity.kind for activity in asked if not activity.marked()}
    assert {activity.kind for activity in asked} == set(ACTIVITIES)
    assert silent == {"reading", "prompt-lab", "reflect"}  # nothing in these has a right answer


def test_a_step_can_have_a_support_of_its_own() -> None:
    text = SMALL_LESSON.replace("  support: hints", "  support: hints\n  steps:\n    the-note: full-answer")
    assert check_lesson(text) == ()
    view = json.loads(tutor_lesson(parse_lesson(text)))
    assert [step["support"] for step in view["steps"]][2] == "full-answer"
    (problem,) = check_lesson(text.replace("the-note: full", "the-notes: full"))
    assert "the-notes" in problem.cause
    assert "the-note" in problem.cure


@pytest.mark.parametrize("lesson", [LESSON, *REAL], ids=lambda lesson: lesson.id)
def test_no_feedback_is_in_it(lesson: Lesson) -> None:
    seen = tutor_lesson(lesson).decode()
    for step in lesson.steps:
        for item in getattr(step.activity, "options", ()) or getattr(step.activity, "authorities", ()):
            for line in item.feedback.text.split("\n"):
                # The last line of a paragraph may be a word or two that stand elsewhere too.
                assert line.strip() not in seen or len(line.split()) < 5


def test_no_id_of_an_option_or_authority_is_in_it() -> None:
    seen = tutor_lesson(LESSON).decode()
    for name in ("look-it-up", "{carltona}", "{teapot}", '"carltona"'):
        assert name not in seen


def test_a_passage_keeps_its_id_when_the_lesson_changes_elsewhere() -> None:
    changed = SMALL_LESSON.replace("Three questions to ask:", "Three good questions:").replace(
        "title: A small", "title: A"
    )
    changed = changed.replace(
        ':::choice id="what-next"', ':::reading id="new" title="New"\nNew words.\n:::\n\n:::choice id="what-next"'
    )
    before, after = (
        {one.id: one.text for one in LESSON.passages},
        {one.id: one.text for one in parse_lesson(changed).passages},
    )
    assert {text for name, text in before.items() if name not in after} == {"Three questions to ask:"}
    assert {text for name, text in after.items() if name not in before} == {"Three good questions:", "New words."}


def test_rewrapping_a_paragraph_keeps_its_id() -> None:
    changed = SMALL_LESSON.replace("come next. It does", "come\nnext.   It does").replace("*likely*", "**likely**")
    assert parse_lesson(changed).passages[0].id == LESSON.passages[0].id


def test_the_same_words_twice_are_one_passage() -> None:
    changed = SMALL_LESSON.replace("- Does it say this?", "- Does it exist?")
    assert [one.text for one in parse_lesson(changed).passages].count("Does it exist?") == 1


def test_the_note_and_the_options_are_no_passages() -> None:
    words = " ".join(one.text for one in LESSON.passages)
    assert "teapot" not in words.lower()
    assert "Send it" not in words


def test_every_kind_of_block_is_a_passage_at_its_line() -> None:
    text = """---
id: a
title: A
minutes: 1
---
:::reading id="r" title="R"
## Heading

Para
graph.

- item
- item *two*

  second paragraph
  - nested

| Head | Er |
| --- | --- |
| a | b |

> quoted

```text
code  here
```
hint: none
:::
"""
    found = [(one.line, one.text) for one in parse_lesson(text).passages]
    assert found == [
        (9, "Para graph."),
        (12, "item"),
        (13, "item two"),
        (15, "second paragraph"),
        (16, "nested"),
        (20, "a | b"),
        (22, "quoted"),
        (24, "code here"),
    ]
