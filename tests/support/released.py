"""A release as the API gives it to one program: every figure by its coordinates, and what else may be said of it.

Called by the crawl (`numbers`): nothing of the product's own code writes a figure here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from tests.support.api import Program
from tests.support.dashboard import COORDINATES, Figure, plain

NUMBER: Final = re.compile(r"(?<![\w.,])[−-]?\d+(?:[.,]\d+)*")
STATED: Final = (  # what is no figure: names of measures, and the ends of their scales
    *(
        "95%",
        "SHA-256",
        "1,000 learners",
        "1,000 people",
        "1,000 prompts",
        "per 1,000",
        "0 to 1, lower is better",
        "above 0 surer than right",
    ),
    *(
        "less than 80%",
        "from 80% to 95%",
        "from 95% to 100%",
        "at 80, 95 and 100 per cent",
        "0 is guessing",
        "0 is even",
        "1 is no change",
        "−1 to 1",
    ),
)
PER_CENT: Final = {"right", "chosen", "stopped", "submitted", "completed", "right_when_sure", "at_ceiling"} | {
    *("tutor_before", "tutor_after"),
}
TWO_PLACES: Final = {"gain", "kept", "brier", "over_confidence", "redaction_change", "rest_correlation", "clumping"} | {
    *("mean_gain", "gain_on_anchors", "sensitivity", "criterion", "depth_median"),
}
PLACES: Final = COORDINATES[:10]


def as_shown(figure: Mapping[str, Any], part: str) -> str:
    """A learning figure as a page writes it; the API has its number."""
    number = figure[part]
    if number is None:
        return "[c]" if figure["status"] == "c" else "[z]"
    if part in ("numerator", "denominator"):
        return str(number)
    places = 0 if figure["measure"] == "seconds" else 2 if figure["measure"] in TWO_PLACES else 1
    return f"{scaled(figure, part):.{places}f}".removeprefix("-" if number == 0 else "")


def scaled(figure: Mapping[str, Any], part: str) -> float:
    return float(figure[part]) * (100 if figure["measure"] in PER_CENT else 1)


@dataclass
class Released:
    """One release as the API gives it to one program: its figures by their coordinates, and what is said of it."""

    program: Program
    release: str

    @cached_property
    def about(self) -> dict[str, Any]:
        found: dict[str, Any] = self.program.get(f"releases/{self.release}").json
        return found

    @cached_property
    def cells(self) -> list[dict[str, Any]]:
        return self.program.every(f"releases/{self.release}/cells", "cells", limit=1000)

    @cached_property
    def learning(self) -> list[dict[str, Any]]:
        return self.program.every(f"releases/{self.release}/learning", "figures", limit=1000)

    @cached_property
    def factors(self) -> dict[tuple[str, str], float]:
        """By what the variance of an indicator (and arm) is larger for people who count several times: month or all."""
        told = [each for each in self.learning if each["measure"] == "clumping" and each["value"] is not None]
        return {(each["step"], each["item"]): each["value"] for each in told}

    @cached_property
    def catalogue(self) -> dict[str, dict[str, Any]]:
        return {each["id"]: each for each in self.program.get("indicators").json["indicators"]}

    @cached_property
    def entries(self) -> dict[Figure, dict[str, Any]]:
        """Each cell and each learning figure by its place."""
        return {tuple(each.get(name) or None for name in COORDINATES[:-1]): each for each in self.cells + self.learning}

    @cached_property
    def figures(self) -> dict[Figure, str]:
        """Every figure by its coordinates, written as people read it."""
        found: dict[Figure, str] = {}
        for place, each in self.entries.items():
            if "as_shown" in each:
                found |= {(*place, part): each["as_shown"][part] for part in ("numerator", "denominator", "value")}
            else:
                parts = ("numerator", "denominator", "value", "low", "high")
                found |= {(*place, part): as_shown(each, part) for part in parts}
        for each in self.about["manifest"].get("services", ()):
            place = {"measure": each["measure"], "month": each["month"], "part": "amount"}
            found[tuple(place.get(name) for name in COORDINATES)] = str(each["amount"])
        return found

    def seen(self, department: str) -> list[dict[str, Any]]:
        """The cells of a choice of department."""
        return [each for each in self.cells if not department or each["department"] in (None, department)]

    @cached_property
    def phrases(self) -> re.Pattern[str]:
        """What is no figure though it has digits: names, dates, months, digests, and words of the catalogue."""
        about, found = self.about, {*STATED}
        manifest, rule = about["manifest"], about["manifest"]["rule"]
        least, base = rule["minimum"], rule["base"]
        found |= {
            f"Counts below {least}",
            f"rounded to {base}",
            f"in the roster, to {base}",
            f"Fewer than {least} people",
        }
        found |= {day_of(datetime.fromisoformat(about["published_at"]).date()), about["cells_digest"]}
        found |= {day_of(date.fromisoformat(each["as_of"])) for each in manifest.get("posture", ())}
        found |= {str(manifest.get(name, "")) for name in ("warehouse", "code")}
        for each in manifest.get("attestations", ()):
            found |= {each["attested_by"], *(day_of(date.fromisoformat(each[name])) for name in ("day", "until"))}
        found |= {day_of(date.fromisoformat(each["as_of"])) for each in manifest.get("quota", ())}
        found |= {
            day_of(date.fromisoformat(each["last_day"])) for each in manifest.get("feeds", ()) if each["last_day"]
        }
        for release in self.program.every("releases", "releases"):
            found |= {release["id"], *map(month_of, release["months"])}
        words = ("title", "numerator", "denominator", "unit", "misuse", "definition", "question", "source")
        for each in self.catalogue.values():
            found |= {each[word] for word in words} | {each["numerator"].partition(", ")[2], each["unit"].capitalize()}
        for figure in self.learning:
            names = [figure[name] for name in ("lesson", "step", "item", "option")]
            found |= {f"{figure['option']}%"} if figure["measure"] == "right_when_sure" else set()
            found |= {*names, *(name.replace("-", " ") for name in names), f"{names[1]}, {names[2]}".replace("-", " ")}
        found |= {each[name] or "" for each in self.cells for name in PLACES if name not in ("indicator", "view")}
        known = (each for each in found if re.search(r"\d", each) and not each.isdigit())
        longest_first = sorted(known, key=len, reverse=True)
        return re.compile(r"(?<![\w.,])(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w|[.,]\d)")

    def unexplained(self, text: str, numbers: set[str]) -> list[str]:
        """The numbers of a text that are neither among `numbers` nor part of a phrase."""
        if not any(letter.isdigit() for letter in text):
            return []
        rest = self.phrases.sub(" … ", " ".join(text.split()))
        return [found for found in NUMBER.findall(rest) if plain(found) not in numbers]


def day_of(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def month_of(month: str) -> str:
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"
