"""What Prometheus is told, and who may ask."""

from __future__ import annotations

import re

from tests.support.gateway import LEARNER, Gateway, RecordingEndpoint, answering

TOKEN = "a-token-for-the-metrics-of-the-tests"


def metrics(tutor: Gateway, token: str = TOKEN) -> str:
    answered = tutor.client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answered.status_code == 200, answered.text
    return answered.text


def value(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def with_metrics(tutor: Gateway) -> None:
    from xblock_ai_tutor.gateway.config import Secret

    tutor.with_settings(metrics_token=Secret(TOKEN))


def test_there_are_no_metrics_without_a_token(tutor: Gateway) -> None:
    assert tutor.client.get("/metrics", headers={"Authorization": "Bearer "}).status_code in (401, 404)
    assert tutor.client.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 404
    with_metrics(tutor)
    assert tutor.client.get("/metrics").status_code == 401
    assert tutor.client.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 401


def test_turns_are_counted_by_how_and_why_they_ended(tutor: Gateway, endpoint: RecordingEndpoint) -> None:
    with_metrics(tutor)
    before = metrics(tutor)
    tutor.ask("A question about pat@dept.example and a case")
    tutor.ask("OFFICIAL-SENSITIVE: a question about a case")
    endpoint.reply = answering("See https://elsewhere.example/page for more.")
    tutor.ask("Where is more about the case?")
    after = metrics(tutor)

    def grew(name: str) -> float:
        return value(after, name) - value(before, name)

    assert grew('tutor_turns_total{reason="",status="answered"}') == 2
    assert grew('tutor_turns_total{reason="marking:OFFICIAL-SENSITIVE",status="blocked"}') == 1
    assert grew('tutor_redactions_total{type="email"}') == 1
    assert grew('tutor_guard_actions_total{rule="link"}') == 1
    assert grew("tutor_turn_seconds_count") == 3
    assert grew('tutor_tokens_total{direction="in"}') > 0
    assert value(after, "tutor_open_streams") == 0


def test_no_label_is_about_a_person_or_their_words(tutor: Gateway) -> None:
    with_metrics(tutor)
    tutor.ask("A question about pat@dept.example and a kingfisher")
    text = metrics(tutor)
    for word in (LEARNER, "pat@dept.example", "kingfisher", "course-v1", "block-1"):
        assert word not in text
