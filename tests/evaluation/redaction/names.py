"""Titled names, as the detector claims them: a title and a name after it."""

from __future__ import annotations

import random
from typing import Final

_TITLES: Final = [
    "Mr",
    "Mrs",
    "Ms",
    "Miss",
    "Dr",
    "Prof",
    "Professor",
    "Mx",
    "Mr.",
    "Mrs.",
    "Dr.",
    "Sir",
    "Dame",
    "Lord",
    "Lady",
    "Baroness",
    "Rev",
    "Revd",
    "Reverend",
    "Judge",
    "HHJ",
    "DJ",
    "Cllr",
    "Councillor",
    "Captain",
    "Major",
    "Sgt",
    "PC",
    "Insp",
    "Superintendent",
    "Colonel",
    "Wg Cdr",
    "Det Con",
    "Viscount",
]
_FIRST: Final = [
    "Amina",
    "Joseph",
    "Siobhán",
    "Kwame",
    "Priya",
    "Tomasz",
    "Wei",
    "Fatima",
    "Rhys",
    "Eilidh",
    "Oluwaseun",
    "María",
    "Ivan",
    "Chloe",
    "Hamza",
    "Grace",
    "Dylan",
    "Zoë",
    "Jean-Luc",
    "Björn",
    "Mary-Anne",
]
_LAST: Final = [
    "Okafor",
    "Patel",
    "McDonald",
    "O'Brien",
    "O’Neill",
    "Nowak",
    "Hussain",
    "Evans",
    "Zhang",
    "García",
    "Campbell",
    "Adeyemi",
    "Lindqvist",
    "Fitzgerald",
    "Begum",
    "Khan",
    "Thompson",
    "Iqbal",
    "MacLeod",
    "Petrov",
    "Whitfield",
    "Achebe",
    "Jones-Parry",
    "Singh",
    "Kowalska",
    "Doyle",
    "Ferreira",
    "Haddad",
    "Tremblay",
    "Ó_Briain",
    "van_der_Berg",
    "de_Souza",
    "bin_Rashid",
    "Li",
    "Ng",
    "Woods",
    "Bishop",
    "Field",
    "Hall",
    "Green",
    "Rose",
]
_JUDGES: Final = (
    "Mr Justice {}",
    "Mrs Justice {}",
    "Lord Justice {}",
    "Lady Justice {}",
    "Her Honour Judge {}",
    "District Judge {}",
)


def titled_name(rng: random.Random) -> str:
    last = rng.choice(_LAST).replace("_", " ")
    if rng.random() < 0.1:
        return rng.choice(_JUDGES).format(last)
    first = rng.choice(_FIRST)
    return f"{rng.choice(_TITLES)} " + rng.choice(
        (
            last,
            last,
            f"{first} {last}",
            f"{first[0]} {last}",
            f"{first[0]}. {last}",
            f"{first[0]}.{rng.choice('ABCDEJM')}. {last}",
        )
    )
