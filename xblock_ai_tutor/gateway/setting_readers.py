"""How the text of an environment variable becomes a value: one reader a kind of setting. Pure, but for files it names.

A reader raises `ValueError` with the rest of a sentence that begins with the variable's name. `setting_table` says
which variable has which reader; `config` calls them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from xblock_ai_tutor.gateway.errors import PolicyError
from xblock_ai_tutor.gateway.sandbox.rulebook import READY, Rulebook, read_rulebook

EVIDENCE_PROOF: Final = "proof"
EVIDENCE_ADDRESS: Final = "address"
SHORTEST_KEY: Final = 32  # bytes: what HS256 asks of its key (RFC 7518, 3.2)


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A secret string that shows itself only to `reveal`."""

    _value: str

    def reveal(self) -> str:
        return self._value

    def each(self) -> tuple[str, ...]:
        """The keys of a setting that takes several, newest first."""
        return tuple(key.strip() for key in self._value.split(","))

    def __repr__(self) -> str:
        return "Secret(…)"


def keys(text: str) -> Secret:
    given = Secret(text)
    if any(len(key.encode()) < SHORTEST_KEY for key in given.each()):
        raise ValueError(
            f"must have at least {SHORTEST_KEY} bytes (each of several, newest first, with commas). Make one with: "
            "tutor-gateway keys"
        )
    return given


def key_or_none(text: str) -> Secret:
    return keys(text) if text else Secret("")


def secret(text: str) -> Secret:
    return Secret(text)


def fernet_keys(text: str) -> Secret:
    try:
        for key in text.split(","):
            Fernet(key.strip())
    except ValueError:
        raise ValueError("must be a Fernet key (or several, newest first, with commas): tutor-gateway keys") from None
    return Secret(text)


def base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("must be a plain http(s) address such as https://gb.api.openai.com/v1")
    return text.rstrip("/")


def origins(text: str) -> tuple[str, ...]:
    listed = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    for origin in listed:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
            raise ValueError("must list origins such as https://lms.example.org, with commas between; `*` is not taken")
    return listed


def whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ValueError("must be a whole number of 1 or more")
    return int(text)


def natural(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError("must be a whole number of 0 or more")
    return int(text)


def amount(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ValueError("must be a number of 0 or more")
    return value


def seconds(text: str) -> float:
    value = amount(text)
    if value == 0:
        raise ValueError("must be a number above 0")
    return value


def yes_or_no(text: str) -> bool:
    answer = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}.get(text.lower())
    if answer is None:
        raise ValueError("must be yes or no")
    return answer


def moderation(text: str) -> str:
    if text not in ("auto", "on", "off"):
        raise ValueError("must be auto, on or off")
    return text


def any_text(text: str) -> str:
    return text


def provider_id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,128}", text):
        raise ValueError("must be an id such as proj_abc123")
    return text


def rulebook(path: str) -> Rulebook:
    """The ready rules, and those of the operator's own file where one is named."""
    if not path:
        return READY
    try:
        return read_rulebook(Path(path).read_text(encoding="utf-8"), READY)
    except (OSError, UnicodeDecodeError):
        raise ValueError("names a file that cannot be read") from None
    except PolicyError as error:
        raise ValueError(f"does not fit. {str(error).rstrip('.')}") from None


def evidence(text: str) -> str:
    if text not in (EVIDENCE_PROOF, EVIDENCE_ADDRESS):
        raise ValueError(f"must be {EVIDENCE_PROOF} or {EVIDENCE_ADDRESS}")
    return text


def file_path(path: str) -> str:
    if path and not Path(path).is_file():
        raise ValueError("names a file that is not there")
    return path
