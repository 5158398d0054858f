"""Time on a step, abandonment and tutor use, on stories short enough to follow by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from statistics import median
from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.learning.pace import CAP, IDLE, START, WHAT, Acts, Pace, Paces, TutorUse, What, paces


class Act(NamedTuple):
    at: float
    what: What
    step: str


def acts(people: Sequence[Sequence[Act]]) -> Acts:
    """What people did, as the engine gives it."""
    steps = sorted({act.step for act in chain(*people)})
    every = [(number, *act) for number, mine in enumerate(people) for act in mine]
    return Acts(
        np.array([row[0] for row in every], dtype=np.int64),
        np.array([row[1] for row in every], dtype=float),
        np.array([WHAT.index(row[2]) for row in every], dtype=np.int64),
        np.array([steps.index(row[3]) for row in every], dtype=np.int64),
        steps,
    )


def measured(*parts: Sequence[Sequence[Act]], until: float = 0) -> Paces:
    return paces([acts(part) for part in parts], until=until)


MINUTE = 60.0
DONE = [
    Act(0, "started", ""),
    Act(2 * MINUTE, "submitted", "read"),
    Act(4 * MINUTE, "asked", "choose"),
    Act(7 * MINUTE, "submitted", "choose"),
    Act(9 * MINUTE, "submitted", "choose"),
    Act(9 * MINUTE, "finished", ""),
]
STUCK = [
    Act(0, "started", ""),
    Act(4 * MINUTE, "submitted", "read"),
    Act(5 * MINUTE, "asked", "read"),
]
LOOKED = [Act(0, "started", "")]
AWAY = [Act(0, "started", ""), Act(10 * CAP, "submitted", "read")]


def test_a_step_takes_from_the_act_before_it_to_its_first_submission() -> None:
    """Asking the tutor beside the step is part of it; a second attempt is not counted."""
    assert measured([DONE]).time_on_step == {"read": Pace(1, 2 * MINUTE, 0), "choose": Pace(1, 5 * MINUTE, 0)}


def test_a_question_beside_another_step_ends_the_time_there() -> None:
    wandering = [*DONE[:2], Act(6 * MINUTE, "asked", "read"), Act(7 * MINUTE, "submitted", "choose")]
    assert measured([wandering]).time_on_step["choose"] == Pace(1, MINUTE, 0)


def test_a_long_time_is_cut_and_counted_as_cut() -> None:
    assert measured([AWAY]).time_on_step == {"read": Pace(1, CAP, 1)}


def test_a_submission_without_anything_before_it_has_no_time() -> None:
    assert measured([[Act(5, "submitted", "read")]]).time_on_step == {}


def test_people_stop_at_the_last_step_that_they_handed_in() -> None:
    everybody = [DONE, STUCK, LOOKED]
    assert measured(everybody, until=IDLE + 60 * MINUTE).abandonment == {
        START: (1, 3),
        "read": (1, 2),
        "choose": (0, 1),
    }


def test_who_was_there_lately_may_go_on() -> None:
    assert measured([STUCK, LOOKED], until=60 * MINUTE).abandonment == {START: (0, 2), "read": (0, 1)}


def test_the_tutor_is_asked_before_the_first_attempt_or_after_it() -> None:
    assert measured([DONE, STUCK, LOOKED]).tutor_use == {"read": TutorUse(2, 0, 1), "choose": TutorUse(1, 1, 0)}


LIVES = st.lists(
    st.lists(
        st.builds(
            Act, st.integers(0, 10_000).map(float), st.sampled_from(WHAT), st.sampled_from(["one", "two", "three"])
        ),
        min_size=1,
        max_size=12,
    ).map(sorted),
    max_size=6,
)


@given(LIVES, st.integers(0, 6), st.sampled_from([5_000.0, 1e9]))
def test_however_people_are_put_into_parts_it_is_what_following_each_of_them_gives(
    lives: list[list[Act]], cut: int, until: float
) -> None:
    found = measured(lives[:cut], lives[cut:], until=until + IDLE)
    assert found == followed(lives, until=until + IDLE)
    assert found == measured(lives[::-1], until=until + IDLE)


def followed(people: Sequence[Sequence[Act]], *, until: float) -> Paces:
    """The same, person by person and act by act."""
    times: dict[str, list[float]] = defaultdict(list)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    ways = []
    for mine in people:
        _add_times(times, mine)
        _add_use(counts, mine)
        steps = list(dict.fromkeys(act.step for act in mine if act.what == "submitted"))
        ways.append((steps, mine[-1].at < until - IDLE and all(act.what != "finished" for act in mine)))
    return Paces(
        {
            step: Pace(len(each), median(each), sum(time >= CAP for time in each))
            for step, each in sorted(times.items())
        },
        _stops(ways),
        {step: TutorUse(*each) for step, each in sorted(counts.items())},
        sum(any(act.what == "asked" for act in mine) for mine in people),
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


def _stops(ways: Sequence[tuple[list[str], bool]]) -> Mapping[str, tuple[int, int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for steps, _ended in ways:
        for place, step in enumerate(steps):
            places[step].append(place)
    order = [START, *sorted(places, key=lambda step: (sum(places[step]) / len(places[step]), step))]
    found = {step: [0, 0] for step in order}
    for steps, ended in ways:
        furthest = max((order.index(step) for step in steps), default=0)
        for step in order[: furthest + 1]:
            found[step][1] += 1
        found[order[furthest]][0] += ended
    return {step: (stopped, reached) for step, (stopped, reached) in found.items()}
