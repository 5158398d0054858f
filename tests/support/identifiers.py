"""Synthetic identifiers with true check digits, for planting in texts. Nobody's: e-mails end in `.example`, phone
numbers are Ofcom's numbers for drama, the rest is drawn at random. Used by tests of any room.

Each maker takes a `random.Random` and returns one identifier as it might be written. `MAKERS` holds one a type;
`sentence_with` puts an identifier into a sentence that gives the context which its type needs.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Mapping
from typing import Final

Maker = Callable[[random.Random], str]

_NINO_FIRST: Final = "ABCEGHJKLMNOPRSTWXYZ"
_NINO_SECOND: Final = "ABCEGHJKLMNPRSTWXYZ"
_NINO_NEVER: Final = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}
_CHECK_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"
_SURNAMES: Final = ("Okafor", "Patel", "Smith", "O'Brien", "Nowak", "Abdullah", "Evans", "Zhang", "García", "Campbell")
_TITLES: Final = ("Mr", "Mrs", "Ms", "Miss", "Dr", "Professor", "HHJ", "Sir", "Dame", "Mx")


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(count))


def _letters(rng: random.Random, count: int, alphabet: str = string.ascii_uppercase) -> str:
    return "".join(rng.choice(alphabet) for _ in range(count))


def nino(rng: random.Random) -> str:
    """A National Insurance number with a prefix that is in use."""
    while (prefix := rng.choice(_NINO_FIRST) + rng.choice(_NINO_SECOND)) in _NINO_NEVER:
        pass
    pairs = [_digits(rng, 2) for _ in range(3)]
    suffix = rng.choice("ABCD")
    return rng.choice((f"{prefix}{''.join(pairs)}{suffix}", f"{prefix} {' '.join(pairs)} {suffix}"))


def nhs_number(rng: random.Random) -> str:
    """An NHS number: ten digits, the last modulo 11."""
    while True:
        nine = rng.choice("4679") + _digits(rng, 8)
        check = 11 - sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            ten = nine + str(check % 11)
            return rng.choice((ten, f"{ten[:3]} {ten[3:6]} {ten[6:]}", f"{ten[:3]}-{ten[3:6]}-{ten[6:]}"))


def utr(rng: random.Random) -> str:
    """A Unique Taxpayer Reference: the check digit comes first."""
    nine = _digits(rng, 9)
    weights = (6, 7, 8, 9, 10, 5, 4, 3, 2)
    check = "21987654321"[sum(int(digit) * weight for digit, weight in zip(nine, weights, strict=True)) % 11]
    return check + nine


def email(rng: random.Random) -> str:
    """An e-mail address in the reserved domain."""
    name = rng.choice(("jane.doe", "a.b-c", "o'neil", "first_last", "x+tag", "j"))
    return f"{name}{rng.randrange(100)}@{rng.choice(('dept', 'mail.agency', 'court-service'))}.example"


def phone(rng: random.Random) -> str:
    """One of Ofcom's numbers for drama."""
    last = _digits(rng, 3)
    return rng.choice(
        (
            f"07700 900{last}",
            f"07700900{last}",
            f"+44 7700 900{last}",
            f"+44 (0)7700 900 {last}",
            f"01632 960{last}",
            f"(01632) 960 {last}",
            f"020 7946 0{last}",
            f"0161 496 0{last}",
        )
    )


def postcode(rng: random.Random) -> str:
    """A postcode of an existing area; the unit need not exist."""
    outward = rng.choice(("SW1A", "M1", "EH12", "CF10", "BT7", "LS1", "W1A", "EC2R", "B33", "DN55"))
    return f"{outward} {rng.choice(string.digits)}{_letters(rng, 2, 'ABDEFGHJLNPQRSTUWXYZ')}"


def payment_card(rng: random.Random) -> str:
    """A card number that passes the Luhn check."""
    body = rng.choice(("4" + _digits(rng, 14), "5" + rng.choice("12345") + _digits(rng, 13), "37" + _digits(rng, 12)))
    total = 0
    for position, digit in enumerate(reversed(body)):
        double = int(digit) * (2 if position % 2 == 0 else 1)
        total += double - 9 if double > 9 else double
    number = body + str(-total % 10)
    return rng.choice((number, " ".join(number[i : i + 4] for i in range(0, len(number), 4))))


def iban(rng: random.Random) -> str:
    """A United Kingdom IBAN."""
    account = _letters(rng, 4) + _digits(rng, 14)
    numeric = "".join(str(int(char, 36)) for char in account + "GB00")
    number = f"GB{98 - int(numeric) % 97:02}{account}"
    return rng.choice((number, " ".join(number[i : i + 4] for i in range(0, len(number), 4))))


def bank_account(rng: random.Random) -> str:
    """A sort code and an account number."""
    return f"{_digits(rng, 2)}-{_digits(rng, 2)}-{_digits(rng, 2)} {_digits(rng, 8)}"


def ip_address(rng: random.Random) -> str:
    """An address of the documentation ranges."""
    return rng.choice(
        (f"192.0.2.{rng.randrange(256)}", f"203.0.113.{rng.randrange(256)}", f"2001:db8::{rng.randrange(1, 4096):x}:1")
    )


def pnc_id(rng: random.Random) -> str:
    """A PNC id: year, seven digits, check letter."""
    year, serial = str(rng.randrange(1975, 2025)), _digits(rng, 7)
    return f"{year}/{serial}{_CHECK_LETTERS[int(year[-2:] + serial) % 23]}"


def cro(rng: random.Random) -> str:
    """A CRO number."""
    serial, year = str(rng.randrange(1000, 1_000_000)), f"{rng.randrange(60, 99)}"
    return rng.choice(
        (
            f"{serial}/{year}{_CHECK_LETTERS[int(year + serial.zfill(6)) % 23]}",
            f"SF{year}/{serial}{rng.choice('ABCDEF')}",
        )
    )


def prison_number(rng: random.Random) -> str:
    """A prison number."""
    return f"A{_digits(rng, 4)}{_letters(rng, 2, 'ACDEFJKRTVWXYZ')}"


def probation_crn(rng: random.Random) -> str:
    """A probation case reference number."""
    return rng.choice("XDEJ") + _digits(rng, 6)


def court_case(rng: random.Random) -> str:
    """A case number of the High Court, the Crown Court or the County Court."""
    return rng.choice(
        (
            f"AC-20{rng.randrange(19, 26)}-LON-{_digits(rng, 6)}",
            f"T20{rng.randrange(19, 26)}{_digits(rng, 4)}",
            f"{rng.choice('ABCDEFGH')}{_digits(rng, 2)}{_letters(rng, 2)}{_digits(rng, 3)}",
            f"{_digits(rng, 3)}MC{_digits(rng, 3)}",
        )
    )


def passport(rng: random.Random) -> str:
    """A passport number of either kind."""
    return rng.choice((_digits(rng, 9), _letters(rng, 2) + _digits(rng, 7)))


def driving_licence(rng: random.Random) -> str:
    """A driving licence number of Great Britain."""
    surname = (_letters(rng, rng.randrange(2, 6)) + "99999")[:5]
    month = rng.randrange(1, 13) + rng.choice((0, 50))
    born = f"{_digits(rng, 1)}{month:02}{rng.randrange(1, 29):02}{_digits(rng, 1)}"
    return f"{surname}{born}{_letters(rng, 2)}9{_letters(rng, 2)}"


def vehicle_registration(rng: random.Random) -> str:
    """A current-style registration mark."""
    area = _letters(rng, 2, "ABCDEFGHKLMNPRSVWXY")
    return f"{area}{rng.choice(('07', '12', '19', '24', '55', '66', '73'))} {_letters(rng, 3, 'BCDFGHJKLMNPRSTVWXZ')}"


def home_office_ref(rng: random.Random) -> str:
    """A Home Office reference, visa application or online application number."""
    return rng.choice(
        (
            rng.choice("ABCDKMNPRST") + _digits(rng, 7),
            "GWF" + _digits(rng, 9),
            "-".join(("1212", _digits(rng, 4), _digits(rng, 4), _digits(rng, 4))),
        )
    )


def person_name(rng: random.Random) -> str:
    """A name with a title."""
    initial = rng.choice(("", f"{_letters(rng, 1)}. ", f"{_letters(rng, 1)} "))
    return f"{rng.choice(_TITLES)} {initial}{rng.choice(_SURNAMES)}"


MAKERS: Final[Mapping[str, Maker]] = {
    maker.__name__: maker
    for maker in (
        nino, nhs_number, utr, email, phone, postcode, payment_card, iban, bank_account, ip_address, pnc_id, cro,
        prison_number, probation_crn, court_case, passport, driving_licence, vehicle_registration, home_office_ref,
        person_name,
    )
}  # fmt: skip

# What stands before an identifier whose form alone proves nothing.
CONTEXT: Final[Mapping[str, tuple[str, ...]]] = {
    "utr": ("UTR: ", "the unique taxpayer reference is "),
    "bank_account": ("sort code and account number: ", "bank details "),
    "probation_crn": ("CRN ", "known to probation as "),
    "passport": ("passport number ", "passport no. "),
    "home_office_ref": ("Home Office reference ", "immigration case "),
}
_FRAMES: Final = (
    "Please check the file for {0} before Friday.",
    "The note says: {0}.",
    '{{"id": 7, "value": "{0}", "ok": true}}',
    "| row | {0} | done |",
    "> On Monday we had {0} on the list,\n> and nothing since.",
    "Ref\t{0}\tclosed",
    "({0})",
)


def sentence_with(kind: str, identifier: str, rng: random.Random) -> str:
    """Return a text that holds `identifier`, with the context that its type needs."""
    return rng.choice(_FRAMES).format(rng.choice(CONTEXT.get(kind, ("",))) + identifier)
