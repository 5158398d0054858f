"""The generated part of docs/events.md: each event of the vocabulary with its fields and its JSON Schema.

Called by scripts/events-doc to write it, and by a test to see that it is fresh.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from xblock_ai_tutor.event_schema import json_schema
from xblock_ai_tutor.events import FEEDBACK, LEDGER, TRACKING, EventType, Field

PAGE = Path(__file__).parents[1] / "docs" / "events.md"
BEGIN = "<!-- generated from xblock_ai_tutor/events.py by scripts/events-doc -->"
END = "<!-- end of what is generated -->"
_TYPES = {str: "text", bool: "yes or no", int: "whole number", float: "number", list: "list", dict: "object"}


def generated() -> str:
    """What stands between the two marks."""
    return "\n\n".join(_section(event) for event in (*TRACKING.values(), LEDGER, FEEDBACK))


def fresh(page: str) -> str:
    """The page with its generated part made anew."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{generated()}\n\n{END}{after}"


def _section(event: EventType) -> str:
    rows = "\n".join(f"| {row} |" for row in _rows(event.fields, ""))
    schema = json.dumps(json_schema(event), indent=2, ensure_ascii=False)
    return (
        f"## `{event.name}`\n\n{event.meaning}\n\n| field | type | meaning |\n|---|---|---|\n{rows}\n\n"
        f"<details><summary>JSON Schema</summary>\n\n```json\n{schema}\n```\n\n</details>"
    )


def _rows(fields: tuple[Field, ...], above: str) -> Iterator[str]:
    for field in fields:
        names = [_TYPES[kind] for kind in field.types if kind in _TYPES and not (kind is int and float in field.types)]
        empty = [*(["or null"] if type(None) in field.types else []), *(["may be absent"] if field.optional else [])]
        yield f"`{above}{field.name}` | {' or '.join(names)}{', ' if empty else ''}{', '.join(empty)} | {field.meaning}"
        if field.inside:
            yield from _rows(field.inside, f"{above}{field.name}{'[]' if list in field.types else ''}.")


if __name__ == "__main__":
    PAGE.write_text(fresh(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
