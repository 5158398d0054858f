"""What one indicator shows tells nothing of another's hidden counts, once the attacker knows how they hang together."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_dash.disclosure.attacker import Attack, attack
from analytics_dash.disclosure.dominance import Magnitude
from analytics_dash.disclosure.groups import Group, Key
from analytics_dash.disclosure.links import Link, Term, Who, circles, families, parties
from analytics_dash.disclosure.protect import Kind, Measure, protect_group
from analytics_dash.disclosure.secondary import hide_what_leaks
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.indicators import CATALOGUE
from analytics_dash.indicators.links import LINKS
from analytics_dash.releases.types import Cell

KINDS: dict[str, Kind] = {indicator.id: indicator.kind for indicator in CATALOGUE.values()}

Counts = dict[str, tuple[int, int]]
"""Numerator and denominator by department."""


def cells_of(indicator: str, counts: Counts, *, hidden: tuple[str, ...] = ()) -> list[Cell]:
    """The protected cells of all and of each department; those of `hidden` are hidden for another reason."""
    measure = Measure(indicator, KINDS[indicator], 100, (None,), tuple(VIEWS))
    whole = tuple(sum(each) for each in zip(*counts.values(), strict=True))
    cells = []
    for department, (n, d) in {None: whole, **counts}.items():
        parts = (Magnitude(each, max(each // 2, min(each, 1)), 1, 1) for each in (n, d, d - n))
        group = Group(Key(department=department), *parts)
        if department in hidden:
            group = Group(group.key, *(Magnitude(0, 0, 0, 0) for _ in range(3)))
        view = "all" if department is None else "department"
        cells.append(protect_group(group, measure, view=view, release="2026-10.1"))
    return cells


def leaking(found: Attack) -> set[tuple[str, str | None]]:
    return {(leak.cell.indicator, leak.cell.department) for leak in found.leaks}


def status(cells: list[Cell] | tuple[Cell, ...], indicator: str, department: str | None) -> str:
    return next(c.status for c in cells if (c.indicator, c.department) == (indicator, department))


# 187 answers in all, shown as 185 and so at most 187; of which Canals and Harbour have at least 98 and 88.
ANSWERS = {"Canals": (60, 98), "Harbour": (45, 88), "Weather": (1, 1)}


def test_a_department_hidden_in_one_indicator_and_shown_in_another_of_the_same_answers_gives_a_third_away() -> None:
    """By itself, hiding Harbour protects Weather; the guard's figures say how many answers Harbour had."""
    cited = cells_of("cited_answers", ANSWERS, hidden=("Harbour",))
    guarded = cells_of("guard_actions", {"Canals": (40, 98), "Harbour": (30, 88), "Weather": (0, 1)})
    assert [status(cited, "cited_answers", each) for each in ANSWERS] == ["shown", "c", "c"]
    assert not attack([cited], KINDS).leaks
    assert ("cited_answers", "Weather") in leaking(attack([[*cited, *guarded]], KINDS, LINKS))
    built = hide_what_leaks([*cited, *guarded], KINDS, links=LINKS)
    assert not attack([built], KINDS, LINKS).leaks


def test_a_count_that_another_indicator_lawfully_shows_is_no_secret() -> None:
    """Guard actions are few in Harbour and hidden; that it had 90 answers may be known."""
    cells = cells_of("cited_answers", {"Canals": (60, 98), "Harbour": (45, 90)})
    cells += cells_of("guard_actions", {"Canals": (400, 980 // 10), "Harbour": (3, 90)})
    assert status(cells, "guard_actions", "Harbour") == "c"
    assert hide_what_leaks(cells, KINDS, links=LINKS) == tuple(cells)


def test_identifiers_of_a_hidden_type_are_what_the_shown_types_leave_of_all() -> None:
    """402 in all, shown as 400; 398 of them e-mail addresses, shown as 400: so the others are 4 at most."""
    cells = [
        cells_of(indicator, {"Canals": (times, 5_000)})[0]
        for indicator, times in (("redaction_rate", 402), ("redactions_email", 398), ("redactions_other", 4))
    ]
    other = Term(Who("redactions_other"), "numerator")
    types = (Term(Who("redactions_email"), "numerator"), other)
    both = Link(types, "=", (Term(Who("redaction_rate"), "numerator"),), "the only two types here")
    assert not attack([cells], KINDS).leaks
    assert leaking(attack([cells], KINDS, [both])) == {("redactions_other", None)}
    assert not attack([hide_what_leaks(cells, KINDS, links=[both])], KINDS, [both]).leaks


def test_an_inequality_bounds_hidden_counts_by_what_others_show() -> None:
    """203 answers at least, Canals 102 at most, and Harbour no more than its 92 prompts: 9 are left for Weather."""
    answers = cells_of(
        "cited_answers", {"Canals": (60, 102), "Harbour": (45, 92), "Weather": (4, 9)}, hidden=("Harbour",)
    )
    prompts = cells_of("redaction_rate", {"Canals": (30, 120), "Harbour": (20, 92), "Weather": (120, 300)})
    assert not attack([answers], KINDS).leaks
    assert leaking(attack([[*answers, *prompts]], KINDS, LINKS)) == {("cited_answers", "Weather")}
    built = hide_what_leaks([*answers, *prompts], KINDS, links=LINKS)
    assert not attack([built], KINDS, LINKS).leaks


def test_hidden_counts_on_both_sides_of_an_inequality_bound_each_other() -> None:
    """Harbour hides its prompts, too: 96 at most, since there are 512 at most and the others have 416 at least."""
    answers = cells_of(
        "cited_answers", {"Canals": (60, 102), "Harbour": (45, 92), "Weather": (4, 9)}, hidden=("Harbour",)
    )
    prompts = cells_of("redaction_rate", {"Canals": (30, 120), "Harbour": (2, 92), "Weather": (120, 300)})
    assert status(prompts, "redaction_rate", "Harbour") == "c"
    assert ("cited_answers", "Weather") in leaking(attack([[*answers, *prompts]], KINDS, LINKS))
    built = hide_what_leaks([*answers, *prompts], KINDS, links=LINKS)
    assert not attack([built], KINDS, LINKS).leaks


def test_a_hidden_count_that_others_show_to_be_large_is_not_supposed_small_among_its_siblings() -> None:
    """Canals' 43 prompts are hidden, and at least 43 for its answers; so at most one is left for four departments."""
    few = dict.fromkeys(("Weather", "Harbour", "Mills", "Docks"), (0, 0))
    prompts = cells_of("redaction_rate", {"Quay": (50, 103), "Canals": (3, 43), **few})
    answers = cells_of("cited_answers", {"Quay": (50, 103), "Canals": (21, 43), **few})
    assert status(prompts, "redaction_rate", "Canals") == "c"
    assert ("redaction_rate", "Weather") in leaking(attack([[*prompts, *answers]], KINDS, LINKS))
    built = hide_what_leaks([*prompts, *answers], KINDS, links=LINKS)
    assert not attack([built], KINDS, LINKS).leaks


def test_a_link_that_need_not_hold_is_dropped_where_the_figures_contradict_it() -> None:
    cells = cells_of("course_passed", {"Canals": (60, 120), "Weather": (50, 100)})
    cells += cells_of("certified", {"Canals": (30, 60), "Weather": (25, 50)})
    assert attack([cells], KINDS, LINKS) == Attack(0, (), ())


def test_figures_that_contradict_a_link_that_always_holds_are_refused() -> None:
    cells = cells_of("cited_answers", ANSWERS) + cells_of("guard_actions", {"Canals": (40, 500), "Weather": (20, 90)})
    assert set(attack([cells], KINDS, LINKS).impossible) == {"cited_answers", "guard_actions"}


def test_what_no_equation_binds_is_solved_for_apart_and_what_no_link_binds_only_so() -> None:
    whos = {Who(indicator.id, arm or "") for indicator in CATALOGUE.values() for arm in indicator.arms or ("",)}
    together = [family for family in families(whos, LINKS) if len(family) > 1]
    assert sorted(len(family) for family in together) == [2, 2, 3, 4, 8]
    assert [len(party) for party in parties(whos, LINKS) if party not in families(whos, LINKS)] == [11, 13]
    assert max(len(circle) for circle in circles(CATALOGUE, LINKS)) < len(CATALOGUE) / 2


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.because)
def test_every_link_names_counts_that_there_are(link: Link) -> None:
    for term, _sign in link.terms:
        indicator = CATALOGUE[term.who.indicator]
        assert (term.who.arm or None) in (indicator.arms or (None,))
        assert term.count != "rest" or indicator.kind == "proportion"


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_what_is_hidden_and_what_leaks_does_not_hang_on_the_order_of_cells_views_and_indicators(
    seed: int, order: random.Random
) -> None:
    """The builder's cells come indicator by indicator and view by view, the register's as they were written."""
    chance = random.Random(seed)
    counts = {f"Department {n}": (chance.randint(0, 40), 40 + chance.randint(0, 30)) for n in range(4)}
    small = {name: (min(n, 9), min(d, 12)) for name, (n, d) in counts.items()} | {"Weather": (1, 6)}
    earlier = cells_of("cited_answers", counts) + cells_of("guard_actions", counts | {"Weather": (3, 6)})
    earlier = [replace(cell, release="2026-09.1") for cell in earlier]
    cells = cells_of("cited_answers", counts | {"Weather": (2, 6)}) + cells_of("redaction_rate", counts | small)
    cells += cells_of("guard_actions", counts | {"Weather": (0, 6)}, hidden=("Department 1",))
    shuffled, shuffled_earlier = order.sample(cells, len(cells)), order.sample(earlier, len(earlier))
    one, other = attack([earlier, cells], KINDS, LINKS), attack([shuffled_earlier, shuffled], KINDS, LINKS)
    assert one == other
    built = hide_what_leaks(cells, KINDS, earlier=[earlier], links=LINKS)
    assert set(built) == set(hide_what_leaks(shuffled, KINDS, earlier=[shuffled_earlier], links=LINKS))
    assert not attack([shuffled_earlier, order.sample(built, len(built))], KINDS, LINKS).leaks
