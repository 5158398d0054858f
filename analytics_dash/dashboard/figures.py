"""Cells into Plotly figures. Pure functions: no request, no reader, no wording beyond labels.

`dots` compares groups on one scale, one row each; `trend` follows up to two series through the months. A suppressed
cell is drawn as `[c]`, never as a gap or a nought. Series are told apart by shape and by a label at their end, not by
colour alone. Colours stand in `palette`, so that the style sheet can turn them for dark mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any, Final

import plotly.graph_objects as go

from analytics_dash.dashboard import palette
from analytics_dash.dashboard.dates import month, short_month_names
from analytics_dash.dashboard.findings import share_of
from analytics_dash.releases import Cell, format_cell
from analytics_dash.releases.figures import SHORTHAND

FONT: Final = "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
ROW_PX: Final = 46
TREND_PX: Final = 340
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


@dataclass(frozen=True, slots=True)
class Series:
    """Monthly cells of one group with a short label. `interval` draws the 95 % limits of a share around the line."""

    label: str
    cells: Sequence[Cell]
    colour: str = palette.BLUE
    symbol: str = "circle"
    dash: str = "solid"
    interval: bool = False


def dots(rows: Sequence[tuple[str, Cell]]) -> go.Figure:
    """One row for each named group, in the order given, on a scale from 0 to 100 per cent; the first is a diamond.

    A hidden row has `[c]` for its value, a dotted track and no dot.
    """
    shown = [(row, name, cell) for row, (name, cell) in enumerate(rows) if cell.value is not None]
    labels = []
    for row, (name, cell) in enumerate(rows):
        text = format_cell(cell).value
        value = f"<b>{text}%</b>" if cell.value is not None else text
        over_the_row = {"xref": "paper", "y": row, "yshift": 17, "showarrow": False}
        labels.append(over_the_row | {"x": 0, "xanchor": "left", "xshift": -12, "text": _safe(_fit(name))})
        labels.append(over_the_row | {"x": 1, "xanchor": "right", "xshift": 20, "text": value})
    tracks = [
        {"type": "line", "layer": "below", "x0": 0, "x1": 100, "y0": row, "y1": row}
        | {"line": _line(palette.RULE, 2) | {"dash": "solid" if cell.value is not None else "dot"}}
        for row, (_name, cell) in enumerate(rows)
    ]
    figure = _figure(height=dots_height(len(rows)), annotations=labels, shapes=tracks)
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
            text=[f"{_safe(name)}: {format_cell(cell).value}%" for _row, name, cell in shown],
            hovertemplate="%{text}<extra></extra>",
            cliponaxis=False,
        )
    )
    figure.update_layout(margin={"l": 14, "r": 24, "t": 14, "b": 30})
    figure.update_xaxes(range=[-1, 101], tickvals=[0, 50, 100], ticktext=["0%", "50%", "100%"], showgrid=False)
    figure.update_yaxes(range=[len(rows) - 0.6, -0.75], visible=False)
    return figure


def dots_height(rows: int) -> int:
    """The height in CSS pixels of `dots` with so many rows."""
    return ROW_PX * rows + 54


def trend(series: Sequence[Series], *, suffix: str = "", ceiling: float | None = None) -> go.Figure:
    """Lines through the months, each with its label at its end; `ceiling` fixes the top of the scale."""
    months = sorted({cell.month or "" for one in series for cell in one.cells})
    top = ceiling or _ceiling(series)
    any_hidden = any(cell.value is None for one in series for cell in one.cells)
    bottom = _mark_level(top, len(series) - 1) - 0.06 * top if any_hidden else 0
    nought = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "line": _line(palette.GREY, 1)}
    figure = _figure(height=TREND_PX, annotations=_end_labels(series, top), shapes=[nought])
    for one in series:
        if one.interval:
            figure.add_traces([_band(one, run) for run in _runs(one.cells)])
    for number, one in enumerate(series):
        figure.add_trace(
            go.Scatter(
                x=[cell.month for cell in one.cells],
                y=[cell.value for cell in one.cells],
                mode="lines+markers",
                connectgaps=False,
                line=_line(one.colour, 3) | {"dash": one.dash},
                marker={"size": 9, "symbol": one.symbol, "color": one.colour},
                text=[f"{month(cell.month or '')}: {format_cell(cell).value}{suffix}" for cell in one.cells],
                hovertemplate=f"{_safe(one.label)}, %{{text}}<extra></extra>",
                cliponaxis=False,
            )
        )
        hidden = [cell for cell in one.cells if cell.value is None]
        level = [_mark_level(top, number)] * len(hidden)
        figure.add_trace(_hidden_marks([cell.month for cell in hidden], level, hidden, one.colour))
    figure.update_layout(margin={"l": 46, "r": 14, "t": 16, "b": 46})
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=months,
        tickvals=months,
        ticktext=month_ticks(months),
        range=[-0.35, len(months) - 0.75],
        tickangle=0,
    )
    steps = _tick_values(top)
    figure.update_yaxes(range=[bottom, top], tickvals=steps, ticktext=[f"{value:g}{suffix}" for value in steps])
    return figure


def month_ticks(months: Sequence[str]) -> list[str]:
    """Short names for an axis: the year stands under the first month and under each January."""
    ticks = []
    for position, value in enumerate(months):
        year, number = value.split("-")
        name = short_month_names()[int(number) - 1]
        ticks.append(f"{name}<br>{year}" if position == 0 or number == "01" else name)
    return ticks


def _figure(*, height: int, annotations: list[Any], shapes: list[Any]) -> go.Figure:
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


def _band(one: Series, run: Sequence[Cell]) -> go.Scatter:
    limits = [share_of(cell) for cell in run]
    x = [cell.month for cell in run]
    return go.Scatter(
        x=[*x, *reversed(x)],
        y=[*(100 * limit.high for limit in limits), *(100 * limit.low for limit in reversed(limits))],
        fill="toself",
        fillcolor=one.colour,
        opacity=0.16,
        line={"width": 0, "color": one.colour},
        mode="lines",
        hoverinfo="skip",
    )


def _runs(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Unbroken stretches of shown cells: a band must not bridge a hidden month."""
    runs: list[list[Cell]] = [[]]
    for cell in cells:
        if cell.value is None:
            runs.append([])
        else:
            runs[-1].append(cell)
    return [run for run in runs if run]


def _hidden_marks(x: Sequence[Any], y: Sequence[float], cells: Sequence[Cell], colour: str) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        mode="text",
        text=[format_cell(cell).value for cell in cells],
        textfont={"color": colour, "size": 14},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _end_labels(series: Sequence[Series], top: float) -> list[dict[str, Any]]:
    """A label at each line's end, clear of the line, or a word that all of it is hidden.

    Of two lines the upper one's label stands above and the lower one's below; a single falling line's stands below.
    """
    labels, ends = [], []
    for number, one in enumerate(series):
        shown = [cell for cell in one.cells if cell.value is not None]
        if shown:
            ends.append((one, shown[-1].month, [cell.value or 0 for cell in shown[-2:]]))
        elif one.cells:
            level = top * 0.1 * (len(series) - number)
            labels.append(_label(one, f"<b>{_safe(one.label)}</b>: {SHORTHAND['c']}", one.cells[-1].month, level))
    ends.sort(key=lambda end: end[2][-1], reverse=True)
    for number, (one, last, levels) in enumerate(ends):
        below = number > 0 or (len(ends) == 1 and levels[-1] < levels[0])
        level = min(levels) if below else max(levels)
        labels.append(_label(one, f"<b>{_safe(one.label)}</b>", last, level) | {"yshift": -20 if below else 20})
    return labels


def _label(one: Series, text: str, x: str | None, y: float) -> dict[str, Any]:
    font = {"color": one.colour, "size": 14}
    return {"x": x, "y": y, "xanchor": "right", "xshift": 8, "text": text, "showarrow": False, "font": font}


def _line(colour: str, width: int) -> dict[str, Any]:
    return {"color": colour, "width": width}


def _mark_level(top: float, number: int) -> float:
    """Where a series' `[c]` stand: under the nought line, a row for each, so that none reads as a low value."""
    return -top * (0.06 + 0.09 * number)


def _tick_values(top: float) -> list[float]:
    """Four to six round steps from nought to the top of a scale."""
    step = 10.0 ** floor(log10(top / 2))
    while top / step > 6:
        step *= 2.5 if f"{step:e}".startswith("2") else 2
    return [step * n for n in range(int(top / step) + 1)]


def _ceiling(series: Sequence[Series]) -> float:
    return 1.25 * max((cell.value for one in series for cell in one.cells if cell.value is not None), default=100.0)


def _fit(name: str) -> str:
    """A name that fits beside its value on a telephone; the table has it in full."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def _safe(name: str) -> str:
    """Plotly reads some HTML in labels and %{…} in hover texts: a department's name is only a name."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")
