"""Whether marks can be had without thinking: everything into one place, the longest option, always the same position.

Calibration and gain measure nothing where guessing pays, and learners find out soon that it does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from xblock_ai_tutor.lesson.activities.choice import Choice
from xblock_ai_tutor.lesson.activities.sort import Sort
from xblock_ai_tutor.lesson.lint.course import Course, LessonFile
from xblock_ai_tutor.lesson.lint.findings import Finding

MOST_FOR_ONE_PLACE: Final = 0.75  # of a sort's mark
FEWEST_CHOICES: Final = 4  # fewer in one lesson say nothing about a habit
MOST_OF_A_HABIT: Final = 0.6  # of a lesson's choices with one right option


def check(course: Course) -> Iterator[Finding]:
    """Every module and form by itself."""
    for file in (*course.modules, *course.forms):
        yield from _one_place(file)
        yield from _habits(file)


def _one_place(file: LessonFile) -> Iterator[Finding]:
    for step in file.lesson.steps:
        sort = step.activity
        if not isinstance(sort, Sort):
            continue
        worst = sum(sort.greatest(item) for item in sort.items)
        for place in sort.bins:
            earned = 1 - sum(sort.harm(item, place.id) for item in sort.items) / worst
            if earned > MOST_FOR_ONE_PLACE:
                cause = f"Everything put into ({place.id}) earns {earned:.0%} of “{step.id}”."
                cure = "Add items that belong elsewhere, or say what too much of this place costs: raise its harm."
                yield file.finding(step.line, cause, cure)


def _habits(file: LessonFile) -> Iterator[Finding]:
    """What the right option of a lesson's choices has in common, if it is more than chance."""
    longest, positions = 0, Counter[int]()
    choices = [step.activity for step in file.lesson.steps if isinstance(step.activity, Choice)]
    single = [choice for choice in choices if sum(option.mark == "x" for option in choice.options) == 1]
    if len(single) < FEWEST_CHOICES:
        return
    for choice in single:
        lengths = [len(option.plain) for option in choice.options]
        right = next(at for at, option in enumerate(choice.options) if option.mark == "x")
        longest += lengths[right] == max(lengths)
        positions[right] += 1
    most, times = positions.most_common(1)[0]
    for count, cause, cure in (
        (longest, "The right option is the longest", "Shorten right options, or give wrong ones as much reason."),
        (times, f"The right option is number {most + 1}", "Change the order of some options."),
    ):
        if count > MOST_OF_A_HABIT * len(single):
            yield file.finding(1, f"{cause} in {count} of {len(single)} choices.", cure)
