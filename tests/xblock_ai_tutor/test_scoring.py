"""Grades as the platform's staff handle them: re-scoring after a correction, a score given by hand, the weight."""

from __future__ import annotations

from typing import Any

import pytest
from xblock.scorable import ScorableXBlockMixin, Score

from tests.support.block import Site, right_form
from tests.support.lessons import READING_ONLY, SMALL_LESSON
from xblock_ai_tutor.block import AiTutorXBlock

WRONG = {"choice": ["send-it"], "confidence": ["100"]}
CORRECTED = SMALL_LESSON.replace("- [ ] {send-it}", "- [x] {send-it}").replace(
    "- [x] {look-it-up}", "- [ ] {look-it-up}"
)


def submit(site: Site, form: dict[str, list[str]] | None = None, step: str = "what-next") -> None:
    status, _ = site.post("submit", {"step": step, "form": form or right_form(SMALL_LESSON, step)})
    assert status == 200


def correct(site: Site, text: str = CORRECTED) -> None:
    author = site.block("author", staff=True)
    author.lesson_text = text
    author.save()


def rescored(site: Site, *, only_if_higher: bool = False) -> Any:
    """What the instructor's task does with a learner (lms/djangoapps/instructor_task, rescore_problem_module_state)."""
    block = site.block()
    assert hasattr(block, "rescore")
    assert block.has_submitted_answer()
    block.rescore(only_if_higher=only_if_higher)
    block.save()
    return site.block()


def test_the_block_is_what_the_platform_takes_for_scorable() -> None:
    assert issubclass(AiTutorXBlock, ScorableXBlockMixin)
    assert AiTutorXBlock.has_score is True
    assert AiTutorXBlock.weight.default is None


def test_an_answer_keeps_its_score() -> None:
    site = Site()
    assert site.block().has_submitted_answer() is False
    submit(site, step="why-check")
    assert site.block().has_submitted_answer() is False, "a text is no answer"
    submit(site)
    block = site.block()
    assert block.has_submitted_answer() is True
    assert block.get_score() == Score(1.0, 2.0)
    assert block.max_score() == 2.0


def test_after_a_correction_the_kept_answers_are_marked_again() -> None:
    site = Site()
    submit(site, WRONG)
    correct(site)
    assert site.block().get_score() == Score(0.0, 2.0)
    assert site.block().calculate_score() == Score(1.0, 2.0)
    assert site.block().get_score() == Score(0.0, 2.0), "calculating changes nothing"
    block = rescored(site)
    assert block.get_score() == Score(1.0, 2.0)
    assert site.events("grade")[-1] == {"value": 1.0, "max_value": 2.0, "only_if_higher": False}
    assert "Your answer is right." in block.student_view().content


def test_every_attempt_is_marked_again_not_only_the_last() -> None:
    site = Site()
    submit(site, WRONG)
    submit(site)
    correct(site)
    assert rescored(site).get_score() == Score(1.0, 2.0), "the first attempt was right after all"


@pytest.mark.parametrize(("only_if_higher", "left"), [(True, 1.0), (False, 0.0)])
def test_a_lower_score_is_kept_only_where_staff_say_so(only_if_higher: bool, left: float) -> None:
    site = Site()
    submit(site)
    correct(site)
    block = rescored(site, only_if_higher=only_if_higher)
    assert block.get_score() == Score(left, 2.0)
    assert block.progress(block.lesson()).earned == left
    assert site.events("grade")[-1] == {"value": 0.0, "max_value": 2.0, "only_if_higher": only_if_higher}


def test_what_no_longer_fits_the_lesson_keeps_its_marks() -> None:
    site = Site()
    submit(site)
    correct(site, SMALL_LESSON.replace("{look-it-up}", "{look-it-up-there}"))
    assert rescored(site).get_score() == Score(1.0, 2.0)


def test_who_answered_nothing_cannot_be_rescored() -> None:
    with pytest.raises(ValueError, match="no answer"):
        Site().block().rescore(only_if_higher=False)


def test_staff_can_give_a_score_by_hand() -> None:
    site = Site()
    submit(site, WRONG)
    block = site.block()
    # As override_score_module_state does it; it reads `weight` of every block.
    assert block.max_score() >= 1.5
    weight = block.weight if block.weight is not None else 1
    block.set_score(Score(raw_earned=1.5 / weight, raw_possible=block.max_score() / weight))
    block.publish_grade()
    block.save()
    assert site.block().get_score() == Score(1.5, 2.0)
    assert site.events("grade")[-1] == {"value": 1.5, "max_value": 2.0, "only_if_higher": None}
    submit(site, WRONG)
    assert site.block().get_score() == Score(1.5, 2.0), "an attempt that earns no more leaves it"


def test_a_lesson_without_marks_or_that_cannot_be_read_has_nothing_to_score() -> None:
    assert Site(READING_ONLY).block().max_score() == 0
    broken = Site("no lesson").block()
    assert broken.has_submitted_answer() is False
    assert broken.calculate_score() == broken.get_score() == Score(0.0, 0.0)
