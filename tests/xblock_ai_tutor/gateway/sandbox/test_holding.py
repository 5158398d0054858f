"""Claims about waiting: where a sentence waits for the next one, how long, and that no identifier slips through."""

from __future__ import annotations

import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evaluation.redaction.build import build
from xblock_ai_tutor.gateway.sandbox.holding import REACH, Border
from xblock_ai_tutor.gateway.sandbox.redact import find_entities


@pytest.mark.parametrize(
    ("past", "ahead"),
    [
        ("You look each authority up in a report of number 0. ", "A "),
        ("It was decided in 2019. ", "A judge"),
        ("Section 12 of the Act came into force on 1 March 2025. ", "I"),
        ("This is the law of the UK. ", "A model"),
        ("The note is at the bottom of page 7. ", "9 of them"),
        ("Nobody found the case. ", "At the hearing"),
        ("## Legal Research\n\n", "A model"),
        ("> It was decided in 2019\n", "> A judge"),
        ("The list has 9 items:\n", "- 12 cases"),
    ],
)
def test_ordinary_prose_does_not_wait(past: str, ahead: str) -> None:
    assert Border(past).is_crossed(ahead) is False


@pytest.mark.parametrize(
    ("past", "ahead"),
    [
        ("The number is AB 12 34 56. ", "C"),
        ("The number is AB 12 34. ", "56 C indeed"),
        ("Call 07700. ", "900 12"),
        ("Call 07700\n", "> 900 12"),
        ("Write to jane.\n", "At dept dot exam"),
        ("Write to jane\n", "&#64;dept.example"),
        ("It was decided by Lord Justice\n", "Bir"),
        ("The sort code is 12-3\n", "4-56"),
        ('It is "x" 5. ', 'B"@dept.example'),
        ("His NHS number is 943. ", "476 5"),
        ("His NHS number is 0. ", "I"),
    ],
)
def test_what_may_still_become_an_identifier_waits(past: str, ahead: str) -> None:
    for end in range(len(ahead) + 1):
        assert Border(past).is_crossed(ahead[:end]) is not False


def test_it_waits_no_longer_than_it_takes_to_tell() -> None:
    border = Border("The number is AB 12 34 56. ")
    assert border.is_crossed("") is None
    assert border.is_crossed("It") is False
    border = Border("It was decided in 2019. ")
    assert border.is_crossed("A") is None, "it could become the word At"
    assert border.is_crossed("A ") is False
    border = Border("His NHS number is 0. ")
    assert border.is_crossed("I ") is None
    assert border.is_crossed("I t") is False


BORDERS = (" ", ". ", "! ", ".\n", "\n", "\n\n", " \n", "\n> ", "\n  ", ".” ", "] ", ".) ")
TEXTS = st.deferred(lambda: st.sampled_from(_labelled()))


@functools.cache
def _labelled() -> list[str]:
    # The guard has taken tags out before.
    return [labelled.text for labelled in build("dev") if labelled.entities and "<" not in labelled.text]


@given(TEXTS, st.data())
@settings(max_examples=400, deadline=None)
def test_what_the_redactor_finds_over_a_border_was_waited_for(text: str, data: st.DataObject) -> None:
    """At every moment until it is whole: the letters never say no where an identifier goes over the border."""
    found = data.draw(st.sampled_from(find_entities(text) or (None,)))
    if found is None or found.end - found.start < 2:
        return
    place = data.draw(st.integers(found.start + 1, found.end - 1))
    past = (text[:place] + data.draw(st.sampled_from(BORDERS)))[-REACH:]
    ahead = text[place:].lstrip()
    border = Border(past)
    for entity in find_entities(past + ahead):
        if entity.start < len(past) < entity.end:
            for end in range(entity.end - len(past) + 1):
                assert border.is_crossed(ahead[:end]) is not False, (past, ahead[:end])


WORDS = st.lists(
    st.sampled_from(
        ["A", "AB", "12", "34", "56 C", "07700", "at", "dot", "Mrs", "Ada", "the", "x@y", "&#64;", "=", ">", "-", "a_b"]
    ),
    max_size=6,
)


@given(WORDS, st.sampled_from(BORDERS), st.lists(st.tuples(st.sampled_from(BORDERS), WORDS), max_size=3))
@settings(max_examples=300)
def test_a_no_stays_a_no_and_a_yes_a_yes(before: list[str], gap: str, after: list[tuple[str, list[str]]]) -> None:
    past = " ".join(before) + gap
    ahead = "".join(" ".join(words) + between for between, words in after)
    border, said = Border(past), None
    for end in range(len(ahead) + 1):
        told = border.is_crossed(ahead[:end])
        assert said is None or told is said
        said = told
