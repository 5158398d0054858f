"""The overview: the eight questions in the order of reading, each with its finding and its one figure."""

from __future__ import annotations

from analytics_dash.dashboard import nodes as html
from analytics_dash.dashboard.components import key_figure
from analytics_dash.dashboard.nodes import Node
from analytics_dash.dashboard.view import View
from analytics_dash.i18n import _
from analytics_dash.questions import QUESTIONS, Facts


def questions(view: View, facts: Facts) -> Node:
    """A list of links, each with what its page says first."""
    items = []
    for question in QUESTIONS.values():
        finding = question.finding(facts)
        link = html.A(_(question.title), href=view.shown.on(question.key).address())
        items.append(
            html.Li(
                [
                    html.Div(
                        [
                            html.H2(link, className="question"),
                            html.P(finding.headline, className="finding small"),
                            html.P(finding.sure, className="sure") if finding.sure else None,
                        ],
                        className="said",
                    ),
                    key_figure(question.figure(facts)),
                ],
                id=f"question-{question.key}",
                className="" if finding.can_say else "unsaid",
            )
        )
    return html.Ol(items, className="questions wide")
