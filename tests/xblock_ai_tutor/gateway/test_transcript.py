"""A learner's records: read by them alone, erased for good, gone after retention."""

from __future__ import annotations

import time
import uuid

from tests.support.gateway import LEARNER, OTHER_LEARNER, Gateway, RecordingEndpoint, answering
from xblock_ai_tutor.gateway.housekeeping import sweep_transcripts
from xblock_ai_tutor.gateway.services import services_of
from xblock_ai_tutor.gateway.sse import PAUSE
from xblock_ai_tutor.gateway.tickets import read_ticket
from xblock_ai_tutor.gateway.transcript import erase_transcript
from xblock_ai_tutor.gateway.turn import begin
from xblock_ai_tutor.gateway.turn_state import Turn

DAY_MS = 24 * 60 * 60 * 1000


def bearer(ticket: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {ticket}"}


def test_a_reload_shows_the_conversation_as_it_was(tutor: Gateway) -> None:
    ticket = tutor.ticket()
    shown = [tutor.ask(text, ticket=ticket)[-1][1] for text in ("What about an invented case?", "And a report?")]
    kept = tutor.conversation(tutor.ticket())  # a new ticket, as after a reload
    assert [turn["id"] for turn in kept["turns"]] == [done["turn"] for done in shown]
    assert [turn["html"] for turn in kept["turns"]] == [done["html"] for done in shown]
    assert [turn["citations"] for turn in kept["turns"]] == [done["citations"] for done in shown]
    assert kept["turns"][0]["question"] == "What about an invented case?"
    assert kept["turns"][0]["step"] == "spot"
    assert kept["retention_days"] == 30
    assert kept["where"] == {"stored_in": "GB", "processed_in": "GB", "usage_metadata_in": "GB"}


def test_a_learner_cannot_read_or_erase_another_learners_conversation(tutor: Gateway) -> None:
    mine, theirs = tutor.ticket(LEARNER), tutor.ticket(OTHER_LEARNER)
    tutor.ask("A question about a case", ticket=mine)
    assert tutor.conversation(theirs)["turns"] == []
    tutor.client.delete("/conversation", headers=bearer(theirs))
    assert len(tutor.conversation(mine)["turns"]) == 1


def test_a_conversation_belongs_to_one_block(tutor: Gateway) -> None:
    tutor.ask("A question about a case", ticket=tutor.ticket(usage="block-1"))
    assert tutor.conversation(tutor.ticket(usage="block-2"))["turns"] == []


def test_a_conversation_goes_on_when_its_lesson_is_edited(tutor: Gateway) -> None:
    from tests.support.gateway import LESSON

    tutor.ask("A question about a case", ticket=tutor.ticket())
    edited = LESSON | {"title": "Checking authorities, revised"}
    assert len(tutor.conversation(tutor.ticket(lesson=edited))["turns"]) == 1


def test_no_word_is_stored_in_clear(tutor: Gateway, endpoint: RecordingEndpoint) -> None:
    endpoint.reply = answering("The heron stands in the reeds.")
    tutor.ask("What does pat@dept.example say about the kingfisher?")
    stored = tutor.stored_bytes()
    for word in (b"kingfisher", b"heron", b"pat@dept.example"):
        assert word not in stored


def test_erased_text_is_nowhere_in_the_database_file(tutor: Gateway) -> None:
    ticket = tutor.ticket()
    for number in range(12):
        tutor.ask(f"Question {number} about pat{number}@dept.example and a case " + "x" * 900, ticket=ticket)
    ciphers = [
        bytes(value)
        for row in tutor.rows("SELECT question_cipher, answer_cipher FROM turns")
        + tutor.rows("SELECT placeholders_cipher, placeholders_cipher FROM conversations")
        for value in row
    ]
    assert len(ciphers) == 26
    assert all(cipher[40:80] in tutor.stored_bytes() for cipher in ciphers)
    assert tutor.client.delete("/conversation", headers=bearer(ticket)).status_code == 204
    stored = tutor.stored_bytes()
    # Any 40 characters of what was encrypted, not only its beginning.
    for cipher in ciphers:
        assert not any(cipher[at : at + 40] in stored for at in range(40, len(cipher) - 40, 97))
    assert tutor.conversation(ticket)["turns"] == []
    assert tutor.rows("SELECT count(*) FROM ledger") == [(12,)]  # counts stay: they hold no words
    assert tutor.rows("SELECT actor, action, detail FROM audit") == [
        ("learner", "conversation_erased", '{"turns": 12}')
    ]


def test_after_erasing_a_learner_asks_anew_with_a_new_ticket_and_the_old_one_reads_nothing(tutor: Gateway) -> None:
    old = tutor.ticket()
    tutor.ask("First about pat@dept.example and a case", ticket=old)
    tutor.client.delete("/conversation", headers=bearer(old))
    time.sleep(0.002)
    new = tutor.ticket()
    tutor.ask("Second about a case", ticket=new)
    assert [turn["question"] for turn in tutor.conversation(new)["turns"]] == ["Second about a case"]
    with tutor.post("Third about a case", ticket=old) as answered:
        assert answered.status_code == 401
    assert tutor.conversation(old)["turns"] == []
    assert tutor.client.delete("/conversation", headers=bearer(old)).status_code == 204
    assert len(tutor.conversation(new)["turns"]) == 1


def test_a_turn_that_is_erased_while_it_runs_does_not_come_back(tutor: Gateway) -> None:
    ticket = tutor.ticket()
    with tutor.app.app_context():
        words, key = "Give me a hint about the case", str(uuid.uuid4())
        turn = Turn(
            services=services_of(tutor.app),
            ticket=read_ticket(tutor.settings, ticket),
            words=words,
            key=key,
            step_id="spot",
        )
        events = begin(turn)
        assert next(event for event in events if event is not PAUSE).type == "text"
        assert erase_transcript(read_ticket(tutor.settings, ticket)) == 1
        assert [event.type for event in events][-1] == "done"
    assert tutor.rows("SELECT count(*) FROM turns") == [(0,)]
    assert tutor.rows("SELECT status FROM ledger") == [("answered",)]


def test_transcripts_past_retention_are_swept_and_newer_ones_stay(tutor: Gateway) -> None:
    old, new = tutor.ticket(LEARNER), tutor.ticket(OTHER_LEARNER)
    tutor.ask("Old question about a case", ticket=old)
    now_ms = int(time.time() * 1000)
    with tutor.app.app_context():
        early = sweep_transcripts(services_of(tutor.app), actor="operator", now_ms=now_ms + 29 * DAY_MS)
        assert (early.turns, early.turns_left) == (0, 1)
        late = sweep_transcripts(services_of(tutor.app), actor="operator", now_ms=now_ms + 31 * DAY_MS)
        assert (late.turns, late.conversations, late.turns_left, late.conversations_left) == (1, 1, 0, 0)
        assert (late.overdue, late.log_emptied) == (0, True)
    tutor.ask("New question about a case", ticket=new)
    with tutor.app.app_context():
        assert sweep_transcripts(services_of(tutor.app), actor="housekeeping").turns_left == 1
    assert tutor.conversation(old)["turns"] == []
    assert [row[0] for row in tutor.rows("SELECT actor FROM audit")] == ["operator", "operator"]
