"""What two releases, or the hiding in one, amount to: counted here from the API's cells, and what a page says of them.

Called by the crawl (`numbers`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from analytics_dash.questions.views import view_name
from tests.support.released import PLACES, Released

WORDS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
KINDS: Final = ("revised", "newly_shown", "newly_hidden", "newly_available", "no_longer_available", "added", "gone")

TOLD: Final = 6
"""So many lines of the table are told in words: docs/dashboard.md."""


def count_of(word: str) -> int:
    """A count as a sentence writes it: below ten in words."""
    plain = word.lower().replace("none", "no")
    return WORDS.index(plain) if plain in WORDS else int(plain.replace(",", ""))


def changes(new: Released, old: Released, department: str) -> dict[tuple[str, str], Counter[str]]:
    """What changed by indicator and view, counted from the cells of both; `largest` in millionths of the unit."""
    months = set(new.about["months"]) & set(old.about["months"])
    same = new.about["months"] == old.about["months"]
    sides = [
        {tuple(c[name] for name in ("indicator", "view", "arm", "month", "department", *PLACES[5:])): c for c in cells}
        for cells in ([c for c in one.seen(department) if c["month"] in {None, *months}] for one in (old, new))
    ]
    found: dict[tuple[str, str], Counter[str]] = {}
    for place in sides[0] | sides[1]:
        then, now = sides[0].get(place), sides[1].get(place)
        if kind := _kind(then, now, comparable=place[3] is not None or same):
            row = found.setdefault((new.catalogue[str(place[0])]["title"], view_name(str(place[1]))), Counter())
            row[kind] += 1
            if kind == "revised" and then and now:
                row["largest"] = max(row["largest"], round(1e6 * abs(now["value"] - then["value"])))
    return found


def _kind(then: dict[str, Any] | None, now: dict[str, Any] | None, *, comparable: bool) -> str:
    """What became of a cell; empty where nothing did."""
    if then is None or now is None:
        return "gone" if now is None else "added"
    for status, (came, went) in (
        ("x", ("newly_available", "no_longer_available")),
        ("c", ("newly_shown", "newly_hidden")),
    ):
        if status in (then["status"], now["status"]):
            return "" if then["status"] == now["status"] else came if then["status"] == status else went
    same = all(then[part] == now[part] for part in ("numerator", "denominator"))
    return "" if same or not comparable else "revised"


def shares_hidden(released: Released, department: str) -> dict[str, str]:
    """The share of cells that is hidden: of each view by its name, and of all of them under no name."""
    known = [each for each in released.seen(department) if each["status"] != "x"]
    of: dict[str, list[bool]] = {"": [each["status"] == "c" for each in known]}
    for each in known:
        of.setdefault(view_name(each["view"]), []).append(each["status"] == "c")
    return {name: f"{100 * sum(found) / len(found):.1f}" for name, found in of.items() if found}


def faults_of_changes(
    block: Any, text: str, counts: Mapping[tuple[str, str], Counter[str]], released: Released
) -> list[str]:
    """What is said of changes against what the two releases say."""
    fault = [f"changes: {text}"]
    if block.tag == "td":
        row = block.getparent()
        kind = KINDS[row.xpath("td").index(block)]
        place = tuple(each.text for each in row.xpath("th"))
        return [] if place in counts and count_of(text) == counts[place][kind] else [*fault, str(place)]
    if moved := re.match(r"Shown now and hidden before: ([\w,]+)\. .* shown before: ([\w,]+)\.", text):
        said = [count_of(moved[1]), count_of(moved[2])]
        sums = [sum(each[kind] for each in counts.values()) for kind in ("newly_shown", "newly_hidden")]
        return [] if said == sums else [*fault, str(sums)]
    if more := re.fullmatch(r"([\w,]+) more such lines are in the table\.", text):
        return [] if count_of(more[1]) == sum(each["revised"] > 0 for each in counts.values()) - TOLD else fault
    if total := re.match(r"([\w,]+) figures? that (?:was|were) published before", text):
        return [] if count_of(total[1]) == sum(each["revised"] for each in counts.values()) else fault
    if told := re.fullmatch(r"(.+): ([\w,]+) figures? revised(?:, by ([\d.]+) [\w ,]+ at most)?\.", text):
        place = next((each for each in counts if " ".join(each) == told[1]), ("", ""))
        mine = counts.get(place, Counter())
        return (
            [] if (count_of(told[2]), told[3] or "0.0") == (mine["revised"], f"{mine['largest'] / 1e6:.1f}") else fault
        )
    return fault if released.unexplained(text, set()) else []


def faults_of_shares(block: Any, text: str, hidden: Mapping[str, str], released: Released) -> list[str]:
    fault = [f"hidden: {text}, not {hidden}"]
    if block.tag == "td":
        return [] if text == hidden[block.getparent().xpath("string(th)")] else fault
    if told := re.fullmatch(r"(.+): ([\d.]+)% hidden\.", text):
        return [] if hidden.get(told[1]) == told[2] else fault
    if told := re.search(r"([\d.]+)% of the figures in your view are hidden", text):
        return [] if hidden[""] == told[1] else fault
    return fault if released.unexplained(text, set()) else []
