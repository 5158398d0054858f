"""Numbers of courts, prisons, police, papers and vehicles; `MAKERS` is all types. Goes on from `numbers`."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Final

from tests.evaluation.redaction.numbers import (
    LAST,
    Maker,
    account_number,
    bank_account,
    digits,
    email,
    grouped,
    iban,
    ip_address,
    letters,
    nhs_number,
    nino,
    payment_card,
    phone,
    phone_abroad,
    postcode,
    sort_code,
    utr,
)

_CHECK: Final = "ZABCDEFGHJKLMNPQRTUVWXY"


def pnc_id(rng: random.Random) -> str:
    year, serial = str(rng.randrange(1966, 2026)), digits(rng, 7)
    letter = _CHECK[int(year[-2:] + serial) % 23]
    if rng.random() < 0.3:
        return f"{year[-2:]}/{int(serial)}{letter}"
    return f"{year}/{serial}{letter}"


def cro(rng: random.Random) -> str:
    year = f"{rng.randrange(39, 96)}"
    serial = str(rng.randrange(1, 10 ** rng.randrange(3, 7)))
    letter = _CHECK[int(year + serial.zfill(6)) % 23]
    return rng.choice((f"{serial}/{year}{letter}", f"{serial.zfill(6)}/{year}{letter}", f"SF{year}/{serial}{letter}"))


def prison_number(rng: random.Random) -> str:
    return f"{letters(rng, 1, 'AAAGTW')}{digits(rng, 4)}{letters(rng, 2, 'ACDEFJKRTVWXYZ')}"


def probation_crn(rng: random.Random) -> str:
    return letters(rng, 1, "XDEJACNV") + digits(rng, 6)


def court_case(rng: random.Random) -> str:
    year = rng.randrange(2016, 2027)
    court = rng.choice(("AC", "KB", "QB", "CL", "HC", "HT", "PT", "BL", "CR", "IP", "FL", "CA"))
    return rng.choice(
        (
            f"{court}-{year}-{rng.choice(('LON', 'MAN', 'BHM', 'CDF', 'LDS', 'BRS', 'NCL'))}-{digits(rng, 6)}",
            f"{court}-{year}-{digits(rng, 6)}", f"{rng.choice('TSAU')}{year}{digits(rng, 4)}",
            f"{letters(rng, 1)}{digits(rng, 2)}{letters(rng, 2)}{digits(rng, 3)}",
            f"{digits(rng, 3)}MC{digits(rng, 3)}",
        )
    )  # fmt: skip


def passport(rng: random.Random) -> str:
    return rng.choice((digits(rng, 9), digits(rng, 9), letters(rng, 2) + digits(rng, 7)))


def driving_licence(rng: random.Random) -> str:
    surname = rng.choice(LAST).upper().replace("-", "").replace("'", "")[:5].ljust(5, "9")
    month = rng.randrange(1, 13) + rng.choice((0, 50))
    number = f"{surname}{rng.randrange(10)}{month:02}{rng.randrange(1, 29):02}{rng.randrange(10)}"
    tail = f"{letters(rng, 1)}{rng.choice((letters(rng, 1), '9'))}{rng.choice('23456789')}{letters(rng, 2)}"
    return rng.choice((number + tail, f"{number[:5]} {number[5:]} {tail}"))


def vehicle_registration(rng: random.Random) -> str:
    age = rng.choice((rng.randrange(2, 27), rng.randrange(51, 77)))
    plate = f"{letters(rng, 1, 'ABCDEFGHKLMNOPRSVWXY')}{letters(rng, 1, 'ABCDEFGHJKLMNPRSTUVWXY')}{age:02}"
    return plate + rng.choice((" ", " ", "")) + letters(rng, 3, "ABCDEFGHJKLMNPRSTUVWXYZ")


def old_vehicle(rng: random.Random) -> str:
    return rng.choice(
        (
            f"{letters(rng, 1, 'ABCDEFGHJKLMNPRSTVWXY')}{rng.randrange(1, 1000)} "
            f"{letters(rng, 3, 'ABCDEFGHJKLMNPRSTUVWXY')}",
            f"{letters(rng, 3, 'BCDGHJKLMPRVW')} {rng.randrange(100, 1000)}{letters(rng, 1, 'ABCDEFGHJKLMNPRSTVWXY')}",
            f"{letters(rng, 1, 'ABCFJ')}{letters(rng, 1, 'IZ')}Z {rng.randrange(1000, 10000)}",
        )
    )  # fmt: skip


def home_office_ref(rng: random.Random) -> str:
    return rng.choice((f"{letters(rng, 1)}{digits(rng, 7)}", f"GWF0{digits(rng, 8)}", f"GWF 0{digits(rng, 8)}"))


def uan(rng: random.Random) -> str:
    return grouped(rng, rng.choice(("1212", "3434", "1313")) + digits(rng, 12), (4, 4, 4, 4), separators=" -")


MAKERS: Final[Mapping[str, tuple[Maker, ...]]] = {
    "nino": (nino,), "nhs_number": (nhs_number,), "utr": (utr,), "email": (email,),
    "phone": (phone, phone, phone_abroad),
    "postcode": (postcode,), "payment_card": (payment_card,), "iban": (iban,),
    "bank_account": (bank_account, sort_code, account_number), "ip_address": (ip_address,), "pnc_id": (pnc_id,),
    "cro": (cro,), "prison_number": (prison_number,), "probation_crn": (probation_crn,), "court_case": (court_case,),
    "passport": (passport,), "driving_licence": (driving_licence,),
    "vehicle_registration": (vehicle_registration, vehicle_registration, old_vehicle),
    "home_office_ref": (home_office_ref, home_office_ref, uan),
}  # fmt: skip
