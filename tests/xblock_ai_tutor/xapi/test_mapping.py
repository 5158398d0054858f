"""The table of events and statements: nothing is missing from it, and nothing gets past it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lesson_kinds import KINDS
from xblock_ai_tutor import events
from xblock_ai_tutor.xapi.mapping import EXTENSIONS, INTERACTIONS, MAPPING, UNMARKED, Parts, parts

PAGE = (Path(__file__).parents[3] / "docs" / "xapi.md").read_text(encoding="utf-8")
SUBMITTED = {
    "lesson_id": "a-lesson",
    "lesson_version": "0123456789ab",
    "step_id": "a-step",
    "kind": "spot",
    "attempt": 2,
    "earned": 1.5,
    "possible": 3,
    "correct": False,
    "confidence": 70,
    "items": [{"item": "one", "answer": "sound", "hit": False, "confidence": 70, "share": 0.5}],
}


def submitted(**changes: Any) -> Parts:
    return parts("ai_tutor.step.submitted", SUBMITTED | changes)


def test_every_event_and_every_kind_of_step_has_a_statement() -> None:
    assert set(MAPPING) == set(events.TRACKING)
    assert set(UNMARKED) | set(INTERACTIONS) == set(KINDS)
    assert not set(UNMARKED) & set(INTERACTIONS)


def test_an_unknown_event_or_kind_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(KeyError):
        parts("ai_tutor.step.shown", SUBMITTED)
    with pytest.raises(KeyError):
        submitted(kind="essay")


@given(earned=st.integers(0, 40), more=st.integers(0, 40))
def test_a_score_is_a_share_of_what_could_be_earned_and_absent_where_nothing_could(earned: int, more: int) -> None:
    possible = earned + more
    result = submitted(earned=earned / 4, possible=possible / 4).result
    if possible == 0:
        assert "score" not in result
        return
    score = result["score"]
    assert 0 <= score["scaled"] <= 1
    assert score["min"] <= score["raw"] <= score["max"]
    assert score["scaled"] * score["max"] == pytest.approx(score["raw"])


def test_a_form_of_a_test_says_which_it_is_and_spotting_what_was_flagged() -> None:
    counts = {"hits": 1, "false_alarms": 0, "targets": 2, "non_targets": 3}
    said = submitted(test="ai-basics", form="pre", anchor=True, outcomes=["one"], detection=counts)
    assert said.result["extensions"][EXTENSIONS + "detection"] == counts
    assert {name: said.about[EXTENSIONS + name] for name in ("test", "form", "anchor", "outcomes")} == {
        "test": "ai-basics",
        "form": "pre",
        "anchor": True,
        "outcomes": ["one"],
    }
    assert not any(name.endswith((":test", ":form", ":detection")) for name in submitted().about)


@given(word=st.text())
def test_what_the_table_does_not_name_changes_nothing_in_a_statement(word: str) -> None:
    """A field that somebody adds to an event, at the top or in an item, stays where it is until it is named."""
    more: Any = {"note": word}
    item: Any = SUBMITTED["items"]
    assert submitted(**more, items=[item[0] | more]) == submitted()
    for name in ("ai_tutor.tutor.opened", "ai_tutor.tutor.turn"):
        known = SUBMITTED | {"redactions": 1}
        assert parts(name, known | {"learner": word, "turn": word, "status": word} | more) == parts(name, known)


def everything() -> list[tuple[str, Parts]]:
    """What each event becomes, steps of every kind among them, by the first cell of its row on the page."""
    full = SUBMITTED | {"language": "en", "steps": 3, "learner": "a1" * 16, "turn": "t", "status": "s", "redactions": 1}
    full |= {"test": "t", "form": "pre", "anchor": True, "outcomes": ["o"], "detection": {"hits": 1}}
    others = [(f"`{name}`", parts(name, full)) for name in MAPPING if name != "ai_tutor.step.submitted"]
    marked = [("`ai_tutor.step.submitted`, marked kinds", submitted(**full | {"kind": kind})) for kind in INTERACTIONS]
    unmarked = [(f"… `{kind}`", submitted(kind=kind)) for kind in UNMARKED]
    return others + marked + unmarked


def test_the_page_for_operators_has_every_verb_type_and_extension() -> None:
    rows = {line.split("|")[1].strip(): line for line in PAGE.splitlines() if line.startswith("|")}
    for first, said in everything():
        assert f"`{said.verb}`" in rows[first]
        assert f"`{said.type}`" in rows[first]
        for name in (*said.about, *said.result.get("extensions", {})):
            assert f"`{name.removeprefix(EXTENSIONS)}`" in PAGE
