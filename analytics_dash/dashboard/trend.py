"""A picture of months as lines, each told apart by its shape and a label at its end, not by colour alone.

Pure, as in `figures`. A withheld month is its shorthand under the nought line, and the line breaks there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from analytics_dash.dashboard import palette
from analytics_dash.dashboard.figures import COLOURS, SYMBOLS, Figure, base, line, safe, scatter
from analytics_dash.dates import short_month_names
from analytics_dash.questions import Picture
from analytics_dash.questions.answers import Line, Point
from analytics_dash.questions.scale import ticks
from analytics_dash.questions.written import on_axis

TREND_PX: Final = 340
DASHES: Final = ("solid", "dash")


def trend(picture: Picture) -> Figure:
    """Lines through the months, each with its label at its end."""
    lines = picture.lines
    months = sorted({point.key for one in lines for point in one.points})
    top = picture.ceiling or _ceiling(lines)
    withheld = any(point.value is None for one in lines for point in one.points)
    bottom = _mark_level(top, len(lines) - 1) - 0.06 * top if withheld else 0
    nought = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "line": line(palette.GREY, 1)}
    steps = ticks(top)
    figure = base(
        height=TREND_PX,
        annotations=_end_labels(lines, months, top),
        shapes=[nought],
        margin={"l": 46, "r": 14, "t": 16, "b": 46},
        xaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": months,
            "tickvals": months,
            "ticktext": month_ticks(months),
            "range": [-0.35, len(months) - 0.75],
            "tickangle": 0,
        },
        yaxis={
            "range": [bottom, top],
            "tickvals": steps,
            "ticktext": [on_axis(value, picture.unit) for value in steps],
        },
    )
    for number, one in enumerate(lines):
        figure["data"] += [_band(COLOURS[number], run) for run in runs(one.points)]
    for number, one in enumerate(lines):
        figure["data"].append(_through(one, number))
        absent = [point for point in one.points if point.value is None]
        figure["data"].append(_absent_marks(absent, _mark_level(top, number), COLOURS[number]))
    return figure


def month_ticks(months: Sequence[str]) -> list[str]:
    """Short names for an axis: the year stands under the first month and under each January."""
    named = []
    for position, value in enumerate(months):
        year, number = value.split("-")
        name = short_month_names()[int(number) - 1]
        named.append(f"{name}<br>{year}" if position == 0 or number == "01" else name)
    return named


def runs(points: Sequence[Point]) -> list[list[Point]]:
    """Unbroken stretches of shown months with limits: a band must not bridge a hidden one."""
    found: list[list[Point]] = [[]]
    for point in points:
        if point.value is None or point.low is None:
            found.append([])
        else:
            found[-1].append(point)
    return [run for run in found if run]


def _through(one: Line, number: int) -> Figure:
    label = f"{safe(one.label)}, " if one.label else ""
    return scatter(
        x=[point.key for point in one.points],
        y=[point.value for point in one.points],
        mode="lines+markers",
        connectgaps=False,
        line=line(COLOURS[number], 3) | {"dash": DASHES[number]},
        marker={"size": 9, "symbol": SYMBOLS[number], "color": COLOURS[number]},
        text=[f"{point.label}: {safe(point.text)}" for point in one.points],
        hovertemplate=f"{label}%{{text}}<extra></extra>",
        cliponaxis=False,
    )


def _band(colour: str, run: Sequence[Point]) -> Figure:
    x = [point.key for point in run]
    return scatter(
        x=[*x, *reversed(x)],
        y=[*(point.high for point in run), *(point.low for point in reversed(run))],
        fill="toself",
        fillcolor=colour,
        opacity=0.16,
        line={"width": 0, "color": colour},
        mode="lines",
        hoverinfo="skip",
    )


def _absent_marks(points: Sequence[Point], level: float, colour: str) -> Figure:
    return scatter(
        x=[point.key for point in points],
        y=[level] * len(points),
        mode="text",
        text=[point.text for point in points],
        textfont={"color": colour, "size": 14},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _end_labels(lines: Sequence[Line], months: Sequence[str], top: float) -> list[dict[str, Any]]:
    """A label at each line's end, clear of the line, or a word that all of it is hidden.

    Of two lines the upper one's label stands above and the lower one's below; a single falling line's stands below.
    """
    labels, ends = [], []
    absent = [(n, one) for n, one in enumerate(lines) if one.points and all(p.value is None for p in one.points)]
    for number, one in enumerate(lines):
        shown = [point for point in one.points if point.value is not None]
        if shown:
            ends.append((number, one, shown[-1].key, [point.value or 0 for point in shown[-2:]]))
    high, low = max((max(end[3]) for end in ends), default=top), min((min(end[3]) for end in ends), default=top)
    # The word for a line that is not there stands where the other one leaves more room: at the bottom or at the top.
    level_of_words = 0.08 * top if low > top - high else 0.95 * top - 0.1 * top * (len(absent) - 1)
    for place, (number, one) in enumerate(reversed(absent)):
        text = f"<b>{safe(one.label)}</b>: {one.points[-1].text}" if one.label else one.points[-1].text
        labels.append(_label(number, text, one.points[-1].key, level_of_words + 0.1 * top * place))
    ends.sort(key=lambda end: end[3][-1], reverse=True)
    for place, (number, one, last, levels) in enumerate(ends):
        if one.label:
            below = place > 0 or (len(ends) == 1 and levels[-1] < levels[0])
            level = min(levels) if below else max(levels)
            early = months.index(last) < len(months) / 2  # its label would run out of the picture to the left
            side = {"xanchor": "left", "xshift": -8} if early else {}
            shift = {"yshift": -20 if below else 20}
            labels.append(_label(number, f"<b>{safe(one.label)}</b>", last, level) | shift | side)
    return labels


def _label(number: int, text: str, x: str, y: float) -> dict[str, Any]:
    font = {"color": COLOURS[number], "size": 14}
    return {"x": x, "y": y, "xanchor": "right", "xshift": 8, "text": text, "showarrow": False, "font": font}


def _mark_level(top: float, number: int) -> float:
    """Where a series' `[c]` stand: under the nought line, a row for each, so that none reads as a low value."""
    return -top * (0.06 + 0.09 * number)


def _ceiling(lines: Sequence[Line]) -> float:
    """Room above the highest point for a label, and above the highest limit for nothing."""
    shown = [point for one in lines for point in one.points if point.value is not None]
    points = [1.25 * (point.value or 0) for point in shown]
    limits = [1.05 * point.high for point in shown if point.high is not None]
    return max((*points, *limits), default=100.0) or 100.0
