"""A picture of groups as SVG: a row each with its name, its value and a mark with its interval on one scale.

Pure, as `picture`, which calls it. Rows stand in the order given; what is withheld has its shorthand and no mark.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import shorten
from typing import Final
from xml.sax.saxutils import escape

from analytics_dash.questions.answers import Point
from analytics_dash.questions.scale import steps
from analytics_dash.questions.written import on_axis
from analytics_dash.reports.document import Picture

WIDTH: Final = 640
ROW: Final = 30
NAME: Final = 250  # where the scale begins
VALUE: Final = 96  # what values take at the right
TOP: Final = 12
FOOT: Final = 28
COLOURS: Final = ("#12436D", "#28A197")
GREY: Final = "#3D3D3D"
RULE: Final = "#D9DCE0"
LEGEND: Final = 24


def height(picture: Picture) -> int:
    """The picture's height in its own units."""
    count = len(picture.lines[0].points) if picture.lines else 0
    return TOP + (LEGEND if len(picture.lines) > 1 else 0) + ROW * count + FOOT


def rows(picture: Picture) -> Iterator[str]:
    """The elements of the picture."""
    low, high = picture.bottom, picture.ceiling or _ceiling(picture)
    top = TOP + (LEGEND if len(picture.lines) > 1 else 0)
    if len(picture.lines) > 1:
        yield from _legend(picture)
    for place, points in enumerate(zip(*(line.points for line in picture.lines), strict=True)):
        yield from _row(points, top + ROW * place + ROW / 2, low, high)
    foot = height(picture) - FOOT
    if low < 0:
        x = _x(0, low, high)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{foot}" stroke="{GREY}"/>'
    for value in steps(low, high):
        text = on_axis(float(f"{value:.3g}"), picture.unit)
        yield f'<text x="{_x(value, low, high):.1f}" y="{foot + 18}" text-anchor="middle" fill="{GREY}">{text}</text>'


def _row(points: tuple[Point, ...], y: float, low: float, high: float) -> Iterator[str]:
    name = escape(shorten(points[0].label, 36, placeholder=" …"))
    value = escape(" · ".join(point.text for point in points))
    yield f'<text x="0" y="{y + 4:.1f}" fill="{GREY}">{name}</text>'
    yield f'<text x="{WIDTH}" y="{y + 4:.1f}" text-anchor="end" fill="{GREY}" font-weight="bold">{value}</text>'
    dash = "" if any(point.value is not None for point in points) else ' stroke-dasharray="2 4"'
    yield f'<line x1="{NAME}" x2="{WIDTH - VALUE}" y1="{y:.1f}" y2="{y:.1f}" stroke="{RULE}" stroke-width="2"{dash}/>'
    for number, point in enumerate(points):
        if point.value is None:
            continue
        at, colour = y + 5 * number, COLOURS[number]
        if point.low is not None and point.high is not None:
            start, end = _x(max(point.low, low), low, high), _x(min(point.high, high), low, high)
            yield (
                f'<line x1="{start:.1f}" x2="{end:.1f}" y1="{at:.1f}" y2="{at:.1f}" stroke="{colour}" '
                f'stroke-width="6" stroke-opacity="0.35"/>'
            )
        yield _mark(_x(point.value, low, high), at, number)


def _mark(x: float, y: float, number: int) -> str:
    if number == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{COLOURS[0]}"/>'
    return f'<rect x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9" fill="{COLOURS[1]}"/>'


def _legend(picture: Picture) -> Iterator[str]:
    x = 6.0
    for number, line in enumerate(picture.lines):
        yield _mark(x, TOP, number)
        yield f'<text x="{x + 12:.1f}" y="{TOP + 4}" fill="{GREY}">{escape(line.label)}</text>'
        x += 40 + 8 * len(line.label)


def _x(value: float, low: float, high: float) -> float:
    return NAME + (WIDTH - VALUE - NAME) * (value - low) / (high - low)


def _ceiling(picture: Picture) -> float:
    values = [
        max(point.value, point.high or 0) for line in picture.lines for point in line.points if point.value is not None
    ]
    return 1.05 * max(values, default=100.0) or 100.0
