"""Whether a step can still be answered: due date, attempts. Pure: the platform's answers come in as `Limits`.

`block` makes the limits for one learner at one moment (`compat` reads the platform), `learner` refuses what they
forbid, `pages` shows a closed step with the sentence that says why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xblock_ai_tutor.lesson import Lesson, Step
from xblock_ai_tutor.progress import Progress, step_marks


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a learner's answers at this moment.

    `past_due`: the due date and its period of grace are over. `attempts`: how often each step of this block may be
    answered; None: any number. A step's own limit, from the lesson's text, counts where it is smaller.
    """

    past_due: bool = False
    attempts: int | None = None

    def allowed(self, lesson: Lesson, step: Step) -> int | None:
        """How often the step may be answered; None: any number. A step without marks: any number."""
        if not step_marks(step):
            return None
        own: Callable[[Step], int | None] | None = getattr(lesson, "attempts", None)
        known = [limit for limit in (self.attempts, own(step) if own else None) if limit is not None]
        return min(known) if known else None

    def left(self, progress: Progress, step: Step) -> int | None:
        """How many more attempts the step may have; None: any number."""
        allowed = self.allowed(progress.lesson, step)
        return None if allowed is None else max(0, allowed - progress.used(step))

    def closed(self, progress: Progress, step: Step, gettext: Callable[[str], str] = str) -> str:
        """Why the step takes no more answers, as a sentence; "" while it does. What earns no marks stays open."""
        _ = gettext
        if self.past_due and step_marks(step):
            return _("The time for answering is over. You can still read everything here.")
        if self.left(progress, step) == 0:
            return _("There are no attempts left. You can still read everything here.")
        return ""


OPEN = Limits()
"""No limits: a preview, and whatever knows no learner."""
