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


# What a tutor says beside the steps of the lesson on legal research, and gives nothing away with.
ORDINARY = (
    "A citation can look perfect and still lead nowhere, because a model writes what is likely.",
    "So first look up each authority yourself, in a place that the model had no part in making.",
    "For a judgment of the last twenty years you can begin with Find Case Law.",
    "Type in the whole citation, with the year, the court and the page, and see what comes up.",
    "If nothing comes up, write down where you looked and when, and try one more place.",
    "Open the judgment and read the part that your colleague relies on.",
    "Then look whether a later court has followed it, or has gone another way.",
    "What you tell your colleague follows from your log.",
    "You find that in paragraph number 3.",
    "The lesson says so in section number two.",
    "The words that you quote stand on page number 4.",
    "Go back to passage number 1 and read it once more.",
    "That case was in a report of number 3.",
    "What have you looked at so far, and which of the three would you begin with?",
)
# The same places where they tell which is wrong, and numbers of answers.
TELLING = ("The wrong one is in paragraph number 3.", "I would say number 3.", "Look at authority number two.")


@pytest.mark.parametrize("sentence", ORDINARY)
def test_what_a_tutor_says_of_ones_work_is_heard(sentence: str) -> None:
    assert not keeper(LESSONS["modules/04-legal-research/lesson.md"]).gives_away(sentence)


@pytest.mark.parametrize("sentence", TELLING)
def test_the_number_of_an_answer_is_not(sentence: str) -> None:
    assert keeper(LESSONS["modules/04-legal-research/lesson.md"]).gives_away(sentence)


def test_an_ordinary_answer_is_heard_from_its_first_sentence_to_its_last() -> None:
    kept = keeper(LESSONS["modules/04-legal-research/lesson.md"])
    assert [sentence for sentence in ORDINARY if kept.gives_away(sentence)] == []
