"""The parts of the page as Dash components: a question with its finding, picture, words and table; key figures.

Only layout is decided here. The words come from `findings`, the pictures from `figures`, the figures from `tables`;
`page` puts the parts together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import plotly.graph_objects as go
from dash import dcc, html

from analytics_dash.dashboard.figures import CONFIG
from analytics_dash.dashboard.findings import Finding
from analytics_dash.dashboard.tables import Table
from analytics_dash.i18n import _
from analytics_dash.releases import Cell, format_cell
from analytics_dash.releases.figures import explain_status


@dataclass(frozen=True, slots=True)
class Question:
    """One section of the page. `subtitle` is the statistical one: what is measured, of whom, when."""

    id: str
    question: str
    finding: Finding
    subtitle: str
    figure: go.Figure
    table: Table
    misuse: str


def aria(**states: str) -> dict[str, Any]:
    """`aria-…` attributes as keyword arguments of a component."""
    return {f"aria-{name}": value for name, value in states.items()}


def question_section(part: Question) -> html.Section:
    """The section, in reading order: question, finding, subtitle, picture, summary, what it does not mean, table."""
    heading = f"{part.id}-question"
    return html.Section(
        [
            html.H2(part.question, id=heading, className="question"),
            html.P(part.finding.headline, className="finding"),
            html.Div(
                [
                    html.Figure(
                        [
                            html.Figcaption(part.subtitle, className="subtitle"),
                            _picture(part),
                        ],
                        className="picture",
                    ),
                    html.Div(
                        [
                            html.H3(_("What the chart shows")),
                            html.Div([html.P(sentence) for sentence in part.finding.summary], id=f"{part.id}-summary"),
                            html.H3(_("What this does not mean")),
                            html.P(part.misuse),
                        ],
                        className="words",
                    ),
                ],
                className="evidence",
            ),
            html.Details(
                [html.Summary(_("The figures as a table")), table(part.table, part.question)], className="figures"
            ),
        ],
        id=part.id,
        className="part wide",
        **aria(labelledby=heading),
    )


def _picture(part: Question) -> html.Div:
    """The chart as one image: its name is the question, its description the written summary beside it."""
    graph = dcc.Graph(
        id=f"{part.id}-chart",
        figure=part.figure,
        config=cast("Any", CONFIG),
        responsive=True,
        style={"height": f"{part.figure.layout.height}px"},
    )
    label = _("Chart: {question}").format(question=part.question)
    return html.Div(graph, className="chart", role="img", **aria(label=label, describedby=f"{part.id}-summary"))


def table(content: Table, question: str) -> html.Div:
    """A real table with row and column headings, in a box that scrolls by keyboard where a screen is narrow."""
    keys = len(content.heads) - 3
    head = html.Tr(
        [
            html.Th(name, scope="col", className="number" if position >= keys else None)
            for position, name in enumerate(content.heads)
        ]
    )
    body = [
        html.Tr([*[html.Th(name, scope="row") for name in headings], *_figures(cell)])
        for headings, cell in content.rows
    ]
    used = {cell.status for _headings, cell in content.rows}
    notes = [explain_status(status) for status in ("c", "low", "x", "z") if status in used]
    return html.Div(
        [
            html.Div(
                html.Table([html.Caption(content.caption), html.Thead(head), html.Tbody(body)]),
                className="table-scroll",
                role="region",
                tabIndex=0,
                **aria(label=_("Table: {question}").format(question=question)),
            ),
            *[html.P(note, className="note") for note in notes],
        ]
    )


def coordinates(cell: Cell, part: str) -> dict[str, Any]:
    """The `data-…` attributes that say which figure of which cell an element shows."""
    known = {
        "data-indicator": cell.indicator,
        "data-view": cell.view,
        "data-month": cell.month,
        "data-department": cell.department,
        "data-arm": cell.arm,
        "data-part": part,
    }
    return {name: value for name, value in known.items() if value is not None}


def _figures(cell: Cell) -> list[html.Td]:
    text = format_cell(cell)
    parts = {"numerator": text.numerator, "denominator": text.denominator, "value": text.value}
    return [
        html.Td(written, className="number" if cell.value is not None else "number hidden", **coordinates(cell, part))
        for part, written in parts.items()
    ]


def key_figures(entries: Sequence[tuple[str, Cell | None, str, str]]) -> html.Ul:
    """The four figures at the top: each a name, a cell, the sign after its value, and what it is a share of."""
    items = []
    for name, cell, sign, of in entries:
        if cell is None:
            continue
        text = format_cell(cell)
        known = cell.value is not None
        base = of.format(numerator=text.numerator, denominator=text.denominator)
        value = html.Span(text.value, **coordinates(cell, "value"))
        items.append(
            html.Li(
                [
                    html.P(name, className="key-name"),
                    html.P([value, html.Span(sign) if cell.status == "shown" else None], className="key-value"),
                    html.P(base if known else _why_not(cell), className="key-base"),
                ]
            )
        )
    return html.Ul(items, className="keys wide")


def _why_not(cell: Cell) -> str:
    return _("The data was not loaded.") if cell.status == "x" else _("Hidden to protect people.")
