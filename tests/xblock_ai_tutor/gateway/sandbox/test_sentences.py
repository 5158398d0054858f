"""Claims about cutting a stream into sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xblock_ai_tutor.gateway.sandbox.sentences import LIMIT, SentenceSplitter

STREAM = st.text(alphabet=st.sampled_from("aB. \n.!?\"“”'[]p-1`*e.gv)("), max_size=200)


def cut(text: str, sizes: list[int] | None = None) -> list[str]:
    splitter = SentenceSplitter()
    sentences: list[str] = []
    at = 0
    for size in sizes or [len(text)]:
        sentences += [sentence.text for sentence in splitter.feed(text[at : at + size])]
        at += size
    sentences += [sentence.text for sentence in splitter.feed(text[at:])]
    return sentences + [sentence.text for sentence in splitter.finish()]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", ["One. ", "Two! ", "Three? ", "Four"]),
        (
            "See s. 10 and para. 4 of Ayinde v. Haringey. Next.",
            ["See s. 10 and para. 4 of Ayinde v. Haringey. ", "Next."],
        ),
        ("Cases, e.g. Ayinde, matter. So.", ["Cases, e.g. Ayinde, matter. ", "So."]),
        ("In [2025] EWHC 1383 (Admin). Next.", ["In [2025] EWHC 1383 (Admin). ", "Next."]),
        ("It is 3.5 times. Next.", ["It is 3.5 times. ", "Next."]),
        ("By A. B. Okafor. Next.", ["By A. B. Okafor. ", "Next."]),
        ("1. First\n2. Second\n", ["1. First\n", "2. Second\n"]),
        ("Title\n\nText. More.", ["Title\n\n", "Text. ", "More."]),
        ('"One. Two." [p-1] Next.', ['"One. Two." [p-1] ', "Next."]),
        ("It says so. [p-1] [p-2] Next.", ["It says so. [p-1] [p-2] ", "Next."]),
        ("He said “It is. So.” Next.", ["He said “It is. So.” ", "Next."]),
        ("```\na. b\nc\n```\nText. More.", ["```\n", "a. b\n", "c\n", "```\n", "Text. ", "More."]),
        ("一。二！三", ["一。", "二！", "三"]),
        ("Wait... then go. Now.", ["Wait... then go. ", "Now."]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


@given(STREAM, st.lists(st.integers(1, 20), max_size=60))
def test_the_cuts_do_not_depend_on_how_the_stream_was_cut(text: str, sizes: list[int]) -> None:
    assert cut(text, sizes) == cut(text)


@given(STREAM, st.integers(0, 40), st.lists(st.integers(1, 700), max_size=9))
def test_nor_when_sentences_are_long(text: str, repeat: int, sizes: list[int]) -> None:
    assert cut(text * repeat, sizes) == cut(text * repeat)


@given(STREAM)
def test_no_character_is_lost(text: str) -> None:
    assert "".join(cut(text)) == text


def test_what_never_ends_is_cut_at_a_space_and_the_buffer_stays_small() -> None:
    splitter = SentenceSplitter()
    sentences = [sentence for _ in range(2000) for sentence in splitter.feed("endless words ")]
    assert all(sentence.forced and len(sentence.text) <= LIMIT for sentence in sentences)
    assert all(sentence.text.endswith(" ") for sentence in sentences)
    assert len("".join(sentence.text for sentence in sentences)) > 2000 * 14 - 2 * LIMIT


def test_a_sentence_is_released_as_soon_as_the_next_word_begins() -> None:
    splitter = SentenceSplitter()
    assert list(splitter.feed("One is here. ")) == []
    assert [sentence.text for sentence in splitter.feed("T")] == ["One is here. "]
