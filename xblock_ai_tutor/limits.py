"""Whether a step can still be answered: due date, attempts. Pure: the platform's answers come in as `Limits`.

`block` makes the limits for one learner at one moment (`compat` reads the platform), `learner` refuses what they
forbid, `pages` shows a step whose time is over as read-only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.errors import ClosedError, NoAttemptsLeftError
from xblock_ai_tutor.lesson import Lesson, Step
from xblock_ai_tutor.progress import Progress


def _(message: str) -> str:
    """Mark a msgid for extraction; `pages` and `json_endpoint` translate it."""
    return message


TIME_IS_OVER: Final = _("The time for answering is over. You can still read everything here.")
RESULTS_HIDDEN: Final = _("Your answer is kept. Whether it is right is not shown here.")
NONE_LEFT: Final = _("There are no attempts left at this step. Your best answer counts.")


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a learner's answers at this moment.

    `past_due`: the due date and its period of grace are over. `attempts`: how often each step of this block may be
    answered; None: any number. A step's own limit, from the lesson's text, counts where it is smaller. What earns no
    marks is never limited. `hides_results`: whether an answer is right is not to be told here.
    """

    past_due: bool = False
    hides_results: bool = False
    attempts: int | None = None

    def allowed(self, lesson: Lesson, step: Step) -> int | None:
        """How often the step may be answered; None: any number."""
        if not step.activity.possible:
            return None
        known = [limit for limit in (self.attempts, lesson.attempts(step)) if limit is not None]
        return min(known) if known else None

    def left(self, progress: Progress, step: Step) -> int | None:
        """How many more attempts the step may have; None: any number."""
        allowed = self.allowed(progress.lesson, step)
        return None if allowed is None else max(0, allowed - progress.used(step))

    def is_over(self, step: Step) -> bool:
        """Whether the step takes no more answers because of its due date."""
        return self.past_due and step.activity.possible > 0

    def is_sealed(self, progress: Progress) -> bool:
        """Whether results are not told: by the platform's setting, or since a test is not handed in as a whole."""
        return self.hides_results or progress.sealed

    def check(self, progress: Progress, step: Step) -> None:
        """Raise `ClosedError` or `NoAttemptsLeftError` when the step takes no more answers."""
        if self.is_over(step):
            raise ClosedError(TIME_IS_OVER)
        if self.left(progress, step) == 0:
            raise NoAttemptsLeftError(NONE_LEFT)


OPEN: Final = Limits()
"""No limits but the lesson's own: a preview, and whatever knows no learner."""
