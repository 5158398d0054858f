"""What is held for a turn is more than it can use: for any lesson, history and words, on any byte-level tokenizer."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.gateway import (
    LEARNER,
    LESSON,
    Gateway,
    RecordingEndpoint,
    completed,
    lesson_bytes,
    sse,
    streaming,
    text_delta,
)
from xblock_ai_tutor.gateway.allowance import in_words
from xblock_ai_tutor.gateway.budget import compose_within, hold_for
from xblock_ai_tutor.gateway.lessons import read_lesson
from xblock_ai_tutor.gateway.models.compose import Exchange, ModelRequest, compose
from xblock_ai_tutor.gateway.sandbox.redact import Placeholders, redact

ANSWER = 800
# Characters of one to four bytes, those that are escaped, and lone surrogates, which JSON can carry.
TEXT = st.text(st.one_of(st.characters(), st.sampled_from("&<>\"'🦜é\ud83d"), st.characters(categories=["Cs"])))
EMAILS = st.lists(st.integers(0, 99).map(lambda number: f"a{number}@b.co"), max_size=40).map(" ".join)
HISTORY = st.lists(st.builds(Exchange, st.just("spot"), TEXT, TEXT), max_size=6)


@st.composite
def lessons(draw: st.DrawFn) -> dict[str, Any]:
    plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
    passage = {"id": "p-1a2b3c4d", "step": "spot", "text": draw(plain)}
    return LESSON | {"title": draw(plain), "persona": draw(plain), "passages": [passage, *LESSON["passages"]]}


def written(lesson: dict[str, Any], history: list[Exchange], words: str, canary: str) -> ModelRequest:
    parsed = read_lesson(lesson_bytes(lesson))
    return compose(lesson=parsed, step=parsed.step("spot"), history=history, words=words, canary=canary)


def bytes_of(request: ModelRequest) -> int:
    """As many tokens as a byte-level tokenizer can make of a request's texts: each byte one."""
    texts = (request.instructions, *(text for _, text in request.input))
    return sum(len(text.encode("utf-8", errors="surrogatepass")) for text in texts)


@given(lesson=lessons(), history=HISTORY, words=st.one_of(TEXT, EMAILS))
def test_no_request_and_longest_answer_can_use_more_than_is_held(
    lesson: dict[str, Any], history: list[Exchange], words: str
) -> None:
    hold = hold_for(written(lesson, history, words, "canary-" + "0" * 16), max_output_tokens=ANSWER)
    redacted = redact(words, Placeholders()).text

    def write(past: Any) -> ModelRequest:
        return written(lesson, past, redacted, "canary-" + "f" * 16)

    sent = compose_within(hold, history, write, max_output_tokens=ANSWER)
    if sent is None:  # refused as too long: nothing is sent, nothing used
        assert bytes_of(write([])) + ANSWER > hold.tokens - 1_000
        return
    assert bytes_of(sent) + 16 * (len(sent.input) + 1) + ANSWER <= hold.tokens
    assert hold.likely_in + hold.likely_out <= hold.tokens
    assert sent.input[-1] == write([]).input[-1], "the learner's own words are never cut"
    assert -(-sent.size() // 4) + ANSWER <= hold.tokens, "an answer that broke off is booked by this estimate"


def test_ordinary_words_are_never_refused_for_their_placeholders() -> None:
    words = "Please look at a@b.co and c@d.co and e@f.co for this case."
    hold = hold_for(written(LESSON, [], words, "canary-" + "0" * 16), max_output_tokens=ANSWER)
    redacted = redact(words, Placeholders()).text
    sent = compose_within(hold, [], lambda past: written(LESSON, list(past), redacted, "x"), max_output_tokens=ANSWER)
    assert sent is not None


def test_history_makes_room_when_placeholders_are_longer_than_what_they_stand_for() -> None:
    history = [Exchange("spot", f"question {number}", "answer") for number in range(4)]
    before, after = "a@b.co " * 40, "[email 1] " * 70
    hold = hold_for(written(LESSON, history, before, "x"), max_output_tokens=ANSWER)
    sent = compose_within(hold, history, lambda past: written(LESSON, list(past), after, "x"), max_output_tokens=ANSWER)
    assert sent is not None
    assert [role for role, _ in sent.input].count("user") < 5
    assert "question 3" in sent.input[-3][1] or len(sent.input) == 2


def test_what_an_endpoint_reports_beyond_its_limit_is_booked_and_refuses_the_next(
    tutor: Gateway, endpoint: RecordingEndpoint, caplog: Any
) -> None:
    tutor.with_settings(budget_tokens_per_learner_day=10_000)
    endpoint.reply = streaming(
        sse("response.created"), text_delta("A case is looked up. "), completed(tokens_in=9_000, tokens_out=9_000)
    )
    with caplog.at_level("INFO", logger="xblock_ai_tutor.gateway"):
        end = tutor.ask("What is a case?")[-1][1]
    assert "more_tokens_than_held" in caplog.text
    assert end["remaining_tokens"] == 0
    assert tutor.rows("SELECT used, reserved FROM budgets WHERE scope LIKE 'learner:%'") == [(18_000, 0)]
    assert tutor.rows("SELECT tokens_in, tokens_out FROM ledger") == [(9_000, 9_000)]
    asked = len(endpoint.received)
    assert tutor.ask("And now?")[-1][1]["status"] == "refused"
    assert len(endpoint.received) == asked


def test_what_is_left_and_when_it_returns_is_said_in_the_learners_language(tutor: Gateway) -> None:
    digest = tutor.upload()
    for language, expected in (("en", "Left of your allowance"), ("fr", "Reste de votre quota"), ("cy", "Ar ôl o’ch")):
        body = {"learner": LEARNER, "lesson": digest, "course": "c", "usage": language, "language": language}
        ticket = tutor.client.post("/tickets", json=body, headers=tutor.as_lms()).get_json()["ticket"]
        for found in (tutor.ask("What is a case?", ticket=ticket)[-1][1], tutor.conversation(ticket)):
            allowance = found["allowance"]
            assert expected in allowance["message"]
            assert allowance["of"] == "learner"
            assert allowance["returns_at"].endswith("T00:00:00+00:00")
            assert "(UTC)" in allowance["message"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Friday, 3 July 2026, 00:00 (UTC)"),
        ("en-US", "Friday, July 3, 2026, 12:00\u202fAM (UTC)"),
        ("fr", "vendredi 3 juillet 2026, 00:00 (UTC)"),
        ("cy", "Dydd Gwener, 3 Gorffennaf 2026, 00:00 (UTC)"),
        ("zz-nonsense", "Friday, 3 July 2026, 00:00 (UTC)"),
    ],
)
def test_a_moment_is_written_as_a_person_writes_it(language: str, words: str) -> None:
    assert in_words(dt.datetime(2026, 7, 3, tzinfo=dt.UTC), language) == words


def test_a_refusal_says_when_the_allowance_returns(tutor: Gateway) -> None:
    tutor.with_settings(budget_tokens_per_lesson_month=10)
    notice, end = (data for _, data in tutor.ask("What is a case?"))
    assert "this lesson" in notice["message"]
    assert "1 " in notice["message"]
    assert end["allowance"]["of"] == "lesson"
    assert tutor.rows("SELECT reason FROM ledger") == [("budget_lesson",)]


def test_a_department_has_its_own_month_and_others_go_on(tutor: Gateway) -> None:
    tutor.with_settings(budget_tokens_per_department_month=5_000)
    digest = tutor.upload()

    def ticket(learner: str, department: str) -> str:
        body = {"learner": learner * 32, "lesson": digest, "course": "c", "usage": "u", "department": department}
        answered = tutor.client.post("/tickets", json=body, headers=tutor.as_lms())
        assert answered.status_code == 201
        return str(answered.get_json()["ticket"])

    ends = itertools.takewhile(
        lambda end: end["status"] != "refused",
        (tutor.ask("What is a case?", ticket=ticket("a", "MoJ"))[-1][1] for _ in range(15)),
    )
    assert len(list(ends)) >= 1
    assert tutor.ask("What is a case?", ticket=ticket("a", "MoJ"))[-1][1]["status"] == "refused"
    assert tutor.ask("What is a case?", ticket=ticket("b", "HMRC"))[-1][1]["status"] == "answered"
    assert tutor.ask("What is a case?", ticket=ticket("b", ""))[-1][1]["status"] == "answered"
    used = tutor.rows("SELECT used, reserved, warned FROM budgets WHERE scope = 'department:MoJ'")[0]
    assert used[0] <= 5_000
    assert used[1:] == (0, 100)
    warnings = tutor.rows("SELECT count(*) FROM audit WHERE action = 'budget_warning' AND detail LIKE '%: 100,%'")
    assert warnings == [(1,)]


def test_no_warning_names_a_learner(tutor: Gateway, caplog: Any) -> None:
    tutor.with_settings(budget_tokens_per_learner_day=10)
    with caplog.at_level("INFO", logger="xblock_ai_tutor.gateway"):
        assert tutor.ask("What is a case?")[-1][1]["status"] == "refused"
    assert "budget_warning" not in caplog.text
    assert tutor.rows("SELECT count(*) FROM audit") == [(0,)]


def test_messages_faster_than_allowed_wait_and_cost_nothing(tutor: Gateway, endpoint: RecordingEndpoint) -> None:
    tutor.with_settings(messages_per_minute=3)
    ticket = tutor.ticket()
    for _ in range(3):
        tutor.ask("What is a case?", ticket=ticket)
    with tutor.post("And now?", ticket=ticket) as answered:
        assert answered.status_code == 429
        error = answered.get_json()["error"]
        assert (error["code"], error["retry"]) == ("too_many_messages", True)
        assert 1 <= int(answered.headers["Retry-After"]) <= 60
        assert answered.headers["Retry-After"] in error["message"]
    assert len(endpoint.received) == 3
    assert tutor.rows("SELECT count(*) FROM turns") == [(3,)]
    assert tutor.ask("What is a case?", ticket=tutor.ticket("b" * 32))[-1][1]["status"] == "answered"
    # A minute later, and only then, there is room for one more.
    with tutor.app.app_context():
        from xblock_ai_tutor.gateway.store.database import transaction

        with transaction() as session:
            session.connection().exec_driver_sql(
                "UPDATE paces SET recent = json_array(json_extract(recent, '$[0]') - 60000,"
                " json_extract(recent, '$[1]'), json_extract(recent, '$[2]'))"
                f" WHERE learner = '{LEARNER}'"
            )
    assert tutor.ask("And now?", ticket=ticket)[-1][1]["status"] == "answered"
    with tutor.post("And again?", ticket=ticket) as answered:
        assert answered.status_code == 429


def test_a_finished_turn_told_again_is_no_new_message(tutor: Gateway) -> None:
    tutor.with_settings(messages_per_minute=1)
    ticket, key = tutor.ticket(), "00000000-0000-4000-8000-000000000000"
    for _ in range(3):
        assert tutor.ask("What is a case?", ticket=ticket, key=key)[-1][1]["status"] == "answered"
