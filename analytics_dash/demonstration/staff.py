"""The staff of the demonstration government: who they are, where they work, when their licence begins.

Factories (factory-boy) turn a department and a random stream into a `Person`; `make_staff` makes all of them. What
people then do is in `behaviour`. Every draw comes from the stream that is passed in: nothing global is seeded.
"""

from __future__ import annotations

import calendar
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from factory.base import Factory
from factory.declarations import LazyAttribute
from factory.declarations import Sequence as Running

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.moments import working_day
from analytics_dash.demonstration.streams import stream


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Plainly made-up names: a given name from the garden and a surname from the workshop.
_GIVEN = _words(
    "Alder Aster Bay Bramble Briar Bryony Burdock Campion Cedar Clover Comfrey Cowslip Damson Fennel Foxglove Hazel "
    "Heather Juniper Larch Laurel Linden Mallow Medlar Myrtle Nettle Oak Quince Rowan Rush Saffron Sedge Sorrel Tansy "
    "Teasel Thistle Thyme Willow Woodruff Yarrow Yew"
)
_FAMILY = _words(
    "Anvilgate Barrelby Bellowsworth Bobbinhurst Brasstack Buttonley Candlewick Chiselton Clockwell Coppergill "
    "Cogsworthy Dialstone Fernpress Flintlock Gearwick Gimletby Hammerley Hingeford Inkwellow Kettlebeck Ladlemere "
    "Lanternby Latchford Loomley Millrace Needleham Oarlock Paddlewick Pestlemoor Pinwheel Plumbline Pulleyn Quillby "
    "Ratchetby Saddlebow Shuttleby Sieveley Spindlecote Spokeshave Tackleby Thimbleby Tinderley Trowelham Twineford "
    "Vicebury Whetstone Wickerley Windlassby"
)


@dataclass(frozen=True, slots=True)
class Person:
    """One fictional member of staff.

    `number` is the LMS user id. `listed` says whether the roster has them. `roster_ids` names which LMS identifiers the
    roster gives. Licence days are inclusive; both are None for someone who never gets one.
    """

    number: int
    username: str
    name: str
    email: str
    department: planted.Department
    grade_band: str
    profession: str
    nation: str
    licence_from: date | None
    licence_to: date | None
    roster_ids: frozenset[str]
    team: str | None = None
    listed: bool = True


def weighted(rng: Random, shares: Mapping[str, float]) -> str:
    """Draw one key of `shares` with probability proportional to its value."""
    return rng.choices(tuple(shares), weights=tuple(shares.values()))[0]


def draw_licence(rng: Random, department: planted.Department) -> tuple[date | None, date | None]:
    """Draw the licence's first and last day; (None, None) for no licence, and None for a last day not yet known."""
    if rng.random() >= department.licensed:
        return None, None
    months = [department.rollout, planted.MONTHS[planted.MONTHS.index(department.rollout) + 1]]
    month = months[0] if rng.random() < planted.LICENCES_IN_ROLLOUT_MONTH else months[1]
    first, last = month_days(month)
    begins = working_day(rng, max(first, planted.FIRST_LICENCE_DAY), last, weekends=0.0)
    if rng.random() >= planted.LICENCE_WITHDRAWN:
        return begins, None
    return begins, working_day(rng, begins, planted.LAST_DAY, weekends=0.0)


def month_days(month: str) -> tuple[date, date]:
    """Return the first and last day of a month given as YYYY-MM."""
    year, number = map(int, month.split("-"))
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def _address(name: str, number: int, department: planted.Department) -> str:
    """Half of the addresses are written as people write them, with capitals: a reader has to fold case."""
    local = f"{name.replace(' ', '.')}.{number}"
    return f"{local if number % 2 else local.lower()}@{department.domain}"


def _roster_ids(rng: Random) -> frozenset[str]:
    kinds = {
        "lms_username lms_user_id": planted.ROSTER_HAS_BOTH_LMS_IDS,
        "lms_username": planted.ROSTER_HAS_USERNAME_ONLY,
        "lms_user_id": planted.ROSTER_HAS_NUMBER_ONLY,
    }
    return frozenset(weighted(rng, kinds).split())


def _drawn(draw: Callable[[Any], object]) -> Any:
    """Declare a field of a factory that is computed from the fields before it."""
    return LazyAttribute(draw)  # type: ignore[no-untyped-call]


class PersonFactory(Factory[Person]):
    """Make a `Person` of `department` and `number` from the stream `rng`; a field that is given is not drawn."""

    class Meta:
        model = Person
        exclude = ("rng", "licence")

    number: Any = Running(lambda n: n + 1)  # type: ignore[no-untyped-call]
    department: Any = planted.DEPARTMENTS[0]
    rng: Any = _drawn(lambda o: stream("alone", o.number))
    name: Any = _drawn(lambda o: f"{o.rng.choice(_GIVEN)} {o.rng.choice(_FAMILY)}")
    username: Any = _drawn(lambda o: f"{o.name.split()[1].lower()}{o.number}")
    email: Any = _drawn(lambda o: _address(o.name, o.number, o.department))
    grade_band: Any = _drawn(lambda o: weighted(o.rng, planted.GRADE_BANDS))
    profession: Any = _drawn(lambda o: weighted(o.rng, planted.PROFESSIONS))
    nation: Any = _drawn(lambda o: weighted(o.rng, planted.NATIONS))
    licence: Any = _drawn(lambda o: draw_licence(o.rng, o.department))
    licence_from: Any = _drawn(lambda o: o.licence[0])
    licence_to: Any = _drawn(lambda o: o.licence[1])
    roster_ids: Any = _drawn(lambda o: _roster_ids(o.rng))
    team: Any = _drawn(lambda o: weighted(o.rng, o.department.teams) if o.department.teams else None)


class UnlistedFactory(PersonFactory):
    """Someone whom the platforms know and the roster does not."""

    listed: Any = False
    roster_ids: Any = frozenset()


def make_staff(seed: int) -> tuple[Person, ...]:
    """Return everybody, the first being `student_1` with LMS number 1, department by department, the unlisted last.

    The first person is who a visitor of the workbench becomes: licensed, and not yet trained (see `behaviour`).
    """
    return tuple(_everybody(seed))


def _everybody(seed: int) -> Iterator[Person]:
    numbers = itertools.count(1)
    for department in planted.DEPARTMENTS:
        for number in itertools.islice(numbers, department.staff):
            rng = stream(seed, "staff", number)
            if number == 1:
                first, _ = month_days(department.rollout)
                yield PersonFactory.build(
                    rng=rng,
                    number=1,
                    department=department,
                    username=planted.FIRST_USERNAME,
                    licence=(max(first, planted.FIRST_LICENCE_DAY), None),
                    roster_ids=frozenset({"lms_username", "lms_user_id"}),
                )
            else:
                yield PersonFactory.build(rng=rng, number=number, department=department)
    for number in itertools.islice(numbers, planted.UNLISTED):
        rng = stream(seed, "staff", number)
        yield UnlistedFactory.build(rng=rng, number=number, department=rng.choice(planted.DEPARTMENTS))
