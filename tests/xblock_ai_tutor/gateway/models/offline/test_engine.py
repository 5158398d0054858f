"""The offline engine over HTTP, asked by the real SDK in strict response validation."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import openai
import pytest

from tests.support.gateway import lesson_bytes, served
from xblock_ai_tutor.gateway.lessons import read_lesson
from xblock_ai_tutor.gateway.models.compose import Exchange, compose
from xblock_ai_tutor.gateway.models.offline.responses import MODEL
from xblock_ai_tutor.gateway.models.offline.server import create_engine


@pytest.fixture
def client() -> Iterator[openai.OpenAI]:
    with served(create_engine(pace_s=0.0)) as port, httpx2.Client(trust_env=False) as http:
        yield openai.OpenAI(
            base_url=f"http://127.0.0.1:{port}/v1",
            api_key="none",
            max_retries=0,
            http_client=http,
            _strict_response_validation=True,
        )


def request(words: str, history: tuple[Exchange, ...] = ()) -> dict[str, Any]:
    lesson = read_lesson(lesson_bytes())
    made = compose(lesson=lesson, step=lesson.step("spot"), history=history, words=words, canary="canary-0")
    return {
        "model": MODEL,
        "instructions": made.instructions,
        "input": [{"role": role, "content": text} for role, text in made.input],
        "store": False,
        "max_output_tokens": 500,
        "safety_identifier": "x" * 64,
    }


def test_the_sdk_accepts_a_whole_response(client: openai.OpenAI) -> None:
    response = client.responses.create(**request("How do I check an invented case?"))
    assert response.status == "completed"
    assert "[p-1a2b3c4d]" in response.output_text
    assert response.usage is not None
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens > 0


def test_the_sdk_accepts_every_event_of_a_stream(client: openai.OpenAI) -> None:
    with client.responses.create(**request("How do I check an invented case?"), stream=True) as stream:
        events = list(stream)
    assert [event.type for event in (*events[:4], *events[-4:])] == [
        *("response.created", "response.in_progress", "response.output_item.added", "response.content_part.added"),
        *("response.output_text.done", "response.content_part.done", "response.output_item.done"),
        "response.completed",
    ]
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    whole = client.responses.create(**request("How do I check an invented case?"))
    assert len(deltas) > 5
    assert "".join(deltas) == whole.output_text
    assert [event.sequence_number for event in events] == list(range(len(events)))  # type: ignore[union-attr]


def test_the_same_request_gives_the_same_answer(client: openai.OpenAI) -> None:
    answers = {client.responses.create(**request("Is a report official?")).output_text for _ in range(3)}
    assert len(answers) == 1


def test_streams_run_side_by_side(client: openai.OpenAI) -> None:
    barrier = threading.Barrier(8)

    def ask(_number: int) -> int:
        with client.responses.create(**request("Is a report official?"), stream=True) as stream:
            first = next(iter(stream)).type
            barrier.wait(10)  # all eight have begun before any ends
            assert first == "response.created"
            return sum(1 for _event in stream)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_models_are_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == [MODEL]


@pytest.mark.parametrize(
    ("spoilt", "param"),
    [
        ({"input": []}, "input"),
        ({"input": None}, "input"),
        ({"input": [{"role": "narrator", "content": "x"}]}, "input[0].role"),
        ({"input": [{"role": "user", "content": 3}]}, "input[0].content"),
        ({"input": [{"type": "item_reference", "id": "x"}]}, "input[0]"),
        ({"model": None}, "model"),
        ({"max_output_tokens": -1}, "max_output_tokens"),
    ],
)
def test_a_bad_request_is_told_in_openais_form(client: openai.OpenAI, spoilt: dict[str, Any], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(**(request("x") | spoilt))
    assert caught.value.param == param
    assert caught.value.type == "invalid_request_error"


def test_another_address_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve("resp_1")


def test_a_plain_string_and_content_parts_are_taken(client: openai.OpenAI) -> None:
    assert "no lesson" in client.responses.create(model=MODEL, input="Hello").output_text
    parts = [{"role": "user", "content": [{"type": "input_text", "text": "Hello"}]}]
    assert "no lesson" in client.responses.create(model=MODEL, input=parts).output_text  # type: ignore[arg-type]


def test_an_answer_is_cut_where_the_request_says(client: openai.OpenAI) -> None:
    asked = request("How do I check an invented case?") | {"max_output_tokens": 16}
    cut = client.responses.create(**asked)
    assert cut.status == "incomplete"
    assert cut.incomplete_details is not None
    assert cut.incomplete_details.reason == "max_output_tokens"
    assert cut.usage is not None
    assert cut.usage.output_tokens == 16
    with client.responses.create(**asked, stream=True) as stream:
        events = list(stream)
    assert events[-1].type == "response.incomplete"
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == cut.output_text


def test_it_says_what_it_is_once(client: openai.OpenAI) -> None:
    first = client.responses.create(**request("What is a case?")).output_text
    past = (Exchange("spot", "What is a case?", first),)
    second = client.responses.create(**request("What is a case?", past)).output_text
    assert "not a language model" in first
    assert "not a language model" not in second
