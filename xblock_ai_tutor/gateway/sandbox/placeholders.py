"""The placeholders of one conversation: which value stands behind `[email 1]`. Holds personal data while it lives.

The same value keeps its placeholder through the conversation. Only placeholders that were given out are ever put
back; one that a model invents stays as it is. Storing the map (encrypted) is the gateway's work, not done here.
Called by `redact`, `gateway.turn` and the guard.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, Self

from xblock_ai_tutor.gateway.errors import PlaceholderError
from xblock_ai_tutor.gateway.sandbox.identifiers import entity_key

# Anything written like a placeholder. The words are a type's name with spaces.
LOOK_ALIKE: Final = re.compile(r"\[([a-z]{2,10}(?: [a-z]{2,12}){0,2}) ([0-9]{1,9})\]")
# The type of what the learner typed in the form of a placeholder.
_LITERAL: Final = "text"
_VERSION: Final = 1


class Placeholders:
    """The placeholders of one conversation, in the order in which they were given out."""

    def __init__(self) -> None:
        # (type, key of the value) → placeholder; placeholder → the value as it was first written.
        self._given: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}
        # Placeholders that the learner typed before they were given out: never given out.
        self._reserved: set[str] = set()
        self._last: dict[str, int] = {}

    def placeholder_for(self, type: str, value: str) -> str:  # noqa: A002 - the contract's name
        """Return the placeholder of `value`: the one that it has, or a new one."""
        return self._give(type, entity_key(type, value), value)

    def literal_for(self, typed: str) -> str:
        """Return the placeholder of something typed that only looks like a placeholder."""
        return self._give(_LITERAL, typed, typed)

    def reserve(self, typed: str) -> None:
        """Never give out `typed`, unless that was done already."""
        if typed not in self._values:
            self._reserved.add(typed)

    def gave(self, placeholder: str) -> bool:
        """Tell whether `placeholder` was given out in this conversation."""
        return placeholder in self._values

    def knows(self, type: str, value: str) -> bool:  # noqa: A002 - the contract's name
        """Tell whether `value`, in any spelling, stands behind a placeholder of this conversation."""
        return (type, entity_key(type, value)) in self._given

    def values(self) -> list[tuple[str, str]]:
        """Return the type and first spelling of each value that was held back, as far as it was an identifier."""
        return [(kind, self._values[given]) for (kind, _key), given in self._given.items() if kind != _LITERAL]

    def restore(self, text: str) -> str:
        """Put the learner's values back, each as it was first written. Other placeholders stay as they are."""
        return LOOK_ALIKE.sub(lambda match: self._values.get(match[0], match[0]), text)

    def to_json(self) -> str:
        """Return the map as JSON. It holds personal data: store it encrypted, delete it with the transcript."""
        given = [[kind, key, given, self._values[given]] for (kind, key), given in self._given.items()]
        return json.dumps({"version": _VERSION, "given": given, "reserved": sorted(self._reserved)})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote; raises `PlaceholderError` on anything else."""
        placeholders = cls()
        try:
            stored: dict[str, Any] = json.loads(text)
            if stored["version"] != _VERSION:
                raise ValueError("version")
            for kind, key, placeholder, value in stored["given"]:
                if not all(isinstance(part, str) for part in (kind, key, placeholder, value)):
                    raise TypeError("given")
                match = LOOK_ALIKE.fullmatch(placeholder)
                if match is None:
                    raise ValueError("placeholder")
                placeholders._given[kind, key] = placeholder
                placeholders._values[placeholder] = value
                placeholders._last[kind] = max(placeholders._last.get(kind, 0), int(match[2]))
            placeholders._reserved = set(map(str, stored["reserved"]))
        except (ValueError, TypeError, KeyError):
            raise PlaceholderError("The stored placeholders cannot be read: erase the conversation.") from None
        return placeholders

    def _give(self, kind: str, key: str, value: str) -> str:
        known = self._given.get((kind, key))
        if known is not None:
            return known
        number = self._last.get(kind, 0) + 1
        while (placeholder := f"[{kind.replace('_', ' ')} {number}]") in self._reserved:
            number += 1
        self._last[kind] = number
        self._given[kind, key] = placeholder
        self._values[placeholder] = value
        return placeholder
