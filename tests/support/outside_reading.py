"""What an outsider reads: the exported files, and what the published pages say of how their counts hang together.

No code of ours: the columns of the file, the list of views and the definitions of the indicators (docs/method.md,
docs/indicators.md) are read as a stranger reads them. `RELATIONS` was written from those pages by hand, apart from what
the inside attacker is told; `outside_attacker` puts it to use.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

HIDDEN = "[c]"
UNSPLIT = "All"
NO_ARM = "[z]"
# What each view splits by: whose sums are whose parts the attacker works out from this alone.
SPLITS: dict[str, tuple[str, ...]] = {
    "all": (),
    "month": ("month",),
    "department_group": ("department_group",),
    "department": ("department_group", "department"),
    "nation": ("nation",),
    "profession": ("profession",),
    "grade_band": ("grade_band",),
    "department_group_month": ("department_group", "month"),
    "department_month": ("department_group", "department", "month"),
    "team": ("department_group", "department", "team"),
}

# Of these the pages say that they are rates of sums, so that nothing is left over: "per 1,000 …", "US dollars per …".
RATES = ("guard_actions", "redaction_rate", "concerns", "tutor_cost")
COUNTS = ("numerator", "denominator", "rest")

_TYPES = ("email", "phone", "postcode", "person_name", "nino", "court_case", "other")
_SHORT = {"n": "numerator", "d": "denominator", "r": "rest"}

# `part + part ≤ whole + whole`, each an indicator (with its arm) and n, d or r; a question mark: as a rule, not always.
RELATIONS = f"""
{"; ".join(f"redactions_{each}.d = redaction_rate.d" for each in _TYPES)}
{" + ".join(f"redactions_{each}.n" for each in _TYPES)} = redaction_rate.n
guard_actions.d = cited_answers.d
concerns.d = tutor_cost.d
cited_answers.d ≤ redaction_rate.d
concerns.d ≤ redaction_rate.d
? helpful.d ≤ cited_answers.d
? concerns.n ≤ cited_answers.d
depth_2.d = depth_1.d; depth_3.d = depth_1.d; depth_4.d = depth_1.d
depth_4.n ≤ depth_3.n; depth_3.n ≤ depth_2.n; depth_2.n ≤ depth_1.n
dormant_licences.d + trained_before_access.d ≤ active_use/trained.d + active_use/untrained.d
dormant_licences.n ≤ active_use/trained.r + active_use/untrained.r
trained_before_access.r ≤ active_use/untrained.d
active_after_4_weeks.d + active_after_12_weeks.d ≤ active_use/trained.d + active_use/untrained.d
active_after_8_weeks.d ≤ active_use/trained.d; active_after_12_weeks.d ≤ active_use/trained.d
active_after_4_weeks.n + active_after_12_weeks.n + dormant_licences.n ≤ active_use/trained.d + active_use/untrained.d
active_after_8_weeks.n + dormant_licences.n ≤ active_use/trained.d + active_use/untrained.d
active_after_4_weeks.n ≤ active_use/trained.d + active_use/untrained.n
? active_after_8_weeks.n ≤ active_use/trained.n; active_after_12_weeks.n ≤ active_use/trained.n
? active_after_8_weeks.r ≤ active_use/trained.r; active_after_12_weeks.r ≤ active_use/trained.r
? active_after_4_weeks.n ≤ active_use/trained.n + active_use/untrained.n
? active_after_4_weeks.r ≤ active_use/trained.r + active_use/untrained.r
? active_use/trained.n + active_use/untrained.n = depth_1.d
? course_completed.d = course_passed.d
? certified.d = course_passed.d
? certified.n ≤ course_passed.n
"""

Where = tuple[str, ...]
"""indicator, arm, view, months, then the values that the view splits by."""

Row = dict[str, str]


@dataclass(frozen=True)
class Relation:
    """Signed counts, each of an (indicator, arm), whose sum is nought, or at least nought."""

    terms: tuple[tuple[tuple[str, str], str, float], ...]
    equal: bool
    always: bool


def relations() -> list[Relation]:
    """What `RELATIONS` says."""
    found = []
    for line in RELATIONS.strip().splitlines():
        for each in line.removeprefix("? ").split("; "):
            left, sign, right = re.split(r" ([=≤]) ", each)
            terms = [(*_named(term), -1.0) for term in left.split(" + ")]
            terms += [(*_named(term), 1.0) for term in right.split(" + ")]
            found.append(Relation(tuple(terms), sign == "=", not line.startswith("?")))
    return found


def _named(term: str) -> tuple[tuple[str, str], str]:
    who, count = term.rsplit(".", 1)
    indicator, _slash, arm = who.partition("/")
    return (indicator, arm or NO_ARM), _SHORT[count]


def circles(indicators: Iterable[str]) -> list[set[str]]:
    """The indicators in groups that any relation binds, directly or not."""
    of = {each: {each} for each in sorted(indicators)}
    for relation in relations():
        present = {who[0] for who, _count, _sign in relation.terms} & of.keys()
        own = set().union(*(of[each] for each in present))
        of |= dict.fromkeys(own, own)
    return list({id(own): own for own in of.values()}.values())


def unpacked(archive: bytes) -> tuple[bytes, bytes]:
    """The two tables of an export's archive: the cells, and what was measured of lessons and estimated; b"" without."""
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        tables = {
            name.endswith("-learning.csv"): packed.read(name) for name in packed.namelist() if name.endswith(".csv")
        }
    return tables[False], tables.get(True, b"")


def read(file: bytes) -> list[Row]:
    """The rows of one exported file that have data."""
    rows = csv.DictReader(io.StringIO(file.decode("utf-8-sig")))
    return [row for row in rows if row["status"] != "x"]


def window_of(rows: Sequence[Row]) -> str:
    """The months that a release covers, as its rows tell."""
    return f"{min(row['month'] for row in rows)} {rows[0]['release'][:7]}"


def where(row: Row, window: str) -> Where:
    """Where a row stands, whichever release it is in."""
    months = window if row["month"] == UNSPLIT else row["month"]
    place = tuple(row[name] for name in SPLITS[row["view"]] if name != "month")
    return (row["indicator"], row["arm"], row["view"], months, *place)


def counts_of(row: Row) -> tuple[str, ...]:
    """What there is to know of a row."""
    return COUNTS[:2] if row["indicator"].startswith((*RATES, "redactions_")) else COUNTS


def known(row: Row, count: str) -> tuple[float, float]:
    """Between what a count of a row lies, as the row alone tells: shown counts are rounded to 5 and at least 10."""
    if row["numerator"] == HIDDEN:
        return 0.0, float("inf")
    if count == "rest":
        return 10.0, float("inf")
    if (
        "." in row[count]
    ):  # dollars, to the cent: what was rounded to 5 are thousandths, and five more were rounded away
        thousandths = round(1000 * float(row[count]))
        return max(10.0, thousandths - 7.0), thousandths + 7.0
    shown = int(row[count])
    return max(10.0, shown - 2.0), shown + 2.0


def sums(rows: Sequence[Row]) -> Iterable[tuple[Row, list[Row]]]:
    """Each row with the rows of a finer view that make it up."""
    by_view: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        by_view.setdefault((row["indicator"], row["arm"], row["view"]), []).append(row)
    for (indicator, arm, coarse), wholes in by_view.items():
        for fine, splits in SPLITS.items():
            if set(SPLITS[coarse]) < set(splits):
                parts: dict[tuple[str, ...], list[Row]] = {}
                for row in by_view.get((indicator, arm, fine), ()):
                    parts.setdefault(tuple(row[name] for name in SPLITS[coarse]), []).append(row)
                for row in wholes:
                    if own := parts.get(tuple(row[name] for name in SPLITS[coarse])):
                        yield row, own


Count = tuple[str, Where]
"""A count, and in which releases it is taken for the same (a release's id, or nothing): `mark|count`; and where."""


def truth_of(exact: Iterable[tuple[int, int]], file: bytes) -> dict[Count, int]:
    """The exact counts of each row of a file, given the numerator and denominator of each in the file's order.

    By the names that the puzzle gives them: those of this release's own people, and those taken for the same as ever.
    """
    everything = csv.DictReader(io.StringIO(file.decode("utf-8-sig")))
    told = [(row, counts) for row, counts in zip(everything, exact, strict=True) if row["status"] != "x"]
    window, truth = window_of([row for row, _counts in told]), {}
    for row, (numerator, denominator) in told:
        each = {"numerator": numerator, "denominator": denominator, "rest": denominator - numerator}
        for mark in (row["release"], ""):
            truth |= {(f"{mark}|{count}", where(row, window)): each[count] for count in counts_of(row)}
    return truth


def recovered(found: Iterable[tuple[Count, float, float]], truth: Mapping[Count, int]) -> list[Count]:
    """The hidden counts below ten that are known to within ±2: the range is that narrow, and holds the truth.

    The attacker is even told of each that it is below ten.
    """
    return [
        key
        for key, low, high in found
        if (true := truth.get(key)) is not None
        and true < 10
        and width(low, high) <= 4
        and low - 1e-6 <= true <= high + 1e-6
    ]


def width(low: float, high: float) -> int:
    """How many whole numbers a count can be apart, once it is told that it is below ten."""
    return int(min(high, 9.0) + 1e-6) - -int(-(low - 1e-6) // 1)
