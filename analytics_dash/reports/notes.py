"""The notes that go beside every export: what the figures are, how they are protected, what they do not mean.

Plain text, UTF-8, the same bytes each time for the same release and cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from analytics_dash.disclosure.dominance import K_PERCENT, P_PERCENT
from analytics_dash.disclosure.rule import BASE, MINIMUM
from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE, Figure
from analytics_dash.indicators.figures import FIGURES
from analytics_dash.questions.absent import months_absent
from analytics_dash.releases.figures import explain_status
from analytics_dash.releases.types import STATUSES, Cell, LearningFigure, ReleaseInfo


def notes_bytes(release: ReleaseInfo, cells: Sequence[Cell], figures: Sequence[LearningFigure] = ()) -> bytes:
    """Return the notes file for `cells` of `release`, and for the learning figures and estimates beside them."""
    sections = (
        _what(release),
        _columns(),
        _shorthand(cells),
        _protection(),
        *(_indicator(name, release) for name in CATALOGUE if any(cell.indicator == name for cell in cells)),
        *(_measured(figures) if figures else ()),
        _not_meant(),
        _made_from(release),
    )
    return ("\n\n".join("\n".join(section) for section in sections) + "\n").encode("utf-8")


def _what(release: ReleaseInfo) -> Iterator[str]:
    months = release.manifest.get("months", [release.through])
    yield _("Responsible adoption of AI: release {id}").format(id=release.id)
    if release.is_demonstration:
        yield _("Demonstration data: every department, person and figure is invented.")
    yield _("Covers {first} to {last}, whole months.").format(first=months[0], last=months[-1])
    if release.published_at is not None:
        yield _("Published on {day}. Later data goes into the next release; this one never changes.").format(
            day=release.published_at.date().isoformat()
        )


def _columns() -> Iterator[str]:
    yield _("COLUMNS")
    yield _("release: the release's id. view: how people are grouped. month: YYYY-MM.")
    yield _(
        "department_group, department, team, grade_band, profession, nation: as in the HR roster. “All”: the view does "
        "not split by this."
    )
    yield _("arm: trained or untrained before the month began; [z] where the indicator compares no groups.")
    yield _("indicator: see below. numerator, denominator: rounded counts. value: computed from these two.")
    yield _("unit: the value's unit. status: shown, low, or the reason why there is no figure (c, x, z).")
    yield _("An apostrophe before a name keeps a spreadsheet from taking it for a formula.")


def _shorthand(cells: Sequence[Cell]) -> Iterator[str]:
    yield _("SHORTHAND IN THE FIGURES")
    counts = Counter(cell.status for cell in cells)
    for status in STATUSES:
        if sentence := explain_status(status):
            yield _("{sentence} Cells in this file: {count} of {all}.").format(
                sentence=sentence, count=counts[status], all=len(cells)
            )


def _protection() -> Iterator[str]:
    yield _("HOW PEOPLE ARE PROTECTED")
    yield _(
        "Counts below {minimum} are hidden, all others rounded to the nearest {base}. A figure is shown only when at "
        "least {minimum} people are in the numerator, in the denominator, and in the rest of the denominator."
    ).format(minimum=MINIMUM, base=BASE)
    yield _(
        "Sums are hidden when one person makes up more than {k} % of them, or could be estimated to within {p} %."
    ).format(k=K_PERCENT, p=P_PERCENT)
    yield _("Further figures are hidden where a hidden one could be worked out. Sums of rounded figures may differ.")


def _indicator(name: str, release: ReleaseInfo) -> Iterator[str]:
    indicator = CATALOGUE[name]
    missing = release.manifest.get("indicators", {}).get(name, {}).get("months_without_data", [])
    yield f"{_(indicator.title).upper()} ({name})"
    yield _(indicator.definition)
    yield _("Numerator: {text}.").format(text=_(indicator.numerator))
    yield _("Denominator: {text}.").format(text=_(indicator.denominator))
    yield _("Unit: {unit}. Source: {source}.").format(unit=_(indicator.unit), source=_(indicator.source))
    if missing:
        yield months_absent(name, ", ".join(missing))
    yield _("What it does not mean: {text}").format(text=_(indicator.misuse))


def _measured(figures: Sequence[LearningFigure]) -> Iterator[Iterator[str]]:
    """What the second table is, and each entry of the dictionary that its measures belong to."""
    yield _second_table(figures)
    there = {each.measure for each in figures}
    for entry in FIGURES:
        if mine := [measure for measure in entry.measures if measure in there]:
            yield _entry(entry, mine)
    if alone := [measure for measure in _ALONE if measure in there]:
        yield _without_entry(alone)


def _second_table(figures: Sequence[LearningFigure]) -> Iterator[str]:
    yield _("THE SECOND TABLE, OF LESSONS AND ESTIMATES (-learning.csv)")
    yield _("One row a figure. It is about everybody in the roster over the whole period, whatever was chosen.")
    yield _(
        "lesson, step, item, option: what it is about. An estimate has no lesson; of a gap, step is the indicator, "
        "item how people are grouped and option the group. lesson_title, step_title: as their author wrote them."
    )
    yield _(
        "measure: see below. numerator, denominator: people, rounded; without a numerator, on how many people it "
        "rests. value, low, high: the figure and the limits of its interval (95%), in the unit. [z]: it has none."
    )
    yield _("Figures that are hidden to protect people: {count} of {all}.").format(
        count=sum(each.status == "c" for each in figures), all=len(figures)
    )


def _entry(entry: Figure, measures: Sequence[str]) -> Iterator[str]:
    yield f"{_(entry.title).upper()} ({', '.join(measures)})"
    yield _(entry.definition)
    yield _("Unit: {unit}. Source: {source}.").format(unit=_(entry.unit), source=_(entry.source))
    yield _("What it does not mean: {text}").format(text=_(entry.misuse))


_ALONE: Final = ("right", "chosen", "rest_correlation", "seconds", "tutor_before", "tutor_after")
"""Measures that no entry of the data dictionary has."""


def _without_entry(measures: Sequence[str]) -> Iterator[str]:
    said = {
        "right": _("right: people whose first answer to the question was right, of those who answered."),
        "chosen": _("chosen: people who chose this answer first, of those who answered."),
        "rest_correlation": _(
            "rest_correlation: whether those who are right here are right elsewhere in the lesson, from −1 to 1."
        ),
        "seconds": _("seconds: the time that the person in the middle took for the step."),
        "tutor_before": _("tutor_before: people who asked the tutor beside the step before they handed it in."),
        "tutor_after": _("tutor_after: people who asked the tutor beside the step after they handed it in."),
    }
    yield _("QUESTIONS AND STEPS OF A LESSON")
    yield from (said[measure] for measure in measures)


def _not_meant() -> Iterator[str]:
    yield _("WHAT THESE FIGURES DO NOT MEAN")
    yield _("They describe groups, never a person, and must not be used to appraise or to watch anyone.")
    yield _("They are not a league table: departments differ in size, grades, work and start dates.")
    yield _("A difference between trained and untrained people is not caused by training alone.")


def _made_from(release: ReleaseInfo) -> Iterator[str]:
    yield _("MADE FROM")
    yield _("Code: {version}").format(version=release.manifest.get("code", ""))
    yield _("Warehouse (SHA-256): {digest}").format(digest=release.manifest.get("warehouse", ""))
    yield _("Cells of the whole release (SHA-256): {digest}").format(digest=release.cells_digest)
    for digest in release.manifest.get("inputs", []):
        yield _("Input file (SHA-256): {digest}").format(digest=digest)
