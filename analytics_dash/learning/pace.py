"""How long a step takes, where people stop, and whether the tutor is asked before or after an attempt. Pure.

Told from the times of events alone: nobody is watched while they read, so a time is that between two acts, whatever
happened in between. Called by `figures`. Each function takes what one person after another did in a lesson, each in
order of time, and keeps no person, so that a lesson may have any number of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
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


_Ways = Counter[tuple[tuple[str, ...], bool]]
"""How many people handed in these steps, each in their own order, and whether they stopped then."""


class Act(NamedTuple):
    """What a person did in a lesson: started it, handed in a step, asked the tutor beside a step, or finished.

    `at` is seconds since any one moment; `step` is empty for `started` and `finished`.
    """

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


def time_on_step(people: Iterable[Sequence[Act]]) -> dict[str, Pace]:
    """For each step, how long people took from what they did last in the lesson to handing the step in, seconds.

    What was done last is starting the lesson, handing in any step, or asking the tutor beside *another* step: asking
    beside this one is work on it. Without anything before it a submission has no time. Each time is cut at `CAP`.
    """
    return paces(people, until=0).time_on_step


def abandonment(people: Iterable[Sequence[Act]], *, until: float) -> Mapping[str, tuple[int, int]]:
    """For each step, (people who stopped there, people who got as far): who handed in this step as their last.

    People who started or handed in anything count; who finished has not stopped, nor who did something within `IDLE`
    before `until`. Steps stand in the order in which people come to them; `START` is first. Who got as far handed in
    this step or a later one: so the first number over the second is the share that the next step loses.
    """
    return paces(people, until=until).abandonment


def tutor_use(people: Iterable[Sequence[Act]]) -> dict[str, TutorUse]:
    """For each step, how many of those who handed it in asked the tutor beside it before the first time, and after."""
    return paces(people, until=0).tutor_use


@dataclass(frozen=True, slots=True)
class Paces:
    """The three measures of one lesson, as the functions of these names give them."""

    time_on_step: dict[str, Pace]
    abandonment: Mapping[str, tuple[int, int]]
    tutor_use: dict[str, TutorUse]


def paces(people: Iterable[Sequence[Act]], *, until: float) -> Paces:
    """All three measures at once: what people did is read only once, and it may be much."""
    times: dict[str, list[float]] = defaultdict(list)
    ways: _Ways = Counter()
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for mine in people:
        _add_times(times, mine)
        steps = tuple(dict.fromkeys(act.step for act in mine if act.what == "submitted"))
        ways[steps, mine[-1].at < until - IDLE and all(act.what != "finished" for act in mine)] += 1
        _add_use(counts, mine)
    return Paces(
        time_on_step={
            step: Pace(len(each), median(each), sum(time >= CAP for time in each))
            for step, each in sorted(times.items())
        },
        abandonment=_stops(ways),
        tutor_use={step: TutorUse(*each) for step, each in sorted(counts.items())},
    )


def _add_times(times: dict[str, list[float]], mine: Sequence[Act]) -> None:
    last: dict[str, float] = {}  # the latest question beside each step; under START whatever else was done
    done: set[str] = set()
    for act in mine:
        if act.what == "submitted" and act.step not in done:
            done.add(act.step)
            before = [at for beside, at in last.items() if beside != act.step]
            if before:
                times[act.step].append(min(act.at - max(before), CAP))
        last[act.step if act.what == "asked" else START] = act.at


def _add_use(counts: dict[str, list[int]], mine: Sequence[Act]) -> None:
    first: dict[str, float] = {}
    asked: dict[str, list[float]] = defaultdict(list)
    for act in mine:
        if act.what == "submitted":
            first.setdefault(act.step, act.at)
        elif act.what == "asked":
            asked[act.step].append(act.at)
    for step, at in first.items():
        here = counts[step]
        here[0] += 1
        here[1] += any(when < at for when in asked[step])
        here[2] += any(when >= at for when in asked[step])


def _stops(ways: _Ways) -> Mapping[str, tuple[int, int]]:
    order = (START, *_order(ways))
    reached = dict.fromkeys(order, 0)
    stopped = dict(reached)
    for (steps, ended), people_so in ways.items():
        furthest = max((order.index(step) for step in steps), default=0)
        for step in order[: furthest + 1]:
            reached[step] += people_so
        stopped[order[furthest]] += people_so * ended
    return {step: (stopped[step], reached[step]) for step in reached}


def _order(ways: _Ways) -> list[str]:
    """The steps by the mean place at which people hand them in for the first time, then by id."""
    places: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (steps, _ended), people in ways.items():
        for place, step in enumerate(steps):
            places[step][0] += place * people
            places[step][1] += people
    return sorted(places, key=lambda step: (places[step][0] / places[step][1], step))
