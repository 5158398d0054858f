"""Transcripts at rest: sealed, opened with the right key alone, and what was sealed in the older way still opens."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from tests.support.gateway import Gateway
from xblock_ai_tutor.gateway.sealing import Seal, UnsealingError
from xblock_ai_tutor.gateway.services import services_of
from xblock_ai_tutor.gateway.store.database import transaction

KEY, OTHER = (Fernet.generate_key().decode() for _ in range(2))
SEAL = Seal([KEY])


@given(st.binary(max_size=300))
def test_what_is_sealed_opens_again_and_is_not_the_same_twice(text: bytes) -> None:
    assert SEAL.decrypt(SEAL.encrypt(text)) == text
    assert SEAL.encrypt(text) != SEAL.encrypt(text)


@given(st.binary(max_size=60), st.data())
def test_no_byte_of_what_is_sealed_can_be_changed_or_cut_off(text: bytes, data: st.DataObject) -> None:
    sealed = SEAL.encrypt(text)
    place = data.draw(st.integers(1, len(sealed) - 1))
    spoilt = sealed[:place] + bytes([sealed[place] ^ data.draw(st.integers(1, 255))]) + sealed[place + 1 :]
    for wrong in (spoilt, sealed[:place]):
        with pytest.raises(UnsealingError):
            SEAL.decrypt(wrong)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(UnsealingError):
        Seal([OTHER]).decrypt(SEAL.encrypt(b"words"))


def test_a_conversation_from_before_is_still_read_and_goes_on(tutor: Gateway) -> None:
    ticket = tutor.ticket()
    tutor.ask("May I write to pat@dept.example about a case?", ticket=ticket)
    services = services_of(tutor.app)
    older = Fernet(tutor.settings.transcript_key.each()[0])
    texts = ("turns", "question_cipher"), ("turns", "answer_cipher"), ("conversations", "placeholders_cipher")
    with tutor.app.app_context(), transaction() as session:
        for table, column in texts:
            connection = session.connection()
            [(sealed,)] = connection.exec_driver_sql(f"SELECT {column} FROM {table}").all()
            written = older.encrypt(services.seal.decrypt(sealed))
            connection.exec_driver_sql(f"UPDATE {table} SET {column} = ?", (written,))
    assert tutor.conversation(ticket)["turns"][0]["question"] == "May I write to pat@dept.example about a case?"
    tutor.ask("And to sam@dept.example, or to pat@dept.example?", ticket=ticket)
    assert tutor.conversation(ticket)["turns"][1]["question"] == "And to sam@dept.example, or to pat@dept.example?"
