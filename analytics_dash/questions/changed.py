"""What changed since the last release? Revised, newly shown and newly hidden figures, of those that a reader sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analytics_dash.dates import span
from analytics_dash.i18n import _, ngettext
from analytics_dash.indicators.model import mark as marked
from analytics_dash.numbers import local
from analytics_dash.questions.answers import Figure, Finding, Part, Table
from analytics_dash.questions.facts import Facts
from analytics_dash.questions.labels import difference_unit
from analytics_dash.questions.question import Question
from analytics_dash.questions.sentences import title_of
from analytics_dash.questions.views import view_name
from analytics_dash.questions.written import number, spell
from analytics_dash.releases.changes import KINDS, Changed

TOLD: Final = 6
"""So many lines of the table are told in words."""


def finding(facts: Facts) -> Finding:
    """How many figures were revised, and how many came to be shown or hidden."""
    found = facts.changes
    if found is None or facts.earlier is None:
        return Finding(
            _("This is the first release that is published, so there is nothing to compare it with."), can_say=False
        )
    revised = sum(each.counts.get("revised", 0) for each in found.views)
    came = _period(_("Months that are new: {months}."), found.months_in)
    if not found.views:
        text = _("No published figure was changed since release {earlier}.").format(earlier=facts.earlier.id)
        return Finding(f"{text} {came}".strip(), _compared())
    text = ngettext(
        "{count} figure that was published before was revised since release {earlier}.",
        "{count} figures that were published before were revised since release {earlier}.",
        revised,
    ).format(count=spell(revised).capitalize(), earlier=facts.earlier.id)
    shown, hidden = (sum(each.counts.get(kind, 0) for each in found.views) for kind in ("newly_shown", "newly_hidden"))
    moved = _("Shown now and hidden before: {shown}. Hidden now, to protect people, and shown before: {hidden}.")
    told = moved.format(shown=spell(shown) if shown else _("none"), hidden=spell(hidden) if hidden else _("none"))
    return Finding(f"{text} {came}".strip(), f"{told} {_compared()}")


def _period(text: str, months: tuple[str, ...]) -> str:
    return text.format(months=span(months)) if months else ""


def _compared() -> str:
    return _("That is said of the figures in your view; a revision within the rounding can't be seen.")


def parts(facts: Facts) -> tuple[Part, ...]:
    """What changed, one row for each indicator and view."""
    return tuple(_parts(facts))


def _parts(facts: Facts) -> Iterator[Part]:
    found = facts.changes
    if found is None or facts.earlier is None:
        return
    revised = [_said(each) for each in found.views if each.counts.get("revised")]
    if len(revised) > TOLD:
        revised = [
            *revised[:TOLD],
            _("{count} more such lines are in the table.").format(count=spell(len(revised) - TOLD).capitalize()),
        ]
    moved = (
        _period(_("New months: {months}."), found.months_in),
        _period(_("No longer in it: {months}."), found.months_out),
    )
    yield Part(
        "changes",
        _("Where figures changed, and by how much at most.")
        if found.views
        else _("Nothing changed in what both releases are about."),
        _("Release {new} against release {old}, figures of the same months and groups.").format(
            new=facts.release.id, old=facts.earlier.id
        ),
        None,
        tuple(text for text in (*moved, *revised) if text),
        Table(
            "changes",
            _("How many figures changed, by indicator and view: they count figures, not people"),
            (),
            (_("Indicator"), _("View")),
            tuple(kind_name(kind) for kind in KINDS),
            tuple(((title_of(each.indicator), view_name(each.view)), _counts(each)) for each in found.views),
        )
        if found.views
        else None,
        _("A revision is late data, not a mistake and not a trend: a month's people came to be known later."),
    )


def _said(each: Changed) -> str:
    count = each.counts["revised"]
    most = (
        ""
        if each.largest is None
        else _(", by {most} at most").format(most=f"{number(each.largest)} {difference_unit(each.indicator)}")
    )
    return (
        ngettext(
            "{indicator} {view}: {count} figure revised", "{indicator} {view}: {count} figures revised", count
        ).format(indicator=title_of(each.indicator), view=view_name(each.view), count=spell(count))
        + most
        + "."
    )


def _counts(each: Changed) -> tuple[Figure, ...]:
    """Counts of figures, not of people: they carry no place, and the table says what it counts."""
    return tuple(Figure(local(str(each.counts.get(kind, 0))), each.counts.get(kind, 0)) for kind in KINDS)


def kind_name(kind: str) -> str:
    """What a kind of change is called."""
    return {
        "revised": _("Revised"),
        "newly_shown": _("Newly shown"),
        "newly_hidden": _("Newly hidden"),
        "newly_available": _("Newly loaded"),
        "no_longer_available": _("No longer loaded"),
        "added": _("Of new groups"),
        "gone": _("Of groups that are gone"),
    }[kind]


QUESTION: Final = Question(
    key="changes",
    title=marked("What changed since the last release?"),
    short=marked("Changes"),
    indicators=(),
    finding=finding,
    parts=parts,
    compares=True,
)
