"""The parts of a page as nodes: a finding, a part of an answer with picture, words and table, a key figure.

Only layout is decided here. Words, figures and pictures come as data from `analytics_dash.questions`; `page` and
`front` put the parts together.
"""

from __future__ import annotations

from typing import Any, Final

from analytics_dash.dashboard import nodes as html
from analytics_dash.dashboard.charts import draw
from analytics_dash.dashboard.figures import CONFIG
from analytics_dash.dashboard.nodes import Node
from analytics_dash.i18n import _
from analytics_dash.questions import Figure, Finding, Key, Part, Picture, Table

LONG: Final = 14
"""A table of more rows is folded away."""


def aria(**states: str) -> dict[str, Any]:
    """`aria-…` attributes as keyword arguments of an element."""
    return {f"aria-{name}": value for name, value in states.items()}


def finding_block(finding: Finding) -> Node:
    """The answer, and how sure it is."""
    return html.Div(
        [
            html.P(finding.headline, className="finding"),
            html.P(finding.sure, className="sure") if finding.sure else None,
        ],
        className="answer wide" if finding.can_say else "answer unsaid wide",
    )


def part_section(part: Part) -> Node:
    """A part in reading order: headline, subtitle, picture, the same in words, what it does not mean, table."""
    heading = f"{part.key}-heading"
    return html.Section(
        [
            html.H2(part.headline, id=heading, className="headline"),
            html.Div([_evidence(part), _words(part)], className="evidence"),
            _folded(part) if part.picture else None,
        ],
        id=part.key,
        className="part wide",
        **aria(labelledby=heading),
    )


def _evidence(part: Part) -> Any:
    """The picture with its subtitle; without one the words, and the table, folded where it is long."""
    if part.picture is not None:
        return html.Figure(
            [html.Figcaption(part.subtitle, className="subtitle"), _chart(part, part.picture)], className="picture"
        )
    long = part.table is not None and len(part.table.rows) > LONG
    return html.Div(
        [
            html.P(part.subtitle, className="subtitle"),
            None if part.table is None or long else table(part.table, part),
            html.Div([html.P(sentence) for sentence in part.summary], className="said"),
            _folded(part) if long else None,
        ],
        className="picture",
    )


def _words(part: Part) -> Node:
    """What the picture shows, for those who do not see it, and what it does not mean."""
    said = [
        html.H3(_("What the chart shows")),
        html.Div([html.P(sentence) for sentence in part.summary], id=f"{part.key}-summary"),
    ]
    return html.Div(
        [
            *(said if part.picture else []),
            *([html.H3(_("What this does not mean")), html.P(part.misuse)] if part.misuse else []),
        ],
        className="words",
    )


def _folded(part: Part) -> Node | None:
    if part.table is None:
        return None
    return html.Details([html.Summary(_("The figures as a table")), table(part.table, part)], className="figures")


def _chart(part: Part, picture: Picture) -> Node:
    """The chart as one image: its name is its headline, its description the written summary beside it."""
    figure = draw(picture)
    graph = html.Graph(
        id=f"{part.key}-chart",
        figure=figure,
        config=CONFIG,
        responsive=True,
        style={"height": f"{figure['layout']['height']}px"},
    )
    label = _("Chart: {subtitle}").format(subtitle=part.subtitle)
    return html.Div(graph, className="chart", role="img", **aria(label=label, describedby=f"{part.key}-summary"))


def table(content: Table, part: Part) -> Node:
    """A real table with row and column headings, in a box that scrolls by keyboard where a screen is narrow."""
    head = html.Tr(
        [
            *[html.Th(name, scope="col") for name in content.words],
            *[html.Th(name, scope="col", className="number") for name in content.figures],
        ]
    )
    body = [
        html.Tr(
            [
                *[html.Th(name, scope="row") for name in words[: content.naming]],
                *[html.Td(told) for told in words[content.naming :]],
                *[_figure(figure) for figure in figures],
            ]
        )
        for words, figures in content.rows
    ]
    return html.Div(
        [
            html.Div(
                html.Table([html.Caption(content.title), html.Thead(head), html.Tbody(body)]),
                className="table-scroll",
                role="region",
                tabIndex=0,
                **aria(label=_("Table: {title}").format(title=content.title)),
            ),
            *[html.P(note, className="note") for note in content.notes],
        ],
        id=f"{part.key}-table",
    )


def coordinates(figure: Figure) -> dict[str, Any]:
    """The `data-…` attributes that say which figure of which cell an element shows."""
    return {f"data-{name.replace('_', '-')}": value for name, value in figure.place}


def _figure(figure: Figure) -> Node:
    shown = figure.number is not None or figure.text.startswith("[low")
    return html.Td(figure.text, className="number" if shown else "number hidden", **coordinates(figure))


def key_figure(key: Key | None) -> Node:
    """The one figure of an answer: its value with a sign, and what it is a share of."""
    if key is None:
        return html.Div(className="key none")
    value = html.Span(key.figure.text, **coordinates(key.figure))
    return html.Div(
        [
            html.P([value, html.Span(key.sign) if key.sign else None], className="key-value"),
            html.P(key.base, className="key-base"),
        ],
        className="key",
    )
