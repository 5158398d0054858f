"""How far one learner is in one lesson: what was answered, how often, what it earned. Pure; no XBlock, no HTML.

The block stores `to_json()` in a field of the learner's state; `handlers` reads and changes it through this class
alone. A step's best attempt counts, so trying again never costs marks. State about a step that the author has since
removed is kept, and ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from xblock_ai_tutor.lesson import Lesson, Marking, Step

Form = Mapping[str, list[str]]


def possible_marks(lesson: Lesson) -> float:
    """How many marks the lesson can earn."""
    return sum(step.activity.possible for step in lesson.steps)


@dataclass(frozen=True, slots=True)
class Answer:
    """A learner's work on one step.

    `attempts` counts those that are finished; it is 0 while the first goes on (a scenario's path). `form` and `marking`
    are of the latest attempt, `best` is the most marks that any attempt earned, `key` is the latest request's
    idempotency key ("" when it had none).
    """

    attempts: int
    form: dict[str, list[str]]
    marking: Marking
    best: float
    key: str = ""

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values."""
        return {
            "attempts": self.attempts,
            "form": self.form,
            "marking": self.marking.to_json(),
            "best": self.best,
            "key": self.key,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Answer:
        """Read what `to_json` wrote. Raises `ValueError` when it is something else."""
        try:
            return cls(
                attempts=int(data["attempts"]),
                form={str(name): [str(value) for value in values] for name, values in data["form"].items()},
                marking=Marking.from_json(data["marking"]),
                best=float(data["best"]),
                key=str(data.get("key", "")),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"This is not a stored answer: {error}") from error


@dataclass(frozen=True, slots=True)
class Progress:
    """All of a learner's answers in a lesson, by step id."""

    lesson: Lesson
    answers: Mapping[str, Answer] = field(default_factory=dict)

    @classmethod
    def from_json(cls, lesson: Lesson, data: Mapping[str, Any]) -> Progress:
        """Read the stored state. An entry that cannot be read counts as not answered: the learner can answer again."""
        answers = {}
        for step_id, entry in data.items():
            try:
                answers[step_id] = Answer.from_json(entry)
            except (ValueError, TypeError):
                continue
        return cls(lesson, answers)

    def to_json(self) -> dict[str, Any]:
        """What the block stores."""
        return {step_id: answer.to_json() for step_id, answer in self.answers.items()}

    def answered(self, step: Step, form: Form, marking: Marking, key: str) -> Progress:
        """The progress after one more attempt at a step, or after one more part of an attempt that is not finished."""
        before = self.answers.get(step.id)
        answer = Answer(
            attempts=(before.attempts if before else 0) + marking.finished,
            form={name: list(form[name]) for name in step.activity.fields if name in form},
            marking=marking,
            best=max(marking.earned, before.best if before else 0.0),
            key=key,
        )
        return replace(self, answers={**self.answers, step.id: answer})

    def is_repeat(self, step: Step, key: str) -> bool:
        """Whether a request with this idempotency key has been dealt with already."""
        before = self.answers.get(step.id)
        return bool(key) and before is not None and before.key == key

    def is_done(self, step: Step) -> bool:
        """Whether the learner has read or answered the step."""
        answer = self.answers.get(step.id)
        return answer is not None and answer.attempts > 0

    def is_closed(self, step: Step) -> bool:
        """Whether every attempt at the step that the lesson allows is used up."""
        allowed, answer = self.lesson.attempts(step), self.answers.get(step.id)
        return allowed is not None and answer is not None and answer.attempts >= allowed

    @property
    def sealed(self) -> bool:
        """Whether results are not to be told yet: in a form of a test, until all of it is handed in."""
        return self.lesson.form is not None and not self.complete

    @property
    def done(self) -> int:
        """How many of the lesson's steps are done."""
        return sum(self.is_done(step) for step in self.lesson.steps)

    @property
    def total(self) -> int:
        """How many steps the lesson has."""
        return len(self.lesson.steps)

    @property
    def fraction(self) -> float:
        """Done steps over all steps, 0.0–1.0."""
        return self.done / self.total if self.total else 0.0

    @property
    def complete(self) -> bool:
        """Whether every step is done."""
        return self.total > 0 and self.done == self.total

    @property
    def earned(self) -> float:
        """Marks earned over the lesson: each step's best attempt."""
        return sum(self.answers[step.id].best for step in self.lesson.steps if self.is_done(step))

    @property
    def current(self) -> Step:
        """Where to go on: the first step that is not done, or the last one."""
        return next((step for step in self.lesson.steps if not self.is_done(step)), self.lesson.steps[-1])
