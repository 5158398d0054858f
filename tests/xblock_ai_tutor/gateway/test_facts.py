"""The figures for a DPIA and a transparency record: from the running gateway, about nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.gateway import LEARNER, Gateway
from xblock_ai_tutor.gateway.facts import NoPlaceError, facts_of, filled
from xblock_ai_tutor.gateway.services import services_of

DOCS = Path(__file__).resolve().parents[3] / "docs"


def facts(tutor: Gateway) -> dict[str, str]:
    with tutor.app.app_context():
        services_of(tutor.app).residency.forget()
        return facts_of(services_of(tutor.app))


def test_the_facts_are_those_of_this_gateway(tutor: Gateway) -> None:
    tutor.with_settings(retention_days=7, max_output_tokens=123)
    found = facts(tutor)
    assert found["Transcripts kept"].startswith("7 days")
    assert found["Longest answer"] == "123 tokens"
    assert found["Stored in"].startswith("GB")
    assert "National Insurance number" in found["Identifiers held back"]


def test_few_turns_are_not_counted_out_and_nobody_is_named(tutor: Gateway) -> None:
    ticket = tutor.ticket()
    tutor.ask("A question about a kingfisher and a case", ticket=ticket)
    assert facts(tutor)["Turns in the last 30 days"] == "fewer than 10"
    for _ in range(10):
        tutor.ask("A question about a kingfisher and a case", ticket=ticket)
    found = facts(tutor)
    assert found["Turns in the last 30 days"] == "11"
    assert LEARNER not in str(found)
    assert "kingfisher" not in str(found)


@pytest.mark.parametrize("page", ["dpia.md", "atrs.md"])
def test_both_pages_have_a_place_for_them_and_can_be_filled_again(tutor: Gateway, page: str) -> None:
    text, found = (DOCS / page).read_text(encoding="utf-8"), facts(tutor)
    once = filled(text, found)
    assert "| Longest answer | 800 tokens |" in once
    assert "Not filled in yet" not in once
    assert filled(once, found) == once


def test_a_page_without_a_place_says_what_it_lacks(tutor: Gateway) -> None:
    with pytest.raises(NoPlaceError, match="end of facts"):
        filled("# A page", {})
