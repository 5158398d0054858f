"""The lines of a checking log: the lists of what may be chosen, and what each entry says of itself.

Called by `verify`, which asks, marks and shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.lesson.activities.items import Grammar, Item
from xblock_ai_tutor.lesson.activities.named import Named, take_named
from xblock_ai_tutor.lesson.report import Line, Report, did_you_mean, shortened

ENTRY: Final = "- {foi} Freedom of Information Act 2000, section 10(1)"
LISTS: Final = {
    "where": ("a place to look", "- (legislation) legislation.gov.uk"),
    "found": ("a finding", "- (says-so) It exists and says so"),
}
_DETAIL: Final = re.compile(r"[ \t]+(where|found):[ \t]*(.*)", re.IGNORECASE)
GRAMMAR: Final = Grammar("an entry", (), ENTRY, details=_DETAIL)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a good log says of one entry: the places that are proper, and the finding."""

    where: tuple[str, ...]
    found: str


def cut(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """The parts: "" what stands first, the lists `where` and `found`, and the entries."""
    parts: dict[str, list[Line]] = {"": [], "where": [], "found": [], "entries": []}
    part = ""
    for line in lines:
        name = line.text.rstrip().removesuffix(":").rstrip().lower()
        if name in LISTS and part != "entries" and line.text.rstrip().endswith(":"):
            part = name
            continue
        if line.text.startswith("- {"):
            part = "entries"
        parts[part].append(line)
    return parts


def take_list(name: str, lines: Sequence[Line], report: Report) -> tuple[Named, ...]:
    noun, example = LISTS[name]
    others, named = take_named(lines, noun, example, report)
    for line in others:
        if line.text.strip():
            cause = f"This line stands in the list {name}: but is not {noun}."
            report.add(line.number, cause, f"Write it like: {example} (an entry of the log starts with “- {{”).")
    return named


def truth(entry: Item, places: set[str], findings: set[str], report: Report) -> Truth:
    """What the lines `where:` and `found:` below an entry say."""
    given: dict[str, str] = {}
    for line in entry.details:
        detail = _DETAIL.fullmatch(line.text)
        name = detail[1].lower() if detail else ""
        if name in given:
            report.add(line.number, f"{name}: is given twice for this entry.", "Keep one of the two.")
        elif detail:
            given[name] = detail[2].strip()
            for one in _ids(given[name]):
                known = places if name == "where" else findings
                if one not in known:
                    cure = f"Use one of these: {', '.join(sorted(known))}.{did_you_mean(one, known)}"
                    report.add(line.number, f"“{shortened(one)}” is not in the list {name}:.", cure)
    for name in LISTS:
        if not _ids(given.get(name, "")):
            report.add(
                entry.line,
                f"“{shortened(entry.id or entry.plain)}” does not say {name}:.",
                f"Add a line below it: two spaces, {name}: and an id from the list above.",
            )
    if len(_ids(given.get("found", ""))) > 1:
        report.add(entry.line, "An entry has one finding only.", "Write one id after found:.")
    return Truth(_ids(given.get("where", "")), given.get("found", ""))


def _ids(text: str) -> tuple[str, ...]:
    return tuple(one for one in re.split(r"[,\s]+", text) if one)
