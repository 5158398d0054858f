"""Time on a step, abandonment and tutor use, on stories short enough to follow by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.learning.pace import CAP, IDLE, START, Act, Pace, TutorUse, abandonment, time_on_step, tutor_use

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
    assert time_on_step([DONE]) == {"read": Pace(1, 2 * MINUTE, 0), "choose": Pace(1, 5 * MINUTE, 0)}


def test_a_question_beside_another_step_ends_the_time_there() -> None:
    wandering = [*DONE[:2], Act(6 * MINUTE, "asked", "read"), Act(7 * MINUTE, "submitted", "choose")]
    assert time_on_step([wandering])["choose"] == Pace(1, MINUTE, 0)


def test_a_long_time_is_cut_and_counted_as_cut() -> None:
    assert time_on_step([AWAY]) == {"read": Pace(1, CAP, 1)}


def test_a_submission_without_anything_before_it_has_no_time() -> None:
    assert time_on_step([[Act(5, "submitted", "read")]]) == {}


def test_people_stop_at_the_last_step_that_they_handed_in() -> None:
    everybody = [DONE, STUCK, LOOKED]
    assert abandonment(everybody, until=IDLE + 60 * MINUTE) == {START: (1, 3), "read": (1, 2), "choose": (0, 1)}


def test_who_was_there_lately_may_go_on() -> None:
    assert abandonment([STUCK, LOOKED], until=60 * MINUTE) == {START: (0, 2), "read": (0, 1)}


def test_the_tutor_is_asked_before_the_first_attempt_or_after_it() -> None:
    assert tutor_use([DONE, STUCK, LOOKED]) == {"read": TutorUse(2, 0, 1), "choose": TutorUse(1, 1, 0)}


acts = st.builds(
    Act,
    st.integers(0, 10_000).map(float),
    st.sampled_from(["started", "submitted", "asked", "finished"]),
    st.sampled_from(["one", "two", "three"]),
)
people = st.lists(st.lists(acts, min_size=1, max_size=12).map(sorted), max_size=6)


@given(people)
def test_nobody_counts_twice_and_the_order_of_people_changes_nothing(lives: list[list[Act]]) -> None:
    stops = abandonment(lives, until=1e9)
    numbers = [reached for _stopped, reached in stops.values()]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] == len(lives)
    assert sum(stopped for stopped, _reached in stops.values()) <= len(lives)
    assert all(stopped <= reached for stopped, reached in stops.values())
    assert all(0 <= pace.median <= CAP and pace.capped <= pace.people for pace in time_on_step(lives).values())
    assert all(max(use.before, use.after) <= use.people for use in tutor_use(lives).values())
    for measure in (time_on_step, tutor_use):
        assert measure(lives) == measure(lives[::-1])
    assert abandonment(lives[::-1], until=1e9) == stops
