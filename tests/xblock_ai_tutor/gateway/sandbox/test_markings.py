"""Claims about protective markings: what blocks, what is prose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.growth import IN_PROPORTION, growth
from xblock_ai_tutor.gateway.sandbox.markings import blocked_by, find_markings


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("OFFICIAL-SENSITIVE", "OFFICIAL-SENSITIVE"),
        ("a note, official-sensitive, for you", "OFFICIAL-SENSITIVE"),
        ("OFFICIAL – SENSITIVE", "OFFICIAL-SENSITIVE"),
        ("OFFICIAL‑SENSITIVE", "OFFICIAL-SENSITIVE"),
        ("OFFICIAL − SENSITIVE", "OFFICIAL-SENSITIVE"),
        ("the OFFICIAL SENSITIVE annex", "OFFICIAL-SENSITIVE"),
        ("OFFICIAL_SENSITIVE_note.docx", "OFFICIAL-SENSITIVE"),
        ("OFFICIALSENSITIVE", "OFFICIAL-SENSITIVE"),
        ("OFFICIAL-SENSlTIVE", "OFFICIAL-SENSITIVE"),
        ("SWYDDOGOL - SENSITIF", "OFFICIAL-SENSITIVE"),
        ("Mae hyn yn Swyddogol-Sensitif", "OFFICIAL-SENSITIVE"),
        ("Marc: CYFRINACHOL", "CONFIDENTIAL"),
        ("SECRET AUKUS", "SECRET"),
        ("OFFICIAL\nSENSITIVE", "OFFICIAL-SENSITIVE"),
        ("ＯＦＦＩＣＩＡＬ－ＳＥＮＳＩＴＩＶＥ", "OFFICIAL-SENSITIVE"),
        ("OFF\u200bICIAL-\u00adSENSI\u2060TIVE", "OFFICIAL-SENSITIVE"),
        ("ОFFIСIAL-SENSITIVE", "OFFICIAL-SENSITIVE"),
        ("O F F I C I A L - S E N S I T I V E", "OFFICIAL-SENSITIVE"),
        ("**Official Sensitive**\n\nDear colleague", "OFFICIAL-SENSITIVE"),
        ("May I paste OFFICIAL-SENSITIVE text here?", "OFFICIAL-SENSITIVE"),
        ("OFFICIAL-SENSITIVE: COMMERCIAL", "OFFICIAL-SENSITIVE"),
        ("OFFICIAL-SENSITIVE [PERSONAL]", "OFFICIAL-SENSITIVE"),
        ("OFFICIAL-SENSITIVE LOCSEN", "OFFICIAL-SENSITIVE"),
        ("OFFICIAL (SENSITIVE)", "OFFICIAL-SENSITIVE"),
        ("**OFFICIAL**-**SENSITIVE** brief", "OFFICIAL-SENSITIVE"),
        ("This is Official Sensitive, mind", "OFFICIAL-SENSITIVE"),
        ("official sensitive: please check", "OFFICIAL-SENSITIVE"),
        ("Subject: RE: Official sensitive - the budget", "OFFICIAL-SENSITIVE"),
        ("Marked O-S, so take care", "OFFICIAL-SENSITIVE"),
        ("Handling: OFFICIAL-SENS", "OFFICIAL-SENSITIVE"),
        ("OFFSEN note", "OFFICIAL-SENSITIVE"),
        ("S E C R E T", "SECRET"),
        ("Top secret: the plan", "TOP SECRET"),
        ("For you.\nsecret: the plan", "SECRET"),
        ("Subject: Secret: the plan", "SECRET"),
        ("secret//the plan", "SECRET"),
        ("Fwd: [SECRET] - the plan", "SECRET"),
        ("this is TOP SECRET, do not", "TOP SECRET"),
        ("Top Secret\n\nBrief", "TOP SECRET"),
        ("TOP-SECRET STRAP 2", "TOP SECRET"),
        ("SECRET\n\nThe minister", "SECRET"),
        ("secret", "SECRET"),
        ("> SECRET", "SECRET"),
        ("UK SECRET", "SECRET"),
        ("(SECRET) The minister said", "SECRET"),
        ("SECRET//NOFORN", "SECRET"),
        ("this note is SECRET and long", "SECRET"),
        ('{"classification": "SECRET"}', "SECRET"),
        ("Classification: secret", "SECRET"),
        ("STRAP1 material", "STRAP"),
        ("for UK EYES ONLY", "UK EYES ONLY"),
        ("uk eyes only", "UK EYES ONLY"),
        ("RESTRICTED - POLICY\nText", "RESTRICTED"),
        ("NATO RESTRICTED\nText", "RESTRICTED"),
        ("CONFIDENTIAL: for the board", "CONFIDENTIAL"),
        ("[CONFIDENTIAL] 1. The board", "CONFIDENTIAL"),
        ("Protectively marked CONFIDENTIAL", "CONFIDENTIAL"),
        ("PROTECT - PERSONAL", "PROTECT"),
        ("[Top Secret] budget", "TOP SECRET"),
        ("Security classification - Top Secret", "TOP SECRET"),
        ("U.K. EYES ONLY", "UK EYES ONLY"),
        ("see SECRET_brief_v2.docx", "SECRET"),
        ("RESTRICTED-report.pdf", "RESTRICTED"),
        ("This is CONFIDENTIAL: do not share", "CONFIDENTIAL"),
        ("<b>OFFICIAL</b>-<i>SENSITIVE</i>", "OFFICIAL-SENSITIVE"),
        ("OFFICIAL%20%E2%80%93%20SENSITIVE", "OFFICIAL-SENSITIVE"),
        ("Header: RESTRICTED\nBody: the options are below.", "RESTRICTED"),
        ("Footer: Top Secret", "TOP SECRET"),
        ("Page 1 of 4    **CONFIDENTIAL**    v0.3\nThe options are below.", "CONFIDENTIAL"),
        ("Page 1\tPROTECT: STAFF\tv0.3", "PROTECT"),
        ("R E S T R I C T E D\n\nThe options are below.", "RESTRICTED"),
        ("C O N F I D E N T I A L", "CONFIDENTIAL"),
        ("see minutes_RESTRICTED_v2.docx", "RESTRICTED"),
        ("see minutes_CONFIDENTIAL: PERSONAL_v2.docx", "CONFIDENTIAL"),
        ("UK STRAP II\n\nbrief", "STRAP"),
        ("The paper is marked top secret. Rewrite it.", "TOP SECRET"),
        ("İ OFFICIAL-SENSITIVE", "OFFICIAL-SENSITIVE"),
        ("İİİ\n\nSECRET\n\nbrief", "SECRET"),
    ],
)
def test_a_marking_in_any_dress_blocks(text: str, label: str) -> None:
    marking = blocked_by(text)
    assert marking is not None
    assert marking.label == label
    assert 0 <= marking.start < marking.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "the secret of good writing",
        "the official, sensitive handling of",
        "it is no secret that",
        "restricted access",
        "protect children",
        "RESTRICTED ACCESS",
        "THE SECRET OF GOOD WRITING",
        "a top secret recipe, a trade secret, a secret ballot, the Secret Service",
        "The Official Secrets Act 1989 protects official information.",
        "call the confidential helpline",
        "Confidential information must not be shared.",
        "It was marked confidential by the doctor.",
        "Private and confidential",
        "protect the public",
        "PROTECT THE PUBLIC",
        "restricted access; This is RESTRICTED to staff.",
        "Restricted: staff may not enter",
        "API_SECRET=abc and SECRET_KEY and client secret: abc",
        "SECRET SANTA is on Friday",
        "see confidential-policy.docx, secret-santa.xlsx and top-secret-recipes.pdf",
        "The chef's secret: practice. Its secret - patience.\nSecret - a novel",
        "OFFICIAL",
        "Three words:\n- confidential\n- restricted\n- protect",
        "the CO-S-1 form, an o-s in lower case, on-screen, TWO-STEP, C-O-S",
        "an official sense of duty; OFF SET; off sen",
        "NOT PROTECTIVELY MARKED",
        "the page's header is restricted to one line; the footer: secret of good layout",
        "see client_SECRET, minutes_of_the_restricted_group.docx and CLIENT_SECRET_key.txt",
        "Access    restricted    to staff",
        "an official sensitive to criticism",
        "Official statistics, sensitive data. Official. Sensitive matters follow.",
        "five eyes only matters; with the eyes only; a bra strap 1",
    ],
)
def test_ordinary_prose_is_not_a_marking(text: str) -> None:
    assert find_markings(text) == ()


def test_a_department_may_accredit_official_sensitive_and_nothing_higher() -> None:
    assert blocked_by("OFFICIAL-SENSITIVE", block_official_sensitive=False) is None
    marking = blocked_by("OFFICIAL-SENSITIVE\n\nTOP SECRET", block_official_sensitive=False)
    assert marking is not None
    assert marking.label == "TOP SECRET"


def test_a_marking_s_place_is_in_the_text_as_it_was_given() -> None:
    text = "é\u200b OFF\u200bICIAL-SENSITIVE: HR x"
    (marking,) = find_markings(text)
    assert text[marking.start : marking.end] == "OFF\u200bICIAL-SENSITIVE: HR"


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=300))
def test_any_text_can_be_judged(text: str) -> None:
    at = 0
    for marking in find_markings(text):
        assert at <= marking.start < marking.end <= len(text)
        at = marking.end


@pytest.mark.parametrize(
    "unit", ["OFFICIAL ", "SECRET ", "marked ", "- ", "(", "UK ", "OFFICIAL-SENSITIVE: ", "\n# ", "UK/"]
)
def test_a_hostile_text_of_100_kb_costs_no_more_by_the_letter_than_a_shorter_one(unit: str) -> None:
    assert growth(lambda text: find_markings(text + "secret"), unit, 100_000) < IN_PROPORTION
