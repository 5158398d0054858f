"""Claims about what a conversation held back before, numbers that a line's end breaks, and names in other languages."""

from __future__ import annotations

import pytest

from xblock_ai_tutor.gateway.sandbox.redact import Placeholders, redact


def redacted(*messages: str) -> str:
    """The last message, as it is sent."""
    placeholders = Placeholders()
    return [redact(message, placeholders).text for message in messages][-1]


@pytest.mark.parametrize(
    ("first", "again", "sent"),
    [
        ("passport 533401372", "And 533 401 372, then?", "And [passport 1], then?"),
        ("sort code 20-45-45 account 31926819", "20-45-45 31926819?", "[bank account 1] [bank account 2]?"),
        ("account details: 20-45-45 31926819", "31926819?", "[bank account 2]?"),
        ("Hi Charlotte Smith,\n", "Charlotte Smith wrote, Charlotte left", "[person name 1] wrote, Charlotte left"),
        ("passport 533401372", "£533401372, 5334013721 and 533401372.5", "£533401372, 5334013721 and 533401372.5"),
    ],
)
def test_what_was_held_back_is_held_back_when_it_is_said_again(first: str, again: str, sent: str) -> None:
    assert redacted(first, again) == sent


def test_a_value_said_twice_in_one_message_is_held_back_twice() -> None:
    assert redacted("passport 533401372. And 533401372?") == "passport [passport 1]. And [passport 1]?"


@pytest.mark.parametrize(
    "written",
    [
        "943 4\n76 5919",
        "943.4\r\n> 76.5919",
        "943 4\\n76 5919",
        "943 4\\n> 76 5919",
        "943\\u200a476 5919",
        "9434%0A%3E+765919",
        "9434%E2%80%8A765919",
    ],
)
def test_a_number_broken_inside_a_group_is_held_back(written: str) -> None:
    assert redacted(f"https://a.example/?nhs={written}&b=1") == "https://a.example/?nhs=[nhs number 1]&b=1"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("the account details no longer 92\u202f00\u202f46\u202f39467429?", "bank account"),
        ("Bank details 53-45-21\u200998249670", "bank account"),
        ("Cod didoli a rhif cyfrif: 20-45-45 31926819", "bank account"),
        ("Compte bancaire\u202f: 20-45-45 31926819", "bank account"),
        ("Fy rhif pasbort yw 533401372", "passport"),
        ("Numéro de passeport\u202f: 533401372", "passport"),
        ("Rhif achos y gwasanaeth prawf: X320741", "probation crn"),
        ("Cyfeirnod treth: 4325780917", "utr"),
        ("Référence fiscale\u202f: 4325780917", "utr"),
        ("Her reg: BP23 CAN", "vehicle registration"),
        ("I live in ne98 5pt now", "postcode"),
    ],
)
def test_what_only_a_name_proves_is_held_back_by_its_name(text: str, kind: str) -> None:
    assert f"[{kind} 1]" in redacted(text)
    assert "[" not in redacted(text).replace(f"[{kind} 1]", "")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AC-2022-LDS\r\n421038", "court case"),
        ("AC-2022-LD\nS-421038", "court case"),
        ("G68X\nG037", "court case"),
        ("M7824W\r\nQ", "prison number"),
        ("D4-\n176TG", "prison number"),
        ("SF39/-\n44246X", "cro"),
        ("1982/07377 \n36J", "pnc id"),
        ("GW\nF747017591", "home office ref"),
        ("CA\r\nMPB 305031 RN9GP", "driving licence"),
        ("WILLI401246M98Q\r\nM", "driving licence"),
    ],
)
def test_a_code_broken_inside_a_group_of_letters_is_held_back(code: str, kind: str) -> None:
    assert redacted(f"Its file is {code} indeed") == f"Its file is [{kind} 1] indeed"


@pytest.mark.parametrize("text", ["Le pays compte 12 345 678 habitants.", "hp15 8gb laptop, e5 2gb, set in e5 5pt"])
def test_counts_and_measures_are_left_alone(text: str) -> None:
    assert redacted(text) == text
