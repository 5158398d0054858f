"""What the lessons show as a good prompt, and what their feedback advises, is what the rubric of a prompt-lab finds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xblock_ai_tutor.lesson import parse_lesson
from xblock_ai_tutor.lesson.prompt_rubric import review

LESSON = Path(__file__).parents[2] / "content" / "modules" / "05-internal-interactions" / "lesson.md"
PASSAGES = [passage.text for passage in parse_lesson(LESSON.read_text(encoding="utf-8")).passages]


def shown(label: str) -> str:
    """The prompt that the worked example shows under a label."""
    (found,) = [words[1] for text in PASSAGES if (words := re.match(rf"{label} “(.*?)”", text)) and "notes" in text]
    return found


def test_the_good_prompt_of_the_worked_example_meets_the_whole_rubric_and_the_better_one_does_not() -> None:
    assert all(review(shown("Good.")).values())
    assert not all(review(shown("Better.")).values())


@pytest.mark.parametrize(
    ("advice", "criterion"),
    [
        ("a short e-mail", "format"),
        ("at most 100 words, with the actions in a list", "format"),
        ("quote the words behind each action", "checking"),
        ("mark what is not certain", "checking"),
        ("use only the thread", "constraints"),
        ("for my team", "context"),
    ],
)
def test_who_follows_the_advice_of_the_feedback_is_found_to_have_done_so(advice: str, criterion: str) -> None:
    assert review(advice)[criterion]
