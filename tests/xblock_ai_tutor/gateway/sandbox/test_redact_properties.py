"""Claims about redaction for any text: planted identifiers never go out, and placeholders never give away a value."""

from __future__ import annotations

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.redaction import records
from tests.evaluation.redaction.prose import paragraph
from xblock_ai_tutor.gateway.sandbox.redact import Placeholders, find_entities, redact

# Types whose value alone proves what it is, in whatever sentence it stands.
PROVEN = ("nino", "nhs_number", "email", "payment_card", "iban", "pnc_id", "driving_licence")
SEPARATORS = ("", " ", "-", ".", "\u00a0", "\u2009", "\u2013", "/", "\u00ad", "\u200b", "\u2060 ", "\n")
SEEDS = st.integers(0, 100_000)


def ordinary(seed: int) -> str:
    return paragraph(random.Random(seed), seed % 2)


@given(SEEDS)
def test_a_paragraph_of_government_prose_is_sent_byte_for_byte(seed: int) -> None:
    text = ordinary(seed)
    assert redact(text, Placeholders()).text == text


@given(SEEDS, st.sampled_from(PROVEN), st.integers(0, 1_000))
def test_a_planted_identifier_is_held_back_wherever_it_stands(seed: int, kind: str, at: int) -> None:
    rng = random.Random(seed)
    value = records.MAKERS[kind][0](rng)
    words = ordinary(seed).split(" ")
    place = at % (len(words) + 1)
    # Not right after a number: two numbers with nothing between them are one to a reader too.
    text = " ".join([*words[:place], "(" + value + ")", *words[place:]])
    assert value not in redact(text, Placeholders()).text


@given(SEEDS, st.lists(st.sampled_from(SEPARATORS), min_size=4, max_size=4))
def test_no_separator_lets_a_national_insurance_number_out(seed: int, separators: list[str]) -> None:
    number = re.sub(r"[^A-Z0-9]", "", records.MAKERS["nino"][0](random.Random(seed)))
    parts = [number[:2], number[2:4], number[4:6], number[6:8], number[8:]]
    written = parts[0] + "".join(sign + part for sign, part in zip(separators, parts[1:], strict=True))
    assert redact(f"Why was {written}, refused?", Placeholders()).text == "Why was [nino 1], refused?"


@given(SEEDS, st.sampled_from(sorted(records.MAKERS)), st.booleans())
def test_the_same_value_has_one_placeholder_through_a_conversation(seed: int, kind: str, reload: bool) -> None:
    value = records.MAKERS[kind][0](random.Random(seed))
    placeholders = Placeholders()
    message = f"bank passport court prison CRN UTR visa car: {value}"
    first = redact(message, placeholders).text
    if reload:
        placeholders = Placeholders.from_json(placeholders.to_json())
    assert redact(f"{ordinary(seed)}\n{message}", placeholders).text.endswith(first)


@given(SEEDS, st.sampled_from(PROVEN), st.integers(1, 4), st.booleans())
def test_a_typed_or_invented_placeholder_never_becomes_a_value(seed: int, kind: str, number: int, typed: bool) -> None:
    value = records.MAKERS[kind][0](random.Random(seed))
    placeholders = Placeholders()
    look_alike = f"[{kind.replace('_', ' ')} {number}]"
    text = f"What does {look_alike} mean? ({value})" if typed else f"See ({value})."
    sent = redact(text, placeholders).text
    if typed:
        # Whatever the model repeats, the learner sees their own words again.
        assert placeholders.restore(look_alike) == look_alike
        assert placeholders.restore(sent) == text
    else:
        given_out = {look_alike} if look_alike in sent else set()
        assert (placeholders.restore(look_alike) == look_alike) is (look_alike not in given_out)


@given(SEEDS, st.sampled_from(sorted(records.MAKERS)))
def test_offsets_count_code_points_of_the_text_as_it_was_given(seed: int, kind: str) -> None:
    value = records.MAKERS[kind][0](random.Random(seed))
    text = f"é\u200b𝟙 bank passport court prison CRN UTR visa car: {value}."
    for entity in find_entities(text):
        assert text[entity.start : entity.end] in value or value in text[entity.start : entity.end]
