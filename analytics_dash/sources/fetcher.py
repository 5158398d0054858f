"""What a fetcher is: it asks a feed's server for pages, and `sources.fetching` writes them into a file for the reader.

So that a load stays a matter of files with digests, nothing is loaded straight from a network. A fetcher has the name
of the reader of what it fetches. Secrets come from environment variables or from files that those name, never from
the command line; they, and whatever a page says, are in no message, log or file name.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from analytics_dash.errors import FetchError, UsageError
from analytics_dash.i18n import _
from analytics_dash.sources.description import Option, missing_options, parse_options

_LONGEST_SECRET: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret by its name in the code, the environment variable that holds it, and what it is.

    `VARIABLE_FILE` may name a file that holds it instead.
    """

    name: str
    variable: str
    meaning: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """One page: JSON-able `content`, and the `cursor` that the next page is asked for with.

    The last page says `done`; its cursor is where the next fetch goes on, for a fetcher that is `incremental`.
    """

    content: Any
    cursor: str | None
    done: bool = False


class Fetcher(ABC):
    """One feed's server. An instance has its options' values and its secrets."""

    kind: ClassVar[str]  # the name of the reader of what it fetches
    summary: ClassVar[str]
    options: ClassVar[tuple[Option, ...]] = ()
    secrets: ClassVar[tuple[Secret, ...]] = ()
    incremental: ClassVar[bool] = False  # a new fetch goes on where the last one ended

    def __init__(self, given: Mapping[str, str], environment: Mapping[str, str] = os.environ) -> None:
        """Raises `UsageError` for an unknown, malformed or missing option, `FetchError` for a missing secret."""
        self.given: Final = {name: text.strip() for name, text in given.items()}
        self.values: Final[Mapping[str, Any]] = parse_options(self.options, given)
        if missing := missing_options(self.options, self.values):
            raise UsageError(
                _("Give {options}.").format(
                    options=", ".join(f"--option {option.name}=… ({option.meaning})" for option in missing)
                )
            )
        self.secret: Final = {
            secret.name: value for secret in self.secrets if (value := _secret(secret, environment)) is not None
        }

    @abstractmethod
    def pages(self, after: str | None) -> Iterator[Page]:
        """The pages after a cursor, or all of them. Raises `FetchError` where the server does not give them."""


def _secret(secret: Secret, environment: Mapping[str, str]) -> str | None:
    value = environment.get(secret.variable, "")
    if not value and (name := environment.get(f"{secret.variable}_FILE")):
        try:
            with Path(name).open(encoding="utf-8") as file:
                value = file.read(_LONGEST_SECRET)
        except (OSError, UnicodeDecodeError) as error:
            raise FetchError(
                _("The file that {variable}_FILE names cannot be read.").format(variable=secret.variable)
            ) from error
    if value.strip():
        return value.strip()
    if secret.required:
        raise FetchError(
            _("{meaning} is missing: set {variable}, or {variable}_FILE to a file that holds it.").format(
                meaning=secret.meaning, variable=secret.variable
            )
        )
    return None
