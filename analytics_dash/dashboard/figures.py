"""Cells into Plotly figures: what all of them share, and `dots`. Lines through months are in `trend`.

Pure functions: no request, no reader, no wording beyond labels. `dots` compares groups on one scale, one row each. A
suppressed cell is drawn as `[c]`, never as a gap or a nought. Colours stand in `palette`, so that the style sheet can
turn them for dark mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any, Final

import plotly.graph_objects as go

from analytics_dash.dashboard import palette
from analytics_dash.dashboard.findings import percent
from analytics_dash.releases import Cell

FONT: Final = "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
ROW_PX: Final = 46
LINE_PX: Final = 26
LONGEST_NAME: Final = 30

CONFIG: Final[dict[str, Any]] = {
    # The mode bar can send a figure to a public cloud; nothing here may leave this origin.
    "displayModeBar": False,
    "displaylogo": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "topojsonURL": "",
    "showTips": False,
    "doubleClick": False,
    "scrollZoom": False,
    "responsive": True,
}


def dots(rows: Sequence[tuple[str, Cell]]) -> go.Figure:
    """One row for each named group, in the order given, on a scale from 0 to 100 per cent; the first is a diamond.

    A hidden row has `[c]` for its value, a dotted track and no dot.
    """
    shown = [(row, name, cell) for row, (name, cell) in enumerate(rows) if cell.value is not None]
    labels = []
    for row, (name, cell) in enumerate(rows):
        value = f"<b>{percent(cell)}</b>" if cell.value is not None else percent(cell)
        over_the_row = {"xref": "paper", "y": row, "yshift": 6, "yanchor": "bottom", "showarrow": False}
        labels.append(over_the_row | {"x": 0, "xanchor": "left", "xshift": -12, "text": _name(name)})
        labels.append(over_the_row | {"x": 1, "xanchor": "right", "xshift": 20, "text": value})
    tracks = [
        {"type": "line", "layer": "below", "x0": 0, "x1": 100, "y0": row, "y1": row}
        | {"line": line(palette.RULE, 2) | {"dash": "solid" if cell.value is not None else "dot"}}
        for row, (_name, cell) in enumerate(rows)
    ]
    long = any(len(name) > LONGEST_NAME for name, _cell in rows)
    figure = base(height=dots_height(len(rows), long=long), annotations=labels, shapes=tracks)
    figure.add_trace(
        go.Scatter(
            x=[cell.value for _row, _name, cell in shown],
            y=[row for row, _name, _cell in shown],
            mode="markers",
            marker={
                "size": 15,
                "color": palette.BLUE,
                "symbol": ["circle" if row else "diamond" for row, _name, _cell in shown],
            },
            text=[f"{safe(name)}: {percent(cell)}" for _row, name, cell in shown],
            hovertemplate="%{text}<extra></extra>",
            cliponaxis=False,
        )
    )
    figure.update_layout(margin={"l": 14, "r": 24, "t": 14, "b": 30})
    figure.update_xaxes(range=[-1, 101], tickvals=[0, 50, 100], ticktext=["0%", "50%", "100%"], showgrid=False)
    figure.update_yaxes(range=[len(rows) - 0.6, -0.75], visible=False)
    return figure


def dots_height(rows: int, *, long: bool = False) -> int:
    """The height in CSS pixels of `dots` with so many rows; `long` names take two lines or three."""
    return (ROW_PX + (LINE_PX if long else 0)) * rows + 54


def base(*, height: int, annotations: list[Any], shapes: list[Any]) -> go.Figure:
    axis = {
        "fixedrange": True,
        "zeroline": False,
        "showline": False,
        "gridcolor": palette.RULE,
        "tickfont": {"color": palette.GREY},
    }
    return go.Figure(
        layout={
            "template": go.layout.Template(),  # none at all: the default one is large and would style over us
            "height": height,
            "annotations": annotations,
            "shapes": shapes,
            "autosize": True,
            "showlegend": False,
            "dragmode": False,
            "paper_bgcolor": "rgba(0, 0, 0, 0)",
            "plot_bgcolor": "rgba(0, 0, 0, 0)",
            "font": {"family": FONT, "size": 14, "color": palette.GREY},
            "hoverlabel": {"font": {"family": FONT, "size": 14}},
            "xaxis": axis,
            "yaxis": axis,
        }
    )


def line(colour: str, width: int) -> dict[str, Any]:
    return {"color": colour, "width": width}


def _name(name: str) -> str:
    """A name in as many lines as it needs beside its value on a telephone: at most three; the table has it whole."""
    return "<br>".join(safe(line) for line in wrap(name, LONGEST_NAME, max_lines=3, placeholder=" …"))


def safe(name: str) -> str:
    """Plotly reads some HTML in labels and %{…} in hover texts: a department's name is only a name."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")
