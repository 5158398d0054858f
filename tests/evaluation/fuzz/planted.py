"""What is planted in a message, and the classes of what is known to be missed: named here, and counted apart.

A class is told from how a value is written, before anything is sent: nothing is put into one because it went out.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.evaluation.fuzz.forms import letters, needles
from tests.evaluation.redaction import frames, records

Make = Callable[[random.Random], str]

# What is planted although docs/sandbox.md says that it is not found: counted apart, under its name, never left out.
SAID_AGAIN: Final = "said without its name, after a blocked message that named it"
HARDLY_NAMED: Final = "named by a link's key that says little (`sc=`)"
LIKE_A_WORD: Final = "reads like a word or a measure, and nothing names it"
_MEASURES: Final = frozenset({"PT", "PX", "LB", "GB", "TB", "KB", "MB", "HZ"})
_WORDS: Final = (
    "ALL AND ANY ARE BUT CAN DAY DID END FEW FOR GET HAD HAS HER HIS HOW ITS LAW LET MAY NEW NOT NOW OLD ONE OUR OUT "
    "PAY PER SAY SEE SET SHE SIX TAX TEN THE TWO USE WAS WAY WHO WHY WON YES YET YOU ACT"
)


@dataclass(frozen=True, slots=True)
class Planted:
    """A value in a message: `value` as its maker wrote it, `written` as it stands there, `way` where it stands.

    `known` is the class that its not being found would belong to, or "". `alone`: its form is proof enough of it.
    `blocked`: it stands in a marked message, of which the gateway keeps nothing.
    """

    kind: str
    value: str
    written: str
    way: str
    known: str = ""
    alone: bool = False
    blocked: bool = False

    def needles(self) -> tuple[str, ...]:
        """What must not be found in a request."""
        return tuple(dict.fromkeys((*needles(self.kind, self.value), letters(self.written))))


def is_alone(kind: str, make: Make) -> bool:
    """Tell whether the form of what `make` makes is proof enough, without its name."""
    return kind in frames.BARE and make not in (records.old_vehicle, records.uan)


def planted_value(kind: str, make: Make, value: str, written: str, way: str) -> Planted:
    """What is planted, with what its maker and its writing say of it."""
    return Planted(kind, value, written, way, known_class(kind, written), is_alone(kind, make))


def known_class(kind: str, written: str) -> str:
    """The class that this value's not being found would belong to, by how it is written; "" for almost all."""
    last = letters(written).upper()[-3:]
    if kind == "vehicle_registration" and last in _WORDS.split():
        return LIKE_A_WORD
    if kind == "postcode" and last[1:] in _MEASURES and written != written.upper():
        is_full = re.match("[a-z]{2}[0-9]{2} ", written) and last[1:] not in ("GB", "TB")
        return "" if is_full else LIKE_A_WORD
    return ""
