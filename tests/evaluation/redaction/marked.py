"""Texts with a protective marking, as documents, mails, file names and portions carry them."""

from __future__ import annotations

import random
from typing import Final

_BODY: Final = (
    "The minister will wish to note that the contract ends in May.", "Please find the options below.",
    "Officials recommend the second option, with a review after a year.", "1. This paper seeks a decision.",
)  # fmt: skip
# (marking, places). `{}` the marking, `{b}` prose.
_MARKS: Final = (
    "OFFICIAL-SENSITIVE", "OFFICIAL SENSITIVE", "OFFICIAL–SENSITIVE", "OFFICIAL — SENSITIVE", "Official-Sensitive",
    "official-sensitive",
    "OFFICIAL:SENSITIVE", "OFFICIAL/SENSITIVE", "OFFICIAL_SENSITIVE", "OFFICIAL-SENSITIVE: COMMERCIAL",
    "OFFICIAL-SENSITIVE [PERSONAL]", "OFFICIAL - SENSITIVE (LOCSEN)", "OFFICIAL‑SENSITIVE", "OFFICIAL -  SENSITIVE",
    "OFFICIAL\u00a0SENSITIVE", "OFFIC\u200bIAL-SENSI\u00adTIVE", "ＯＦＦＩＣＩＡＬ－ＳＥＮＳＩＴＩＶＥ",
    "OFFICIAL--SENSITIVE",
    "SECRET", "UK SECRET", "SECRET - UK EYES ONLY", "SECRET//REL GBR", "S\u200bECRET", "ＳＥＣＲＥＴ",
    "UK SECRET: ATOMIC",
    "TOP SECRET", "TOP-SECRET", "TOP  SECRET", "TOP SECRET STRAP 1", "TOP SECRET – UK EYES ONLY", "UK TOP SECRET",
    "Top Secret",
    "STRAP1", "STRAP 2", "STRAP-3", "UK EYES ONLY", "UK Eyes Only", "UK/US EYES ONLY", "UKEO",
    "RESTRICTED", "RESTRICTED - POLICY", "RESTRICTED: STAFF", "NATO RESTRICTED", "CONFIDENTIAL",
    "CONFIDENTIAL - COMMERCIAL",
    "UK CONFIDENTIAL", "PROTECT", "PROTECT - PERSONAL", "PROTECT: MANAGEMENT",
)  # fmt: skip
_PLACES: Final = (
    "{}\n\n{b}", "{b}\n\n{}", "**{}**\n\n{b}", "Classification: {}\n{b}", "[{}]\n{b}",
    "{}\nBrief for the Permanent Secretary\n{b}\n{}",
    "Protective marking: {}\n\n{b}", "# {}\n\n{b}", "Security classification - {}\n{b}", "({}) {b}",
    "Subject: [{}] budget\n\n{b}",
    "    {}    \n{b}", "<p><b>{}</b></p>\n<p>{b}</p>", "> {}\n> {b}", '{{"marking": "{}", "text": "{b}"}}',
    "{}\tpage 1 of 3\n{b}",
    "Handling: {}\nFrom: the Private Office\n\n{b}", "| Marking | {} |\n| Title | Options |\n\n{b}",
)  # fmt: skip


def marked_text(rng: random.Random, part: int) -> str:
    place = rng.choice(_PLACES[part::2])
    body = rng.choice(_BODY)
    return place.replace("{b}", body).replace("{}", rng.choice(_MARKS)).replace("{{", "{").replace("}}", "}")
