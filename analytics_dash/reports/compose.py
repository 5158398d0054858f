"""Answers and released cells into a `Report`: which sections, which tables. Called by every format but CSV.

The answers are those of the pages (`analytics_dash.questions`), so that a finding says the same there and on paper. The
annex has a section for each indicator with all its cells. Nothing is added up: each figure is one cell's, written by
`releases.figures`. Who may have which cells is decided before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC

from analytics_dash import i18n
from analytics_dash.dates import day, month
from analytics_dash.disclosure.views import DIMENSIONS, VIEWS
from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE, Indicator
from analytics_dash.questions.absent import months_absent
from analytics_dash.questions.answers import Answer, Part
from analytics_dash.questions.answers import Picture as Drawn
from analytics_dash.questions.heads import heads_of
from analytics_dash.questions.labels import in_unit
from analytics_dash.questions.parts import point
from analytics_dash.questions.sentences import cannot_say
from analytics_dash.questions.views import view_name
from analytics_dash.questions.written import figures_of, labelled, with_unit
from analytics_dash.releases import Cell, ReleaseInfo
from analytics_dash.releases.clumps import Factors
from analytics_dash.releases.figures import explain_status
from analytics_dash.releases.types import STATUSES
from analytics_dash.reports.document import Answered, Line, Picture, Report, Section, Shown, Table, Words
from analytics_dash.reports.method import method, proof


def compose(
    release: ReleaseInfo,
    cells: Sequence[Cell],
    *,
    department: str = "",
    chosen_month: str = "",
    demo: bool = False,
    answers: Sequence[Answer] = (),
    complete: bool = True,
    factors: Factors | None = None,
) -> Report:
    """The report of `answers`, with an annex of `cells`, a section for each indicator among them.

    With `department`, of it beside everybody; `chosen_month` is what the answers are about, where it is one month: the
    annex has all. `complete` puts the tables of the annex in. `factors` are the release's, for the limits of pictures.
    """
    chosen = [cell for cell in cells if not department or cell.department in (None, department)]
    months = release.manifest.get("months", [release.through])
    published = (release.published_at or release.built_at).astimezone(UTC).date()
    period = _("{first} to {last}").format(first=month(months[0]), last=month(months[-1]))
    place = department or _("All of government")
    return Report(
        title=_("Responsible adoption of AI"),
        subtitle=_("{place}, {period}").format(place=place, period=month(chosen_month) if chosen_month else period),
        language=i18n.current(),
        date=(published.year, published.month, published.day),
        facts=(
            (_("Whom it is about"), place),
            *(((_("Month"), month(chosen_month)),) if chosen_month else ()),
            (_("Months of the release") if chosen_month else _("Months"), period),
            (_("Release"), release.id),
            (_("Published"), day(published)),
            (_("Protection"), _("Counts below 10 are hidden, all others rounded to the nearest 5.")),
        ),
        warning=_("Demonstration data: every department, person and figure is invented.") if demo else "",
        sections=tuple(
            _section(CATALOGUE[name], mine, department, release, factors or {})
            for name in CATALOGUE
            if (mine := [cell for cell in chosen if cell.indicator == name])
        ),
        shorthand=tuple(
            (sign.strip(), meaning.strip())
            for sign, _colon, meaning in (explain_status(status).partition(":") for status in STATUSES)
            if meaning
        ),
        method=method(),
        proof=proof(release),
        words=_words(),
        answers=tuple(answered(each) for each in answers),
        complete=complete,
    )


def answered(answer: Answer) -> Answered:
    """An answer as it stands in a report; its tables get names that are unique in it."""
    return Answered(
        key=answer.key,
        title=answer.title,
        headline=answer.finding.headline,
        sure=answer.finding.sure,
        parts=tuple(
            Shown(
                key=f"{answer.key}-{part.key}",
                headline=part.headline,
                subtitle=part.subtitle,
                picture=None if part.picture is None else _drawn(part, part.picture),
                summary=part.summary,
                table=None if part.table is None else replace(part.table, name=f"{answer.key}_{number}"),
                misuse=part.misuse,
            )
            for number, part in enumerate(answer.parts, 1)
        ),
        notes=answer.notes,
    )


def _drawn(part: Part, picture: Drawn) -> Picture:
    said = " ".join(_said(line) for line in picture.lines)
    return Picture(
        caption=part.subtitle,
        alternative=f"{part.subtitle} {said}",
        unit=picture.unit,
        ceiling=picture.ceiling,
        lines=picture.lines,
        kind=picture.kind,
        bottom=picture.bottom,
    )


def _words() -> Words:
    return Words(
        contents=_("Contents"),
        notes=_("Notes"),
        shorthand=_("Shorthand in the tables"),
        method=_("How the figures are made and protected"),
        proof=_("How to verify this report"),
        what_it_does_not_mean=_("What this does not mean"),
        how_it_is_defined=_("How it is defined"),
        one_table=_("This worksheet contains one table."),
        cover=_("Cover"),
        table=_("Table"),
        link=_("Worksheet"),
        question=_("Question"),
        findings=_("What the figures say"),
        annex=_("Annex"),
        what_it_shows=_("What the chart shows"),
        not_here=_("The complete tables are in the spreadsheets and the CSV of the same release."),
    )


def _section(
    indicator: Indicator, cells: Sequence[Cell], department: str, release: ReleaseInfo, factors: Factors
) -> Section:
    picture = _picture(indicator, cells, department, factors)
    missing = release.manifest.get("indicators", {}).get(indicator.id, {}).get("months_without_data", [])
    return Section(
        key=indicator.id,
        title=_(indicator.title),
        question=_(indicator.question),
        headline=_headline(cells, department),
        summary=(
            *_summary(cells),
            *((months_absent(indicator.id, ", ".join(map(month, missing))),) if missing else ()),
        ),
        picture=picture,
        tables=tuple(_tables(indicator, cells)),
        definition=(
            _(indicator.definition),
            _("Numerator: {text}.").format(text=_(indicator.numerator)),
            _("Denominator: {text}.").format(text=_(indicator.denominator)),
            _("Source: {text}.").format(text=_(indicator.source)),
        ),
        misuse=_(indicator.misuse),
    )


def _headline(cells: Sequence[Cell], department: str) -> str:
    """The choice's whole period in one sentence, each arm by name."""
    view = "department" if department else "all"
    found = [cell for cell in cells if cell.view == view]
    place = department or _("All of government")
    if all(cell.value is None for cell in found):
        return cannot_say(place, found)
    said = [f"{_arm(cell)} {with_unit(cell)}" if cell.arm else with_unit(cell) for cell in found]
    return _("{place}: {figures}").format(place=place, figures="; ".join(said)) + "."


def _arm(cell: Cell) -> str:
    return {"trained": _("Trained"), "untrained": _("Untrained")}.get(cell.arm or "", "")


def _summary(cells: Sequence[Cell]) -> Iterator[str]:
    hidden = sum(cell.status == "c" for cell in cells)
    if hidden:
        yield _("Hidden to protect people and marked [c]: {share} in every 100 figures below.").format(
            share=round(100 * hidden / len(cells))
        )


def _picture(indicator: Indicator, cells: Sequence[Cell], department: str, factors: Factors) -> Picture | None:
    """The choice's months; none where there are none, or all are withheld."""
    view = "department_month" if department else "month"
    monthly = [cell for cell in cells if cell.view == view]
    if not any(cell.value is not None for cell in monthly):
        return None
    arms = list(dict.fromkeys(cell.arm for cell in monthly))
    lines = tuple(
        Line(
            _arm(next(cell for cell in monthly if cell.arm == arm)),
            tuple(
                point(cell.month or "", month(cell.month or ""), cell, factors) for cell in monthly if cell.arm == arm
            ),
        )
        for arm in arms
    )
    caption = _("{title} by month, {in_unit}: {place}").format(
        title=_(indicator.title), in_unit=in_unit(indicator.id), place=department or _("All of government")
    )
    if any(point.low is not None for line in lines for point in line.points):
        caption += _(", with intervals of 95%")
    return Picture(
        caption=caption,
        alternative=f"{caption}. " + " ".join(_said(line) for line in lines),
        unit=indicator.unit,
        ceiling=100.0 if indicator.unit == "%" else None,
        lines=lines,
    )


def _said(line: Line) -> str:
    months = ", ".join(f"{point.label} {point.text}" for point in line.points)
    return f"{labelled(line.label, months) if line.label else months}."


def _tables(indicator: Indicator, cells: Sequence[Cell]) -> Iterator[Table]:
    """One table for each view, in the order in which views are declared."""
    for number, view in enumerate(VIEWS.values(), 1):
        mine = [cell for cell in cells if cell.view == view.name]
        if not mine:
            continue
        # A department's group is said once, where groups are compared; a team's department tells it from its namesakes.
        dimensions = [name for name in DIMENSIONS if name in view.cuts or (name == "department" and name in view.above)]
        heads = [_dimension(name) for name in dimensions] or [_("Group")]
        arms = any(cell.arm for cell in mine)
        yield Table(
            name=f"{indicator.id}_{number}"[:31],
            title=labelled(_(indicator.title), view_name(view.name)),
            notes=(_notes(mine),),
            words=(*heads, *((_("Trained or not"),) if arms else ())),
            figures=heads_of(indicator.id),
            rows=tuple(
                (
                    (
                        *((_label(cell, name) for name in dimensions) if dimensions else (_("All of government"),)),
                        *((_arm(cell),) if arms else ()),
                    ),
                    figures_of(cell),
                )
                for cell in mine
            ),
        )


def _notes(cells: Sequence[Cell]) -> str:
    found = {cell.status for cell in cells}
    said = " ".join(explain_status(status) for status in STATUSES[1:] if status in found)
    return said or _("Every figure of this table can be shown.")


def _label(cell: Cell, dimension: str) -> str:
    value = getattr(cell, dimension)
    if dimension == "month":
        return month(value)
    return str(value)


def _dimension(name: str) -> str:
    return {
        "month": _("Month"),
        "department_group": _("Group of departments"),
        "department": _("Department"),
        "team": _("Team"),
        "grade_band": _("Grade band"),
        "profession": _("Profession"),
        "nation": _("Nation"),
    }.get(name, name)
