"""What a roll-out's estimates leave open of a small department, to someone who knows all about every other one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from analytics_dash.disclosure.ranges import NARROWEST
from analytics_dash.effects.figures import rollout_figures
from analytics_dash.effects.reading import Rollout
from analytics_dash.releases import Cell
from tests.support import rollout_attacker as outside
from tests.support.rollout_attacker import Places, Printed, Shares, Told

MONTHS, DRAWN = 4, 60
ARMS = tuple(
    Cell("r", "all", None, None, None, arm, "active_use", 500, 1000, 50.0, "shown")  # type: ignore[arg-type]
    for arm in ("trained", "untrained")
)
"""The cells of all people that must be shown beside an estimate."""


class Deployment:
    """Departments that are rolled out in turn; the victim has 10 to 13 licensed people, of whom fewer than 10 are
    active: the same before its roll-out, and the same since. Elsewhere nothing changes in the half of all draws."""

    def __init__(self, seed: int) -> None:
        chance = np.random.default_rng(seed)
        size = int(chance.integers(6, 9))
        people = chance.integers(20, 90, size).astype(float)
        self.victim = int(chance.integers(size))
        people[self.victim] = chance.integers(10, 14)
        rolled_out = np.resize(np.arange(1, MONTHS + 1), size)
        chance.shuffle(rolled_out)
        self.places = Places(people, rolled_out)
        active = np.array([chance.binomial(int(n), chance.uniform(0.2, 0.7), MONTHS) for n in people], float)
        if seed % 2:
            active = np.repeat(active[:, :1], MONTHS, axis=1)
        self.begins = int(rolled_out[self.victim])
        was, is_ = chance.integers(0, 10, 2)
        active[self.victim] = [was] * self.begins + [is_] * (MONTHS - self.begins)
        self.shares = active / people[:, None]

    def told(self) -> Told:
        """What the product publishes."""
        found = Rollout(self.shares, self.places.people, self.places.rolled_out)
        figures = rollout_figures(found, ARMS, release="r")
        return {
            each.measure: (each.value, each.low, each.high)
            for each in figures
            if each.value is not None and each.low is not None and each.high is not None
        }

    def told_as(self, printed: Printed) -> Told:
        """What would be published by another rule."""
        made = {name: printed(self.shares[None], self.places, how) for name, how in outside.COMPARED.items()}
        return {name: tuple(limits.tolist()) for name, (limits,) in made.items() if not np.isnan(limits).any()}

    def left(
        self, told: Told, printed: Printed, active: Sequence[Sequence[int]], shares: Shares | None = None
    ) -> np.ndarray:
        """Which of `active` fit, where the others' `shares` are known, or are these."""
        rows, every = outside.possible(self.victim, self.shares if shares is None else shares, self.places, active)
        return outside.fits(rows, every, self.places, told, printed)

    def as_shown_alike(self, number: int) -> Iterator[Shares]:
        """So many other truths about the others, of which the same counts would be shown: by department, and in all.

        In some months one department has one or two more and another as many fewer.
        """
        chance = np.random.default_rng(number)
        active = self.shares * self.places.people[:, None]
        others = np.delete(np.arange(len(active)), self.victim)
        for _ in range(number):
            other = active.copy()
            for month in range(MONTHS):
                one, two = chance.choice(others, 2, replace=False)
                some = chance.integers(0, 3)
                other[one, month] += some
                other[two, month] -= some
            if (np.round(other / 5) == np.round(active / 5)).all() and (other <= self.places.people[:, None]).all():
                yield other / self.places.people[:, None]

    def stepwise(self) -> list[Sequence[int]]:
        """The same before and the same after, as it is: closer than anybody would suppose."""
        return list(outside.before_and_after(int(self.places.people[self.victim]), MONTHS, min(self.begins, MONTHS)))

    def anything(self) -> list[Sequence[int]]:
        return list(outside.any_months(int(self.places.people[self.victim]), MONTHS))


@pytest.fixture(scope="module")
def deployments() -> list[Deployment]:
    return [each for each in map(Deployment, range(DRAWN)) if each.told()]


def narrowest(deployment: Deployment) -> int:
    """How wide the range is of the count of the victim that is told most closely."""
    return int(np.ptp(deployment.left(deployment.told(), outside.as_documented, deployment.stepwise()), axis=0).min())


def test_the_attacker_knows_how_estimates_are_made(deployments: list[Deployment]) -> None:
    assert len(deployments) > DRAWN / 2
    for each in deployments:
        told, documented = each.told(), each.told_as(outside.as_documented)
        assert told.keys() == documented.keys()
        assert all(told[measure] == pytest.approx(documented[measure]) for measure in told)


def since(deployment: Deployment, printed: Printed) -> int | None:
    """How wide the range is of the count since the roll-out, for who knows the count before as well.

    None where it reaches to nobody or everybody: there the ends of what can be cut it off, whatever is told. And where
    there was no roll-out.
    """
    if deployment.begins == MONTHS:
        return None
    own = deployment.shares[deployment.victim] * deployment.places.people[deployment.victim]
    active = [each for each in deployment.stepwise() if round(own[0]) == each[0]]
    left = deployment.left(deployment.told_as(printed), printed, active)[:, -1]
    return None if {0, deployment.places.people[deployment.victim]} & set(left.tolist()) else int(np.ptp(left))


def test_to_a_tenth_of_a_point_or_with_limits_as_fine_as_the_figure_they_would_tell(
    deployments: list[Deployment],
) -> None:
    for printed, tells in (
        (outside.to_a_tenth, True),
        (outside.limits_as_of_the_figure, True),
        (outside.as_documented, False),
    ):
        narrow = [
            width for each in deployments if (width := since(each, printed)) is not None and width < NARROWEST - 1
        ]
        assert bool(narrow) is tells, printed


def test_as_they_are_told_who_knows_all_but_one_count_knows_it_no_closer_than_a_shown_one(
    deployments: list[Deployment],
) -> None:
    assert min(map(narrowest, deployments)) >= NARROWEST - 1


def test_and_who_knows_of_the_others_what_is_shown_does_not_know_it_to_within_two(
    deployments: list[Deployment],
) -> None:
    closest = [each for each in deployments if narrowest(each) < NARROWEST]
    assert closest
    for each in closest:
        told, active = each.told(), each.stepwise()
        some = [each.left(told, outside.as_documented, active, shares) for shares in each.as_shown_alike(300)]
        left = np.concatenate([each.left(told, outside.as_documented, active), *some])
        assert np.ptp(left, axis=0).min() >= NARROWEST, len(some)


def test_nor_where_the_attacker_supposes_nothing_of_the_months(deployments: list[Deployment]) -> None:
    for each in deployments[:2]:
        left = each.left(each.told(), outside.as_documented, each.anything())
        own = each.shares[each.victim] * each.places.people[each.victim]
        assert (np.abs(left - own) < 1e-6).all(axis=1).any(), "the truth is among what fits"
        assert np.ptp(left, axis=0).min() >= NARROWEST
