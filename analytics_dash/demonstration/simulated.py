"""Many governments, quickly: people drawn from planted parameters straight into a warehouse, for measuring estimators.

The demonstration's own government is written as feeds and loaded like anybody's; that takes minutes, and an interval is
judged by hundreds of draws. Here the same model (departments, licences, training, use, the tutor) is drawn with NumPy
and written into the warehouse's tables. Called by `recovery`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]
from numpy.typing import NDArray

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.drawn_columns import acts, dates, digests, same
from analytics_dash.indicators.window import Window, first_day, last_day
from analytics_dash.warehouse.store import create

Random = np.random.Generator
Whole = NDArray[np.int64]

WINDOW: Final = Window(planted.MONTHS)


@dataclass(frozen=True, slots=True)
class Planted:
    """What is true. Shares are 0–1; `lift` is what training adds to the chance to be active in a month.

    `base` is the chance of an untrained person in an average department; `spread` how far departments lie from it, more
    training going with more use, so that a plain difference of the arms is wrong. `fades` is the share of the lift that
    is lost each month after the first. `rollout` is what a department's roll-out adds for everybody in it, whoever is
    trained; with it, training is rolled out department by department (`stepped`).
    With `one_place` nothing falls at the Ministry of Umbrellas, and nobody at the Ministry of Kites reports an answer.
    With `mid_month` everybody has had a licence all along and is trained on the 15th of some month, so that it is plain
    in which month the day so many weeks later falls. `apart` is how far people lie from their department, each in use
    by as much in every month, and in what they paste: at 0.35 from nothing to twice as much. `grows` is what each month
    adds to everybody's use, and `swings` how far a department's months lie from that (a standard deviation).
    """

    base: float = 0.50
    lift: float = 0.17
    spread: float = 0.10
    fades: float = 0.0
    trained_first: float = 0.80
    trained_first_at_canals: float = 0.30
    competent: float = 0.81
    redactions: float = 0.14
    redactions_fall: float = 0.86
    concerns: float = 0.06
    helpful: float = 0.74
    cited: float = 0.80
    checks_everything: float = 0.45
    grade_gap: float = 0.0
    mid_month: bool = False
    stepped: bool = False
    rollout: float = 0.0
    trend: float = 0.02
    rolled_out_by_people: float = 0.9
    one_place: bool = False
    apart: float = 0.0
    grows: float = 0.0
    swings: float = 0.0

    def with_nothing(self) -> Planted:
        """The same government in which nothing changes by training, month or place, but how much a department uses."""
        return replace(self, lift=0.0, rollout=0.0, redactions_fall=1.0, trained_first_at_canals=self.trained_first)

    def without_effects(self) -> Planted:
        """The same government in which training and roll-out change nothing."""
        return replace(self, lift=0.0, rollout=0.0)


@dataclass(frozen=True, slots=True)
class People:
    """Everyone, one entry each: department (a number), grade band (a number), first licence day and day of training.

    Days count from the first day of the first month; no training is `NEVER`.
    """

    department: Whole
    grade: Whole
    licence: Whole
    trained: Whole

    @property
    def size(self) -> int:
        return len(self.department)


NEVER: Final = 10_000
_FIRST: Final = first_day(planted.MONTHS[0])
_BEGINS: Final = np.array([(first_day(month) - _FIRST).days for month in planted.MONTHS])
_ENDS: Final = np.array([(last_day(month) - _FIRST).days for month in planted.MONTHS])
_GRADES: Final = tuple(planted.GRADE_BANDS)
_NAMES: Final = [each.name for each in planted.DEPARTMENTS]
_CANALS, _UMBRELLAS, _KITES = map(_NAMES.index, ("Office for Canals", "Ministry of Umbrellas", "Ministry of Kites"))
_STEPPED: Final = 24  # departments of the stepped government
CHECKING: Final = ("fact-1", "fact-2", "fact-3")


def simulate(path: Path, truth: Planted, seed: int, *, tutor: bool = True) -> None:
    """Draw a government and write it as a new warehouse at `path`; nothing of the tutor unless it is wanted."""
    rng = np.random.default_rng(seed)
    people = stepped_people(rng, truth) if truth.stepped else people_of(rng, truth)
    tables = {"people": _people_rows(people, truth), "usage": _usage_rows(rng, people, truth)}
    tables["learning_events"] = _learning_rows(rng, people, truth)
    if tutor and not truth.stepped:
        tables |= _tutor_rows(rng, people, truth)
        tables["item_answers"] = _checking_rows(rng, people, truth)
    connection = create(path)
    for name, columns in tables.items():
        connection.register("incoming", pa.table(columns))
        connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM incoming").fetchall()  # noqa: S608 (our names)
        connection.unregister("incoming")
    connection.close()


def people_of(rng: Random, truth: Planted) -> People:
    """The demonstration's departments: licences from the month of roll-out on, most people trained before."""
    sizes = [round(each.staff * each.licensed) for each in planted.DEPARTMENTS]
    department = np.repeat(np.arange(len(sizes)), sizes)
    size = len(department)
    if truth.mid_month:
        trained = _BEGINS[rng.integers(0, len(planted.MONTHS), size)] + 14
        return People(department, _grades(rng, size), np.full(size, -60), trained)
    month = np.array([planted.MONTHS.index(each.rollout) for each in planted.DEPARTMENTS])[department]
    month = month + (rng.random(size) >= planted.LICENCES_IN_ROLLOUT_MONTH)
    licence = np.maximum(rng.integers(_BEGINS[month], _ENDS[month] + 1), (planted.FIRST_LICENCE_DAY - _FIRST).days)
    first = np.where(department == _CANALS, truth.trained_first_at_canals, truth.trained_first)
    before = licence - rng.integers(2, 17, size)
    after = licence + rng.integers(1, 90, size)
    later = np.where(rng.random(size) < planted.TRAINED_LATER, after, NEVER)
    trained = np.where(rng.random(size) < first, before, later)
    trained = np.where(trained <= _ENDS[-1], trained, NEVER)
    return People(department, _grades(rng, size), licence, trained)


def stepped_people(rng: Random, truth: Planted) -> People:
    """Departments that all had licences before, and training in one month after another, or not yet."""
    sizes = rng.integers(40, 200, _STEPPED)
    department = np.repeat(np.arange(_STEPPED), sizes)
    size = len(department)
    starts = rolled_out_months()[department]
    trained = np.where(rng.random(size) < truth.rolled_out_by_people, _BEGINS[np.minimum(starts, 5)] - 5, NEVER)
    trained = np.where(starts < len(planted.MONTHS), trained, NEVER)
    return People(department, _grades(rng, size), np.full(size, -60), trained)


def rolled_out_months() -> Whole:
    """In which month each stepped department is rolled out; the number of months where it is not."""
    return np.resize(np.array([1, 2, 3, 4, 5, 6]), _STEPPED)


def chances(people: People, truth: Planted, month: int) -> NDArray[np.float64]:
    """How likely each person is to be active in a month."""
    departments = int(people.department.max()) + 1
    place = np.linspace(-1, 1, departments)[people.department] * truth.spread
    since = month - np.searchsorted(_BEGINS, people.trained, side="left")  # months trained before this one begins
    lift = truth.lift * (1 - truth.fades) ** np.maximum(since, 0) * (people.trained < _BEGINS[month])
    chance = truth.base + place + lift + truth.trend * month * truth.stepped
    chance = chance + truth.grade_gap * (people.grade == 0) + own(people, truth)
    chance = chance + truth.grows * month + truth.swings * _swings(people, month)
    if truth.stepped:
        chance = chance + truth.rollout * (rolled_out_months()[people.department] <= month)
    likely: NDArray[np.float64] = np.clip(chance, 0.01, 0.99)
    return likely


def own(people: People, truth: Planted) -> NDArray[np.float64]:
    """How far each person lies from their department: on average by nothing, and by as much in every month."""
    draws: NDArray[np.float64] = np.random.default_rng([people.size, *people.grade[:20]]).uniform(-1, 1, people.size)
    return draws * truth.apart


def _swings(people: People, month: int) -> NDArray[np.float64]:
    """What a month is to everybody in a department, trained or not: how far from usual, in standard deviations."""
    chance = np.random.default_rng([people.size, month, *people.grade[:20]])
    return chance.standard_normal(int(people.department.max()) + 1)[people.department]


def _grades(rng: Random, size: int) -> Whole:
    shares = np.array(list(planted.GRADE_BANDS.values()))
    return rng.choice(len(_GRADES), size, p=shares / shares.sum())


def _people_rows(people: People, truth: Planted) -> dict[str, Any]:
    names = [
        f"Department {n:02}" if truth.stepped else planted.DEPARTMENTS[n].name
        for n in range(_STEPPED)[: 24 if truth.stepped else len(planted.DEPARTMENTS)]
    ]
    return {
        "person": np.arange(1, people.size + 1),
        "department": np.array(names, dtype=object)[people.department],
        "grade_band": np.array(_GRADES, dtype=object)[people.grade],
        "nation": np.array(list(planted.NATIONS), dtype=object)[(people.licence + people.grade) % len(planted.NATIONS)],
        "profession": np.array(list(planted.PROFESSIONS), dtype=object)[_apart(people.size, len(planted.PROFESSIONS))],
        "licence_from": dates(people.licence),
    }


def _apart(size: int, kinds: int) -> Whole:
    """A kind for each person that hangs together with nothing else."""
    return np.random.default_rng(size).integers(0, kinds, size)


def _usage_rows(rng: Random, people: People, truth: Planted) -> dict[str, Any]:
    persons, months, messages = [], [], []
    for month in range(len(planted.MONTHS)):
        licensed = np.flatnonzero(people.licence <= _ENDS[month])
        active = rng.random(people.size)[licensed] < chances(people, truth, month)[licensed]
        persons.append(licensed + 1)
        months.append(np.full(len(licensed), month))
        messages.append(np.where(active, 1 + rng.poisson(20, len(licensed)), 0))
    alias, month_, count = np.concatenate(persons), np.concatenate(months), np.concatenate(messages)
    return {
        "digest": digests(len(alias)),
        "alias": alias,
        "tool": same("chatgpt-enterprise", len(alias)),
        "cadence": same("monthly", len(alias)),
        "period_start": dates(_BEGINS[month_]),
        "period_end": dates(_ENDS[month_]),
        "is_active": count > 0,
        "messages": count,
        "superseded": np.zeros(len(alias), dtype=bool),
    }


def _learning_rows(rng: Random, people: People, truth: Planted) -> dict[str, Any]:
    done = np.flatnonzero(people.trained < NEVER)
    competent = rng.random(len(done)) < truth.competent
    return {
        **acts(done + 1, people.trained[done]),
        "kind": same("lesson_completed", len(done)),
        "course": same("course", len(done)),
        "block": same("block", len(done)),
        "lesson": same("lesson", len(done)),
        "earned": np.where(competent, 6.0, 3.0),
        "possible": np.full(len(done), 6.0),
    }


def _tutor_rows(rng: Random, people: People, truth: Planted) -> dict[str, dict[str, Any]]:
    """Turns of trained people in each month, identifiers in them, and feedback on some answers."""
    asks = np.flatnonzero(people.trained < NEVER)
    persons, days, months = [], [], []
    for month in range(len(planted.MONTHS)):
        who = np.repeat(asks, rng.poisson(1.5, len(asks)))
        persons.append(who + 1)
        days.append(rng.integers(_BEGINS[month], _ENDS[month] + 1, len(who)))
        months.append(np.full(len(who), month))
    alias, day, month_ = np.concatenate(persons), np.concatenate(days), np.concatenate(months)
    size = len(alias)
    # Prompts with anything to hold back hold two on average: what one person pastes comes in clumps.
    department = people.department[alias - 1]
    falls = np.where(truth.one_place & (department == _UMBRELLAS), 1.0, truth.redactions_fall)
    mean = truth.redactions * falls**month_
    mean = mean * (1 + own(people, truth)[alias - 1] / 0.35)
    redactions = (rng.random(size) < mean / 2) * rng.integers(1, 4, size)
    turns = {
        **acts(alias, day),
        "status": same("answered", size),
        "prompts": np.ones(size, dtype=np.int32),
        "redactions": redactions.astype(np.int32),
        "blocked": np.zeros(size, dtype=bool),
        "citations": (rng.random(size) < truth.cited).astype(np.int32),
        **{name: np.zeros(size, dtype=np.int64) for name in ("tokens_in", "tokens_out", "cost_microusd")},
        **{name: np.zeros(size, dtype=np.int32) for name in ("guarded", "total_ms")},
    }
    feedback = []
    rated = np.flatnonzero(rng.random(size) < 0.2)
    up = rng.random(len(rated)) < truth.helpful
    feedback.append((alias[rated], day[rated], np.where(up, "helpful", "unhelpful").astype(object)))
    users = np.unique(np.column_stack([alias, month_]), axis=0)  # once a month, so that it is per user
    reports = users[rng.random(len(users)) < truth.concerns]
    if truth.one_place:
        reports = reports[people.department[reports[:, 0] - 1] != _KITES]
    feedback.append((reports[:, 0], _BEGINS[reports[:, 1]], same("wrong", len(reports))))
    who, on, kind = (np.concatenate([each[n] for each in feedback]) for n in range(3))
    thumbs = {**acts(who, on), "turn": digests(len(who)), "kind": kind, "superseded": np.zeros(len(who), dtype=bool)}
    return {"tutor_turns": turns, "tutor_feedback": thumbs}


def _checking_rows(rng: Random, people: People, truth: Planted) -> dict[str, Any]:
    """One checking log for each trained person: full, or with one source left out."""
    done = np.flatnonzero(people.trained < NEVER)
    full = rng.random(len(done)) < truth.checks_everything
    each = digests(len(done))
    answers = np.full((len(done), len(CHECKING)), "library/says-so", dtype=object)
    answers[~full, 0] = "not-checked"
    size = answers.size
    handed_in = acts(np.repeat(done + 1, len(CHECKING)), np.repeat(people.trained[done], len(CHECKING)))
    return {
        **handed_in,
        "digest": pa.array(np.repeat(np.array(each.to_pylist(), dtype=object), len(CHECKING)), pa.string()),
        "lesson": same("lesson", size),
        "step": same("log", size),
        "attempt": np.ones(size, dtype=np.int32),
        "item": np.tile(np.array(CHECKING, dtype=object), len(done)),
        "answer": answers.ravel(),
        "hit": answers.ravel() != "not-checked",
    }
