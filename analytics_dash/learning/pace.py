"""How long a step takes, where people stop, and whether the tutor is asked before or after an attempt. Pure.

Told from the times of events alone: nobody is watched while they read, so a time is that between two acts, whatever
happened in between. Called by `figures`. A lesson's `Act`s are of many people, in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal, NamedTuple

CAP: Final = 30 * 60.0
"""Seconds. A longer time counts as this much: people go to meetings. The median hardly feels it."""

IDLE: Final = 14 * 24 * 3600.0
"""Seconds. Who did nothing for so long before the end of the period has stopped; who did something may go on."""

START: Final = ""
"""The place of those who stopped before they had handed in any step."""


What = Literal["started", "submitted", "asked", "finished"]


class Act(NamedTuple):
    """What a person did in a lesson: started it, handed in a step, asked the tutor beside a step, or finished.

    `at` is seconds since any one moment; `step` is empty for `started` and `finished`.
    """

    person: int
    at: float
    what: What
    step: str


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


def time_on_step(acts: Iterable[Act]) -> dict[str, Pace]:
    """For each step, how long people took from what they did last in the lesson to handing the step in, seconds.

    What was done last is starting the lesson, handing in any step, or asking the tutor beside *another* step: asking
    beside this one is work on it. Without anything before it a submission has no time. Each time is cut at `CAP`.
    """
    times: dict[str, list[float]] = defaultdict(list)
    for mine in _by_person(acts).values():
        last: dict[str, float] = {}  # the latest question beside each step; under START whatever else was done
        done: set[str] = set()
        for act in mine:
            if act.what == "submitted" and act.step not in done:
                done.add(act.step)
                before = [at for beside, at in last.items() if beside != act.step]
                if before:
                    times[act.step].append(min(act.at - max(before), CAP))
            last[act.step if act.what == "asked" else START] = act.at
    return {
        step: Pace(len(each), median(each), sum(time >= CAP for time in each)) for step, each in sorted(times.items())
    }


def abandonment(acts: Iterable[Act], *, until: float) -> Mapping[str, tuple[int, int]]:
    """For each step, (people who stopped there, people who got as far): who handed in this step as their last.

    People who started or handed in anything count; who finished has not stopped, nor who did something within `IDLE`
    before `until`. Steps stand in the order in which people come to them; `START` is first. Who got as far handed in
    this step or a later one: so the first number over the second is the share that the next step loses.
    """
    people = _by_person(acts)
    order = _order(people.values())
    reached = dict.fromkeys((START, *order), 0)
    stopped = dict(reached)
    for mine in people.values():
        steps = [order.index(act.step) for act in mine if act.what == "submitted"]
        furthest = (START, *order)[max(steps) + 1] if steps else START
        for step in reached:
            reached[step] += 1
            if step == furthest:
                break
        latest = mine[-1].at
        if all(act.what != "finished" for act in mine) and latest < until - IDLE:
            stopped[furthest] += 1
    return {step: (stopped[step], reached[step]) for step in reached}


def tutor_use(acts: Iterable[Act]) -> dict[str, TutorUse]:
    """For each step, how many of those who handed it in asked the tutor beside it before the first time, and after."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for mine in _by_person(acts).values():
        first: dict[str, float] = {}
        for act in mine:
            if act.what == "submitted":
                first.setdefault(act.step, act.at)
        for step, at in first.items():
            asked = [act.at for act in mine if act.what == "asked" and act.step == step]
            here = counts[step]
            here[0] += 1
            here[1] += any(when < at for when in asked)
            here[2] += any(when >= at for when in asked)
    return {step: TutorUse(*each) for step, each in sorted(counts.items())}


def _by_person(acts: Iterable[Act]) -> dict[int, list[Act]]:
    people: dict[int, list[Act]] = defaultdict(list)
    for act in sorted(acts, key=lambda act: act.at):
        people[act.person].append(act)
    return people


def _order(people: Iterable[Sequence[Act]]) -> list[str]:
    """The steps by the mean place at which people hand them in for the first time, then by id."""
    places: dict[str, list[int]] = defaultdict(list)
    for mine in people:
        for place, step in enumerate(dict.fromkeys(act.step for act in mine if act.what == "submitted")):
            places[step].append(place)
    return sorted(places, key=lambda step: (sum(places[step]) / len(places[step]), step))
