"""How far one learner is in one lesson: what was answered, how often, what it earned. Pure; no XBlock, no HTML.

The block stores `to_json()` in a field of the learner's state; `handlers` reads and changes it through this class
alone. A step's best attempt counts, so trying again never costs marks. State about a step that the author has since
removed is kept, and ignored. Whether one more attempt is allowed is said by `limits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from xblock_ai_tutor.lesson import Lesson, Marking, ResponseError, Step, mark_step

Form = Mapping[str, list[str]]

REMEMBERED_KEYS: Final = 50  # requests at one step that are known again when they are sent twice
REMEMBERED_FORMS: Final = 20  # earlier answers to one step that a re-scoring looks at


def possible_marks(lesson: Lesson) -> float:
    """How many marks the lesson can earn."""
    return sum(step.activity.possible for step in lesson.steps)


@dataclass(frozen=True, slots=True)
class Answer:
    """A learner's work on one step.

    `attempts` counts those that are finished; it is 0 while the first goes on (a scenario's path). `forgiven` of them
    no longer count, since the platform's staff reset them. `form` and `marking` are of the latest attempt, `best` is
    the most marks that any attempt earned. `keys` are the idempotency keys of the latest requests, newest first;
    `earlier` are other forms that were handed in before, newest first.
    """

    attempts: int
    form: dict[str, list[str]]
    marking: Marking
    best: float
    keys: tuple[str, ...] = ()
    forgiven: int = 0
    earlier: tuple[dict[str, list[str]], ...] = ()

    @property
    def used(self) -> int:
        """How many attempts count against a limit."""
        return max(0, self.attempts - self.forgiven)

    def remarked(self, step: Step) -> Answer:
        """This answer, marked again by the lesson as it is now: the latest form, and the best of all that are kept.

        A form that no longer fits the lesson, or of which nothing is kept, says nothing about what it was worth: where
        none can be marked, the marks stay.
        """
        latest = _marked_again(step, self.form)
        markings = [latest, *(_marked_again(step, form) for form in self.earlier)]
        earned = [marking.earned for marking in markings if marking and marking.finished]
        return replace(self, marking=latest or self.marking, best=max(earned)) if earned else self

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values."""
        return {
            "attempts": self.attempts,
            "form": self.form,
            "marking": self.marking.to_json(),
            "best": self.best,
            "keys": list(self.keys),
            "forgiven": self.forgiven,
            "earlier": list(self.earlier),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Answer:
        """Read what `to_json` wrote, in this version or an earlier one. Raises `ValueError` for something else."""
        try:
            one_key = data.get("key", "")  # before several were remembered
            return cls(
                attempts=int(data["attempts"]),
                form=_form(data["form"]),
                marking=Marking.from_json(data["marking"]),
                best=float(data["best"]),
                keys=tuple(map(str, data.get("keys", [one_key] if one_key else []))),
                forgiven=int(data.get("forgiven", 0)),
                earlier=tuple(map(_form, data.get("earlier", []))),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"This is not a stored answer: {error}") from error


def _form(data: Any) -> dict[str, list[str]]:
    return {str(name): [str(value) for value in values] for name, values in data.items()}


def _marked_again(step: Step, form: Form) -> Marking | None:
    try:
        return mark_step(step, form) if form else None
    except ResponseError:
        return None


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
        kept = {name: list(form[name]) for name in step.activity.fields if name in form}
        last = (before.form,) if before and before.marking.finished else ()
        forms = (*last, *(before.earlier if before else ()))
        answer = Answer(
            attempts=(before.attempts if before else 0) + marking.finished,
            form=kept,
            marking=marking,
            best=max(marking.earned, before.best if before else 0.0),
            keys=((key,) if key else ()) + (before.keys if before else ())[: REMEMBERED_KEYS - 1],
            forgiven=before.forgiven if before else 0,
            earlier=tuple(one for one in forms if one and one != kept)[:REMEMBERED_FORMS],
        )
        return replace(self, answers={**self.answers, step.id: answer})

    def forgiven(self) -> Progress:
        """The same answers and marks, with every attempt so far no longer counting against a limit."""
        answers = {step_id: replace(one, forgiven=one.attempts) for step_id, one in self.answers.items()}
        return replace(self, answers=answers)

    def remarked(self) -> Progress:
        """The same answers, marked again by the lesson as it is now."""
        again = {step.id: self.answers[step.id].remarked(step) for step in self.lesson.steps if self.is_done(step)}
        return replace(self, answers={**self.answers, **again})

    def is_repeat(self, step: Step, key: str) -> bool:
        """Whether a request with this idempotency key has been dealt with already."""
        before = self.answers.get(step.id)
        return bool(key) and before is not None and key in before.keys

    def used(self, step: Step) -> int:
        """How many attempts at a step count against a limit."""
        return self.answers[step.id].used if step.id in self.answers else 0

    @property
    def all_used(self) -> int:
        """How many attempts count against limits, over all steps."""
        return sum(answer.used for answer in self.answers.values())

    def is_done(self, step: Step) -> bool:
        """Whether the learner has read or answered the step."""
        answer = self.answers.get(step.id)
        return answer is not None and answer.attempts > 0

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
