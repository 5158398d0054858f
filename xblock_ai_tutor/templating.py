"""HTML from the files in `templates/`: `{name}` is a value, always escaped unless it is already `Markup`.

No template engine: loops and choices stay in `pages`, where they can be typed and tested, and the base install needs
nothing beside what XBlock brings. Called by `pages` and by the demonstration LMS.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from markupsafe import Markup, escape


@cache
def _template(name: str) -> tuple[tuple[str, str], ...]:
    """The file in pieces: (text, name of the value after it, "" for none). Read once: a page has sixty of them."""
    text = files("xblock_ai_tutor").joinpath("templates", name).read_text(encoding="utf-8")
    return tuple((literal, value or "") for literal, value, _, _ in Formatter().parse(text))


def render(name: str, **values: object) -> Markup:
    """The template with its values. Raises `KeyError` for a value that is missing."""
    pieces = []
    for literal, value in _template(name):
        pieces.append(literal)
        if value:
            pieces.append(escape(values[value]))
    return Markup("".join(pieces))  # noqa: S704  (our own file, and each value escaped)


def join(parts: Iterable[Markup]) -> Markup:
    """Several pieces of HTML, one after the other."""
    return Markup("").join(parts)


def attribute_json(data: dict[str, Any]) -> str:
    """JSON for a `data-` attribute; `render` escapes it. Used instead of `initialize_js`' script element, which lets a
    title containing `</script>` out."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
