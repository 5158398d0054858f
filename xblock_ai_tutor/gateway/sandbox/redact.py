"""Personal identifiers in a text: found, held back behind placeholders, and put back for the learner.

`find_entities` looks through the families of `sandbox.identifiers`; `redact` puts the placeholders of a conversation
(`sandbox.placeholders`) in their place. Which identifiers there are is not decided here. Called by `gateway.turn`,
by the guard, and by `tutor-gateway redact`.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers import REGISTRY, entity_key, find_all
from xblock_ai_tutor.gateway.sandbox.identifiers.base import UNMISTAKABLE
from xblock_ai_tutor.gateway.sandbox.placeholders import LOOK_ALIKE, Placeholders
from xblock_ai_tutor.gateway.sandbox.recall import Held, broken, hold, said_again
from xblock_ai_tutor.gateway.sandbox.view import View, view_of

__all__ = ["ENTITY_LABELS", "Entity", "Placeholders", "Redaction", "entity_key", "find_entities", "redact"]

# What each type is called where people read it: msgids.
ENTITY_LABELS: Final[Mapping[str, str]] = {identifier.type: identifier.label for identifier in REGISTRY}


@dataclass(frozen=True, slots=True)
class Entity:
    """An identifier at `start:end` of the text as it was given; `type` is a key of `ENTITY_LABELS`."""

    type: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Redaction:
    """The text with placeholders, and what was held back (offsets into the text as it was given)."""

    text: str
    entities: tuple[Entity, ...]


# Of two types that know a place equally well, the first of the registry has it.
_ORDER: Final = {identifier.type: order for order, identifier in enumerate(REGISTRY)}


def find_entities(text: str | View) -> tuple[Entity, ...]:
    """Return the identifiers in `text`, sorted by place and without overlaps. Never raises on any string."""
    view = view_of(text)
    return _entities(view, _held(view))


def redact(text: str | View, placeholders: Placeholders) -> Redaction:
    """Replace each identifier in `text` (a view's: in the text as it was given) by its placeholder.

    A text without identifiers comes back unchanged, unless it holds, letter for letter, a placeholder that this
    conversation has already given out: what the learner typed is then held back as `[text 1]`, so that it cannot be
    mistaken for the value behind that placeholder. `restore` gives the text back, each value in the spelling in which
    the conversation first had it. A value that the conversation has held back is held back wherever it is said again,
    also where nothing but that proves it.
    """
    view = view_of(text)
    given = view.given
    held = _held(view)
    typed = [view.span(*match.span()) for match in LOOK_ALIKE.finditer(view.text)]
    for start, end in typed:
        placeholders.reserve(given[start:end])
    entities = _entities(view, held)
    named = {entity: placeholders.placeholder_for(entity.type, given[entity.start : entity.end]) for entity in entities}
    if (values := placeholders.values()) and (again := list(said_again(view, values, held))):
        for one in again:
            hold(held, one, view.text)
        entities = _entities(view, held)
    replacements = [
        (
            entity.start,
            entity.end,
            named.get(entity) or placeholders.placeholder_for(entity.type, given[entity.start : entity.end]),
        )
        for entity in entities
    ]
    replacements += [
        (start, end, placeholders.literal_for(given[start:end]))
        for start, end in typed
        if placeholders.gave(given[start:end]) and _is_free(entities, start, end)
    ]
    parts: list[str] = []
    at = 0
    for start, end, placeholder in sorted(replacements):
        parts += [given[at:start], placeholder]
        at = end
    return Redaction("".join([*parts, given[at:]]), entities)


def _is_free(entities: tuple[Entity, ...], start: int, end: int) -> bool:
    """Tell whether no entity overlaps `start:end`."""
    place = bisect.bisect_left(entities, end, key=lambda entity: entity.start)
    return place == 0 or entities[place - 1].end <= start


def _entities(view: View, held: list[Held]) -> tuple[Entity, ...]:
    return tuple(Entity(kind, *view.span(start, end)) for start, end, kind in held)


def _held(view: View) -> list[Held]:
    """Find every identifier of the view and settle overlaps: the better known wins, then the longer, then the first."""
    found = [
        (-item.rank, item.start - item.end, item.start, _ORDER[kind], kind, item.end) for kind, item in find_all(view)
    ]
    taken: list[Held] = []
    for _rank, _length, start, _order, kind, end in sorted(found):
        place = bisect.bisect(taken, (start,))
        if (place == 0 or taken[place - 1][1] <= start) and (place == len(taken) or end <= taken[place][0]):
            taken.insert(place, (start, end, kind))
    # Check digits prove the whole of an identifier, also where a label nearby claims a part of it.
    for rank, _length, start, _order, kind, end in sorted(found):
        if rank == -UNMISTAKABLE:
            hold(taken, (start, end, kind), view.text)
    for parted in broken(view):
        hold(taken, parted, view.text)
    return taken
