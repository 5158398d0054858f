"""The staff: as many as promised, invented, and drawn without touching anybody else's randomness."""

from __future__ import annotations

import random
from collections import Counter

import factory.random
import pytest

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.staff import Person, PersonFactory, make_staff


@pytest.fixture(scope="module")
def staff() -> tuple[Person, ...]:
    return make_staff(planted.DEFAULT_SEED)


def test_there_are_three_thousand_staff_in_twelve_departments(staff: tuple[Person, ...]) -> None:
    listed = Counter(person.department.name for person in staff if person.listed)
    assert sum(listed.values()) == planted.STAFF == 3000
    assert listed == {department.name: department.staff for department in planted.DEPARTMENTS}
    assert len(listed) == 12


def test_the_first_person_is_the_workbenchs_default_learner(staff: tuple[Person, ...]) -> None:
    assert (staff[0].username, staff[0].number) == ("student_1", 1)
    assert staff[0].licence_from is not None


def test_no_two_people_share_an_identifier(staff: tuple[Person, ...]) -> None:
    for identifiers in (
        [person.email.lower() for person in staff],
        [person.username for person in staff],
        [person.number for person in staff],
    ):
        assert len(set(identifiers)) == len(staff)


def test_every_address_is_in_a_domain_that_cannot_exist(staff: tuple[Person, ...]) -> None:
    assert all(person.email.endswith(".example") for person in staff)


def test_a_licence_begins_in_the_departments_rollout_month_or_the_next(staff: tuple[Person, ...]) -> None:
    for person in staff:
        if person.licence_from is not None:
            rollout = planted.MONTHS.index(person.department.rollout)
            assert person.licence_from.isoformat()[:7] in planted.MONTHS[rollout : rollout + 2]
            assert person.licence_to is None or person.licence_from <= person.licence_to <= planted.LAST_DAY


def test_some_people_never_get_a_licence(staff: tuple[Person, ...]) -> None:
    without = sum(person.licence_from is None for person in staff if person.listed)
    assert 0.15 < without / planted.STAFF < 0.30


def test_some_people_are_known_to_the_roster_by_one_identifier_only(staff: tuple[Person, ...]) -> None:
    known = Counter(person.roster_ids for person in staff if person.listed)
    assert set(known) == {
        frozenset({"lms_username"}),
        frozenset({"lms_user_id"}),
        frozenset({"lms_username", "lms_user_id"}),
    }


def test_making_staff_leaves_global_randomness_alone() -> None:
    before = random.getstate(), factory.random.get_random_state()
    make_staff(1)
    assert (random.getstate(), factory.random.get_random_state()) == before


def test_a_person_can_be_made_with_any_field_given() -> None:
    person = PersonFactory.build(number=7, nation="Wales", licence=(None, None))
    assert (person.nation, person.licence_from, person.number) == ("Wales", None, 7)


def test_another_seed_makes_other_people() -> None:
    assert make_staff(1) != make_staff(2)
