"""Which linear relations hold between the counts of indicators, found by trying, and which follow from the declared.

What holds for every person in every month holds in every group of every view, and the other way round; so counts are
taken by person and month. A relation is a vector over all counts, whole less part, as in `disclosure.links`: it says
that its product with the counts is nought, or never negative.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import combinations

import numpy as np
from scipy.optimize import linprog

from analytics_dash.disclosure.links import Link, Term, Who
from analytics_dash.indicators import CATALOGUE, Window
from analytics_dash.indicators.redactions_by_type import NAMED
from analytics_dash.indicators.window import first_day, last_day
from analytics_dash.warehouse import Engine
from tests.support.disclosure import Facts

TYPES = (*NAMED, "iban")


def varied(seed: int, months: tuple[str, ...], *, people: int = 300) -> Facts:
    """People who do everything that a feed can hold, at random, so that what holds holds for a reason.

    Only what the readers see to is seen to: a turn's identifiers are those of its types, and it has one prompt.
    """
    chance, made = random.Random(seed), Facts()
    days = [first_day(months[0]) + timedelta(n) for n in range((last_day(months[-1]) - first_day(months[0])).days + 1)]

    def day(since: date | None = None) -> str:
        return str(chance.choice([each for each in days if since is None or each >= since]))

    def number() -> str:
        return str(uuid.UUID(int=chance.getrandbits(128)))

    def act(person: int) -> dict[str, object]:
        on = day()
        return {"digest": number(), "alias": person, "day": on, "at": f"{on} 12:00:00"}

    for n in range(1, people + 1):
        # Training and licences often begin with a month, so that days four weeks apart fall in one.
        month_begins = first_day(chance.choice(months))
        begins = chance.choice((None, *[str(month_begins)] * 4, *[day() for _ in range(5)]))
        until = day(date.fromisoformat(begins)) if begins and chance.random() < 0.3 else None
        made.person("Canals", "EO", licence=begins, until=until)
        soon = str(month_begins + timedelta(chance.randrange(3) - 28 * chance.randrange(4)))
        for on in chance.choice(((), (soon,), (soon,), (day(), day(), day()))):
            kind = chance.choice(("lesson_completed", "lesson_completed", "course_passed"))
            made.learned(n, on, kind, earned=chance.choice((None, 3, 9)), lesson=chance.choice(("one", "one", "exam")))
        for month in months:
            for cadence in chance.choice((("monthly",), ("weekly",), ("weekly",) * 3, ("daily", "monthly"), ())):
                start = first_day(month) + timedelta(
                    0 if cadence == "monthly" else chance.choice((chance.randrange(28), 26))
                )
                end = {"monthly": last_day(month), "weekly": start + timedelta(6)}.get(cadence, start)
                tool = chance.choice(("chatgpt-enterprise", "chatgpt-edu"))
                active = None if tool == "chatgpt-edu" else chance.randrange(31)  # this feed does not say on which
                row = {"tool": tool, "cadence": cadence, "period_start": start, "period_end": end}
                made.used(n, month, chance.choice((0, 4)), active_days=active, **row)
        for _ in range(chance.randrange(12)):
            held = {kind: chance.choice((1, 2)) for kind in TYPES if chance.random() < 0.2}
            turn = {"digest": number(), "cost_microusd": chance.randrange(9_000), "citations": chance.randrange(3)}
            turn |= {"status": chance.choice(("answered", "answered", "blocked")), "guarded": chance.choice((0, 0, 2))}
            made.prompted(n, day(), redactions=sum(held.values()), **turn)
            rows = [{"digest": turn["digest"], "type": kind, "times": times} for kind, times in held.items()]
            made.other["tutor_redactions"] += rows
        for _ in range(chance.randrange(6)):
            kind = chance.choice(("helpful", "unhelpful", "wrong", "worrying"))
            made.other["tutor_feedback"].append(act(n) | {"turn": number(), "kind": kind, "superseded": False})
        for table, more in (("course_results", ("passed", "certificate", "enrolled")), ("completions", ())):
            for _ in range(chance.randrange(4)):
                row = {"digest": number(), "alias": n, "course": "course", "as_of": day(), "superseded": False}
                row |= {name: chance.choice((None, False, True)) for name in more}
                made.other[table].append(row if more else row | {"ratio": chance.choice((0.4, 1.0))})
        for step in range(chance.randrange(4)):
            answer = chance.choice(("not-checked", "statute/in-force", "statute/not-checked"))
            of = {"lesson": "one", "step": str(step), "attempt": 1, "item": "a", "answer": answer, "hit": True}
            made.other["item_answers"] += [act(n) | of, act(n) | of | {"lesson": "exam", "answer": "a", "form": "post"}]
    return made


Counts = dict[Term, dict[tuple[int, str], int]]


def counts_by_person(warehouse: Engine, window: Window) -> Counts:
    """Numerator, denominator and (of a proportion) rest of every indicator and arm, by person and month."""
    found: Counts = {}
    tables = warehouse.tables()
    for indicator in CATALOGUE.values():
        rows = indicator.contributions(tables, window).select("person", "month", "arm", "numerator", "denominator")
        table = rows.to_pyarrow().to_pydict()
        for person, month, arm, n, d in zip(*table.values(), strict=True):
            for count, value in (("numerator", n), ("denominator", d), ("rest", d - n)):
                if count != "rest" or indicator.kind == "proportion":
                    own = found.setdefault(Term(Who(indicator.id, arm or ""), count), {})  # type: ignore[arg-type]
                    own[person, month] = own.get((person, month), 0) + value
    return found


def matrix_of(counts: Counts) -> tuple[list[Term], np.ndarray]:
    """The counts as columns, one row for each person and month."""
    terms = sorted(counts, key=repr)
    where = sorted({at for own in counts.values() for at in own})
    return terms, np.array([[counts[term].get(at, 0) for term in terms] for at in where], dtype=np.int64)


def vector(link: Link, terms: list[Term]) -> np.ndarray:
    made = np.zeros(len(terms))
    for term, sign in link.terms:
        made[terms.index(term)] += sign
    return made


def declared(links: Iterable[Link], terms: list[Term]) -> tuple[np.ndarray, np.ndarray]:
    """The declared equations and inequalities about these counts, with what every cell says of itself."""
    equal, more = [], []
    for link in links:
        if all(term in terms for term, _sign in link.terms):
            (equal if link.relation == "=" else more).append(vector(link, terms))
    for term, own in zip(terms, np.eye(len(terms)), strict=True):
        if term.count == "rest":
            own[terms.index(Term(term.who, "numerator"))] = 1
            own[terms.index(Term(term.who, "denominator"))] = -1
            equal.append(own)
    return np.array(equal).reshape(-1, len(terms)), np.array(more).reshape(-1, len(terms))


def follows(relation: np.ndarray, equal: np.ndarray, more: np.ndarray) -> bool:
    """Whether relation · x ≥ 0 for all x ≥ 0 that fit the declared relations (Farkas)."""
    columns = np.vstack([equal, -equal, more, np.eye(len(relation))]).T
    return bool(linprog(np.zeros(columns.shape[1]), A_eq=columns, b_eq=relation).status == 0)


def dependencies(matrix: np.ndarray) -> int:
    """How many independent equations hold between the columns."""
    return matrix.shape[1] - int(np.linalg.matrix_rank(matrix.astype(float)))


def inequalities(terms: list[Term], matrix: np.ndarray) -> Iterator[np.ndarray]:
    """Every relation a ≤ c and a + b ≤ c between single counts, where c may also be an indicator's arms together."""
    wholes = {(term,): matrix[:, n] for n, term in enumerate(terms)}
    for one, other in combinations(range(len(terms)), 2):
        if (terms[one].who.indicator, terms[one].count) == (terms[other].who.indicator, terms[other].count):
            wholes[terms[one], terms[other]] = matrix[:, one] + matrix[:, other]
    for whole, most in wholes.items():
        room = most[:, None] - matrix
        small = [n for n in np.flatnonzero((room >= 0).all(axis=0)) if terms[n] not in whole]
        for n in small:
            yield _relation(terms, (terms[n],), whole)
        for one, other in combinations(small, 2):
            if (room[:, one] >= matrix[:, other]).all():
                yield _relation(terms, (terms[one], terms[other]), whole)


def _relation(terms: list[Term], part: tuple[Term, ...], whole: tuple[Term, ...]) -> np.ndarray:
    return vector(Link(part, "≤", whole, ""), terms)


def words(relation: np.ndarray, terms: list[Term]) -> str:
    """A relation for a failing test to print."""
    sides = (
        " + ".join(
            f"{' '.join(term.who).strip()}.{term.count}" for term, c in zip(terms, relation, strict=True) if c == s
        )
        for s in (-1, 1)
    )
    return " ≤ ".join(sides)
