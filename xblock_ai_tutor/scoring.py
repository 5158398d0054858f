"""What the platform's staff and its grade book ask of the block: the score that is kept, a re-scoring, an override.

A mixin of the block over XBlock's `ScorableXBlockMixin`. The instructor's dashboard calls `rescore` after an author
has corrected a lesson, `set_score` and `publish_grade` for a score given by hand, and sets the field `attempts` to 0 to
give a learner new attempts; a learner's deleted state is an empty one. `learner` keeps the score up to date.
"""

from __future__ import annotations

from typing import Any

from xblock.scorable import ScorableXBlockMixin, Score

from xblock_ai_tutor.lesson import LessonError
from xblock_ai_tutor.progress import Progress, possible_marks


def _(message: str) -> str:
    """Mark a msgid for extraction; `rescore` translates it."""
    return message


class Scoring(ScorableXBlockMixin):  # type: ignore[misc]  # XBlock ships no types
    """The learner's score. Mixed into the block, whose fields and methods it uses."""

    def max_score(self: Any) -> float:
        """How many marks the lesson can earn; 0 when it has no marked step or cannot be read."""
        try:
            return possible_marks(self.lesson())
        except LessonError:
            return 0.0

    def has_submitted_answer(self: Any) -> bool:
        """Whether the learner has answered a step that earns marks, and a test has been handed in as a whole."""
        progress = self._progress_or_none()
        if progress is None or progress.sealed:
            return False
        return any(progress.is_done(step) and step.activity.possible for step in progress.lesson.steps)

    def get_score(self: Any) -> Score:
        """The score as it is kept: marks earned and marks possible."""
        return Score(self.score_earned, self.score_possible)

    def set_score(self: Any, score: Score) -> None:
        """Keep a score."""
        self.score_earned = float(score.raw_earned)
        self.score_possible = float(score.raw_possible)

    def calculate_score(self: Any) -> Score:
        """What the learner's kept answers earn by the lesson as it is now. Changes nothing."""
        progress = self._progress_or_none()
        return Score(progress.remarked().earned, self.max_score()) if progress is not None else self.get_score()

    def rescore(self: Any, only_if_higher: bool) -> None:
        """Mark the kept answers again, keep and publish what they earn; with `only_if_higher`, only if that is more.

        Raises `ValueError` when nothing was answered. The mixin's own asks for what many runtimes do not have.
        """
        if not self.has_submitted_answer():
            raise ValueError(self.translate(_("There is no answer to mark again.")))
        progress = self._progress_or_none().remarked()
        score = Score(progress.earned, self.max_score())
        if not (only_if_higher and score.raw_earned <= self.get_score().raw_earned):
            self.keep(progress)
            self.set_score(score)
        self.publish_grade(score, only_if_higher)

    def publish_grade(self: Any, score: Score | None = None, only_if_higher: bool | None = None) -> None:
        """Tell the grade book: the score that is kept, or another."""
        self._publish_grade(self.get_score() if score is None else score, only_if_higher)

    def _progress_or_none(self: Any) -> Progress | None:
        try:
            progress: Progress = self.progress(self.lesson())
        except LessonError:
            return None
        return progress
