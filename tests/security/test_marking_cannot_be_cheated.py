"""Marking cannot be cheated from the browser: nothing before an attempt tells right from wrong, the server counts, and
requests that are replayed, edited or made up change nothing. Receipts are signed by the gateway's own code.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from webob import Request

from tests.support.block import COURSE, Site, right_form
from tests.support.gateway import environment
from tests.support.lessons import SMALL_LESSON
from xblock_ai_tutor.block import AiTutorXBlock
from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.tickets import Ticket, issue_receipt
from xblock_ai_tutor.gateway_client import GatewayClient
from xblock_ai_tutor.lesson import SNIPPETS, parse_lesson, tutor_lesson

ROOT = Path(__file__).parents[2]
HEAD = SMALL_LESSON[: SMALL_LESSON.index("---\n", 4) + 4]
EVERY_KIND = HEAD + "\n" + "\n".join(SNIPPETS.values())
KEY = "4f6a1f0e-7d0a-4a52-9a53-0d1f0c6b9f{:02x}"

# The same lesson with other right answers: (kind, what the author wrote, what they might have written).
OTHER_ANSWERS = [
    ("choice", [("[x] {look-it-up}", "[ ] {look-it-up}"), ("[ ] {send-it}", "[x] {send-it}")]),
    ("sort", [("[chatgpt] {press-notice}", "[none] {press-notice}"), ("- (none) 1 ", "- (chatgpt) 4 ")]),
    ("spot", [("[wrong-date] {opening}", "[sound] {opening}"), ("[sound] {public}", "[omission] {public}")]),
    ("verify", [("where: legislation", "where: asked-ai"), ("found: differs", "found: says-so")]),
    ("scenario", [("[best] {ask}", "[poor] {ask}"), ("[poor] {send}", "[best] {send}")]),
]


def other(text: str, changes: list[tuple[str, str]]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    assert parse_lesson(text).version != parse_lesson(EVERY_KIND).version
    return text


def before_an_attempt(text: str) -> Iterator[tuple[str, str]]:
    """Everything that a learner's browser or app can get of a lesson without answering, by where it comes from."""
    site = Site(text)
    block = site.block()
    for view in ("student_view", "public_view"):
        fragment = getattr(block, view)()
        yield view, re.sub(r"ait-[0-9a-f]{10}", "ait-root", fragment.content)
        assert all(resource.kind == "url" for resource in fragment.resources), "no script is made for one lesson"
    yield "student_view_data", json.dumps({**block.student_view_data(), "version": ""})
    state = json.loads(block.runtime.handle(block, "student_view_user_state", Request.blank("/")).body)
    yield "student_view_user_state", json.dumps({**state, "version": ""})
    yield "index_dictionary", json.dumps(block.index_dictionary())


@pytest.mark.parametrize(("kind", "changes"), OTHER_ANSWERS, ids=[kind for kind, _ in OTHER_ANSWERS])
def test_nothing_before_an_attempt_depends_on_which_answer_is_right(kind: str, changes: list[tuple[str, str]]) -> None:
    assert kind in SNIPPETS
    assert list(before_an_attempt(EVERY_KIND)) == list(before_an_attempt(other(EVERY_KIND, changes)))


def test_every_kind_that_is_marked_against_a_key_is_tried_above() -> None:
    keyed = {kind for kind in SNIPPETS if parse_lesson(HEAD + "\n" + SNIPPETS[kind]).steps[0].activity.marked()}
    assert keyed <= {kind for kind, _ in OTHER_ANSWERS}


@pytest.mark.parametrize(
    "lesson",
    [EVERY_KIND, *(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("content/modules/*/lesson.md")))],
    ids=lambda text: parse_lesson(text).id,
)
def test_no_feedback_is_told_before_an_attempt(lesson: str) -> None:
    said = "\n".join(text for _, text in before_an_attempt(lesson))
    for step in parse_lesson(lesson).steps:
        activity: Any = step.activity
        for item in [one for name in ("options", "items", "authorities") for one in getattr(activity, name, ())]:
            words = item.feedback.text.split("\n")[0].strip("*_ ")
            assert words
            assert words not in said, step.id


def test_a_scenario_shows_no_scene_that_was_not_reached() -> None:
    said = "\n".join(text for _, text in before_an_attempt(EVERY_KIND))
    assert "What happens." in said
    assert "How it ends." not in said
    assert "How else it ends." not in said


# ── requests ─────────────────────────────────────────────────────────────────────────────────────────────────────────

WRONG = {"choice": ["send-it"], "confidence": ["100"]}
RIGHT = right_form(SMALL_LESSON, "what-next")


def limited(attempts: int) -> Site:
    site = Site()
    author = site.block("author", staff=True)
    author.max_attempts = attempts
    author.save()
    return site


def state_of(site: Site) -> tuple[Any, ...]:
    block = site.block()
    return (block.answers, block.attempts, block.get_score(), block.completed, list(site.published))


@pytest.mark.parametrize(
    "claimed",
    [
        {"attempts": 0},
        {"attempt": 1, "used": 0, "forgiven": 9},
        {"marking": {"earned": 1.0, "possible": 1.0, "correct": True, "items": [], "confidence": None}},
        {"earned": 1.0, "score": 1.0, "best": 1.0},
        {"max_attempts": 99, "due": None, "limits": {}},
        {"live": True, "text": SMALL_LESSON},
    ],
)
def test_what_a_request_claims_beside_its_answer_counts_for_nothing(claimed: dict[str, Any]) -> None:
    site = limited(1)
    status, body = site.post("submit", {"step": "what-next", "form": WRONG, **claimed})
    assert (status, body["attempts"], body["marking"]["earned"], body["progress"]["earned"]) == (200, 1, 0.0, 0.0)
    before = state_of(site)
    assert site.post("submit", {"step": "what-next", "form": RIGHT, **claimed})[0] == 403
    assert state_of(site) == before


def test_a_replayed_request_changes_nothing_however_late_and_whatever_was_edited_in_it() -> None:
    site = Site()
    sent = [
        {"step": "what-next", "form": form, "key": KEY.format(number)} for number, form in enumerate([WRONG, RIGHT])
    ]
    for request in sent:
        assert site.post("submit", request)[0] == 200
    before = state_of(site)
    for request in sent:
        for form in (WRONG, RIGHT, {"choice": ["made-up"]}, {}):
            status, body = site.post("submit", {**request, "form": form})
            assert (status, body["attempts"], body["marking"]["earned"]) == (200, 2, 1.0)
    assert state_of(site) == before


def test_a_form_cannot_choose_more_than_it_may_or_what_is_not_there() -> None:
    site = Site()
    before = state_of(site)
    for form in (
        {"choice": ["look-it-up", "send-it"], "confidence": ["100"]},
        {"choice": ["look-it-up"], "confidence": ["100", "0"]},
        {"choice": ["LOOK-IT-UP"], "confidence": ["100"]},
        {"choice": ["look-it-up\n"], "confidence": ["100"]},
        {"choice": [""], "confidence": ["1e2"]},
    ):
        assert site.post("submit", {"step": "what-next", "form": form})[0] == 422
    assert state_of(site) == before


def test_the_authors_handlers_mark_nothing_for_a_learner() -> None:
    site = Site()
    before = state_of(site)
    for handler in ("preview", "save_lesson"):
        for body in (
            {"step": "what-next", "form": RIGHT},
            {"text": SMALL_LESSON, "step": "what-next", "form": RIGHT, "live": True, "display_name": "x", "base": ""},
        ):
            status, answer = site.post(handler, body)
            assert (status, answer["error"]["code"]) == (403, "not_allowed")
            assert set(answer) == {"error"}
    assert state_of(site) == before


def test_no_method_of_grading_can_be_called_from_a_browser() -> None:
    site = Site()
    before = state_of(site)
    for name in (
        "set_score",
        "rescore",
        "publish_grade",
        "keep",
        "calculate_score",
        "progress",
        "lesson",
        "student_view",
    ):
        block = site.block()
        assert not getattr(getattr(AiTutorXBlock, name), "_is_xblock_handler", False)
        with pytest.raises(Exception, match=name):
            block.runtime.handle(block, name, Request.blank("/", method="POST", body=b"{}"))
    assert state_of(site) == before


# ── receipts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.read(environment(tmp_path, "http://127.0.0.1:9/v1"))


def signed(settings: Settings, site: Site, **other_claims: str) -> str:
    """A receipt as the gateway signs it for `learner-a` in this lesson and block, or for what `other_claims` say."""
    client = GatewayClient.from_settings(site.settings)
    claims = {
        "learner": client.pseudonym("learner-a"),
        "lesson": hashlib.sha256(tutor_lesson(parse_lesson(SMALL_LESSON))).hexdigest(),
        "usage": str(site.usage),
        **other_claims,
    }
    ticket = Ticket(course=COURSE, conversation="c" * 32, language="en", **claims)
    return issue_receipt(settings, ticket, step="what-next", turn="turn-1", status="answered", redactions=0)


def house(settings: Settings) -> Site:
    key = settings.service_key.each()[0]
    return Site(settings={"gateway_url": "http://127.0.0.1:9", "service_key": key})


def test_the_gateways_receipt_counts_once_and_only_for_its_learner_lesson_and_block(settings: Settings) -> None:
    site = house(settings)
    other_lesson = tutor_lesson(parse_lesson(SMALL_LESSON.replace("id: small-lesson", "id: other-lesson")))
    before = state_of(site)
    pseudonym = GatewayClient.from_settings(site.settings).pseudonym
    for refused in (
        {"learner": pseudonym("learner-b")},
        {"learner": "learner-a"},
        {"lesson": hashlib.sha256(other_lesson).hexdigest()},
        {"lesson": ""},
        {"usage": f"{site.usage}x"},
    ):
        status, body = site.post("receipt", {"receipt": signed(settings, site, **refused)})
        assert (status, body["error"]["code"]) == (403, "receipt_refused"), refused
    good = signed(settings, site)
    head, payload, signature = good.split(".")
    for forged in (
        f"{head}.{payload}.",
        f"{head}.{payload[:-2]}xx.{signature}",
        f"{head}.{payload}.{signature[::-1]}",
        "x",
    ):
        assert site.post("receipt", {"receipt": forged})[0] == 403
    assert site.post("receipt", {"receipt": good}, "learner-b")[0] == 403
    assert state_of(site) == before
    assert site.post("receipt", {"receipt": good}) == (200, {"turns": 1})
    for again in (good, signed(settings, site)):
        assert site.post("receipt", {"receipt": again})[0] == 403
    assert site.block().tutor_turns == 1
    assert site.block().answers == {}, "a tutor turn earns no marks"
