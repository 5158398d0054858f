"""What of a file's name may be kept: words that surely tell of nobody. Called by `load` for the journal.

Hosts put their IP address into the names of their logs, and people their own; in the journal a digest stands beside the
name and says which file it was.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

# Words of feeds and of files, and months; beside them years, days and times of day are kept.
_WORDS: Final = """
adoption ai analytics aspects audit chatgpt clickhouse cms completion completions copilot cost costs course courses csv
daily data day days demo edu edx enterprise event events export exports feed feedback feeds from full gateway github
grade grades gz json jsonl jsonlines ledger list lms log logs m365 microsoft month monthly new ndjson old openai openedx
part plain platform posture report reports retention roster sample staff statements tar to tracking tsv tutor txt usage
user users utf8 v1 v2 v3 week weekly xapi year yearly zst zstd
jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september october
november december
"""
_PLAIN: Final = frozenset(_WORDS.split())
_ADDRESS: Final = re.compile(
    r"[^\s/]*@[^\s/]*|(?<!\d)\d{1,3}(?:[.\-_]\d{1,3}){3}(?!\d)|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,}"
)
_TOKEN: Final = re.compile(r"[^\W_]+")
_NUMBER: Final = re.compile(r"\d{1,2}|20\d\d(?:[01]\d(?:[0-3]\d)?)?|20\d{6}T?\d{4,6}Z?|[TQ]?\d{1,2}Z?")
_LEFT_OUT: Final = "[…]"
_AGAIN: Final = re.compile(r"\[…\](?:[^\w\[]*\[…\])+")


def shown_name(path: Path) -> str:
    """Return a file's name, without folders, with `[…]` for what is neither a word of feeds nor a date."""
    name = _ADDRESS.sub(_LEFT_OUT, path.name)
    return _AGAIN.sub(_LEFT_OUT, _TOKEN.sub(_plain_or_left_out, name))


def _plain_or_left_out(token: re.Match[str]) -> str:
    word = token[0]
    return word if word.lower() in _PLAIN or _NUMBER.fullmatch(word) else _LEFT_OUT
