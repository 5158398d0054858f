"""What a part's own table holds, and what is derived from it: intervals, differences, worked out here anew.

Called by the crawl (`numbers`), which holds sentences and charts against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from tests.support.dashboard import COORDINATES, Figure
from tests.support.released import Released, scaled


@dataclass
class Evidence:
    """What a part's own table holds: numbers as they are written, and as a chart draws them."""

    written: set[str] = field(default_factory=set)
    drawn: set[float] = field(default_factory=set)
    entries: list[dict[str, Any]] = field(default_factory=list)


def evidence(released: Released, places: Iterable[Figure]) -> Evidence:
    """The figures at these places, and what is derived from them: intervals, and differences of the two arms."""
    found = Evidence()
    for place in dict.fromkeys(places):
        each = released.entries.get(place)
        if each is None:
            found.written |= {text for text in [released.figures.get((*place, "amount"))] if text}
            continue
        found.entries.append(each)
        found.written |= {released.figures[*place, part] for part in ("numerator", "denominator", "value")}
        if "measure" in each:
            _of_learning(found, released, place, each)
        elif each["value"] is not None:
            found.drawn.add(each["value"])
            low, high = (limit * _scale(released, each) for limit in limits(released, each))
            found.drawn |= {low, high}
            found.written |= {f"{low:.1f}", f"{high:.1f}"}
            found.written |= set(_difference(released, place, each))
    return found


def _scale(released: Released, each: Mapping[str, Any]) -> int:
    scale: int = released.catalogue[each["indicator"]]["scale"]
    return scale


def _of_learning(found: Evidence, released: Released, place: Figure, each: Mapping[str, Any]) -> None:
    for part in ("value", "low", "high"):
        if each[part] is not None:
            text = released.figures[*place, part]
            found.written |= {text, text.removeprefix("-")}
            found.drawn |= {scaled(each, part), float(text)}
    if each["measure"] == "gain" and each["value"] is not None:  # its headline says it in per cent
        found.written.add(f"{100 * float(released.figures[*place, 'value']):.0f}")


def limits(released: Released, each: Mapping[str, Any]) -> tuple[float, float]:
    """The 95 % limits of a cell by Wilson's score, or of a rate of events, at the worst counts that round to these.

    Wilson's limits of so many times fewer counts are those of a quantile that is the factor's root larger.
    """
    part, whole, z = each["numerator"], each["denominator"], 1.959964
    of = " ".join(filter(None, (each["indicator"], each["arm"])))
    z *= sqrt(released.factors.get((of, "month" if each["month"] else "all"), 1))  # people count several times
    if released.catalogue[each["indicator"]]["kind"] != "proportion":
        low = max(sqrt(max(part - 2, 0)) - z / 2, 0) ** 2 / (whole + 2)
        return low, (sqrt(part + 2) + z / 2) ** 2 / (whole - 2)
    ends = []
    for some, of, side in ((max(part - 2, 0), whole + 2, -1), (min(part + 2, whole - 2), whole - 2, 1)):
        share = some / of
        spread = z * sqrt(share * (1 - share) / of + (z / of) ** 2 / 4)
        ends.append(min(max((share + z * z / of / 2 + side * spread) / (1 + z * z / of), 0), 1))
    return ends[0], ends[1]


def _difference(released: Released, place: Figure, each: Mapping[str, Any]) -> Iterator[str]:
    """Trained less untrained people of one group, in percentage points with its limits (Newcombe)."""
    arm = COORDINATES.index("arm")
    other = released.entries.get((*place[:arm], "untrained", *place[arm + 1 :]))
    if each["arm"] != "trained" or other is None or other["value"] is None:
        return
    one, two = each["numerator"] / each["denominator"], other["numerator"] / other["denominator"]
    (low, high), (other_low, other_high) = limits(released, each), limits(released, other)
    gap = one - two
    for end in (
        gap,
        gap - sqrt((one - low) ** 2 + (other_high - two) ** 2),
        gap + sqrt((high - one) ** 2 + (two - other_low) ** 2),
    ):
        text = f"{100 * end:.1f}"
        yield text.removeprefix("-") if float(text) == 0 else text
