"""How long a step takes, where people stop, and whether the tutor is asked before or after an attempt. Pure.

Told from the times of events alone: nobody is watched while they read, so a time is that between two acts, whatever
happened in between. `reading` makes the `Acts`, `figures` calls `paces`. People come in parts, so that a lesson may
have any number of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

CAP: Final = 30 * 60.0
"""Seconds. A longer time counts as this much: people go to meetings. The median hardly feels it."""

IDLE: Final = 14 * 24 * 3600.0
"""Seconds. Who did nothing for so long before the end of the period has stopped; who did something may go on."""

START: Final = ""
"""The place of those who stopped before they had handed in any step."""


What = Literal["started", "submitted", "asked", "finished"]


WHAT: Final[tuple[What, ...]] = get_args(What)
_STARTED, _SUBMITTED, _ASKED, _FINISHED = range(len(WHAT))

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Acts:
    """What people did in a lesson: started it, handed in a step, asked the tutor beside a step, or finished.

    A row for each act, one person's after another's, each person's in order of time. `people` are any numbers, `at` is
    seconds since any one moment, `what` are places in `WHAT` and `step` places in `steps`; an act beside no step has
    the place of the empty text.
    """

    people: Whole
    at: NDArray[np.float64]
    what: Whole
    step: Whole
    steps: Sequence[str]


@dataclass(frozen=True, slots=True)
class Pace:
    """Time on a step up to its first submission: `people`, the median in seconds, how many times were cut at `CAP`."""

    people: int
    median: float
    capped: int


@dataclass(frozen=True, slots=True)
class TutorUse:
    """Of the `people` who handed a step in, how many asked the tutor beside it `before` the first time, and `after`."""

    people: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Paces:
    """Three measures of a lesson, by step.

    `time_on_step`: how long people took from what they did last in the lesson to handing the step in for the first
    time. What was done last is starting or finishing the lesson, handing in any step, or asking the tutor beside
    *another* step: asking beside this one is work on it. Without anything before it a submission has no time. Each
    time is cut at `CAP`.

    `abandonment`: (people who stopped there, people who got as far): who handed in this step as their last. Everybody
    who did anything counts; who finished has not stopped, nor who did something within `IDLE` before the end. Steps
    stand in the order in which people come to them; `START` is first. Who got as far handed in this step or a later
    one: so the first number over the second is the share that the next step loses.

    `tutor_use`: how many of those who handed it in asked the tutor beside it before the first time, and after. `asked`
    is how many people asked it anywhere in the lesson: a lesson may have none.
    """

    time_on_step: dict[str, Pace]
    abandonment: Mapping[str, tuple[int, int]]
    tutor_use: dict[str, TutorUse]
    asked: int


@dataclass(frozen=True, slots=True)
class _Part:
    """What a part of the people did: a row for each person and step that the person handed in.

    `step` is the step's name's place in a list that all parts share, `place` its place among the person's own steps,
    `time` on it, NaN where there is none; whether the tutor was asked `before` and `after`. `people` are how many
    there are, `stopped` who of them stopped, `person` the row's place in it; `asked` is how many asked the tutor.
    """

    person: Whole
    step: Whole
    place: Whole
    time: NDArray[np.float64]
    before: NDArray[np.bool_]
    after: NDArray[np.bool_]
    stopped: NDArray[np.bool_]
    asked: int


def paces(parts: Iterable[Acts], *, until: float) -> Paces:
    """The measures of a lesson whose people come in parts; `until` is the end of the period, in seconds as `at` is."""
    names: dict[str, int] = {}
    found = [_part(acts, names, until) for acts in parts if len(acts.people)]
    steps = list(names)
    return Paces(
        time_on_step={
            step: Pace(len(times), float(np.median(times)), int((times >= CAP).sum()))
            for step, every in _by_step(steps, found, lambda part: part.time)
            for times in [every[~np.isnan(every)]]
            if len(times)
        },
        abandonment=_abandonment(steps, found),
        tutor_use={
            step: TutorUse(len(before), int(before.sum()), int(after.sum()))
            for (step, before), (_step, after) in zip(
                _by_step(steps, found, lambda part: part.before),
                _by_step(steps, found, lambda part: part.after),
                strict=True,
            )
            if len(before)
        },
        asked=sum(part.asked for part in found),
    )


def _part(acts: Acts, names: dict[str, int], until: float) -> _Part:
    every = np.arange(len(acts.people))
    begins = np.concatenate([[True], acts.people[1:] != acts.people[:-1]])
    person = np.cumsum(begins) - 1
    first_of_person = np.flatnonzero(begins)
    step = np.array([names.setdefault(name, len(names)) for name in acts.steps], dtype=np.int64)[acts.step]
    key = person * len(names) + step
    submitted = np.flatnonzero(acts.what == _SUBMITTED)
    keys, places = np.unique(key[submitted], return_index=True)
    first = submitted[places]  # of each person and step, the act that handed it in for the first time
    order = np.argsort(first)
    of_person = person[first[order]]
    place = np.empty(len(first), dtype=np.int64)
    place[order] = np.arange(len(first)) - np.searchsorted(of_person, of_person)

    # The act before, or what was before the row of questions beside the same step.
    beside = np.where(acts.what == _ASKED, step, -1)
    new = begins | np.concatenate([[True], beside[1:] != beside[:-1]])
    row_begins = np.maximum.accumulate(np.where(new, every, 0))
    last = first - 1
    skip = beside[last] == step[first]
    last = np.where(skip, row_begins[last] - 1, last)
    has_last = (first > 0) & (last >= first_of_person[person[first]])
    time = np.where(has_last, np.minimum(acts.at[first] - acts.at[last], CAP), np.nan)

    asked = np.flatnonzero(acts.what == _ASKED)
    askers = len(np.unique(person[asked]))
    where = np.searchsorted(keys, key[asked])
    known = where < len(keys)
    known[known] = keys[where[known]] == key[asked][known]
    asked, where = asked[known], where[known]
    earlier = acts.at[asked] < acts.at[first[where]]
    before, after = np.zeros(len(keys), dtype=bool), np.zeros(len(keys), dtype=bool)
    before[where[earlier]] = True
    after[where[~earlier]] = True

    ends = np.concatenate([first_of_person[1:], [len(every)]]) - 1
    stopped = acts.at[ends] < until - IDLE
    stopped[person[acts.what == _FINISHED]] = False
    return _Part(person[first], step[first], place, time, before, after, stopped, askers)


def _by_step(
    steps: Sequence[str], parts: Sequence[_Part], column: Callable[[_Part], NDArray[Any]]
) -> Iterator[tuple[str, NDArray[Any]]]:
    """The steps, sorted, each with what a column says of everybody who handed it in."""
    for step in sorted(steps):
        yield step, np.concatenate([np.empty(0), *(column(part)[part.step == steps.index(step)] for part in parts)])


def _abandonment(steps: Sequence[str], parts: Sequence[_Part]) -> Mapping[str, tuple[int, int]]:
    handed_in = sum((np.bincount(part.step, minlength=len(steps)) for part in parts), np.zeros(len(steps)))
    places = sum((np.bincount(part.step, part.place, len(steps)) for part in parts), np.zeros(len(steps)))
    # The steps by the mean place at which people hand them in for the first time, then by id.
    met = sorted((place / people, step) for step, people, place in zip(steps, handed_in, places, strict=True) if people)
    order = tuple(dict.fromkeys((START, *(step for _place, step in met))))
    rank = np.array([order.index(step) if step in order else 0 for step in steps], dtype=np.int64)
    stopped, reached = np.zeros(len(order), dtype=np.int64), np.zeros(len(order), dtype=np.int64)
    for part in parts:
        furthest = np.zeros(len(part.stopped), dtype=np.int64)
        np.maximum.at(furthest, part.person, rank[part.step])
        stopped += np.bincount(furthest[part.stopped], minlength=len(order))
        reached += np.bincount(furthest, minlength=len(order))[::-1].cumsum()[::-1]
    return {step: (int(stopped[n]), int(reached[n])) for n, step in enumerate(order)}
