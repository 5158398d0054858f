"""What hangs together in the demonstration's figures: the declared links, and what is explained here."""

from __future__ import annotations

from pathlib import Path

from analytics_dash.demonstration.prepare import THROUGH, Prepared
from analytics_dash.disclosure.links import Term
from analytics_dash.indicators import Window
from analytics_dash.indicators.links import LINKS
from analytics_dash.warehouse import open_warehouse
from tests.support import relations

# Acts so rare that in these months nobody had more of them than of something frequent; each can happen several times.
RARE = ("redactions_", "redaction_rate numerator", "guard_actions numerator")
# In this government the test is taken in the lesson's month, and no answer is both reported and rated unhelpful.
CHANCE = {("post_test", "competent"), ("concerns", "helpful", "cited_answers")}


def is_rare(term: Term) -> bool:
    return term.count == "numerator" and f"{term.who.indicator} {term.count}".startswith(RARE)


def test_every_link_holds_in_the_demonstration_and_others_are_chance(prepared: Prepared, home: Path) -> None:
    with open_warehouse(f"duckdb:///{home / 'warehouse.duckdb'}") as warehouse:
        terms, matrix = relations.matrix_of(relations.counts_by_person(warehouse, Window.ending(THROUGH)))
    equal, more = relations.declared(LINKS, terms)
    assert not (matrix @ equal.T).any()
    assert (matrix @ more.T >= 0).all()
    unexplained = [
        relations.words(each, terms)
        for each in relations.inequalities(terms, matrix)
        if not relations.follows(each, equal, more)
        and not any(is_rare(term) for term, sign in zip(terms, each, strict=True) if sign < 0)
        and {term.who.indicator for term, sign in zip(terms, each, strict=True) if sign} not in map(set, CHANCE)
    ]
    assert unexplained == []
