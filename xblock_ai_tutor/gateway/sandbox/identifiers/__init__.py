"""The identifiers that the sandbox knows, one family a module; `REGISTRY` is all of them.

Called by `redact` and `placeholders`.
"""

from __future__ import annotations

from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers import (
    bank,
    documents,
    email_address,
    justice,
    names,
    network,
    phone,
    postcode,
    state,
)
from xblock_ai_tutor.gateway.sandbox.identifiers.base import Identifier, compact
from xblock_ai_tutor.gateway.sandbox.view import view_of

REGISTRY: Final[tuple[Identifier, ...]] = tuple(
    identifier
    for family in (state, email_address, phone, postcode, bank, network, justice, documents, names)
    for identifier in family.IDENTIFIERS
)

_KEYS: Final = {identifier.type: identifier.key for identifier in REGISTRY}


def entity_key(type: str, value: str) -> str:  # noqa: A002 - the field's name in `Entity`
    """Return the form in which values of `type` are compared: two spellings of one number have the same key."""
    return _KEYS.get(type, compact)(view_of(value).text)
