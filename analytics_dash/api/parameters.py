"""What a caller may put into a query: each parameter once, as the description shows it and as it is read.

Pure: strings in, values or a `BadRequest` that names every parameter that does not fit.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analytics_dash.api.problems import BadRequest, NotFound, ParameterError
from analytics_dash.i18n import _

MOST: Final = 1_000
USUAL: Final = 200
RELEASE: Final = r"[0-9]{4}-(?:0[1-9]|1[0-2])\.[1-9][0-9]{0,5}"
RELEASE_ID: Final = f"^{RELEASE}$"
TEXT: Final = r"^[^\x00-\x1f\x7f]+$"
"""Names come from files that someone typed; no control character is in one, and PostgreSQL refuses NUL."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter. `choices` are all that it can be; `pattern` and `longest` bind other texts."""

    name: str
    description: str
    choices: tuple[str, ...] = ()
    pattern: str = TEXT
    longest: int = 200
    whole_number: bool = False

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        if self.whole_number:
            return {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
        if self.choices:
            return {"type": "string", "enum": list(self.choices)}
        return {"type": "string", "pattern": self.pattern, "maxLength": self.longest}

    def wrong(self, text: str) -> str:
        """Why `text` does not fit; empty when it does."""
        if self.whole_number:
            fits = re.fullmatch(r"[0-9]{1,4}", text) is not None and 1 <= int(text) <= MOST
            return "" if fits else _("A whole number from 1 to {most}.").format(most=MOST)
        if self.choices:
            return "" if text in self.choices else _("One of: {choices}.").format(choices=", ".join(self.choices))
        fits = len(text) <= self.longest and re.search(self.pattern, text) is not None and not text.endswith("\n")
        sentence = _("A text of at most {longest} characters that matches {pattern}")
        return "" if fits else sentence.format(longest=self.longest, pattern=self.pattern)


def read_query(given: Mapping[str, Sequence[str]], known: Sequence[Parameter]) -> dict[str, str]:
    """Return the query's parameters, each a text that fits. Raises `BadRequest` with all that do not."""
    table = {parameter.name: parameter for parameter in known}
    errors = []
    for name, values in given.items():
        if name not in table:
            # The name itself is not repeated: it may be anything, and problems are logged by callers.
            errors.append(
                ParameterError("?", _("Only these are known: {names}.").format(names=", ".join(table) or "–"))
            )
        elif len(values) != 1:
            errors.append(ParameterError(name, _("Give it once.")))
        elif reason := table[name].wrong(values[0]):
            errors.append(ParameterError(name, reason))
    if errors:
        raise BadRequest(_("These parameters do not fit; openapi.json describes them all."), errors=errors)
    return {name: values[0] for name, values in given.items()}


def cursor(of: str, place: str) -> str:
    """Where the next page of the listing `of` begins, after `place`: opaque, and good for ever."""
    return base64.urlsafe_b64encode(f"{of}:{place}".encode()).decode().rstrip("=")


def read_cursor(text: str | None, of: str, place: str) -> str | None:
    """The place, of the pattern `place`, after which to go on; None at the start.

    Raises `NotFound` for a cursor that was not given out for this listing.
    """
    if text is None:
        return None
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        found = ""
    match = re.fullmatch(f"{re.escape(of)}:({place})", found)
    if match is None:
        raise NotFound(
            _(
                "There is no page at this cursor; it goes with the address that gave it. Follow `next` as it is, or "
                "begin without a cursor."
            )
        )
    return match[1]
