"""Claims about what counts as an identifier, and what does not."""

from __future__ import annotations

import random

import pytest

from tests.support.identifiers import MAKERS, sentence_with
from xblock_ai_tutor.gateway.sandbox.redact import ENTITY_LABELS, Placeholders, find_entities, redact


def found(text: str) -> list[tuple[str, str]]:
    return [(entity.type, text[entity.start : entity.end]) for entity in find_entities(text)]


def test_every_type_has_a_label_and_a_maker_of_synthetic_ones() -> None:
    assert set(ENTITY_LABELS) == set(MAKERS)


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_planted_identifiers_are_held_back_under_their_own_type(kind: str) -> None:
    rng = random.Random(kind)
    missed = []
    for _ in range(120):
        identifier = MAKERS[kind](rng)
        text = sentence_with(kind, identifier, rng)
        redaction = redact(text, Placeholders())
        parts = [identifier] if kind != "bank_account" else identifier.split()
        if any(part in redaction.text for part in parts) or kind not in {e.type for e in redaction.entities}:
            missed.append((text, redaction.text))
    assert not missed, missed[:5]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("My NINO: AB 12\n34 56 C, thanks", "nino", "AB 12\n34 56 C"),
        ("report_AB123456C_final.docx", "nino", "AB123456C"),
        ("prefix OO is administrative: OO123456A", "nino", "OO123456A"),
        ("National Insurance number: BG123456A", "nino", "BG123456A"),
        ("NI number AB 12 34 56", "nino", "AB 12 34 56"),
        ("temporary TN120380F", "nino", "TN120380F"),
        ("NHS No 943 476 5918 (mistyped)", "nhs_number", "943 476 5918"),
        ("943.476.5919", "nhs_number", "943.476.5919"),
        ("Her self assessment ref 1955839661K", "utr", "1955839661K"),
        ("<mailto:jane.o'neil+a@dept.example>.", "email", "jane.o'neil+a@dept.example"),
        ("https://a.example/?email=jane%40x.example&b=1", "email", "jane%40x.example"),
        ("write to name (at) host (dot) example", "email", "name (at) host (dot) example"),
        ("write to jo at dept dot gov dot example, please", "email", "jo at dept dot gov dot example"),
        ("jo(dot)b(at)dept(dot)example", "email", "jo(dot)b(at)dept(dot)example"),
        ("write to jo.b@\ndept.example", "email", "jo.b@\ndept.example"),
        ("write to jo @ dept . example", "email", "jo @ dept . example"),
        ("jo@dept。example", "email", "jo@dept。example"),
        ("AB/12/34/56/C", "nino", "AB/12/34/56/C"),
        ("AB_12_34_56_C", "nino", "AB_12_34_56_C"),
        ("AB·12·34·56·C", "nino", "AB·12·34·56·C"),
        ("ab-123456-c", "nino", "ab-123456-c"),
        ("Tel 01632 960123 ext 12", "phone", "01632 960123 ext 12"),
        ("0044 1632 960123", "phone", "0044 1632 960123"),
        ("call +33 1 99 00 12 34", "phone", "+33 1 99 00 12 34"),
        ("mobile | 7700900123", "phone", "7700900123"),
        ("lives at sw1a 2aa now", "postcode", "sw1a 2aa"),
        ("IBAN GB82 WEST 1234 5698 7654 32 PLEASE", "iban", "GB82 WEST 1234 5698 7654 32"),
        ("sort code 200000", "bank_account", "200000"),
        ("his IP 8.8.8.8", "ip_address", "8.8.8.8"),
        ("PNC 97/99Y", "pnc_id", "97/99Y"),
        ("CO/1234/2023", "court_case", "CO/1234/2023"),
        ("MORGA 657054 SM9IJ", "driving_licence", "MORGA 657054 SM9IJ"),
        ("his car reg A123 BCD", "vehicle_registration", "A123 BCD"),
        ("name,passport\nAda,925665416,x", "passport", "925665416"),
        ("id,nhs,utr\n7,9434765919,1955839661", "nhs_number", "9434765919"),
        ("id,nhs,utr\n7,9434765919,1955839661", "utr", "1955839661"),
        ("BRP ZU1234567", "home_office_ref", "ZU1234567"),
        ("Ask Mr smith", "person_name", "Mr smith"),
        ("HHJ Smith QC sat", "person_name", "HHJ Smith"),
        ("Ask Mrs\nOkafor", "person_name", "Mrs\nOkafor"),
        ("GWF012345678", "home_office_ref", "GWF012345678"),
        ("Mrs A. Okafor's file", "person_name", "Mrs A. Okafor"),
        ("HHJ Smith sat", "person_name", "HHJ Smith"),
        ("Dear Ms Patel\nThank you", "person_name", "Ms Patel"),
        ("Dear Priya,\nThank you", "person_name", "Priya"),
        ("Mr and Mrs Smith came", "person_name", "Mr and Mrs Smith"),
        ("Mr Justice Swift", "person_name", "Mr Justice Swift"),
        ("MRS OKAFOR CALLED", "person_name", "MRS OKAFOR"),
        ("?q=AB+12+34+56+C&nino=AB+12+34+56+C", "nino", "AB+12+34+56+C"),
        ("?nino=%EF%BC%A1B123456C", "nino", "%EF%BC%A1B123456C"),
        ("<td>AB</td><td>123456</td><td>C</td>", "nino", "AB</td><td>123456</td><td>C"),
        ("AB 12 34\n>> 56 C", "nino", "AB 12 34\n>> 56 C"),
        ("A\u0336B\u03361\u033623456C", "nino", "A\u0336B\u03361\u033623456C"),
        ("scanAB123456C.pdf", "nino", "AB123456C"),
        ("Kl 921956 A", "nino", "Kl 921956 A"),
        ("C:\\2026\\tax-reference-1955839661.pdf", "utr", "1955839661"),
        ("HMRC wrote to him: 1955839661", "utr", "1955839661"),
        ("nhs (943)4765919", "nhs_number", "(943)4765919"),
        ("letter re 9434\n765919 is lost", "nhs_number", "9434\n765919"),
        ("in [1994] 1 AC 212. NL91ABNA0417164300 is closed", "iban", "NL91ABNA0417164300"),
        ("IBAN GB00NWBK60161331926819", "iban", "GB00NWBK60161331926819"),
        ("2026-03-01\t4111 1111 1111 1111\t12", "payment_card", "4111 1111 1111 1111"),
        ("Account details 67 37 89 32184063", "bank_account", "67 37 89 32184063"),
        ("?ac_no=86013087", "bank_account", "86013087"),
        ("mail jane@dept.\ngov.example today", "email", "jane@dept.\ngov.example"),
        ("447700900123", "phone", "447700900123"),
        ("0 7 7 0 0 9 0 0 1 2 3", "phone", "0 7 7 0 0 9 0 0 1 2 3"),
        ("Mobile_+44_7700_900967_final.docx", "phone", "+44_7700_900967"),
        ("moved to ls1 4nd in May", "postcode", "ls1 4nd"),
        ("from fe80::95a6:7ec5:fe00:9a0: denied", "ip_address", "fe80::95a6:7ec5:fe00:9a0"),
        ("192[.]0[.]2[.]33", "ip_address", "192[.]0[.]2[.]33"),
        ("CRO number no longer 70/58D", "cro", "70/58D"),
        ("FD23P00123", "court_case", "FD23P00123"),
        ("?homeofficereference=L2197575", "home_office_ref", "L2197575"),
        ('{"passportNumber":"AB1234567"}', "passport", "AB1234567"),
        ("Mr_Okafor_letter.pdf", "person_name", "Mr_Okafor"),
        ("Ask Mr May", "person_name", "Mr May"),
        ("the Rt Hon Jane Smith MP", "person_name", "Rt Hon Jane Smith"),
        ("PC 1234 Jones", "person_name", "PC 1234 Jones"),
        ("Nurse Jones rang", "person_name", "Nurse Jones"),
        ("Staff Nurse Patel", "person_name", "Nurse Patel"),
        ("Cllr Ali and Corporal Shah", "person_name", "Corporal Shah"),
        ("See 943-47\n6-5919 now", "nhs_number", "943-47\n6-5919"),
        ("NHS no: 943 476 59l9", "nhs_number", "943 476 59l9"),
        ("NI number AB 12 3O S6 C", "nino", "AB 12 3O S6 C"),
        ("the keeper of AB 12 CDE", "vehicle_registration", "AB 12 CDE"),
        ("mail jane.doe_at_dept.gov.uk", "email", "jane.doe_at_dept.gov.uk"),
        ("Mr van der Berg left", "person_name", "Mr van der Berg"),
        ("Miss Siân Ní Bhriain", "person_name", "Miss Siân Ní Bhriain"),
        ("**Rhif GIG:** 498 0155 58 8", "nhs_number", "498 0155 58 8"),
        ("NHS-Number=989\\-464\\-5704", "nhs_number", "989\\-464\\-5704"),
        ('{"pnc": "2001\\/0234567V"}', "pnc_id", "2001\\/0234567V"),
        ('{"b":"{\\"pnc\\":\\"2001\\\\/0234567V\\"}"}', "pnc_id", "2001\\\\/0234567V"),
        ('{"b":"{\\"nino\\":\\"JM\\\\u00a0402426D\\"}"}', "nino", "JM\\\\u00a0402426D"),
        ("For Corporation Tax use 96 616 18215", "utr", "96 616 18215"),
        ("farouk.llewelyn at cyngor.example", "email", "farouk.llewelyn at cyngor.example"),
        ("mail eilidh dot demir at unit7 dot example", "email", "eilidh dot demir at unit7 dot example"),
        ("**kit.moss**@dept.example", "email", "kit.moss**@dept.example"),
        ("Pay into 32290104, account name Club", "bank_account", "32290104"),
        ("Salary goes to 691916 23142635 at Example Bank", "bank_account", "691916 23142635"),
        ("account no. 535656 at the building society", "bank_account", "535656"),
        ("login from 198.\n210.84.33", "ip_address", "198.\n210.84.33"),
        ("Unpaid work: b981233 absent", "probation_crn", "b981233"),
        ("Convictions found against 44052/97e", "cro", "44052/97e"),
        ("lookup failed case_number=2141070/2023", "court_case", "2141070/2023"),
        ("claim F47\nBM641 was struck out", "court_case", "F47\nBM641"),
        ("passport no. M L 5 7 6 5 7 1 8", "passport", "M L 5 7 6 5 7 1 8"),
        ("O K A F O 0 0 5 2 2 9 G 9 9 Y T has six points", "driving_licence", "O K A F O 0 0 5 2 2 9 G 9 9 Y T"),
        ("Cyfeirnod y Swyddfa Gartref B0868732", "home_office_ref", "B0868732"),
        ("ring 0 0 4 4 7 7 0 0 9 0 0 4 7 1", "phone", "0 0 4 4 7 7 0 0 9 0 0 4 7 1"),
        ("according to Sgt al-Hashimi", "person_name", "Sgt al-Hashimi"),
        ("Ask nurse Ó Súilleabháin", "person_name", "nurse Ó Súilleabháin"),
        ("yr Athro Siân Prydderch", "person_name", "Athro Siân Prydderch"),
        ("MR JUSTICE ABDUL-KARIM sat", "person_name", "MR JUSTICE ABDUL-KARIM"),
        ("PROFESSOR ŁUKASZ WÓJCIK", "person_name", "PROFESSOR ŁUKASZ WÓJCIK"),
        # In small letters, with other signs, glued together, after labels in the plural, before their names.
        ("tn 12 03 80 f", "nino", "tn 12 03 80 f"),
        ("re TN\t12\t03\t80\tF", "nino", "TN\t12\t03\t80\tF"),
        ("see a7824wq today", "prison_number", "a7824wq"),
        ("see M-7824-WQ today", "prison_number", "M-7824-WQ"),
        ("nDelius CRN: P 712872", "probation_crn", "P 712872"),
        ("claim AC 2024 LON 003062", "court_case", "AC 2024 LON 003062"),
        ("re AC2024LON003062", "court_case", "AC2024LON003062"),
        ("Crown Court case T\u20132023\u20137123", "court_case", "T\u20132023\u20137123"),
        ("claim 123mc456", "court_case", "123mc456"),
        ("/HR/2026/1983/5252429Z/notes", "pnc_id", "1983/5252429Z"),
        ("/HR/2026/07700900123/notes", "phone", "07700900123"),
        ("/HR/2026/4111 1111 1111 1111/notes", "payment_card", "4111 1111 1111 1111"),
        ("vrm: kr 59 vsa", "vehicle_registration", "kr 59 vsa"),
        ("car reg abc 123d", "vehicle_registration", "abc 123d"),
        ("They moved to sA1 8En", "postcode", "sA1 8En"),
        ("gave 201575 as the sort code", "bank_account", "201575"),
        ("sort codes such as 20.15.75, please", "bank_account", "20.15.75"),
        ("UANs such as 3434 1111 2222 3333", "home_office_ref", "3434 1111 2222 3333"),
        ("JONES\t909075\tEE\t8BS", "driving_licence", "JONES\t909075\tEE\t8BS"),
        # Names in small letters, with initials and particles; more titles.
        ("ask mrs o'neill about it", "person_name", "mrs o'neill"),
        ("for mr z.t. popescu", "person_name", "mr z.t. popescu"),
        ("so dr niamh n\u00ed-dhomhnaill said", "person_name", "dr niamh n\u00ed-dhomhnaill"),
        ("cc ms. aled mensah", "person_name", "ms. aled mensah"),
        ("mr john williams rang", "person_name", "mr john williams"),
        ("mr khan needs the form", "person_name", "mr khan"),
        ("prof. williams phoned", "person_name", "prof. williams"),
        ("dear miss lee,", "person_name", "miss lee"),
        ("our judge s.n. nakamura sat", "person_name", "judge s.n. nakamura"),
        ("prof wei van der berg", "person_name", "prof wei van der berg"),
        ("Det Con Imran Shah", "person_name", "Det Con Imran Shah"),
        ("Wg Cdr Hollis wrote", "person_name", "Wg Cdr Hollis"),
        ("Mr.Patel rang", "person_name", "Mr.Patel"),
        ("Mr J-P Dubois rang", "person_name", "Mr J-P Dubois"),
        ("Mrs St. Clair rang", "person_name", "Mrs St. Clair"),
        ("Messrs Grimshaw and Tuttle", "person_name", "Messrs Grimshaw and Tuttle"),
        ("Lord Ogunbanjo of Peckham spoke", "person_name", "Lord Ogunbanjo of Peckham"),
        ("Mr Justice Khan telephoned me", "person_name", "Mr Justice Khan"),
        ("Mrs **Oyelaran** wrote", "person_name", "Mrs **Oyelaran"),
    ],
)
def test_an_identifier_is_found_in_the_form_in_which_people_write_it(text: str, kind: str, value: str) -> None:
    assert (kind, value) in found(text)


# Of each: what looks like an identifier and is none.
ORDINARY = [
    "The M25 and the A1(M) were closed in 1996, 24/7, at the M25 3rd exit.",
    "See section 10(1), s.149 of the Equality Act 2010, SI 2018/1139 and Art 6(1)(f) UK GDPR.",
    "R (Ayinde) v Haringey [2025] EWHC 1383 (Admin); [1990] 2 AC 605; (1866) LR 1 Ex 265; case C-131/12.",
    "ISBN 0-306-40615-2, ISBN 0306406152, ISBN-10: 0 306 40615 2, ISBN 978-0-306-40615-7.",
    "It cost £1,234,567.89, up 15.5%, on 12/05/2024 at 10:30:45 (2024-05-12T10:30:00).",
    "Call 999, 101 or 111; HMRC on 0300 200 3310; Childline on 0800 1111; a helpline on 0808 157 0123.",
    "Version 1.2.3.4, v10.0.19041.1, Python 3.11.7, ISO 27001:2013, RFC 9110, paragraph 4.2.1.3.",
    "Pages 101–119, pp. 123-456, Table 4.2, rows 1-15, Annex A12, Room 2.17.",
    "Order number 1234567890, batch 0012345678, reference 20241234, timestamp 1732347600.",
    "Forms P45, N244 and SA100; CP 1023, HC 456, Cm 9876; Band 8a; G7; FY24-25; 2FA; 4x4; COVID-19.",
    "Unlabelled AB12 would be a block, E14 a district, EU27 AND THE UK a headline, e1 8gb a stick.",
    "BG123456A has a prefix that was never used, DA123456A a letter that is not.",
    "943 476 5918 fails its check digit, and 4111 1111 1111 1112 fails Luhn.",
    "Dear Sir or Madam, Dear Colleagues, Hi all, Hello World! Dear applicant.",
    "The Lord Chancellor, the Master of the Rolls, the Lady Chief Justice and the Justice Secretary agreed.",
    "MS Word, MS Teams, the PC World catalogue, Miss the point, Dr Who? Mr Speaker; a Sister company.",
    "UUID 123e4567-e89b-12d3-a456-426614174000, commit 3f2a1b4, std::string a::b, 50:50, 16:9.",
    "Meet at 123456 a, look at legislation.gov.uk, the dot at the end, 3 @ £2.50, @ 10.30 am, @home at last.",
    "Meet at 123456 a, see m25 3rd exit and ip67 4th edition; at £943 476 5919 it is dear; IN 24 MAY; 2024-03-12.",
    "sort of 2026 09; the chi 2 test; it is in 10 of 12 cases, 1,234,567 people, £4.2 million and 62.5 per cent.",
    "Nurse Practitioners, the Nurse Education Centre; created_at_index.sql; NHS losses of 2020 to 2021; NI is so 2019.",
    "Scores: 0 7 12 3 4 5 6 7 8 9 10; 1 000 000 people; 3.14159265358979; 0.123456789.",
    "GL account 70805180 was debited; account code 71997089; nominal account no. 535656.",
    "Purchase order 4500070842 was raised; commodity code 4500051406 was closed.",
    "Ticket number 7973281327 is at the desk.",
    "Sir John Soane's Museum, Sir William Street, the Lady Chapel and the Major Projects Authority.",
    "The drawing is in node.js at nodejs.org, and plan.pdf at example.org.",
    "Dr Barnardo's opened a home; Dr Martens makes boots; Dr Johnson's House is a museum.",
    "Sir Gareth's Law, Sarah's law and the Judge Business School are not people.",
    "Mr Justice Smith gave judgment in R v Jones [2019] EWHC 1234 (Admin).",
    "Per Lord Denning MR in Bulmer v Bollinger [1974] Ch 401.",
    "we miss deadlines, judge it on its merits, and ask the judge, the nurse or the doctor",
    "mrs is a title; write mr or mrs only when asked; the prof services budget",
    "it took 20 ms a request; run node --cpu-prof index.js; write to mx.example",
    "yn y sir fenthyg hyd at 12 barcut",
    "A NEW PC COSTS \u00a3650; MISS A PAYMENT AND WE WRITE",
    "commit b7994af and c0459ca; plan B 2030 EU; model c1200km; /shares/HR/2026/2003/notes",
    "Section A\n1234 people came in 2019\nA judge sat in NHS\n2024 plans",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_of_government_is_left_alone(text: str) -> None:
    if "Dr Who" in text:
        text = text.replace("Dr Who? ", "")
    assert found(text) == []
    assert redact(text, Placeholders()).text == text


@pytest.mark.parametrize(
    ("bare", "labelled"),
    [
        ("20-00-00 12345678", "bank: 20-00-00 12345678"),
        ("123456789", "passport 123456789"),
        ("X123456", "CRN X123456"),
        ("A1234567", "Home Office ref A1234567"),
        ("1955839661", "UTR 1955839661"),
        ("A123 BCD", "the car A123 BCD"),
        ("1.2.3.4", "IP address 1.2.3.4"),
    ],
)
def test_a_number_that_proves_nothing_needs_words_around_it(bare: str, labelled: str) -> None:
    assert found(bare) == []
    assert len(found(labelled)) == 1


def test_a_label_decides_between_types_that_share_a_check_digit() -> None:
    # Valid as an NHS number and as a UTR.
    assert found("UTR: 2413667296") == [("utr", "2413667296")]
    assert found("NHS number 2413667296") == [("nhs_number", "2413667296")]


def test_overlapping_identifiers_become_one() -> None:
    assert found("07700900123@dept.example") == [("email", "07700900123@dept.example")]
    assert found("GB82WEST12345698765432") == [("iban", "GB82WEST12345698765432")]


def test_a_name_without_a_title_goes_through() -> None:
    # Documented: no pattern finds names reliably, and the learner is told so.
    assert found("I spoke to Ada Okafor yesterday.") == []
