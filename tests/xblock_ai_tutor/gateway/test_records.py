"""A learner's records as files, their erasure from every table, and the account that is kept of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st

from tests.support.gateway import LEARNER, OTHER_LEARNER, Gateway, RecordingEndpoint, answering
from xblock_ai_tutor.gateway.records import as_html, erase_learner, export_learner, records_of
from xblock_ai_tutor.gateway.services import services_of
from xblock_ai_tutor.gateway.store.audit import FIRST_LINK, dao_add_audit, dao_verify_audit, link
from xblock_ai_tutor.gateway.store.database import db, transaction
from xblock_ai_tutor.gateway.store.erasure import HELD, WITHOUT_LEARNERS
from xblock_ai_tutor.gateway.store.tables import Base


def bearer(ticket: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {ticket}"}


def download(tutor: Gateway, ticket: str, form: str) -> Any:
    return tutor.client.get(f"/conversation/download?format={form}", headers=bearer(ticket))


def opine(tutor: Gateway, ticket: str, path: str, **body: str) -> int:
    return tutor.client.post(path, json=body, headers=bearer(ticket)).status_code


# ── taking it along ──


def test_a_learner_downloads_their_words_and_the_answers_with_their_own_values(
    tutor: Gateway, endpoint: RecordingEndpoint
) -> None:
    endpoint.reply = answering("Write to [email 1] only when you must.")
    ticket = tutor.ticket()
    tutor.ask("May I write to pat@dept.example?", ticket=ticket)
    answered = download(tutor, ticket, "json")
    assert answered.headers["Content-Disposition"] == 'attachment; filename="tutor-conversation.json"'
    [conversation] = answered.get_json()["conversations"]
    [turn] = conversation["turns"]
    assert turn["question"] == "May I write to pat@dept.example?"
    assert turn["answer"].strip() == "Write to pat@dept.example only when you must."
    assert turn["held_back"] == 1
    assert "ledger" not in answered.get_json()  # that is for a subject access request, over every lesson


def test_the_page_to_read_shows_markup_as_text_and_runs_nothing(tutor: Gateway, endpoint: RecordingEndpoint) -> None:
    endpoint.reply = answering("A **true** answer.")
    ticket = tutor.ticket()
    tutor.ask("<script>alert(1)</script> What about a case?", ticket=ticket)
    page = download(tutor, ticket, "html")
    assert page.mimetype == "text/html"
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "<strong>true</strong>" in page.text
    assert '<html lang="en">' in page.text


def test_the_page_speaks_the_learners_language(tutor: Gateway) -> None:
    with tutor.app.app_context():
        found = records_of(services_of(tutor.app), LEARNER)
    assert as_html(found, "cy") != as_html(found, "en")
    assert '<html lang="cy">' in as_html(found, "cy")


def test_no_one_downloads_another_learners_conversation(tutor: Gateway) -> None:
    tutor.ask("A question about a case", ticket=tutor.ticket(LEARNER))
    other = download(tutor, tutor.ticket(OTHER_LEARNER), "json").get_json()
    assert other["conversations"] == []
    assert tutor.client.get("/conversation/download").status_code == 401


def test_an_unknown_format_says_which_there_are(tutor: Gateway) -> None:
    answered = download(tutor, tutor.ticket(), "docx")
    assert answered.status_code == 400
    assert "json or html" in answered.get_json()["error"]["message"]


# ── thumbs and reports ──


def test_a_thumb_can_be_changed_and_taken_back(tutor: Gateway) -> None:
    ticket = tutor.ticket()
    turn = tutor.ask("A question about a case", ticket=ticket)[-1][1]["turn"]
    for thumb in ("up", "down", "none"):
        assert opine(tutor, ticket, "/feedback", turn=turn, thumb=thumb) == 204
        assert tutor.conversation(ticket)["turns"][0]["thumb"] == thumb


def test_a_report_waits_once_until_a_person_has_decided(tutor: Gateway) -> None:
    from xblock_ai_tutor.gateway.opinions import close_report, queue, reported

    ticket = tutor.ticket()
    turn = tutor.ask("A question about pat@dept.example and a case", ticket=ticket)[-1][1]["turn"]
    assert opine(tutor, ticket, "/reports", turn=turn, kind="worrying") == 201
    assert opine(tutor, ticket, "/reports", turn=turn, kind="wrong") == 200
    assert tutor.conversation(ticket)["turns"][0]["reported"] == "worrying"
    services = services_of(tutor.app)
    with tutor.app.app_context():
        [waiting] = queue(services)
        shown = reported(services, waiting["report"])
        assert shown is not None
        assert "[email 1]" in shown["question"]
        assert "pat@dept.example" not in json.dumps(shown)
        assert close_report(waiting["report"], outcome="upheld")
        assert queue(services) == []
        assert queue(services, waiting_only=False)[0]["outcome"] == "upheld"
        assert not close_report(999, outcome="upheld")
    assert tutor.rows("SELECT action, detail FROM audit") == [("report_closed", '{"report": 1, "outcome": "upheld"}')]


@pytest.mark.parametrize(("path", "said"), [("/feedback", {"thumb": "up"}), ("/reports", {"kind": "wrong"})])
def test_no_one_judges_another_learners_answer(tutor: Gateway, path: str, said: dict[str, str]) -> None:
    turn = tutor.ask("A question about a case", ticket=tutor.ticket(LEARNER))[-1][1]["turn"]
    assert opine(tutor, tutor.ticket(OTHER_LEARNER), path, turn=turn, **said) == 404
    assert opine(tutor, "forged", path, turn=turn, **said) == 401
    assert opine(tutor, tutor.ticket(LEARNER), path, turn="no-turn", **said) == 400


def test_an_opinion_goes_with_its_conversation(tutor: Gateway) -> None:
    ticket = tutor.ticket()
    turn = tutor.ask("A question about a case", ticket=ticket)[-1][1]["turn"]
    opine(tutor, ticket, "/feedback", turn=turn, thumb="up")
    opine(tutor, ticket, "/reports", turn=turn, kind="wrong")
    tutor.client.delete("/conversation", headers=bearer(ticket))
    assert tutor.rows("SELECT count(*) FROM feedback") == [(0,)]
    assert tutor.rows("SELECT count(*) FROM reports") == [(0,)]


# ── every table ──


def test_every_table_says_whether_it_holds_learners() -> None:
    tables = {mapper.class_ for mapper in Base.registry.mappers}
    assert set(HELD) | WITHOUT_LEARNERS == tables
    assert not set(HELD) & WITHOUT_LEARNERS


def test_erasing_a_learner_reaches_every_table_and_no_one_else(tutor: Gateway) -> None:
    for learner in (LEARNER, OTHER_LEARNER):
        ticket = tutor.ticket(learner)
        for number in range(3):
            turn = tutor.ask(f"Question {number} about pat@dept.example and a case", ticket=ticket)[-1][1]["turn"]
        opine(tutor, ticket, "/feedback", turn=turn, thumb="down")
        opine(tutor, ticket, "/reports", turn=turn, kind="wrong")
    with tutor.app.app_context():
        before = records_of(services_of(tutor.app), OTHER_LEARNER)
        erased = erase_learner(LEARNER)
        assert (erased["conversations"], erased["turns"], erased["ledger"], erased["reports"]) == (1, 3, 3, 1)
        gone, left = records_of(services_of(tutor.app), LEARNER), records_of(services_of(tutor.app), OTHER_LEARNER)
    assert (gone["conversations"], gone["ledger"], gone["budgets"]) == ([], [], [])
    assert left | {"made_at": ""} == before | {"made_at": ""}
    assert LEARNER.encode() not in tutor.stored_bytes()
    assert OTHER_LEARNER.encode() in tutor.stored_bytes()


def test_an_access_request_shows_every_conversation_and_every_count(tutor: Gateway) -> None:
    for usage in ("block-1", "block-2"):
        tutor.ask("A question about a case", ticket=tutor.ticket(usage=usage))
    with tutor.app.app_context():
        found = records_of(services_of(tutor.app), LEARNER)
    assert sorted(each["usage"] for each in found["conversations"]) == ["block-1", "block-2"]
    assert len(found["ledger"]) == 2
    assert found["budgets"][0]["used_tokens"] > 0


def test_an_operators_look_at_a_learners_records_is_in_the_audit(tutor: Gateway) -> None:
    tutor.ask("A question about a case", ticket=tutor.ticket())
    with tutor.app.app_context():
        assert len(export_learner(services_of(tutor.app), LEARNER)["conversations"]) == 1
    assert tutor.rows("SELECT actor, action, detail FROM audit") == [("operator", "records_exported", '{"turns": 1}')]


# ── the account ──


def add_entries(count: int) -> None:
    for number in range(count):
        with transaction() as session:
            dao_add_audit(session, at_ms=number, actor="operator", action="tried", detail={"number": number})


def test_the_audit_is_a_chain_that_a_noted_link_vouches_for(tutor: Gateway) -> None:
    with tutor.app.app_context():
        add_entries(2)
        with transaction() as session:
            noted = dao_verify_audit(session).last_link
        add_entries(1)
        with transaction() as session:
            assert dao_verify_audit(session, noted=noted).broken_at is None
            assert dao_verify_audit(session, noted="f" * 64).broken_at is not None
            assert dao_verify_audit(session, noted=FIRST_LINK).entries == 3


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit WHERE id = 1"])
def test_the_database_refuses_to_change_the_audit(tutor: Gateway, change: str) -> None:
    with tutor.app.app_context():
        add_entries(2)
        with pytest.raises(sqlalchemy.exc.IntegrityError, match="never changed"), db.engine.begin() as connection:
            connection.exec_driver_sql(change)


@pytest.mark.parametrize(
    ("change", "breaks_at"),
    [
        ("UPDATE audit SET detail = '{\"number\": 9}' WHERE id = 2", 2),
        ("UPDATE audit SET at_ms = 7 WHERE id = 1", 1),
        ("DELETE FROM audit WHERE id = 2", 3),
    ],
)
def test_whoever_gets_past_the_triggers_breaks_the_chain(tutor: Gateway, change: str, breaks_at: int) -> None:
    with tutor.app.app_context():
        add_entries(3)
        with db.engine.begin() as connection:
            for trigger in ("audit_refuses_update", "audit_refuses_delete"):
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
            connection.exec_driver_sql(change)
        with transaction() as session:
            assert dao_verify_audit(session).broken_at == breaks_at


_entries = st.tuples(st.integers(), st.text(), st.text(), st.dictionaries(st.text(), st.integers()))


@given(_entries, _entries)
def test_two_entries_that_differ_have_different_links(one: Any, other: Any) -> None:
    def made(entry: Any) -> str:
        at_ms, actor, action, detail = entry
        return link(FIRST_LINK, at_ms=at_ms, actor=actor, action=action, detail=detail)

    assert (made(one) == made(other)) == (one == other)
