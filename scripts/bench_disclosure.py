"""What it costs to protect a release's cells and to attack them together with earlier releases; prints a table.

A government of any size is drawn (`--seed`): people with a place in every dimension, and for each indicator and month
who counts and who has the property. Its groups are added up with NumPy, protected by the product's own rule, and then
`hide_what_leaks` and `attack` are timed as the release builder and the publisher call them, indicator by indicator,
over as many monthly releases as `--releases` says. CPU seconds are of this process; memory is its highest.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics_dash.disclosure.attacker import attack
from analytics_dash.disclosure.dominance import Magnitude
from analytics_dash.disclosure.groups import Group, Key
from analytics_dash.disclosure.protect import Measure, protect_group
from analytics_dash.disclosure.secondary import hide_what_leaks
from analytics_dash.disclosure.views import EVERY_VIEW, VIEWS
from analytics_dash.releases.types import Cell


@dataclass(frozen=True)
class Population:
    """People and where they stand: for each dimension the names of its values, and each person's value."""

    size: int
    names: dict[str, list[str]]
    codes: dict[str, np.ndarray]


def drawn(args: argparse.Namespace, rng: np.random.Generator) -> Population:
    # Departments and teams of unlike sizes, as they are.
    department = rng.choice(args.departments, args.people, p=rng.dirichlet(np.full(args.departments, 2.0)))
    team = rng.integers(0, args.teams, args.people)
    codes = {
        "department_group": department % args.groups,
        "department": department,
        "team": department * args.teams + np.minimum(team, rng.integers(0, args.teams, args.people)),
        "grade_band": rng.integers(0, args.grades, args.people),
        "profession": rng.integers(0, args.professions, args.people),
        "nation": rng.integers(0, 4, args.people),
    }
    names = {
        "department_group": [f"Group {n:02}" for n in range(args.groups)],
        "department": [f"Department {n:03}" for n in range(args.departments)],
        "team": [f"Team {n:03}" for n in range(args.teams)],
        "grade_band": [f"Grade {n}" for n in range(args.grades)],
        "profession": [f"Profession {n:02}" for n in range(args.professions)],
        "nation": ["England", "Northern Ireland", "Scotland", "Wales"],
    }
    return Population(args.people, names, codes)


def cells_of(
    population: Population, counted: np.ndarray, having: np.ndarray, months: list[str], name: str
) -> Iterator[Cell]:
    """Protect every group of every view; `counted` and `having` are people by month, true or false."""
    measure = Measure("competent", "proportion", 100, (None,), EVERY_VIEW)
    whole, part = counted.sum(axis=1), having.sum(axis=1)
    for view in VIEWS.values():
        cut = next((dimension for dimension in view.cuts if dimension != "month"), None)
        codes = population.codes[cut] if cut else np.zeros(population.size, dtype=np.int64)
        values = int(codes.max()) + 1
        columns = range(len(months)) if "month" in view.cuts else [None]
        for month in columns:
            of, has = (whole, part) if month is None else (counted[:, month], having[:, month])
            of, has = of.astype(np.int64), has.astype(np.int64)
            totals = [np.bincount(codes, each, values).astype(int) for each in (has, of, of - has)]
            people = [np.bincount(codes, each > 0, values).astype(int) for each in (has, of, of - has)]
            for value in range(values):
                figures = [Magnitude(int(t[value]), int(p[value]), 1, 1) for t, p in zip(totals, people, strict=True)]
                key = key_of(population, cut, value, None if month is None else months[month])
                yield protect_group(Group(key, *figures), measure, view=view.name, release=name)


def key_of(population: Population, cut: str | None, value: int, month: str | None) -> Key:
    if cut is None:
        return Key(month=month)
    if cut not in ("team", "department"):
        return Key(**{"month": month, cut: population.names[cut][value]})
    teams = len(population.names["team"])
    department = value // teams if cut == "team" else value
    return Key(
        month=month,
        department_group=population.names["department_group"][department % len(population.names["department_group"])],
        department=population.names["department"][department],
        team=population.names["team"][value % teams] if cut == "team" else None,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag, default in (
        ("departments", 50), ("teams", 200), ("groups", 8), ("grades", 7), ("professions", 20),
        ("people", 500_000), ("window", 6), ("releases", 2), ("indicators", 1), ("seed", 1),
    ):  # fmt: skip
        parser.add_argument(f"--{flag}", type=int, default=default)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    population = drawn(args, rng)
    months = [f"{2024 + n // 12}-{n % 12 + 1:02}" for n in range(args.window + args.releases - 1)]
    print(f"{args.departments} departments x {args.teams} teams, {args.people} people, window {args.window} months")
    total = {"build": 0.0, "attack": 0.0}
    for indicator in range(args.indicators):
        share = rng.uniform(0.02, 0.4)
        counted = rng.random((args.people, len(months))) < share
        having = counted & (rng.random((args.people, len(months))) < rng.uniform(0.3, 0.8))
        kinds = {"competent": "proportion"}
        earlier: list[tuple[Cell, ...]] = []
        for release in range(args.releases):
            window = slice(release, release + args.window)
            name = f"{months[release + args.window - 1]}.1"
            cells = list(cells_of(population, counted[:, window], having[:, window], months[window], name))
            beside = earlier[-(args.window - 1) :]
            began = time.process_time()
            built = hide_what_leaks(cells, kinds, earlier=beside)
            after = time.process_time()
            found = attack([*beside, built], kinds)
            ended = time.process_time()
            total["build"] += after - began
            total["attack"] += ended - after
            hidden, first = (sum(cell.status == "c" for cell in each) for each in (built, cells))
            print(
                f"indicator {indicator + 1} release {release + 1}: {len(cells)} cells, hidden {first} -> {hidden}, "
                f"hide {after - began:.1f} s, attack {ended - after:.1f} s, leaks {len(found.leaks)}{found.impossible}",
                flush=True,
            )
            earlier.append(built)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"CPU: hide {total['build']:.1f} s, attack {total['attack']:.1f} s; highest memory {peak:.0f} MiB")


if __name__ == "__main__":
    main()
