"""The overview page: an `Overview` into Dash components, in the order in which it is read.

Freshness, four figures, three questions, how it is protected, the download. The masthead, the title and the selector
stand around it in `templates/overview.html`. Called by `app` for the first response, the layout and the callback.
"""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from analytics_dash.dashboard import figures, findings, palette, tables
from analytics_dash.dashboard.components import Question, key_figures, question_section
from analytics_dash.dashboard.overview import Overview
from analytics_dash.dashboard.protection import download, protection
from analytics_dash.dashboard.trend import Series, trend
from analytics_dash.dates import day, month
from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE


def shell(view: Overview | None) -> html.Div:
    """The whole Dash tree: where the address is watched, what is shown, and the view itself."""
    return html.Div(
        [
            dcc.Location(id="url", refresh=False),
            dcc.Store(id="shown", data=choice(view)),
            html.P(freshness(view), id="status", role="status", className="freshness wide"),
            html.Div(content(view), id="view"),
        ]
    )


def choice(view: Overview | None) -> str | None:
    """What the browser keeps of the view that it shows: the department."""
    return None if view is None else view.department


def freshness(view: Overview | None) -> str:
    """Which release, of when, up to when, of whom: one line, read out when the choice changes."""
    if view is None:
        return _("No release is published yet.")
    published = view.release.published_at or view.release.built_at
    return _("{place}. Release {release}, published {published}, data through {through}.").format(
        place=view.place,
        release=view.release.id,
        published=day(published.date()),
        through=month(view.release.through),
    )


def content(view: Overview | None) -> list[Any]:
    """Everything below the freshness line."""
    if view is None:
        return [_nothing_yet()]
    parts = (_trained_before_access(view), _use_after_training(view), _identifiers_held_back(view))
    return [
        _covered(view),
        _key_figures(view),
        *[question_section(part) for part in parts],
        protection(view),
        download(view),
    ]


def _nothing_yet() -> html.Div:
    return html.Div(
        [
            html.H2(_("There is nothing to show yet")),
            html.P(_("An operator builds a release from the warehouse, looks at it and publishes it:")),
            html.Pre("adoption release build --warehouse URL --through YYYY-MM\nadoption release publish ID"),
            html.P(_("Reload this page afterwards.")),
        ],
        className="part wide empty",
    )


def _covered(view: Overview) -> html.P:
    """What the four figures cover: next to a month's figure in a finding, one of six months needs its period."""
    words = _("The whole period, {period}, where no month is named:").format(period=_period(view))
    return html.P(words, className="covered wide")


def _key_figures(view: Overview) -> html.Ul:
    place = view.department
    use = view.by_month("active_use", department=place, arm="trained")
    latest = next((cell for cell in reversed(use) if findings.is_shown(cell)), use[-1] if use else None)
    latest_month = month(latest.month) if latest is not None and latest.month else ""
    return key_figures(
        [
            (
                _("Trained before access"),
                view.cell("trained_before_access", department=place),
                "%",
                _("{numerator} of {denominator} people whose licence began"),
            ),
            (
                _("Competent after the lesson"),
                view.cell("competent", department=place),
                "%",
                _("{numerator} of {denominator} people who finished it"),
            ),
            (
                _("Trained people active in {month}").format(month=latest_month),
                latest,
                "%",
                _("{numerator} of {denominator} people with a licence"),
            ),
            (
                _("Identifiers held back"),
                view.cell("redaction_rate", department=place),
                _(" per 1,000"),
                _("{numerator} in {denominator} prompts to the tutor"),
            ),
        ]
    )


def _period(view: Overview) -> str:
    return _("{first} to {last}").format(first=month(view.months[0]), last=month(view.months[-1]))


def _trained_before_access(view: Overview) -> Question:
    groups = [(_("All of government"), view.cell("trained_before_access"))]
    groups += [(cell.department or "", cell) for cell in view.by_department("trained_before_access")]
    subtitle = _("Share of people trained by the day their ChatGPT licence began, {period}.")
    return Question(
        id="trained",
        question=_("Are people trained before they get the tool?"),
        finding=findings.trained_before_access(view),
        subtitle=subtitle.format(period=_period(view)),
        figure=figures.dots([(name, cell) for name, cell in groups if cell is not None]),
        table=tables.trained_before_access(view),
        misuse=_(CATALOGUE["trained_before_access"].misuse),
    )


def _use_after_training(view: Overview) -> Question:
    arms = {arm: view.by_month("active_use", department=view.department, arm=arm) for arm in ("trained", "untrained")}
    subtitle = _(
        "Share of people with a licence who used ChatGPT in the month, trained and untrained, with 95% intervals "
        "computed from rounded counts. {place}, {period}."
    )
    return Question(
        id="use",
        question=_("Does training go with use?"),
        finding=findings.use_after_training(view),
        subtitle=subtitle.format(place=view.place, period=_period(view)),
        figure=trend(
            [
                Series(_("Trained"), arms["trained"], palette.BLUE, interval=findings.share_of),
                Series(_("Untrained"), arms["untrained"], palette.TEAL, "square", "dash", interval=findings.share_of),
            ],
            suffix="%",
            ceiling=100.0,
        ),
        table=tables.use_after_training(view),
        misuse=_(CATALOGUE["active_use"].misuse),
    )


def _identifiers_held_back(view: Overview) -> Question:
    everyone = view.by_month("redaction_rate")
    series = [Series(_("All of government"), everyone, palette.BLUE, interval=findings.rate_of)]
    if view.department:
        own = view.by_month("redaction_rate", department=view.department)
        series = [
            Series(_("This department"), own, palette.BLUE, interval=findings.rate_of),
            Series(_("All of government"), everyone, palette.GREY, "square", "dash"),
        ]
    subtitle = _(
        "Identifiers held back by the tutor’s gateway for each 1,000 prompts, by month, with 95% intervals computed "
        "from rounded counts. {place}, {period}."
    )
    return Question(
        id="safety",
        question=_("Is use safe?"),
        finding=findings.identifiers_held_back(view),
        subtitle=subtitle.format(place=view.place, period=_period(view)),
        figure=trend(series),
        table=tables.identifiers_held_back(view),
        misuse=_(CATALOGUE["redaction_rate"].misuse),
    )
