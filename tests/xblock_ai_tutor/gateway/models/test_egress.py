"""Claims about the last check before the wire: one kind of request passes, and no variation of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xblock_ai_tutor.gateway.models.admin import admin_urls
from xblock_ai_tutor.gateway.models.egress import _FIELDS, Egress, EgressError

URL = "https://gb.api.openai.com/v1/responses"
EGRESS = Egress(
    URL, project="proj_1", organisation="org-1", admin_urls=admin_urls("https://api.openai.com/v1", "proj_1")
)
HEADERS = {
    "Host": "gb.api.openai.com",
    "Authorization": "Bearer sk",
    "OpenAI-Project": "proj_1",
    "OpenAI-Organization": "org-1",
    "X-Stainless-Lang": "python",
}
ADMIN_HEADERS = {"Host": "api.openai.com", "Authorization": "Bearer sk", "OpenAI-Organization": "org-1"}
BODY: dict[str, Any] = {
    "model": "m",
    "instructions": "i",
    "input": [{"role": "developer", "content": "lesson"}, {"role": "user", "content": "words"}],
    "max_output_tokens": 800,
    "safety_identifier": "0" * 64,
    "store": False,
    "stream": True,
}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def stopped(method: str = "POST", url: str = URL, headers: dict[str, str] | None = None, body: object = None) -> bool:
    try:
        EGRESS.check_model(method, url, HEADERS if headers is None else headers, BODY if body is None else body)
    except EgressError:
        return True
    return False


def test_the_one_kind_of_request_passes() -> None:
    assert not stopped()


@given(st.text(min_size=1, max_size=40), anything)
def test_no_other_field_can_be_added(name: str, value: object) -> None:
    assert name in _FIELDS or stopped(body=BODY | {name: value})


@pytest.mark.parametrize(
    "name",
    [
        *("previous_response_id", "conversation", "tools", "tool_choice", "include", "metadata", "user", "prompt"),
        *("prompt_cache_key", "background", "truncation", "service_tier", "text", "reasoning", "moderation"),
    ],
)
@given(value=anything)
def test_no_field_that_would_keep_or_fetch_anything_can_be_added(name: str, value: object) -> None:
    assert stopped(body=BODY | {name: value})


@given(anything)
def test_store_is_false_and_nothing_that_resembles_it(value: object) -> None:
    assert value is False or stopped(body=BODY | {"store": value})
    assert stopped(body={name: held for name, held in BODY.items() if name != "store"})


@given(anything)
def test_the_input_is_plain_messages(value: object) -> None:
    assert stopped(body=BODY | {"input": [{"role": "user", "content": [value]}]})
    assert stopped(body=BODY | {"input": [{"role": "user", "content": "x", "id": value}]})
    assert value == [] or stopped(body=BODY | {"input": value})


@pytest.mark.parametrize(
    "item",
    [
        {"role": "user", "content": [{"type": "input_file", "file_id": "file-1"}]},
        {"role": "user", "content": [{"type": "input_image", "image_url": "https://x.example"}]},
        {"type": "item_reference", "id": "msg_1"},
        {"role": "tool", "content": "x"},
        {"type": "function_call_output", "call_id": "c", "output": "x"},
    ],
)
def test_no_file_image_reference_or_tool_is_sent(item: dict[str, object]) -> None:
    assert stopped(body=BODY | {"input": [item]})


@given(st.text(max_size=80))
def test_a_learner_is_a_hash_or_nothing(name: str) -> None:
    hashed = len(name) == 64 and all(letter in "0123456789abcdef" for letter in name)
    assert hashed or stopped(body=BODY | {"safety_identifier": name})


@given(st.text(max_size=60))
def test_no_other_address_and_no_other_method(text: str) -> None:
    for url in (text, f"{URL}{text}", f"https://{text}/v1/responses", f"https://gb.api.openai.com{text}"):
        assert url == URL or stopped(url=url)
    assert text == "POST" or stopped(method=text)


@given(st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_no_other_header_project_or_organisation(name: str, value: str) -> None:
    known = {"accept", "accept-encoding", "authorization", "connection", "content-length", "content-type"}
    ours = name.lower() in known | {"host", "idempotency-key", "openai-organization", "openai-project", "user-agent"}
    assert ours or name.lower().startswith("x-stainless-") or stopped(headers=HEADERS | {name: value})
    assert value == "proj_1" or stopped(headers=HEADERS | {"OpenAI-Project": value})
    assert value == "org-1" or stopped(headers=HEADERS | {"OpenAI-Organization": value})
    assert stopped(headers=HEADERS | {"Host": f"{value}.example"})


@pytest.mark.parametrize("name", ["Cookie", "Proxy-Authorization", "X-Forwarded-For", "Referer", "OpenAI-Beta"])
def test_no_header_that_could_carry_a_learner(name: str) -> None:
    assert stopped(headers=HEADERS | {name: "x"})


@given(anything)
def test_a_body_that_is_no_object_is_stopped(body: object) -> None:
    assert body is None or stopped(body=body)


def test_the_error_quotes_nothing_of_what_was_stopped() -> None:
    with pytest.raises(EgressError) as stop:
        EGRESS.check_model("POST", URL, HEADERS, BODY | {"input": [{"role": "user", "content": ["secret words"]}]})
    assert "secret" not in str(stop.value)


# ── the Admin API ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_residency_and_retention_can_be_read() -> None:
    for url in EGRESS.admin_urls:
        EGRESS.check_admin("GET", url, ADMIN_HEADERS, b"")


@given(st.text(max_size=60), st.sampled_from(["POST", "DELETE", "PUT", "PATCH", "HEAD", "get"]))
def test_nothing_else_of_the_admin_api_can_be_reached_and_nothing_written(text: str, method: str) -> None:
    for url in EGRESS.admin_urls:
        with pytest.raises(EgressError):
            EGRESS.check_admin(method, url, ADMIN_HEADERS, b"")
        with pytest.raises(EgressError):
            EGRESS.check_admin("GET", f"{url}/{text}", ADMIN_HEADERS, b"")
        with pytest.raises(EgressError):
            EGRESS.check_admin("GET", url, ADMIN_HEADERS, b"{}")
    with pytest.raises(EgressError):
        EGRESS.check_admin("GET", f"https://api.openai.com/v1/organization/{text}s", ADMIN_HEADERS, b"")
    with pytest.raises(EgressError):
        EGRESS.check_admin("GET", URL, ADMIN_HEADERS, b"")


def test_a_question_to_the_model_cannot_go_to_the_admin_api() -> None:
    for url in EGRESS.admin_urls:
        assert stopped(url=url)
