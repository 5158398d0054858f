"""Numbers as the reader's language writes them: English and Welsh `12,345.6`, French `12 345,6` with narrow spaces.

For people alone: pages, charts, and reports that are read. Files for programs (CSV, the API) keep plain digits with a
point, and spreadsheets keep numbers. The signs are those of the Unicode CLDR, by Babel.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol

from analytics_dash import i18n

_PLAIN: Final = re.compile(r"[-−]?\d+(?:\.\d+)?")


def local(text: str) -> str:
    """A plain number as it is read: `12345.6` → `12,345.6`. Any other text, such as a shorthand, stays as it is."""
    if not _PLAIN.fullmatch(text):
        return text
    group, point = _signs(i18n.current())
    whole, _dot, fraction = text.partition(".")
    sign = whole[:1] if whole[:1] in "-−" else ""
    grouped = f"{int(whole.removeprefix(sign)):,}".replace(",", group)
    return f"{sign}{grouped}{point}{fraction}" if fraction else f"{sign}{grouped}"


def tick(value: float) -> str:
    """A number on an axis, with no more decimals than it needs and a proper minus sign."""
    return local(f"{value:.6f}".rstrip("0").rstrip(".").replace("-", "−"))


@cache
def _signs(language: str) -> tuple[str, str]:
    locale = Locale.parse(language)
    return get_group_symbol(locale), get_decimal_symbol(locale)
