"""Claims about redaction: offsets, Unicode, placeholders, the way back, and hostile text."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.growth import IN_PROPORTION, growth
from tests.support.identifiers import MAKERS, sentence_with
from xblock_ai_tutor.gateway.errors import PlaceholderError
from xblock_ai_tutor.gateway.sandbox.redact import Placeholders, find_entities, redact
from xblock_ai_tutor.gateway.sandbox.screen import screen

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=300)
# Text that no identifier can be made of.
PLAIN = st.text(alphabet=string.ascii_lowercase + " \n.,;:!?()[]{}'\"-—…éß漢", max_size=300).filter(
    lambda text: not any(word in f" {text}" for word in ("mr", "ms"))
)
PLANTED = st.builds(
    lambda seed, kind: sentence_with(kind, MAKERS[kind](random.Random(seed)), random.Random(seed)),
    st.integers(0, 10_000),
    st.sampled_from(sorted(MAKERS)),
)


@pytest.mark.parametrize(
    "text",
    [
        "ＡＢ１２３４５６Ｃ",
        "AB\u200b12\u00ad34\u206056\u00a0C",
        "AB\U000e004112 34\U000e007f 56 C",
        "AB 12–34—56 C",
        "АВ123456С",
        "AB ١٢ ٣٤ ٥٦ C",
        "AB\u202e123456C",
        "AB 12 34\r\n56 C",
        "A B 1 2 3 4 5 6 C",
    ],
)
def test_an_identifier_in_disguise_is_found_where_it_stands(text: str) -> None:
    padded = f"é {text} ok"
    (entity,) = find_entities(padded)
    assert (entity.type, padded[entity.start : entity.end]) == ("nino", text)
    assert redact(padded, Placeholders()).text == "é [nino 1] ok"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ('{"a":"x\\nAB123456C\\u0020","e":"jane\\u0040x.example"}', '{"a":"x\\n[nino 1]\\u0020","e":"[email 1]"}'),
        ("jane&#64;x.example", "[email 1]"),
        ("Card 4111 1111=\r\n 1111 1111", "Card [payment card 1]"),
    ],
)
def test_escapes_of_json_html_and_mail_hide_nothing(text: str, redacted: str) -> None:
    assert redact(text, Placeholders()).text == redacted


@given(ANY_TEXT)
def test_entities_are_sorted_apart_and_inside_any_text(text: str) -> None:
    at = 0
    for entity in find_entities(text):
        assert at <= entity.start < entity.end <= len(text)
        at = entity.end


@pytest.mark.parametrize("text", ["64/00-7593D", "12-34/56-7A", "1999/-1A", "PNC 12/3.4-5/6B"])
def test_dashes_and_slashes_in_any_order_are_read(text: str) -> None:
    find_entities(text)


@given(st.text(alphabet="AB10/-. \nCPnc:@%&;<>\\u", max_size=60))
@settings(max_examples=500)
def test_text_made_of_what_identifiers_are_made_of_can_be_read(text: str) -> None:
    placeholders = Placeholders()
    assert placeholders.restore(redact(text, placeholders).text) == text or len(find_entities(text)) > 1


@given(PLAIN)
def test_a_text_without_identifiers_comes_back_byte_for_byte(text: str) -> None:
    if not find_entities(text):
        assert redact(text, Placeholders()).text == text


@given(ANY_TEXT, PLANTED, ANY_TEXT)
@settings(max_examples=200)
def test_restoring_a_redacted_text_gives_it_back(before: str, planted: str, after: str) -> None:
    text = f"{before} {planted} {after}"
    placeholders = Placeholders()
    redaction = redact(text, placeholders)
    assert placeholders.restore(redaction.text) == text


@given(st.lists(PLANTED, max_size=5))
def test_what_is_restored_through_a_conversation_has_the_spelling_first_seen(messages: list[str]) -> None:
    placeholders = Placeholders()
    for message in messages:
        redaction = redact(message, placeholders)
        back = placeholders.restore(redaction.text)
        again = redact(back, placeholders)
        assert again.text == redaction.text


@given(PLANTED)
def test_nothing_that_was_found_is_left_in_the_redacted_text(text: str) -> None:
    redaction = redact(text, Placeholders())
    for entity in redaction.entities:
        assert text[entity.start : entity.end] not in redaction.text


@given(st.lists(st.tuples(PLANTED, st.integers(0, 200)), min_size=1, max_size=3))
def test_what_screening_removes_hides_no_identifier_from_redaction(pieces: list[tuple[str, int]]) -> None:
    # The turn redacts and then screens: both must agree on what is invisible.
    text = "\n".join(f"{planted[:at]}\u200b\U000e0041\u00ad{planted[at:]}" for planted, at in pieces)
    redaction = redact(text, Placeholders())
    assert len(redaction.entities) == len(find_entities(screen(text).text))
    assert len(find_entities(screen(redaction.text).text)) == len(find_entities(redaction.text))


def test_the_same_value_keeps_its_placeholder_through_a_conversation() -> None:
    placeholders = Placeholders()
    assert redact("NI AB123456C, mail a@x.example", placeholders).text == "NI [nino 1], mail [email 1]"
    stored = Placeholders.from_json(placeholders.to_json())
    assert redact("b@x.example, A@X.example, ab 12 34 56 c", stored).text == "[email 2], [email 1], [nino 1]"
    assert redact("+44 7700 900123 or 07700 900123", stored).text == "[phone 1] or [phone 1]"


def test_a_placeholder_that_was_never_given_out_is_not_restored() -> None:
    placeholders = Placeholders()
    redact("a@x.example", placeholders)
    assert placeholders.restore("[email 1] [email 2] [nino 1]") == "a@x.example [email 2] [nino 1]"


def test_what_a_learner_types_in_the_form_of_a_placeholder_is_never_given_out() -> None:
    placeholders = Placeholders()
    text = "What is [email 1]? Mine is a@x.example."
    assert redact(text, placeholders).text == "What is [email 1]? Mine is [email 2]."
    assert placeholders.restore("[email 1] [email 2]") == "[email 1] a@x.example"


def test_a_placeholder_typed_after_it_was_given_out_is_not_taken_for_the_value() -> None:
    placeholders = Placeholders()
    redact("a@x.example", placeholders)
    text = "What does [email 1] mean, and [ema\u200bil 1]?"
    redacted = redact(text, placeholders).text
    assert redacted.startswith("What does [text 1] mean")
    assert placeholders.restore(redacted) == text


@pytest.mark.parametrize(
    "stored", ["", "[]", "{}", '{"version":1,"given":[["a"]],"reserved":[]}', '{"version":2}', "null"]
)
def test_stored_placeholders_that_cannot_be_read_are_an_error_that_says_what_to_do(stored: str) -> None:
    with pytest.raises(PlaceholderError, match="erase the conversation"):
        Placeholders.from_json(stored)


HOSTILE = [
    *(
        "a",
        "1",
        "1 ",
        "a@",
        "@",
        "A1",
        "Mr A ",
        "Mr ",
        "AB12",
        "NHS number ",
        "nino is no ",
        "\u200b",
        "+1",
        "12-",
        ": ",
    ),
    *("a:", "Dear A", "(", "[email 1]", "sort code ", "AB 1 2 3 ", "07700 900123 ", "passport ", "o'", "a[at]b."),
    *('"@', "a.b@c.d.", "Mr A-", "%40", "\\u0041", "&#65;", "\ud800", "é1 ", "account 1 ", "1.", "0:", "Mr and Mrs "),
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_hostile_text_of_100_kb_costs_no_more_by_the_letter_than_a_shorter_one(unit: str) -> None:
    assert growth(lambda text: redact(text, Placeholders()), unit, 100_000) < IN_PROPORTION
