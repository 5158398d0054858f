"""What a reader is: one small class a feed, registered by name, that says what it reads and makes its own samples.

`Reader` is the base class of every reader, ours and other packages'; what it says of its feed, and the roster says of
itself, is a `Feed`. `sources.registry` finds them, `warehouse.load` runs readers, `sources.pages` writes their pages of
docs/feeds, and tests/analytics_dash/sources/test_readers.py holds each to its own description.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self

from analytics_dash.errors import FeedError
from analytics_dash.i18n import _
from analytics_dash.identity import Identity
from analytics_dash.sources.description import FeedSchema, Option, missing_options, parse_options
from analytics_dash.sources.records import Batch
from analytics_dash.sources.streams import Line

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sample:
    """A made-up file: `name` as its source would name it, `lines` and `broken` as the reader counts and rejects them.

    Every field that must never be read holds `samples.never_read(...)`, and whoever is in it is `samples.Somebody`:
    so a test can tell that neither reached a row or a reason. `options` are what the file needs besides its name.
    """

    name: str
    data: bytes
    lines: int
    broken: int
    options: Mapping[str, str] = field(default_factory=dict)


class Feed(ABC):
    """What is said of a feed, and made-up files of it.

    `version` is that of what reads it. It rises when the same bytes would give other rows: files that were loaded are
    then read again when they are loaded again.
    """

    kind: ClassVar[str]  # the registered name: lower-case letters, digits and hyphens
    version: ClassVar[int]
    title: ClassVar[str]  # what the feed is called, in a few words
    summary: ClassVar[str]  # one line: form and origin
    schema: ClassVar[FeedSchema]
    options: ClassVar[tuple[Option, ...]] = ()

    @classmethod
    @abstractmethod
    def becomes(cls) -> str:
        """The name of the rows that are made of it."""

    @classmethod
    @abstractmethod
    def loaded_by(cls) -> str:
        """The options of `adoption load` that its files come after."""

    @abstractmethod
    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        """A file of `rows` sound lines or records, with `broken` bad ones among them; the same for the same numbers."""


class Reader(Feed):
    """The reader of one feed. It opens no file, and persons become keyed aliases while it reads.

    `row` is the one type of its `Batch.rows`. `digests_since` is the version since which a fact has the digest that it
    has now; facts that an earlier one loaded are known by their other values. An instance is bound to its options
    (`for_file`).
    """

    row: ClassVar[type]  # one of `records.FACT_ROWS`
    digests_since: ClassVar[int] = 1
    follows: ClassVar[bool] = False  # a file of it grows line by line, each whole by itself: `adoption load --follow`
    same_acts_as: ClassVar[frozenset[str]] = frozenset()  # kinds whose facts are the same acts: see `warehouse.overlap`

    def __init__(self, given: Mapping[str, str] = _NOTHING) -> None:
        """`given` are options as text. Raises `UsageError` for one that is unknown or malformed."""
        self.given: Final[Mapping[str, str]] = dict(given)
        self.values: Final[Mapping[str, Any]] = parse_options(self.options, given)

    @abstractmethod
    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The feed's batches. Raises `FeedError` where the feed is not of this kind at all; no line makes it raise."""

    @classmethod
    def becomes(cls) -> str:
        return cls.row.__name__

    @classmethod
    def loaded_by(cls) -> str:
        return f"--kind {cls.kind}"

    def options_from_name(self, name: str) -> Mapping[str, str]:
        """The options that the name of a file says, where its source puts them there."""
        del name
        return {}

    def for_file(self, name: str) -> Self:
        """This reader bound to what the file's name says; what was given counts more. Raises `FeedError` if too little.

        `name` is the file's own name, without its folder.
        """
        bound = type(self)({**self.options_from_name(name), **self.given}) if self.options else self
        if missing := missing_options(self.options, bound.values):
            raise FeedError(
                _("{name} does not say its {missing}: give {options}.").format(
                    name=name,
                    missing=", ".join(option.meaning for option in missing),
                    options=" ".join(f"--option {option.name}=…" for option in missing),
                )
            )
        return bound

    @property
    def options_text(self) -> str:
        """The options as one line, sorted: a part of what a load is known by. Empty where there are none."""
        return " ".join(f"{name}={self.given[name].strip()}" for name in sorted(self.given))
