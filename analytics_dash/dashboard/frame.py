"""What stands around the view: the title, the selectors with what may be chosen, and the menu of questions.

`frame` gives the template plain values. The selectors work as a form by themselves; `behaviour.js` makes a choice in
them a change of the address.
"""

from __future__ import annotations

from dataclasses import dataclass

from analytics_dash.dashboard.view import View
from analytics_dash.dates import month
from analytics_dash.i18n import _
from analytics_dash.questions import QUESTIONS
from analytics_dash.releases import published_releases


@dataclass(frozen=True, slots=True)
class Selector:
    """One native select: its name in the address, its label, what may be chosen as (value, name), and the choice."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of a page. `menu` is (address, name, whether it is this page) for each question."""

    title: str
    place: str
    path: str
    selectors: tuple[Selector, ...]
    menu: tuple[tuple[str, str, bool], ...]
    is_invented: bool = False  # a demonstration's release says so of itself, whoever serves it


def frame(view: View) -> Frame:
    """The frame around a view."""
    question = view.question
    return Frame(
        title=_("Is AI being adopted responsibly?") if question is None else _(question.title),
        place=view.place,
        path=view.wanted.path,
        selectors=_selectors(view),
        menu=tuple(
            (view.shown.on(each.key).address(), _(each.short), each.key == view.wanted.page)
            for each in QUESTIONS.values()
        ),
        is_invented=view.facts is not None and view.facts.release.is_demonstration,
    )


def _selectors(view: View) -> tuple[Selector, ...]:
    facts = view.facts
    if facts is None:
        return ()
    found = [
        Selector(
            "department",
            _("Department"),
            (("", _("All of government")), *((name, name) for name in facts.departments)),
            facts.department,
        ),
        Selector(
            "period",
            _("Period"),
            (("", facts.window), *((each, month(each)) for each in reversed(facts.months))),
            facts.choice.period,
        ),
    ]
    views = () if view.question is None else view.question.views(facts)
    if view.question is not None and views:
        found.append(Selector("view", _(view.question.choose), (("", views[0][1]), *views[1:]), facts.choice.view))
    releases = published_releases()
    if len(releases) > 1:
        names = ((each.id, each.id) for each in releases[1:])
        latest = _("{release}, the latest").format(release=releases[0].id)
        found.append(Selector("release", _("Release"), (("", latest), *names), view.wanted.release))
    return tuple(found)
