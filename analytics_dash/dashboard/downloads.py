"""The end of a page: the same figures to take away, as a report or as cells. Links; `exports` and `takeaway` answer."""

from __future__ import annotations

from urllib.parse import urlencode

from analytics_dash.dashboard import nodes as html
from analytics_dash.dashboard.components import aria
from analytics_dash.dashboard.nodes import Node
from analytics_dash.dashboard.view import View
from analytics_dash.i18n import _
from analytics_dash.questions import Facts


def downloads(view: View, facts: Facts) -> Node:
    """The links of exactly this view, of the release that it shows even if a later one is published meanwhile."""
    cells = {"department": facts.department, "release": facts.release.id}
    report = cells | {"period": facts.choice.period}
    if view.question is not None:
        report |= {"section": view.question.key, "view": facts.choice.view}
    links = [
        html.A(_("Make a report: choose sections and format"), href=f"/exports?{urlencode(report)}", className="button")
    ]
    links += [
        html.A(_("All figures as CSV"), href=f"/export.csv?{urlencode(cells)}"),
        html.A(_("Lessons and estimates as CSV"), href=f"/export-learning.csv?{urlencode(cells)}"),
        html.A(_("Notes to the CSV"), href=f"/export-notes.txt?{urlencode(cells)}"),
    ]
    return html.Section(
        [
            html.H2(_("Take the figures with you"), id="download-heading", className="headline"),
            html.P(_("The same figures as on this page. Downloads are recorded."), className="sure"),
            html.Ul([html.Li(link) for link in links], className="links"),
        ],
        id="download",
        className="part wide",
        **aria(labelledby="download-heading"),
    )
