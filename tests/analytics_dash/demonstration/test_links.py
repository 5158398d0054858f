"""What hangs together in the demonstration's figures: the declared links, and what is explained here."""

from __future__ import annotations

from pathlib import Path

from analytics_dash.demonstration.prepare import THROUGH, Prepared
from analytics_dash.disclosure.links import Term, Who
from analytics_dash.indicators import Window
from analytics_dash.indicators.links import LINKS
from analytics_dash.warehouse import open_warehouse
from tests.support import relations

# Acts so rare that in these months nobody had more of them than of something frequent; each can happen several times.
RARE = ("redactions_", "redaction_rate", "guard_actions")
COST = Term(Who("tutor_cost"), "numerator")


# In this government completions are read some days before the report, in which there are newcomers then.
READ_EARLIER = (Term(Who("course_completed"), "denominator"),)


def is_rare(term: Term) -> bool:
    return term.count == "numerator" and term.who.indicator.startswith(RARE)


def is_chance(part: Term, whole: Term) -> bool:
    """In this government the test is taken in the lesson's month, and an answer costs a thousandth of a dollar."""
    return is_rare(part) or whole == COST or (part.who.indicator, whole.who.indicator) == ("post_test", "competent")


def test_every_link_holds_in_the_demonstration_and_other_parts_are_chance(prepared: Prepared, home: Path) -> None:
    with open_warehouse(f"duckdb:///{home / 'warehouse.duckdb'}") as warehouse:
        terms, matrix = relations.matrix_of(relations.counts_by_person(warehouse, Window.ending(THROUGH)))
    held = [link for link in LINKS if not (link.part == READ_EARLIER and link.relation == "=")]
    assert len(held) == len(LINKS) - 1
    equal, more = relations.declared(held, terms)
    assert not (matrix @ equal.T).any()
    assert (matrix @ more.T >= 0).all()
    found = [
        (each, [term for term, sign in zip(terms, each, strict=True) if sign < 0])
        for each in relations.inequalities(terms, matrix)
        if not relations.follows(each, equal, more)
    ]
    unexplained = [
        relations.words(each, terms)
        for each, parts in found
        if len(parts) == 1
        and not any(is_chance(parts[0], whole) for whole, sign in zip(terms, each, strict=True) if sign > 0)
    ]
    assert unexplained == []
