"""A short run of `scripts/fuzz-turns`, and that it sees what it looks for. A full run: docs/sandbox.md."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.evaluation.fuzz.__main__ import result_of
from tests.evaluation.fuzz.conversations import MESSAGES, conversation
from tests.evaluation.fuzz.drive import run_learners, running
from tests.evaluation.fuzz.forms import forms, needles
from tests.evaluation.fuzz.pieces import MAKERS
from tests.evaluation.fuzz.recorder import Ledger
from tests.evaluation.fuzz.report import table
from tests.evaluation.redaction.disguise import DISGUISES

WHO = "a" * 64
HOST = "127.0.0.1:1"
HEADERS = {"host": HOST, "authorization": "Bearer sk-test", "content-type": "application/json"}


def test_nothing_that_is_planted_goes_out_of_a_running_gateway(tmp_path: Path) -> None:
    with running(tmp_path, seed=7) as run:
        learners = run_learners(run, first=0, turns=160, seconds=20)
        result = result_of(run, learners)
    assert result.is_clean, f"{table(result)}\n{result.misses}\n{result.failures}"
    assert result.turns >= 40
    assert result.requests > 0.7 * result.turns
    assert result.planted["marking"] >= 1
    assert set(result.intents) == {"ask", "where", "prompt"}


def test_a_conversation_is_made_by_its_seed_and_number_alone() -> None:
    assert conversation(7, 3) == conversation(7, 3)
    assert conversation(7, 3).messages != conversation(8, 3).messages
    assert len(conversation(7, 3).messages) == MESSAGES
    kinds = {
        one.kind for number in range(40) for message in conversation(7, number).messages for one in message.planted
    }
    assert kinds == set(MAKERS)


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_a_value_is_known_however_it_is_disguised_and_escaped(kind: str) -> None:
    rng = random.Random(kind)
    for make in MAKERS[kind]:
        for disguise in (lambda value, _rng: value, *DISGUISES[kind]):
            value = make(rng)
            written = disguise(value, rng)
            for text in (written, json.dumps(written), json.dumps(written, ensure_ascii=False)):
                assert needles(kind, value)[0] in forms(f"It was {text} that I meant."), (disguise, written)


def body(**changes: Any) -> dict[str, Any]:
    asked = [{"role": "developer", "content": "The lesson."}, {"role": "user", "content": "How do I check a case?"}]
    return {"model": "m", "input": asked, "store": False, "stream": True, "safety_identifier": WHO} | changes


def judged(body: Mapping[str, Any], *, path: str = "/v1/responses", headers: Mapping[str, str] = HEADERS) -> Ledger:
    ledger = Ledger()
    talk = conversation(7, 0)
    ledger.begin(WHO, talk)
    for message in talk.messages:
        ledger.sends(WHO, message)
    ledger.judge(path, headers, json.dumps(body).encode(), host=HOST)
    return ledger


def test_a_request_that_is_as_it_should_be_has_nothing_wrong() -> None:
    ledger = judged(body())
    assert (ledger.wrong, ledger.went_out, ledger.requests) == ({}, {}, 1)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"store": True}, "store is not false"),
        ({"store": 0}, "store is not false"),
        ({"previous_response_id": "r"}, "fields that the gateway does not send"),
        ({"conversation": "c"}, "fields that the gateway does not send"),
        ({"tools": []}, "fields that the gateway does not send"),
        ({"metadata": {"learner": "x"}}, "fields that the gateway does not send"),
        ({"input": [{"role": "user", "content": [{"type": "input_file"}]}]}, "an input that is no plain message"),
        ({"input": [{"role": "user", "content": "zqbababababaqz"}]}, "words of a marked message or of another"),
        ({"safety_identifier": "b" * 64}, "a learner that the gateway was not given"),
    ],
)
def test_what_a_request_must_not_have_is_seen(changes: dict[str, Any], wrong: str) -> None:
    assert [problem for problem in judged(body(**changes)).wrong if problem.startswith(wrong)]


def test_another_address_another_host_and_another_header_are_seen() -> None:
    assert judged(body(), path="/v1/files").wrong["an address that is not on the list"] == 1
    assert judged(body(), headers=HEADERS | {"host": "evil.example"}).wrong["an address that is not on the list"] == 1
    assert judged(body(), headers=HEADERS | {"x-learner": "7"}).wrong["headers that the gateway does not send"] == 1


def test_each_planted_value_is_seen_when_its_message_goes_out_as_it_was_written() -> None:
    talk = conversation(7, 0)
    planted = {(one.kind, one.value) for message in talk.messages for one in message.planted if not message.secret}
    asked = [{"role": "user", "content": message.text} for message in talk.messages if not message.secret]
    found = {(one.planted.kind, one.planted.value) for one in judged(body(input=asked)).went_out.values()}
    assert planted
    assert planted - found == set()


def test_most_of_a_value_counts_as_gone_out_and_a_little_of_it_does_not() -> None:
    value = next(one for one in conversation(7, 0).messages[0].planted or conversation(7, 0).messages[1].planted)
    whole = needles(value.kind, value.value)[0]
    for part, is_seen in ((whole[: -(-len(whole) * 7 // 10)], True), (whole[:3], False)):
        ledger = judged(body(input=[{"role": "user", "content": f"the {part} is held back"}]))
        assert bool(ledger.went_out) is is_seen
