"""Cells into Plotly figures. Pure functions: no request, no reader, no wording beyond labels.

`dots` compares groups on one scale, one row each; `trend` follows up to two series through the months. A suppressed
cell is drawn as `[c]`, never as a gap or a nought. Series are told apart by shape and by a label at their end, not by
colour alone. Colours stand in `palette`, so that the style sheet can turn them for dark mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from analytics_dash.dashboard import palette
from analytics_dash.dashboard.findings import share_of
from analytics_dash.dashboard.i18n import month_names
from analytics_dash.releases import Cell, format_cell

FONT: Final = "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
ROW_PX: Final = 46
TREND_PX: Final = 340
LABEL_MARGIN_PX: Final = 92
LABEL_GAP: Final = 0.13
"""Two end labels are at least this share of the axis apart."""

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
    """One row for each named group, in the order given, on a scale from 0 to 100 per cent."""
    figure = _figure(height=dots_height(len(rows)))
    for row, (name, cell) in enumerate(rows):
        text = format_cell(cell)
        known = cell.value is not None
        figure.add_shape(type="line", x0=0, x1=100, y0=row, y1=row, line={"color": palette.RULE, "width": 2})
        figure.add_trace(
            go.Scatter(
                x=[cell.value if known else 0],
                y=[row],
                mode="markers" if known else "text",
                marker={"size": 15, "color": palette.BLUE, "symbol": "circle" if row else "diamond"},
                text=[text.value],
                textposition="middle right",
                textfont={"color": palette.GREY, "size": 14},
                hovertemplate=f"{_safe(name)}<br>{text.value}%<extra></extra>" if known else None,
                hoverinfo=None if known else "skip",
                cliponaxis=False,
            )
        )
        figure.add_annotation(x=0, xref="paper", xanchor="left", y=row, yshift=17, text=_safe(name), showarrow=False)
        label = f"<b>{text.value}%</b>" if known else text.value
        figure.add_annotation(x=1, xref="paper", xanchor="right", y=row, yshift=17, text=label, showarrow=False)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 14, "b": 30})
    figure.update_xaxes(range=[-1, 101], tickvals=[0, 25, 50, 75, 100], ticksuffix="%", showgrid=False)
    figure.update_yaxes(range=[len(rows) - 0.6, -0.75], visible=False)
    return figure


def dots_height(rows: int) -> int:
    """The height in CSS pixels of `dots` with so many rows."""
    return ROW_PX * rows + 54


def trend(series: Sequence[Series], *, suffix: str = "", ceiling: float | None = None) -> go.Figure:
    """Lines through the months, each with its label at the right end; `ceiling` fixes the top of the scale."""
    figure = _figure(height=TREND_PX)
    months = sorted({cell.month or "" for one in series for cell in one.cells})
    ticks = month_ticks(months)
    top = ceiling or _ceiling(series)
    for one in series:
        if one.interval:
            for run in _runs(one.cells):
                figure.add_trace(_band(one, run, ticks))
    for number, one in enumerate(series):
        x = [ticks[cell.month or ""] for cell in one.cells]
        texts = [f"{format_cell(cell).value}{suffix}" for cell in one.cells]
        figure.add_trace(
            go.Scatter(
                x=x,
                y=[cell.value for cell in one.cells],
                mode="lines+markers",
                connectgaps=False,
                name=_safe(one.label),
                line={"color": one.colour, "width": 3, "dash": one.dash},
                marker={"size": 9, "symbol": one.symbol, "color": one.colour},
                text=texts,
                hovertemplate=f"{_safe(one.label)}, %{{x}}: %{{text}}<extra></extra>",
                cliponaxis=False,
            )
        )
        _mark_hidden(figure, one, ticks, level=top * (0.035 + 0.075 * (len(series) - 1 - number)))
    _label_ends(figure, series, top)
    figure.update_layout(margin={"l": 44, "r": LABEL_MARGIN_PX, "t": 12, "b": 46})
    figure.update_xaxes(
        type="category", categoryorder="array", categoryarray=list(ticks.values()), range=[-0.3, len(ticks) - 0.85]
    )
    figure.update_yaxes(range=[0, top], ticksuffix=suffix, nticks=6)
    return figure


def month_ticks(months: Sequence[str]) -> dict[str, str]:
    """Short names for an axis: the year stands under the first month and under each January."""
    ticks = {}
    for position, value in enumerate(months):
        year, number = value.split("-")
        name = month_names()[int(number) - 1][:3]
        ticks[value] = f"{name}<br>{year}" if position == 0 or number == "01" else name
    return ticks


def _figure(*, height: int) -> go.Figure:
    axis = {
        "fixedrange": True,
        "zeroline": False,
        "showline": False,
        "gridcolor": palette.RULE,
        "tickfont": {"color": palette.GREY},
    }
    return go.Figure(
        layout={
            "template": None,
            "height": height,
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


def _band(one: Series, run: Sequence[Cell], ticks: dict[str, str]) -> go.Scatter:
    limits = [share_of(cell) for cell in run]
    x = [ticks[cell.month or ""] for cell in run]
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


def _mark_hidden(figure: go.Figure, one: Series, ticks: dict[str, str], *, level: float) -> None:
    hidden = [cell for cell in one.cells if cell.value is None]
    if hidden:
        figure.add_trace(
            go.Scatter(
                x=[ticks[cell.month or ""] for cell in hidden],
                y=[level] * len(hidden),
                mode="text",
                text=[format_cell(cell).value for cell in hidden],
                textfont={"color": one.colour, "size": 14},
                hoverinfo="skip",
                cliponaxis=False,
            )
        )


def _label_ends(figure: go.Figure, series: Sequence[Series], top: float) -> None:
    """Write each label beside the last shown point, moved apart where two would overlap."""
    ends = []
    for number, one in enumerate(series):
        shown = [cell.value for cell in one.cells if cell.value is not None]
        level = shown[-1] if shown else top * (0.035 + 0.075 * (len(series) - 1 - number))
        ends.append((level, one))
    previous = float("-inf")
    for value, one in sorted(ends, key=lambda end: end[0]):
        level = max(value, previous + top * LABEL_GAP)
        previous = level
        figure.add_annotation(
            x=1,
            xref="paper",
            xanchor="left",
            xshift=6,
            y=level,
            text=f"<b>{_wrap(_safe(one.label))}</b>",
            align="left",
            showarrow=False,
            font={"color": one.colour, "size": 14},
        )


def _ceiling(series: Sequence[Series]) -> float:
    return 1.15 * max((cell.value for one in series for cell in one.cells if cell.value is not None), default=100.0)


def _wrap(label: str, width: int = 12) -> str:
    lines: list[str] = [""]
    for word in label.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def _safe(name: str) -> str:
    """Plotly reads some HTML in labels and %{…} in hover texts: a department's name is only a name."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")
