"""Claims about keeping answers, on the lessons as they are written."""

from __future__ import annotations

import pytest

from tests.support.lessons import SMALL_LESSON, lesson_texts
from xblock_ai_tutor.gateway.lessons import TutorLesson, read_lesson
from xblock_ai_tutor.gateway.sandbox.giveaway import AnswerKeeper, Marked
from xblock_ai_tutor.lesson import parse_lesson, tutor_lesson

LESSONS = {
    name: read_lesson(tutor_lesson(parse_lesson(text)))
    for name, text in {**lesson_texts(), "small": SMALL_LESSON}.items()
}
ALL = pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS.keys())


def keeper(lesson: TutorLesson) -> AnswerKeeper:
    authored = [*(one.text for one in lesson.passages), *(hint for step in lesson.steps for hint in step.hints)]
    return AnswerKeeper([Marked(one.text, one.mark) for one in lesson.answers_to_keep(())], authored)


@ALL
def test_every_marked_answer_of_a_lesson_is_kept(lesson: TutorLesson) -> None:
    told = [one for one in lesson.answers_to_keep(()) if not keeper(lesson).gives_away(f"“{one.text}” is {one.mark}.")]
    assert told == []
    for one in lesson.answers_to_keep(()):
        if one.mark == "right":
            assert keeper(lesson).gives_away(f"I think: {one.text}."), one.text


@ALL
def test_the_authors_own_hints_are_heard(lesson: TutorLesson) -> None:
    lost = [hint for step in lesson.steps for hint in step.hints if keeper(lesson).gives_away(f"Hint 1 of 3: {hint}")]
    assert lost == []


@ALL
def test_a_quoted_and_cited_passage_is_heard(lesson: TutorLesson) -> None:
    lost = [
        passage.text
        for passage in lesson.passages
        if '"' not in passage.text and keeper(lesson).gives_away(f'The lesson says: "{passage.text}" [{passage.id}].')
    ]
    assert lost == []


def test_once_tried_nothing_is_kept() -> None:
    lesson = LESSONS["small"]
    assert lesson.answers_to_keep([step.id for step in lesson.steps]) == ()
    assert not AnswerKeeper([]).gives_away("The answer is b.")
