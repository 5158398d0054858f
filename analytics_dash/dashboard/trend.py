"""Up to two series of monthly cells as lines, each told apart by its shape and a label at its end, not by colour alone.

Pure functions, as in `figures`. A suppressed cell is a `[c]` under the nought line, and its line breaks there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any, Final

import plotly.graph_objects as go

from analytics_dash.dashboard import palette
from analytics_dash.dashboard.figures import base, line, safe
from analytics_dash.dates import month, short_month_names
from analytics_dash.indicators import CATALOGUE
from analytics_dash.releases import Cell, format_cell
from analytics_dash.releases.intervals import Interval

TREND_PX: Final = 340


@dataclass(frozen=True, slots=True)
class Series:
    """Monthly cells of one group with a short label. `interval` gives a cell's 95 % limits, drawn around the line."""

    label: str
    cells: Sequence[Cell]
    colour: str = palette.BLUE
    symbol: str = "circle"
    dash: str = "solid"
    interval: Callable[[Cell], Interval] | None = None


def trend(series: Sequence[Series], *, suffix: str = "", ceiling: float | None = None) -> go.Figure:
    """Lines through the months, each with its label at its end; `ceiling` fixes the top of the scale."""
    months = sorted({cell.month or "" for one in series for cell in one.cells})
    top = ceiling or _ceiling(series)
    any_hidden = any(cell.value is None for one in series for cell in one.cells)
    bottom = _mark_level(top, len(series) - 1) - 0.06 * top if any_hidden else 0
    nought = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "line": line(palette.GREY, 1)}
    figure = base(height=TREND_PX, annotations=_end_labels(series, top), shapes=[nought])
    for one in series:
        if one.interval is not None:
            figure.add_traces([_band(one, one.interval, run) for run in _runs(one.cells)])
    for number, one in enumerate(series):
        figure.add_trace(
            go.Scatter(
                x=[cell.month for cell in one.cells],
                y=[cell.value for cell in one.cells],
                mode="lines+markers",
                connectgaps=False,
                line=line(one.colour, 3) | {"dash": one.dash},
                marker={"size": 9, "symbol": one.symbol, "color": one.colour},
                text=[f"{month(cell.month or '')}: {_written(cell, suffix)}" for cell in one.cells],
                hovertemplate=f"{safe(one.label)}, %{{text}}<extra></extra>",
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


def _written(cell: Cell, suffix: str) -> str:
    return format_cell(cell).value + (suffix if cell.status == "shown" else "")


def _band(one: Series, interval: Callable[[Cell], Interval], run: Sequence[Cell]) -> go.Scatter:
    limits = [(_scale(cell), interval(cell)) for cell in run]
    x = [cell.month for cell in run]
    return go.Scatter(
        x=[*x, *reversed(x)],
        y=[*(scale * limit.high for scale, limit in limits), *(scale * limit.low for scale, limit in reversed(limits))],
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
    absent = [one for one in series if one.cells and all(cell.value is None for cell in one.cells)]
    for one in series:
        shown = [cell for cell in one.cells if cell.value is not None]
        if shown:
            ends.append((one, shown[-1].month, [cell.value or 0 for cell in shown[-2:]]))
    high, low = max((max(end[2]) for end in ends), default=top), min((min(end[2]) for end in ends), default=top)
    # The word for a line that is not there stands where the other one leaves more room: at the bottom or at the top.
    level_of_words = 0.08 * top if low > top - high else 0.95 * top - 0.1 * top * (len(absent) - 1)
    for number, one in enumerate(reversed(absent)):
        text = f"<b>{safe(one.label)}</b>: {format_cell(one.cells[-1]).value}"
        labels.append(_label(one, text, one.cells[-1].month, level_of_words + 0.1 * top * number))
    ends.sort(key=lambda end: end[2][-1], reverse=True)
    for number, (one, last, levels) in enumerate(ends):
        below = number > 0 or (len(ends) == 1 and levels[-1] < levels[0])
        level = min(levels) if below else max(levels)
        labels.append(_label(one, f"<b>{safe(one.label)}</b>", last, level) | {"yshift": -20 if below else 20})
    return labels


def _label(one: Series, text: str, x: str | None, y: float) -> dict[str, Any]:
    font = {"color": one.colour, "size": 14}
    return {"x": x, "y": y, "xanchor": "right", "xshift": 8, "text": text, "showarrow": False, "font": font}


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
    """Room above the highest point for a label, and above the highest limit for nothing."""
    shown = [(one, cell) for one in series for cell in one.cells if cell.value is not None]
    points = [1.25 * (cell.value or 0) for _one, cell in shown]
    limits = [1.05 * _scale(cell) * one.interval(cell).high for one, cell in shown if one.interval is not None]
    return max((*points, *limits), default=100.0) or 100.0


def _scale(cell: Cell) -> int:
    return CATALOGUE[cell.indicator].scale
