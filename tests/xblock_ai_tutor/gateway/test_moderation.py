"""The endpoint's own moderation: asked for where it is to be had, and a refusal that teaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.gateway import (
    Gateway,
    RecordingEndpoint,
    Reply,
    completed,
    gateway,
    said,
    sse,
    streaming,
    text_delta,
)
from xblock_ai_tutor.gateway.models.egress import MODERATION
from xblock_ai_tutor.gateway.models.openai import is_moderated

FLAGGED = {"type": "moderation_result", "flagged": True, "categories": {"violence": True}, "model": "omni"}
CLEAR = FLAGGED | {"flagged": False}


@pytest.fixture
def moderated(tmp_path: Path, endpoint: RecordingEndpoint) -> Iterator[Gateway]:
    with gateway(tmp_path, endpoint.base_url, moderation="on") as running:
        yield running


def ended(kind: str = "response.completed", **response: object) -> bytes:
    return sse(kind, response={"usage": {"input_tokens": 5, "output_tokens": 1}} | response)


def test_it_is_asked_for_when_it_is_on_and_not_of_an_endpoint_that_has_none(
    moderated: Gateway, endpoint: RecordingEndpoint
) -> None:
    moderated.ask("How do I check a case?")
    assert endpoint.last.json["moderation"] == MODERATION
    assert endpoint.last.json["store"] is False
    auto = replace(moderated.settings, moderation="auto")
    assert not is_moderated(auto)
    assert is_moderated(replace(auto, model_base_url="https://gb.api.openai.com/v1"))
    assert not is_moderated(replace(auto, model_base_url="https://gb.api.openai.com.evil.example/v1"))
    assert not is_moderated(replace(auto, model_base_url="https://api.openai.com/v1", moderation="off"))


STOPPED: tuple[Reply, ...] = (
    streaming(ended(moderation={"input": FLAGGED, "output": CLEAR})),
    streaming(ended("response.incomplete", incomplete_details={"reason": "content_filter"})),
    streaming(ended("response.failed", error={"code": "moderation_blocked", "message": "WORDS"})),
    streaming(sse("error", code="content_policy_violation", message="WORDS")),
    streaming(text_delta("A first sentence. A second"), ended(moderation={"input": CLEAR, "output": FLAGGED})),
)


@pytest.mark.parametrize("reply", STOPPED)
def test_what_is_stopped_is_refused_with_a_reason_and_not_kept(
    moderated: Gateway, endpoint: RecordingEndpoint, reply: Reply
) -> None:
    endpoint.reply = reply
    ticket = moderated.ticket()
    found = moderated.ask("How do I check a case?", ticket=ticket)
    notices = [data for kind, data in found if kind == "notice"]
    assert [one["kind"] for one in notices] == ["refused"]
    assert "can be wrong" in notices[0]["message"]
    assert (found[-1][1]["status"], found[-1][1]["html"]) == ("refused", "")
    assert moderated.rows("SELECT status, reason FROM turns") == [("refused", "moderation")]
    assert moderated.conversation(ticket)["turns"][0]["html"] == ""


def test_what_is_not_flagged_passes(moderated: Gateway, endpoint: RecordingEndpoint) -> None:
    endpoint.reply = streaming(text_delta("Look it up."), ended(moderation={"input": CLEAR, "output": CLEAR}))
    assert said(moderated.ask("How?")) == "Look it up."
    endpoint.reply = streaming(
        text_delta("Look it up."), ended(moderation={"input": {"type": "error", "code": "x", "message": "y"}})
    )
    assert said(moderated.ask("How?")) == "Look it up."
    endpoint.reply = streaming(text_delta("Look it up."), completed())
    assert said(moderated.ask("How?")) == "Look it up."
