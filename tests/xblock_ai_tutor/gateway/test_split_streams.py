"""What the guard must catch is caught however the model's bytes are cut on their way: the whole stream, not only text.

The pure half puts the bytes of a model's event stream, cut at every place, through the raw reader, the event parser and
the guard. The other half sends them over HTTP, byte by byte and in cuts of Hypothesis's choice, to the whole gateway.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.gateway import LESSON, Gateway, RecordingEndpoint, read_events, said, sse, streaming
from xblock_ai_tutor.gateway.lessons import read_lesson
from xblock_ai_tutor.gateway.models import Delta
from xblock_ai_tutor.gateway.models.compose import Exchange, compose
from xblock_ai_tutor.gateway.models.event_stream import read_data
from xblock_ai_tutor.gateway.models.told import told
from xblock_ai_tutor.gateway.sandbox.guard import Guard, GuardAction, Guarded, GuardedText
from xblock_ai_tutor.gateway.sandbox.redact import Placeholders

LESSON_READ = read_lesson(json.dumps(LESSON).encode())
HISTORY: tuple[Exchange, ...] = ()
REQUEST = compose(lesson=LESSON_READ, step=None, history=HISTORY, words="x", canary="canary-0123456789abcdef")
PASSAGES = {passage.id: passage.text for passage in LESSON_READ.passages}

# (rule, an answer in the deltas in which a model sends it, what must not be shown)
BAD: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "instructions",
        ("Well – it’s ", "easy. You are a tutor. ", "Beside one lesson. About the respon", "sible use of AI. 🦉 Ends."),
        ("You are a tutor", "Beside one", "About the"),
    ),
    (
        "canary",
        ("Well – it’s easy. It is cana", "ry-01234567. 89ab", "cdef. 🦉 Ends."),
        ("cana", "0123", "89ab", "End"),
    ),
    ("link", ("Well – it’s easy. Go to https:", "//evil.exa", "mple/é now. 🦉 Ends."), ("evil", "https")),
    (
        "quotation",
        ("Well – it’s easy. It says “models are ", "always right” [p-1a2b", "3c4d]. 🦉 Ends."),
        ("always", "models are"),
    ),
    ("placeholder", ("Well – it’s easy. Ask [ema", "il 7] about it. 🦉 En", "ds."), ("[ema", "il 7]")),
    ("personal_data", ("Well – it’s easy. Call 07700\n", "900123 now. 🦉 En", "ds."), ("07700", "900123")),
)


def wire(deltas: Iterable[str], *, ascii_only: bool) -> bytes:
    """The bytes of a model's stream, with letters outside ASCII escaped or as they are."""
    events = [
        f"data: {json.dumps({'type': 'response.output_text.delta', 'delta': text}, ensure_ascii=ascii_only)}\n\n"
        for text in deltas
    ]
    end = sse("response.completed", response={"usage": {"input_tokens": 1, "output_tokens": 1}})
    return sse("response.created") + "".join(events).encode() + end


def texts(chunks: Iterable[bytes]) -> Iterator[str]:
    """The answer's pieces, as the gateway reads them off the wire."""
    for events in read_data(chunks):
        for event in told(events):
            if isinstance(event, Delta):
                yield event.text


def guarded(chunks: Iterable[bytes]) -> list[Guarded]:
    guard = Guard(
        passages=PASSAGES,
        links=LESSON_READ.links,
        canary=REQUEST.canary,
        secrets=REQUEST.secrets,
        placeholders=Placeholders(),
        learner_text="Which case?",
    )
    out = [item for text in texts(chunks) for item in guard.feed(text)]
    return [*out, *guard.finish()]


def shown(out: Iterable[Guarded]) -> str:
    return "".join(item.text for item in out if isinstance(item, GuardedText))


def assert_caught(text: str, hidden: Iterable[str]) -> None:
    assert text.startswith("Well – it’s easy. [A sentence was left out"), text
    assert not [part for part in hidden if part in text], text


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize(("rule", "deltas", "hidden"), BAD)
def test_it_is_caught_at_every_byte_boundary(
    rule: str, deltas: tuple[str, ...], hidden: tuple[str, ...], ascii_only: bool
) -> None:
    stream = wire(deltas, ascii_only=ascii_only)
    whole = guarded([stream])
    assert next(item.rule for item in whole if isinstance(item, GuardAction)) == rule
    assert_caught(shown(whole), hidden)
    for place in range(1, len(stream)):
        assert guarded([stream[:place], stream[place:]]) == whole
    assert guarded(stream[i : i + 1] for i in range(len(stream))) == whole


@pytest.mark.parametrize(("rule", "deltas", "hidden"), BAD)
def test_it_is_caught_however_the_model_divides_its_words(
    rule: str, deltas: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    """Each place of the text as the border of two events, and each character in an event of its own."""
    text = "".join(deltas)
    whole = guarded([wire([text], ascii_only=True)])
    assert_caught(shown(whole), hidden)
    for place in range(1, len(text)):
        assert guarded([wire([text[:place], text[place:]], ascii_only=True)]) == whole
    assert guarded([wire(text, ascii_only=False)]) == whole


def test_a_character_divided_between_two_events_is_one_character_again() -> None:
    """JSON can escape half of a character outside the basic plane; a model that streams by code unit would."""
    halves = (
        r'{"type":"response.output_text.delta","delta":"Fine \ud83e"}',
        r'{"type":"response.output_text.delta","delta":"\udd89 owl."}',
    )
    stream = "".join(f"data: {half}\n\n" for half in halves).encode()
    assert shown(guarded([stream])) == "Fine 🦉 owl."


CUTS = st.lists(st.integers(1, 1400), max_size=30)


def cut(stream: bytes, places: Iterable[int]) -> list[bytes]:
    at, chunks = 0, []
    for place in [*sorted({place for place in places if place < len(stream)}), len(stream)]:
        chunks.append(stream[at:place])
        at = place
    return chunks


@given(st.sampled_from(BAD), CUTS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_it_is_caught_when_the_bytes_are_cut_in_many_places(
    bad: tuple[str, tuple[str, ...], tuple[str, ...]], places: list[int], ascii_only: bool
) -> None:
    stream = wire(bad[1], ascii_only=ascii_only)
    assert guarded(cut(stream, places)) == guarded([stream])


@pytest.mark.parametrize(("rule", "deltas", "hidden"), [case for case in BAD if case[0] != "canary"])
def test_the_whole_gateway_catches_it_byte_by_byte(
    tutor: Gateway, endpoint: RecordingEndpoint, rule: str, deltas: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    stream = wire(deltas, ascii_only=False)
    endpoint.reply = streaming(*(stream[i : i + 1] for i in range(len(stream))))
    found = tutor.ask("Which case is invented?")
    assert_caught(said(found), hidden)
    assert not [part for part in hidden if part in found[-1][1]["html"]]
    assert tutor.rows("SELECT guard_actions FROM ledger")[0][0].count(rule) == 1


@given(st.sampled_from([case for case in BAD if case[0] != "canary"]), CUTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_whole_gateway_catches_it_in_any_cuts(
    tutor: Gateway, endpoint: RecordingEndpoint, bad: tuple[str, tuple[str, ...], tuple[str, ...]], places: list[int]
) -> None:
    endpoint.reply = streaming(*cut(wire(bad[1], ascii_only=False), places))
    answered = tutor.post("Which case is invented?", ticket=tutor.ticket())
    body = answered.data
    assert_caught(said(read_events(body)), bad[2])
    assert not [part for part in bad[2] if part in body.decode()]
