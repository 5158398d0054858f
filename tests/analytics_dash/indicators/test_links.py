"""The declared links between indicators are true, and they are all there are: both found by trying, from persons."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from analytics_dash.disclosure.links import Link, Term, Who
from analytics_dash.indicators import CATALOGUE, Window
from analytics_dash.indicators.links import LINKS
from analytics_dash.warehouse import open_warehouse
from tests.support import outside_reading, relations

WINDOW = Window.ending("2026-10")
ALWAYS = tuple(link for link in LINKS if link.always)

Found = tuple[list[Term], np.ndarray]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Every count of every indicator, for each person and month of a varied government."""
    url = relations.varied(2, WINDOW.months, people=500).write(tmp_path_factory.mktemp("varied") / "w.duckdb")
    with open_warehouse(url) as warehouse:
        return relations.matrix_of(relations.counts_by_person(warehouse, WINDOW))


def test_every_indicator_and_count_was_tried(found: Found) -> None:
    terms, matrix = found
    assert {term.who.indicator for term in terms} == set(CATALOGUE)
    assert (matrix.sum(axis=0) > 10).all()


def test_what_is_said_to_hold_always_holds_for_everybody(found: Found) -> None:
    terms, matrix = found
    for link in ALWAYS:
        difference = matrix @ relations.vector(link, terms)
        assert (difference == 0).all() if link.relation == "=" else (difference >= 0).all(), link
        assert link.relation == "=" or (difference > 0).any(), link


def test_no_other_equation_holds_between_any_counts(found: Found) -> None:
    """However many counts it binds: the columns depend on each other as often as is declared, and no more often."""
    terms, matrix = found
    equal, _more = relations.declared(ALWAYS, terms)
    assert relations.dependencies(matrix) == np.linalg.matrix_rank(equal)


def test_no_count_is_part_of_another_unless_it_is_declared(found: Found) -> None:
    """Nor two counts of a third: each that is found to be follows from the links."""
    terms, matrix = found
    equal, more = relations.declared(ALWAYS, terms)
    parts = list(relations.inequalities(terms, matrix))
    assert len(parts) > len(more)
    assert [relations.words(each, terms) for each in parts if not relations.follows(each, equal, more)] == []


def test_the_outside_attacker_knows_the_same_from_the_published_pages(found: Found) -> None:
    """Its own list says neither more nor less, apart from how it is written."""
    terms, _matrix = found
    its_own = [
        Link(
            tuple(_term(*each) for *each, sign in relation.terms if sign < 0),
            "=" if relation.equal else "≤",
            tuple(_term(*each) for *each, sign in relation.terms if sign > 0),
            "",
            always=relation.always,
        )
        for relation in outside_reading.relations()
    ]
    for links, others in ((LINKS, its_own), (its_own, LINKS)):
        for always in (True, False):
            known = relations.declared([each for each in others if each.always or not always], terms)
            for link in links:
                if link.always == always:
                    vector = relations.vector(link, terms)
                    both = (vector, -vector) if link.relation == "=" else (vector,)
                    assert all(relations.follows(each, *known) for each in both), link


def _term(who: tuple[str, str], count: str) -> Term:
    indicator, arm = who
    return Term(Who(indicator, "" if arm == outside_reading.NO_ARM else arm), count)  # type: ignore[arg-type]


def test_the_method_page_lists_every_link() -> None:
    page = (Path(__file__).parents[3] / "docs" / "method.md").read_text()
    assert "\n".join(rows_of_the_table()) in page


def rows_of_the_table() -> list[str]:
    """The table of docs/method.md; print it with `python -m tests.analytics_dash.indicators.test_links`."""
    rows = ["| part | | whole | because | |", "|---|---|---|---|---|"]
    for because, group in itertools.groupby(LINKS, key=lambda link: (link.because, link.relation, link.always)):
        links = list(group)
        parts = "; ".join(dict.fromkeys(_side(link.part) for link in links))
        wholes = "; ".join(dict.fromkeys(_side(link.whole) for link in links))
        kind = "always" if because[2] else "as a rule"
        rows.append(f"| {parts} | {because[1]} | {wholes} | {because[0]} | {kind} |")
    return rows


def _side(terms: tuple[Term, ...]) -> str:
    return " + ".join(f"`{' '.join(term.who).strip()}` {term.count}" for term in terms)


if __name__ == "__main__":
    print("\n".join(rows_of_the_table()))
