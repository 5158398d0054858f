"""The root of the error tree of `adoption`, and the one place where an error becomes an exit code.

AdoptionError                something that a person should read, in one sentence that says what to do
├── UserError                the input, the request or the state of the files does not allow it
│   ├── UsageError           what was asked for cannot be meant: no such file, a malformed URL
│   ├── FeedError            a feed cannot be read, or only in part
│   ├── StrictError          lines were rejected and --strict was given
│   ├── WarehouseError       the warehouse is missing, is no warehouse, or belongs to another key
│   │   └── BusyError        another load is writing; try again
│   ├── IdentityError        the pseudonym key is missing, readable by others, or another one
│   ├── FetchError           a feed's server does not give what was asked for, or a secret for it is missing
│   ├── PluginError          a reader of another package is broken, or its name is taken
│   └── UnavailableError     a part of the product is not installed
└── InternalError            a mistake of ours

The other rooms hang their own branches on `AdoptionError`; what is not listed in `EXIT_CODES` counts as a refusal.
"""

from __future__ import annotations

from typing import Final


class AdoptionError(Exception):
    """Something that a person should read. The message says what to do and holds no personal data."""


class UserError(AdoptionError):
    """The input, the request or the state of the files does not allow it."""


class UsageError(UserError):
    """What was asked for cannot be meant: no such file, a malformed URL, an empty directory."""


class FeedError(UserError):
    """A feed cannot be read, or can be read only in part."""


class StrictError(UserError):
    """Lines were rejected and the caller asked for none (`--strict`)."""


class WarehouseError(UserError):
    """The warehouse is missing, is not a warehouse of ours, or belongs to another key."""


class BusyError(WarehouseError):
    """Another load is writing to the same warehouse."""


class IdentityError(UserError):
    """The pseudonym key is missing, damaged, readable by others, or not the warehouse's."""


class FetchError(UserError):
    """A feed's server does not give what was asked for, or a secret that it needs is missing. It quotes no answer."""


class PluginError(UserError):
    """A reader or fetcher that another package brings cannot be used."""


class UnavailableError(UserError):
    """A part of the product, or a package that it needs, is not installed."""


class InternalError(AdoptionError):
    """A mistake of ours: something happened that the code says cannot."""


OK: Final = 0
INTERNAL: Final = 1
USAGE: Final = 2
REFUSED: Final = 3
PARTIAL: Final = 4
STRICT: Final = 5
BUSY: Final = 6

# The first class that fits decides, so the narrower ones come first.
EXIT_CODES: Final[tuple[tuple[type[AdoptionError], int], ...]] = (
    (InternalError, INTERNAL),
    (UsageError, USAGE),
    (FeedError, PARTIAL),
    (StrictError, STRICT),
    (BusyError, BUSY),
    (AdoptionError, REFUSED),
)

EXIT_CODE_HELP: Final = """\
Exit codes: 0 done · 1 internal error · 2 wrong usage, or a file that is not there · 3 refused (the message says
why) · 4 a feed could be read only in part or not at all; what could be read is kept · 5 lines were rejected and
--strict was given · 6 another load is writing, try again."""


def exit_code(error: BaseException) -> int:
    """The exit code of `error`; anything that is not an `AdoptionError` is an internal error."""
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), INTERNAL)
