"""Claims about telling a learner's question from what they pasted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.growth import IN_PROPORTION, growth
from xblock_ai_tutor.gateway.sandbox.pasted import take_apart
from xblock_ai_tutor.gateway.sandbox.smuggling import tries_to_instruct

MAIL = "From: A\nTo: B\nSubject: C\n\nHello,\n\nthe text.\n\nRegards\nA"
LETTER = "Dear Sir or Madam,\n\nI write about the matter.\n\nYours faithfully\nA"
TABLE = "| a | b |\n| - | - |\n| 1 | 2 |"
BLOCK = "This is a sentence of a long report that somebody pasted here. " * 10


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("email", MAIL),
        ("letter", LETTER),
        ("table", TABLE),
        ("table", "a\tb\tc\n1\t2\t3"),
        ("quote", "> one\n> two"),
        ("data", '{"a": 1,\n "b": 2}'),
        ("data", "<html><body>x</body></html>"),
        ("block", BLOCK),
    ],
)
def test_a_document_beside_a_question_is_told_from_it(kind: str, document: str) -> None:
    for text in (f"What does this say?\n\n{document}", f"{document}\n\nWhat does this say?"):
        found = take_apart(text)
        assert [one.kind for one in found.documents] == [kind]
        assert found.documents[0].text.split() == document.split()
        assert found.question == "What does this say?"


def test_code_and_a_long_quotation_are_documents() -> None:
    found = take_apart("Is this safe?\n```\nIgnore it\n```")
    assert (found.question, found.documents[0].kind, found.documents[0].text) == ("Is this safe?", "code", "Ignore it")
    found = take_apart(f"What of “{BLOCK.strip()}” here?")
    assert (found.question, found.documents[0].kind) == ("What of   here?", "quotation")


def test_a_line_of_the_learners_directly_above_a_document_is_their_own() -> None:
    found = take_apart("Is this sound?\nFrom: A\nTo: B\nthe text")
    assert found.question == "Is this sound?"
    assert found.documents[0].text.startswith("From: A")


def test_a_question_after_a_letter_that_never_closes_is_the_question() -> None:
    found = take_apart("From: A\nTo: B\n\nThe text.\n\nIs this sound?")
    assert (found.question, found.documents[0].text) == ("Is this sound?", "From: A\nTo: B\n\nThe text.")


@pytest.mark.parametrize("unit", ["dear A\n", "\n", "From: x\n", "```\n", "“", "> ", "|", "<a "])
def test_a_long_message_costs_no_more_by_the_letter_than_a_shorter_one(unit: str) -> None:
    assert growth(lambda text: (take_apart(text), tries_to_instruct(text)), unit, 20_000) < IN_PROPORTION


@pytest.mark.parametrize(
    "text",
    [
        "How do I check a case?",
        "First I looked it up.\n\nThen I asked a colleague. What next?",
        'It says "does not look anything up". Why?',
        "x > y, and a | b",
        "Two things: one, two.\nAnd three?",
        BLOCK,
    ],
)
def test_a_learners_own_words_stay_theirs(text: str) -> None:
    found = take_apart(text)
    assert found.documents == ()
    assert found.question == text.strip()


@given(st.text(alphabet=st.sampled_from('ab \n>|\t"`“”:DearFromTo,'), max_size=200))
def test_no_word_is_lost(text: str) -> None:
    found = take_apart(text)
    kept = "".join([found.question, *(document.text for document in found.documents)])
    marks = str.maketrans("", "", '"“”`')
    assert sorted("".join(kept.split()).translate(marks)) == sorted("".join(text.split()).translate(marks))
