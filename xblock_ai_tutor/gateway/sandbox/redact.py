"""Personal identifiers: found, held back behind placeholders, and put back for the learner. Called by `gateway.turn`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from xblock_ai_tutor.gateway.errors import PlaceholderError
from xblock_ai_tutor.gateway.sandbox.msgid import _


@dataclass(frozen=True, slots=True)
class Entity:
    """An identifier at `start:end` of the text as it was given; `type` is a key of `ENTITY_LABELS`."""

    type: str
    start: int
    end: int


ENTITY_LABELS: Final[Mapping[str, str]] = {
    "nino": _("National Insurance number"),
    "nhs_number": _("NHS number"),
    "utr": _("Unique Taxpayer Reference"),
    "email": _("e-mail address"),
    "phone": _("phone number"),
    "postcode": _("postcode"),
    "payment_card": _("payment card number"),
    "iban": _("IBAN"),
    "bank_account": _("bank account"),
    "ip_address": _("IP address"),
    "pnc_id": _("PNC id"),
    "cro": _("CRO number"),
    "prison_number": _("prison number"),
    "probation_crn": _("probation case reference"),
    "court_case": _("court case number"),
    "passport": _("passport number"),
    "driving_licence": _("driving licence number"),
    "vehicle_registration": _("vehicle registration"),
    "home_office_ref": _("Home Office reference"),
    "person_name": _("name"),
}

_FIRST: Final = {
    "email": re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}\b"),
    "nino": re.compile(r"(?i)\b[A-CEGHJ-PQR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"),
}


def find_entities(text: str) -> tuple[Entity, ...]:
    """Return the identifiers in `text`, sorted by place and without overlaps. Never raises on any string."""
    found = [Entity(kind, m.start(), m.end()) for kind, pattern in _FIRST.items() for m in pattern.finditer(text)]
    return tuple(sorted(found, key=lambda entity: entity.start))


@dataclass(frozen=True, slots=True)
class Redaction:
    """The text with placeholders, and what was held back (offsets into the text as it was given)."""

    text: str
    entities: tuple[Entity, ...]


class Placeholders:
    """The placeholders of one conversation: `[email 1]` for the first e-mail address, and so on."""

    def __init__(self) -> None:
        self._by_value: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}

    def placeholder_for(self, type: str, value: str) -> str:  # noqa: A002 - the contract's name
        """Return the placeholder of `value`: a new one, or the one that it already has."""
        key = (type, re.sub(r"[\s-]", "", value).casefold())
        if key not in self._by_value:
            number = 1 + sum(1 for kind, _value in self._by_value if kind == type)
            self._by_value[key] = f"[{type.replace('_', ' ')} {number}]"
            self._values[self._by_value[key]] = value
        return self._by_value[key]

    def restore(self, text: str) -> str:
        """Put the learner's own values back. Placeholders that were never given out stay as they are."""
        return re.sub(r"\[[a-z ]{1,30} \d{1,6}\]", lambda m: self._values.get(m[0], m[0]), text)

    def to_json(self) -> str:
        """Return the map as JSON. It holds personal data: it is stored encrypted and dies with the transcript."""
        return json.dumps([[kind, key, p, self._values[p]] for (kind, key), p in self._by_value.items()])

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote; raises `PlaceholderError` on anything else."""
        placeholders = cls()
        try:
            for kind, key, placeholder, value in json.loads(text):
                placeholders._by_value[kind, key] = placeholder
                placeholders._values[placeholder] = value
        except (ValueError, TypeError):
            raise PlaceholderError("The stored placeholders cannot be read: erase the conversation.") from None
        return placeholders


def redact(text: str, placeholders: Placeholders) -> Redaction:
    """Replace each identifier in `text` by its placeholder. A text without identifiers comes back unchanged."""
    entities = find_entities(text)
    parts, at = [], 0
    for entity in entities:
        parts += [text[at : entity.start], placeholders.placeholder_for(entity.type, text[entity.start : entity.end])]
        at = entity.end
    return Redaction("".join([*parts, text[at:]]), entities)
