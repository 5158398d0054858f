"""Claims about the one pass that says which patterns can match: it never leaves one out that does."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.evaluation.redaction.build import build, paragraphs
from xblock_ai_tutor.gateway.sandbox import advice, extraction, giveaway, identifiers, links, markings, smuggling
from xblock_ai_tutor.gateway.sandbox.folding import scannable
from xblock_ai_tutor.gateway.sandbox.identifiers.searched import Words
from xblock_ai_tutor.gateway.sandbox.markings import find_markings
from xblock_ai_tutor.gateway.sandbox.prescan import Prescan, loosened
from xblock_ai_tutor.gateway.sandbox.redact import find_entities
from xblock_ai_tutor.gateway.sandbox.view import view_of

IN_USE = {
    "forms": identifiers._UNNAMED_IN,
    "signs": identifiers._SIGNS_IN,
    "markings": markings._MARKED_IN,
    "overrides": extraction._OVERRIDE_IN,
    "continuations": extraction._CONTINUE_IN,
    "demands": extraction._DEMANDS_IN,
    "instructions to an AI": smuggling._INSTRUCTS_IN,
    "topics of advice": advice._TOPIC_IN,
    "advice": advice._ADVISED_IN,
    "addresses": links._ADDRESSED_IN,
    "answers": giveaway._TELLING_IN,
}

WORDS: list[Words] = [
    words
    for identifier in identifiers.REGISTRY
    for form in identifier.forms
    for words in (form.context, form.label)
    if words is not None
]
# What is glued to a match, so that it stands among letters of other alphabets, signs and line ends.
AROUND = st.text(st.sampled_from("aZ9 \n\v.,é£ß_-(\u0431\u4e2d"), max_size=4)


def corpus() -> list[str]:
    return [text.text for text in build("dev")[::4]] + list(paragraphs("dev", count=200))


@pytest.mark.parametrize("name", sorted(IN_USE))
@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_pattern_that_matches_is_announced(name: str, data: st.DataObject) -> None:
    scan = IN_USE[name]
    number = data.draw(st.integers(0, len(scan.patterns) - 1))
    pattern = scan.patterns[number]
    made = data.draw(AROUND) + data.draw(st.from_regex(pattern)) + data.draw(AROUND)
    text = view_of(made).text
    if pattern.search(text):
        assert number in scan.possible(scannable(text)), (pattern.pattern, text)


@pytest.mark.parametrize("name", sorted(IN_USE))
def test_a_pattern_that_matches_a_text_of_the_evaluation_is_announced(name: str) -> None:
    scan = IN_USE[name]
    for given_text in corpus()[::2]:
        text = view_of(given_text).text
        possible = scan.possible(scannable(text))
        missed = [n for n, pattern in enumerate(scan.patterns) if n not in possible and pattern.search(text)]
        assert not missed, (missed, text)


@given(st.sampled_from(WORDS), st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_words_that_stand_in_a_text_have_a_sign_there(words: Words, data: st.DataObject) -> None:
    text = view_of(data.draw(AROUND) + data.draw(st.from_regex(words.pattern)) + data.draw(AROUND)).text
    if words.pattern.search(text):
        signs = {identifiers._SIGNS[number] for number in identifiers._SIGNS_IN.possible(scannable(text))}
        assert signs & set(words.signs), (words.pattern.pattern, text)


def test_what_is_found_is_the_same_as_when_every_pattern_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = corpus()
    found = [(find_entities(text), find_markings(text)) for text in texts]
    monkeypatch.setattr(Prescan, "possible", lambda self, _text: range(len(self.patterns)))
    for text, each in zip(texts, found, strict=True):
        assert (find_entities(text), find_markings(text)) == each, text


def test_without_an_answer_every_pattern_is_run() -> None:
    scan = Prescan([re.compile("a"), re.compile("b")])
    assert sorted(scan.possible(b"xbx")) == [1]
    scan._set = type("Silent", (), {"Match": lambda _self, _text: None})()
    assert sorted(scan.possible(b"xbx")) == [0, 1]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?<![A-Za-z])ho(?![a-z])", "éhoé"),
        (r"[^A-Za-z]x", "éx"),
        (r"\w+ act\b", "café act"),
        (r"[^\W_]x$", "éx\n"),
        (r"a\sb", "a\vb"),
        (r"(?P<sign>[-/])1(?P=sign)2", "/1/2"),
        (r"[0-9]{14}(?=x)", "12345678901234x"),
        (r"[]a]\(\[x]?b", "]([xb"),
        (r"(?i)kin", "\u212aın"),
    ],
)
def test_letters_outside_ascii_and_what_re2_does_not_know_leave_nothing_out(pattern: str, text: str) -> None:
    assert re.search(pattern, view_of(text).text)
    assert Prescan([re.compile(pattern)]).possible(view_of(text).scannable) == [0]


def test_a_letter_outside_ascii_in_a_pattern_is_refused() -> None:
    with pytest.raises(ValueError, match="outside ASCII"):
        loosened(re.compile("é"))
