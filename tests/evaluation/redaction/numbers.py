"""Values of each structured type as people write them, drawn at random; nobody's.

Sources: HMRC NIM39110, NHS data dictionary, DVLA's driver number format, Ofcom's numbers for drama, ISO 13616
and 7812, PNC and CRO check letters as the prison service publishes them.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from typing import Final

Maker = Callable[[random.Random], str]
UPPER: Final = string.ascii_uppercase


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def letters(rng: random.Random, count: int, among: str = UPPER) -> str:
    return "".join(rng.choice(among) for _ in range(count))


def grouped(rng: random.Random, number: str, *patterns: tuple[int, ...], separators: str = " -.") -> str:
    """Write `number` in groups of one of the patterns, or in one."""
    pattern = rng.choice((None, *patterns))
    if pattern is None:
        return number
    parts, at = [], 0
    for size in pattern:
        parts.append(number[at : at + size])
        at += size
    return rng.choice(separators).join(part for part in (*parts, number[at:]) if part)


def nino(rng: random.Random) -> str:
    while True:
        prefix = letters(rng, 1, "ABCEGHJKLMNOPRSTWXYZ") + letters(rng, 1, "ABCEGHJKLMNPRSTWXYZ")
        if prefix not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}:
            break
    if rng.random() < 0.08:
        prefix = rng.choice(("OO", "CR", "FY", "MW", "NC", "PP", "PY", "PZ"))
    number = prefix + digits(rng, 6) + rng.choice("ABCD")
    return grouped(rng, number, (2, 2, 2, 2, 1), (2, 6, 1), (2, 3, 3, 1), (2, 7), (8, 1), separators="  -./")


def nhs_number(rng: random.Random) -> str:
    while True:
        nine = digits(rng, 9)
        check = (11 - sum(int(nine[i]) * (10 - i) for i in range(9)) % 11) % 11
        if nine[0] != "0" and check < 10:
            return grouped(rng, nine + str(check), (3, 3, 4), (3, 3, 4), separators="  -.")


def utr(rng: random.Random) -> str:
    nine = digits(rng, 9)
    check = "21987654321"[sum(int(a) * b for a, b in zip(nine, (6, 7, 8, 9, 10, 5, 4, 3, 2), strict=True)) % 11]
    return grouped(rng, check + nine, (5, 5), separators=" ")


FIRST: Final = [
    "amina",
    "joseph",
    "siobhan",
    "kwame",
    "priya",
    "tomasz",
    "wei",
    "fatima",
    "rhys",
    "eilidh",
    "oluwaseun",
    "maria",
    "ivan",
    "chloe",
    "hamza",
    "grace",
    "dylan",
    "leila",
    "conor",
    "ngozi",
    "hugh",
    "bethan",
    "yusuf",
    "anneka",
    "callum",
    "zofia",
    "idris",
    "megan",
]
LAST: Final = [
    "okafor",
    "patel",
    "mcdonald",
    "o'brien",
    "nowak",
    "hussain",
    "evans",
    "zhang",
    "garcia",
    "campbell",
    "adeyemi",
    "lindqvist",
    "fitzgerald",
    "begum",
    "khan",
    "thompson",
    "iqbal",
    "macleod",
    "petrov",
    "whitfield",
    "achebe",
    "jones-parry",
    "singh",
    "kowalska",
    "doyle",
    "ferreira",
    "haddad",
    "tremblay",
]


def email(rng: random.Random) -> str:
    first, last = rng.choice(FIRST), rng.choice(LAST)
    local = rng.choice(
        (
            f"{first}.{last}",
            f"{first[0]}{last}",
            f"{first}_{last}{rng.randrange(99)}",
            f"{first}+tax@",
            first + "-" + last,
        )
    ).replace("@", str(rng.randrange(2000)))
    host = rng.choice(
        ("mail.example", "justice.gov.example", "dept.example", "nhs.example", "btopenworld.example", "example.co.uk",
         "council.example.org", "uni.example.ac.uk", "xn--bcher-kva.example", "home-office.example.com")
    )  # fmt: skip
    address = f"{local}@{host}"
    return rng.choice((address, address, address, address.upper(), address.title()))


def phone(rng: random.Random) -> str:
    last = digits(rng, 3)
    mobile = rng.choice(
        (f"7700 900{last}", f"7700 900 {last}", f"7{rng.choice('45789')}{digits(rng, 2)} {digits(rng, 3)} {last}")
    )
    area = rng.choice(
        (f"1632 960{last}", f"20 7946 0{last}", f"161 496 0{last}", f"131 496 0{last}", f"29 2018 0{last}")
    )
    national = rng.choice((mobile, mobile, area))
    head, _, tail = national.partition(" ")
    return rng.choice(
        (
            "0" + national, "0" + national.replace(" ", ""), f"+44 {national}", f"+44{national.replace(' ', '')}",
            f"+44 (0) {national}", f"+44(0){national.replace(' ', '')}", f"0044 {national}", f"(0{head}) {tail}",
            "0" + national.replace(" ", "-"), "0" + national.replace(" ", "."), f"0{head}/{tail}",
        )
    )  # fmt: skip


def phone_abroad(rng: random.Random) -> str:
    return rng.choice(
        (
            f"+33 6 {' '.join(digits(rng, 2) for _ in range(4))}", f"+353 86 {digits(rng, 3)} {digits(rng, 4)}",
            f"+49 151 {digits(rng, 8)}", f"+1 (202) 555-01{digits(rng, 2)}", f"+92 300 {digits(rng, 7)}",
            f"+91 98{digits(rng, 8)}", f"0048 601 {digits(rng, 3)} {digits(rng, 3)}",
        )
    )  # fmt: skip


_OUTWARD: Final = [
    "SW1A",
    "SW1H",
    "M1",
    "M60",
    "EH12",
    "EH1",
    "CF10",
    "CF99",
    "BT7",
    "LS1",
    "W1A",
    "EC2R",
    "EC1A",
    "B33",
    "DN55",
    "CR2",
    "GY1",
    "IM1",
    "KA3",
    "NE98",
    "L1",
    "SE1P",
    "TR19",
    "ZE2",
    "HS4",
    "SA99",
    "N1C",
    "E20",
]


def postcode(rng: random.Random) -> str:
    outward = rng.choice(_OUTWARD)
    unit = f"{rng.choice('0123456789')}{letters(rng, 2, 'ABDEFGHJLNPQRSTUWXYZ')}"
    return f"{outward}{rng.choice((' ', ' ', ' ', '  '))}{unit}"


def payment_card(rng: random.Random) -> str:
    body = rng.choice(
        (
            "4" + digits(rng, 14),
            "5" + rng.choice("12345") + digits(rng, 13),
            "37" + digits(rng, 12),
            "2221" + digits(rng, 11),
        )
    )
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    number = body + str(-total % 10)
    return grouped(rng, number, (4, 6, 5) if len(number) == 15 else (4, 4, 4, 4), separators="  -.")


def iban(rng: random.Random) -> str:
    country, account = rng.choice(
        (
            ("GB", letters(rng, 4) + digits(rng, 14)), ("IE", letters(rng, 4) + digits(rng, 14)),
            ("DE", digits(rng, 18)),
            ("FR", digits(rng, 10) + letters(rng, 1) + digits(rng, 12)), ("NL", letters(rng, 4) + digits(rng, 10)),
            ("PL", digits(rng, 24)), ("ES", digits(rng, 20)), ("NO", digits(rng, 11)),
        )
    )  # fmt: skip
    check = 98 - int("".join(str(int(char, 36)) for char in f"{account}{country}00")) % 97
    return grouped(rng, f"{country}{check:02}{account}", (4, 4, 4, 4, 4, 4, 4), separators="  -")


def bank_account(rng: random.Random) -> str:
    sort = digits(rng, 6)
    return f"{sort[:2]}-{sort[2:4]}-{sort[4:]} {digits(rng, 8)}"


def sort_code(rng: random.Random) -> str:
    return grouped(rng, digits(rng, 6), (2, 2, 2), (2, 2, 2), separators="-- ")


def account_number(rng: random.Random) -> str:
    return digits(rng, 8)


def ip_address(rng: random.Random) -> str:
    return rng.choice(
        (
            f"192.0.2.{rng.randrange(256)}", f"198.51.100.{rng.randrange(256)}",
            f"10.{rng.randrange(256)}.0.{rng.randrange(1, 255)}",
            f"81.2.69.{rng.randrange(256)}", f"2001:db8:{rng.randrange(16, 65536):x}::{rng.randrange(1, 65536):x}",
            f"fe80::{rng.randrange(4096, 65536):x}:{rng.randrange(4096, 65536):x}:fe00:{rng.randrange(16, 4096):x}",
        )
    )  # fmt: skip
