"""A picture of groups as rows: a name, its value at the right, and on a track below a mark with its 95 % interval.

Pure, as in `figures`. Rows stand in the order given. A withheld row has its shorthand for a value, a dotted track and
no mark. Two series differ by shape as well as by colour.
"""

from __future__ import annotations

from textwrap import wrap
from typing import Any, Final

from analytics_dash.dashboard import palette
from analytics_dash.dashboard.figures import COLOURS, SYMBOLS, Figure, base, line, safe, scatter
from analytics_dash.questions import Picture
from analytics_dash.questions.answers import Line, Point
from analytics_dash.questions.scale import steps
from analytics_dash.questions.written import on_axis

ROW_PX: Final = 46
LINE_PX: Final = 26
LONGEST_NAME: Final = (30, 21)
"""Letters of a name beside one value, and beside two, on a telephone."""
LEGEND_PX: Final = 26


def groups(picture: Picture) -> Figure:
    """The rows of a picture of groups."""
    lines = picture.lines
    rows = [tuple(one.points[row] for one in lines) for row in range(len(lines[0].points))]
    low, high = picture.bottom, picture.ceiling or _ceiling(picture)
    named = len(lines) > 1
    long = any(len(row[0].label) > LONGEST_NAME[named] for row in rows)
    labels = [label for place, row in enumerate(rows) for label in _labels(place, row)]
    tracks = [_track(place, row, low, high) for place, row in enumerate(rows)]
    if low < 0:
        nought = {"type": "line", "layer": "below", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1}
        tracks.append(nought | {"line": line(palette.GREY, 1)})
    marks = steps(low, high)
    figure = base(
        height=(ROW_PX + (LINE_PX if long else 0)) * len(rows) + 54 + (LEGEND_PX if named else 0),
        annotations=[*labels, *([_legend(lines)] if named else [])],
        shapes=tracks,
        margin={"l": 14, "r": 24, "t": 14 + (LEGEND_PX if named else 0), "b": 30},
        xaxis={
            "range": [low - 0.01 * (high - low), high + 0.01 * (high - low)],
            "tickvals": marks,
            "ticktext": [on_axis(value, picture.unit) for value in marks],
            "showgrid": False,
        },
        yaxis={"range": [len(rows) - 0.6, -0.75], "visible": False},
    )
    for number, one in enumerate(lines):
        offset = 0.14 * number
        figure["data"].append(_intervals(one, number, offset))
        figure["data"].append(_marks(one, number, offset, first_apart=picture.whole_first and not named))
    return figure


def _labels(place: int, row: tuple[Point, ...]) -> list[dict[str, Any]]:
    over = {"xref": "paper", "y": place, "yshift": 6, "yanchor": "bottom", "showarrow": False, "align": "left"}
    text = " · ".join(f"<b>{safe(point.text)}</b>" if point.value is not None else safe(point.text) for point in row)
    return [
        over | {"x": 0, "xanchor": "left", "xshift": -12, "text": _name(row[0].label, LONGEST_NAME[len(row) > 1])},
        over | {"x": 1, "xanchor": "right", "xshift": 20, "text": text},
    ]


def _track(place: int, row: tuple[Point, ...], low: float, high: float) -> dict[str, Any]:
    dash = "solid" if any(point.value is not None for point in row) else "dot"
    return {"type": "line", "layer": "below", "x0": low, "x1": high, "y0": place, "y1": place} | {
        "line": line(palette.RULE, 2) | {"dash": dash}
    }


def _intervals(one: Line, number: int, offset: float) -> Figure:
    """All intervals of a series as one broken line."""
    x: list[float | None] = []
    y: list[float | None] = []
    for place, point in enumerate(one.points):
        if point.value is not None and point.low is not None and point.high is not None:
            x += [point.low, point.high, None]
            y += [place + offset, place + offset, None]
    return scatter(
        x=x,
        y=y,
        mode="lines",
        line=line(COLOURS[number], 7),
        opacity=0.35,
        hoverinfo="skip",
        connectgaps=False,
        cliponaxis=False,
    )


def _marks(one: Line, number: int, offset: float, *, first_apart: bool) -> Figure:
    shown = [(place, point) for place, point in enumerate(one.points) if point.value is not None]
    label = f"{safe(one.label)}, " if one.label else ""
    return scatter(
        x=[point.value for _place, point in shown],
        y=[place + offset for place, _point in shown],
        mode="markers",
        marker={
            "size": 14,
            "color": COLOURS[number],
            "symbol": ["diamond" if first_apart and place == 0 else SYMBOLS[number] for place, _point in shown],
        },
        text=[f"{safe(point.label)}: {safe(point.text)}" for _place, point in shown],
        hovertemplate=f"{label}%{{text}}<extra></extra>",
        cliponaxis=False,
    )


def _legend(lines: tuple[Line, ...]) -> dict[str, Any]:
    """The series' names with their shapes, above the rows; the values stand in the same order."""
    text = "   ".join(
        f'<span style="color: {COLOURS[number]}">{"●■"[number]}</span> {safe(one.label)}'
        for number, one in enumerate(lines)
    )
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "xshift": -12}
    return place | {"yshift": 10, "showarrow": False, "text": text}


def _ceiling(picture: Picture) -> float:
    values = [
        max(point.value, point.high or 0) for one in picture.lines for point in one.points if point.value is not None
    ]
    return 1.05 * max(values, default=100.0) or 100.0


def _name(name: str, longest: int) -> str:
    """A name in as many lines as it needs beside its value on a telephone: at most three; the table has it whole."""
    return "<br>".join(safe(part) for part in wrap(name, longest, max_lines=3, placeholder=" …"))
