"""The tree of a page: freshness, then the overview's questions or one question's answer, then the downloads.

The masthead, the title and the selectors stand around it in `templates/page.html`. Called by `app` for the first
response, the layout and the callback.
"""

from __future__ import annotations

from typing import Any

from analytics_dash.dashboard import nodes as html
from analytics_dash.dashboard.components import aria, finding_block, part_section
from analytics_dash.dashboard.downloads import downloads
from analytics_dash.dashboard.front import questions
from analytics_dash.dashboard.nodes import Node
from analytics_dash.dashboard.view import View
from analytics_dash.dates import day, month
from analytics_dash.i18n import _
from analytics_dash.questions import QUESTIONS, Answer


def shell(view: View, shown: Any) -> Node:
    """The whole tree: where the address is watched, what is shown (`content`, or what was made of it), and the view."""
    return html.Div(
        [
            html.Location(id="url", refresh=False),
            html.Store(id="shown", data=choice(view)),
            html.P(freshness(view), id="status", role="status", className="freshness wide"),
            html.Div(shown, id="view"),
        ]
    )


def change(view: View, shown: Any) -> dict[str, Any]:
    """What a change of the address changes in that tree, in the form of Dash's answers to its callbacks."""
    return {
        "multi": True,
        "response": {
            "status": {"children": freshness(view)},
            "view": {"children": shown},
            "shown": {"data": choice(view)},
        },
    }


def choice(view: View) -> str | None:
    """What the browser keeps of the view that it shows: its address."""
    return None if view.facts is None else view.shown.address()


def freshness(view: View) -> str:
    """Which release, of when, up to when, of whom: one line, read out when the choice changes."""
    if view.facts is None:
        return _("No release is published yet.")
    release = view.facts.release
    text = _("{place}. Release {release}, published {published}, data through {through}.").format(
        place=view.place,
        release=release.id,
        published=day((release.published_at or release.built_at).date()),
        through=month(release.through),
    )
    return text + " " + _("Shown: {period}.").format(period=view.facts.period)


def content(view: View) -> list[Any]:
    """Everything below the freshness line."""
    if view.facts is None:
        return [_nothing_yet()]
    if (found := view.answer) is None:
        return [questions(view, view.facts), downloads(view, view.facts)]
    return [*_answer(found), downloads(view, view.facts), _onward(view)]


def _answer(answer: Answer) -> list[Any]:
    return [
        finding_block(answer.finding),
        *[part_section(part) for part in answer.parts],
        html.Section(
            [
                html.H2(_("Notes"), id="notes-heading", className="headline"),
                html.Ul([html.Li(note) for note in answer.notes], className="plain"),
            ],
            className="part wide",
            **aria(labelledby="notes-heading"),
        )
        if answer.notes
        else None,
    ]


def _onward(view: View) -> Node:
    """To the question before, the next one, and all of them."""
    keys = list(QUESTIONS)
    position = keys.index(view.wanted.page)
    ways = [(position - 1, _("Previous: {question}")), (position + 1, _("Next: {question}"))]
    links = [
        html.Li(
            html.A(text.format(question=_(QUESTIONS[keys[place]].title)), href=view.shown.on(keys[place]).address())
        )
        for place, text in ways
        if 0 <= place < len(keys)
    ]
    links.append(html.Li(html.A(_("All questions"), href=view.shown.on("overview").address())))
    return html.Nav(html.Ul(links), className="onward wide", **aria(label=_("Other questions")))


def _nothing_yet() -> Node:
    return html.Div(
        [
            html.H2(_("There is nothing to show yet")),
            html.P(_("An operator builds a release from the warehouse, looks at it and publishes it:")),
            html.Pre("adoption release build --warehouse URL --through YYYY-MM\nadoption release publish ID"),
            html.P(_("Reload this page afterwards.")),
        ],
        className="part wide empty",
    )
