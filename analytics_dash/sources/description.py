"""How a feed is described: the fields that its reader takes, those that it must never read, the options that it needs.

Everything here is data with no behaviour but parsing an option. Readers and fetchers declare it, the pages of
docs/feeds and the command line are made of it, and tests hold readers to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from analytics_dash.errors import UsageError
from analytics_dash.i18n import _
from analytics_dash.sources import checks
from analytics_dash.sources.records import Rejected

FieldType = Literal["text", "whole number", "number", "true or false", "day", "time", "object", "list"]
OptionType = Literal["course", "day", "text", "whole number", "share", "url"]

_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_TEXT: Final = re.compile(r"[^\x00-\x1f\x7f]{1,255}")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Field:
    """A field that is read. `name` is the column, or the path in the object with dots between.

    `unit` is what a number counts, or a text's form; `since` the generation of the feed that brought it (empty: it was
    always there). A field that `identifies` becomes a keyed alias while it is read and is not kept.
    """

    name: str
    type: FieldType
    meaning: str
    unit: str = ""
    required: bool = False
    identifies: bool = False
    since: str = ""


@dataclass(frozen=True, slots=True)
class NeverRead:
    """A field that is in the feed and must never be read, with the reason."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class FeedSchema:
    """What a feed looks like. `version` rises with every change of what is written here.

    `form` says how the file is built, `counts` what its `lines` are, `source` where the form is documented,
    `generations` what the feed's makers changed, by the name that fields' `since` uses; `notes` are paragraphs.
    """

    version: int
    form: str
    counts: str
    source: str
    reads: tuple[Field, ...]
    never: tuple[NeverRead, ...]
    generations: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """Something that a file does not say, or a fetcher must be told: given by `--option NAME=VALUE`.

    `meaning` is shown to operators. A day is YYYY-MM-DD. Options are part of what a load is known by and are written
    into the warehouse and its journal, so they are never secret and name nobody.
    """

    name: str
    type: OptionType
    meaning: str
    required: bool = False
    default: str | None = None

    def parse(self, text: str) -> Any:
        """The option's value: a day as days since 1970, a whole number as one, else text. Raises `UsageError`."""
        try:
            return _PARSERS[self.type](text.strip())
        except (ValueError, Rejected) as error:
            raise UsageError(
                _("--option {name}={value}: must be {wanted}.").format(
                    name=self.name, value=text, wanted=_WANTED[self.type]
                )
            ) from error


def _day(text: str) -> int:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError
    return date.fromisoformat(text).toordinal() - _EPOCH_DAY


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise ValueError
    return int(text)


def _share(text: str) -> float:
    if not re.fullmatch(r"[01](?:\.[0-9]{1,6})?", text):
        raise ValueError
    return checks.share("share", float(text))


def _words(text: str) -> str:
    if not _TEXT.fullmatch(text):
        raise ValueError
    return text


def _url(text: str) -> str:
    """An https address without user, query or fragment; plain http on this machine alone."""
    parts = urlsplit(_words(text))
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment or not host:
        raise ValueError
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise ValueError
    return text.rstrip("/")


_PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "course": checks.course_key,
    "day": _day,
    "text": _words,
    "whole number": _whole,
    "share": _share,
    "url": _url,
}
_WANTED: Final = {
    "course": "a course key such as course-v1:Org+Course+Run",
    "day": "a day, YYYY-MM-DD",
    "text": "text of one line, at most 255 characters",
    "whole number": "a whole number",
    "share": "a number between 0 and 1",
    "url": "an https address without user, query or fragment",
}


def parse_options(options: tuple[Option, ...], given: Mapping[str, str]) -> dict[str, Any]:
    """The options' values, with defaults. Raises `UsageError` for one that is unknown; a missing one is just absent."""
    known = {option.name: option for option in options}
    for name in given:
        if name not in known:
            wanted = ", ".join(known) or _("none")
            raise UsageError(
                _("--option {name}: there is no such option here; known: {known}.").format(name=name, known=wanted)
            )
    texts = {option.name: option.default for option in options if option.default is not None} | dict(given)
    return {name: known[name].parse(text) for name, text in texts.items()}


def missing_options(options: tuple[Option, ...], values: Mapping[str, Any]) -> list[Option]:
    """The required options that nobody gave."""
    return [option for option in options if option.required and option.name not in values]
