"""The vocabulary of events as JSON Schema, for readers that are not written in Python.

`scripts/events-doc` writes it into `docs/events.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from xblock_ai_tutor.events import EventType, Field

_JSON: Final[Mapping[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}


def json_schema(event: EventType) -> dict[str, Any]:
    """The event's payload as a JSON Schema (draft 2020-12), in the vocabulary's order."""
    schema = _object(event.fields)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event.name,
        "description": event.meaning,
        **schema,
    }


def _object(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field.name: _property(field) for field in fields},
        "required": [field.name for field in fields if not field.optional],
        "additionalProperties": False,
    }


def _property(field: Field) -> dict[str, Any]:
    # An integer is a number, so "number" alone says both.
    names = [_JSON[kind] for kind in field.types if not (kind is int and float in field.types)]
    described: dict[str, Any] = {"type": names[0] if len(names) == 1 else names, "description": field.meaning}
    if field.inside and list in field.types:
        return described | {"items": _object(field.inside)}
    if field.inside:
        inside = _object(field.inside)
        return described | {name: value for name, value in inside.items() if name != "type"}
    return described
