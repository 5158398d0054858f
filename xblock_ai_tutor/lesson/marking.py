"""What marking gives, and how a submitted form is read: one value a name, a percentage, a known option.

Each activity marks itself with these; nothing here knows a kind of activity. The block stores a `Marking` as JSON and
hands it back for rendering, so `from_json` checks what it reads.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from xblock_ai_tutor.lesson.detection import Detection
from xblock_ai_tutor.lesson.model import ResponseError

Form = Mapping[str, Sequence[str]]

MAX_VALUE: Final = 200  # characters; longer than any option id, so that nothing large is ever kept or echoed

_NUMBER: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?")


def _(message: str) -> str:
    """Mark a msgid for extraction; `ResponseError.localised` translates it later."""
    return message


@dataclass(frozen=True, slots=True)
class ItemMarking:
    """One item of an answer: the item's id, the id answered, whether it is right, 0–100 % sure or None, feedback.

    `share` is how much of the item's mark was earned, 0–1; None: all of it for a hit, else nothing. `harm` is what a
    wrong answer would do, 1–5, 0 for a right one; None where a kind knows no harm.
    """

    item: str
    answer: str
    hit: bool
    confidence: float | None
    feedback: str
    share: float | None = None
    harm: int | None = None

    @property
    def earned(self) -> float:
        """How much of the item's mark was earned, 0–1."""
        return float(self.hit) if self.share is None else self.share

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values."""
        return {
            "item": self.item,
            "answer": self.answer,
            "hit": self.hit,
            "confidence": self.confidence,
            "feedback": self.feedback,
            "share": self.share,
            "harm": self.harm,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ItemMarking:
        """Read what `to_json` wrote, in this version or an earlier one."""
        harm = data.get("harm")
        return cls(
            str(data["item"]),
            str(data["answer"]),
            bool(data["hit"]),
            _number(data["confidence"]),
            str(data["feedback"]),
            _number(data.get("share")),
            None if harm is None else int(harm),
        )


@dataclass(frozen=True, slots=True)
class Marking:
    """One attempt, marked: marks `earned` of `possible`, `correct` (None for a reading), mean confidence in %.

    `detection` are the counts of a kind where something wrong is to be found. `finished` is false while an attempt that
    takes several steps (a scenario) goes on: it counts for nothing yet.
    """

    earned: float
    possible: float
    correct: bool | None
    items: tuple[ItemMarking, ...] = ()
    confidence: float | None = None
    detection: Detection | None = None
    finished: bool = True

    def to_json(self) -> dict[str, Any]:
        """A dict of plain JSON values; `from_json` gives the same marking back."""
        return {
            "earned": self.earned,
            "possible": self.possible,
            "correct": self.correct,
            "confidence": self.confidence,
            "items": [one.to_json() for one in self.items],
            "detection": self.detection.to_json() if self.detection else None,
            "finished": self.finished,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Marking:
        """Read what `to_json` wrote. Raises `ValueError` when it is something else."""
        try:
            correct = data["correct"]
            if correct is not None and not isinstance(correct, bool):
                raise TypeError("correct is not true, false or null")
            items = tuple(ItemMarking.from_json(one) for one in data["items"])
            earned, possible = float(data["earned"]), float(data["possible"])
            if not (math.isfinite(earned) and math.isfinite(possible)):
                raise ValueError("marks are not numbers")
            detection = Detection.from_json(data.get("detection"))
            finished = data.get("finished", True) is not False
            return cls(earned, possible, correct, items, _number(data["confidence"]), detection, finished)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"This is not a stored marking: {error}. Mark the answer again.") from error


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def values_of(form: Form, name: str) -> list[str]:
    """The values sent under `name`, checked to be short strings; [] when the form has none."""
    values = form.get(name, [])
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise ResponseError(_("The form was changed on its way. Reload the page and answer again."))
    for value in values:
        if not isinstance(value, str) or len(value) > MAX_VALUE:
            raise ResponseError(_("The form was changed on its way. Reload the page and answer again."))
    return list(values)


def one_of(form: Form, name: str, allowed: Collection[str], missing: ResponseError) -> str:
    """The single value under `name`, one of `allowed`. Raises `missing` when there is none."""
    values = values_of(form, name)
    if not values:
        raise missing
    if len(values) > 1:
        raise ResponseError(_("Choose one answer only, then check again."))
    if values[0] not in allowed:
        raise ResponseError(_("That answer is not one of the choices. Reload the page and answer again."))
    return values[0]


def optional(form: Form, name: str, allowed: Collection[str]) -> str:
    """The single value under `name`, one of `allowed`; "" when nothing was chosen."""
    return one_of(form, name, allowed, ResponseError("")) if any(values_of(form, name)) else ""


def percent(form: Form, name: str, lowest: int, missing: ResponseError) -> float:
    """How sure the learner is: a number from `lowest` to 100. Raises `missing` when nothing was chosen."""
    values = [value for value in values_of(form, name) if value.strip()]
    if not values:
        raise missing
    out_of_range = ResponseError(
        _("How sure you are must be a number from %(lowest)s to 100. Choose one from the list, then check again."),
        lowest=str(lowest),
    )
    if len(values) > 1:
        raise out_of_range
    # A pattern, not float() alone, which also takes "nan", "1e2", "1_0" and digits of other scripts.
    if not _NUMBER.fullmatch(values[0].strip()) or not lowest <= float(values[0]) <= 100:
        raise out_of_range
    return float(values[0])


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of those that are known; None when none is."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def words_of(form: Form, name: str, most: int) -> str:
    """What the learner wrote under `name`, at most `most` characters. It is marked, and never kept."""
    values = form.get(name, [])
    if isinstance(values, str) or not isinstance(values, Sequence) or len(values) > 1:
        raise ResponseError(_("The form was changed on its way. Reload the page and answer again."))
    words = values[0] if values else ""
    if not isinstance(words, str):
        raise ResponseError(_("The form was changed on its way. Reload the page and answer again."))
    if len(words) > most:
        raise ResponseError(_("That is longer than %(most)s characters. Shorten it, then check again."), most=str(most))
    return words.strip()


def some_of(form: Form, name: str, allowed: Collection[str]) -> list[str]:
    """The values under `name`, at least one, each of `allowed`."""
    values = values_of(form, name)
    if not values:
        raise ResponseError(_("Choose at least one answer, then check again."))
    if not set(values) <= set(allowed):
        raise ResponseError(_("That answer is not one of the choices. Reload the page and answer again."))
    return values
