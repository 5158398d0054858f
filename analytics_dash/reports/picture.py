"""A picture as SVG, drawn by the report itself and the same bytes each time: months as lines; groups are in `rows`.

Pure: `document.Picture` in, text out. What is withheld stands as its shorthand under the nought line and breaks its
line there. Two lines differ by shape and by a label at their end, not by colour alone. Used by the PDF (as vectors) and
the single-file HTML; the dashboard's own figures are Plotly's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from analytics_dash.dates import short_month_names
from analytics_dash.questions.scale import ticks
from analytics_dash.questions.written import on_axis
from analytics_dash.reports.document import Line, Picture, Point
from analytics_dash.reports.rows import height, rows

WIDTH: Final = 640
HEIGHT: Final = 300
LEFT, RIGHT, TOP, BOTTOM = 58, 96, 18, 58
COLOURS: Final = ("#12436D", "#28A197")  # Analysis Function palette
GREY: Final = "#3D3D3D"
RULE: Final = "#D9DCE0"


def svg(picture: Picture, *, font: str, titled: bool = True) -> str:
    """The picture as an SVG element; `titled` gives it a role and its alternative (a PDF has its own place for it)."""
    parts = list(rows(picture) if picture.kind == "groups" else _through_months(picture))
    tall = height(picture) if picture.kind == "groups" else HEIGHT
    name = f' role="img" aria-label={quoteattr(picture.alternative)}' if titled else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {tall}"{name} '
        f'font-family={quoteattr(font)} font-size="13">{"".join(parts)}</svg>'
    )


def _through_months(picture: Picture) -> Iterator[str]:
    top = picture.ceiling or _ceiling(picture)
    labels = [_short(point.key) for point in picture.lines[0].points] if picture.lines else []
    yield from _grid(top, picture.unit)
    yield from _months(labels)
    for number, line in enumerate(picture.lines):
        yield from _line(line, number, top, len(labels))
    yield from _end_labels(picture.lines, top, len(labels))


def _short(key: str) -> str:
    """`2026-10` → `Oct 26`."""
    year, number = key.split("-")
    return f"{short_month_names()[int(number) - 1]} {year[2:]}"


def _ceiling(picture: Picture) -> float:
    points = [point for line in picture.lines for point in line.points]
    highest = [max(point.value, point.high or 0) for point in points if point.value is not None]
    return 1.12 * max(highest, default=100.0) or 100.0


def _x(place: int, count: int) -> float:
    room = WIDTH - LEFT - RIGHT
    return LEFT + 16 + (room - 32) * (place / (count - 1) if count > 1 else 0.5)


def _y(value: float, top: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)


def _grid(top: float, unit: str) -> Iterator[str]:
    for value in ticks(top):
        y = _y(value, top)
        colour = GREY if value == 0 else RULE
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="{GREY}">{on_axis(value, unit)}</text>'


def _months(labels: Sequence[str]) -> Iterator[str]:
    every = -(-len(labels) // 8) or 1  # where there are many, the last one and some before it
    for place, label in enumerate(labels):
        if (len(labels) - 1 - place) % every == 0:
            x = _x(place, len(labels))
            yield f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="middle" fill="{GREY}">{escape(label)}</text>'


def _line(line: Line, number: int, top: float, count: int) -> Iterator[str]:
    colour = COLOURS[number % len(COLOURS)]
    dash = "" if number == 0 else ' stroke-dasharray="7 4"'
    for run in _runs(line.points):
        limits = [(place, point) for place, point in run if point.low is not None and point.high is not None]
        if len(limits) > 1:
            upper = [f"{_x(place, count):.1f},{_y(min(point.high or 0, top), top):.1f}" for place, point in limits]
            lower = [f"{_x(place, count):.1f},{_y(point.low or 0, top):.1f}" for place, point in reversed(limits)]
            yield f'<polygon points="{" ".join([*upper, *lower])}" fill="{colour}" fill-opacity="0.14"/>'
        path = " ".join(f"{_x(place, count):.1f},{_y(point.value or 0, top):.1f}" for place, point in run)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"{dash}/>'
        for place, point in run:
            yield _mark(_x(place, count), _y(point.value or 0, top), number, colour)
    level = HEIGHT - BOTTOM + 14 + 14 * number
    for place, point in enumerate(line.points):
        if point.value is None:
            x = _x(place, count)
            yield f'<text x="{x:.1f}" y="{level}" text-anchor="middle" fill="{colour}">{escape(point.text)}</text>'


def _mark(x: float, y: float, number: int, colour: str) -> str:
    if number == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"/>'
    return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}"/>'


def _runs(points: Sequence[Point]) -> list[list[tuple[int, Point]]]:
    """Unbroken stretches of shown points: a line must not bridge a withheld month."""
    runs: list[list[tuple[int, Point]]] = [[]]
    for place, point in enumerate(points):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append((place, point))
    return [run for run in runs if run]


def _end_labels(lines: Sequence[Line], top: float, count: int) -> Iterator[str]:
    """Each line's name right of its last shown point, kept apart where two ends are near."""
    ends = []
    for number, line in enumerate(lines):
        shown = [(place, point.value) for place, point in enumerate(line.points) if point.value is not None]
        if shown and line.label:
            ends.append((_y(shown[-1][1] or 0, top), _x(shown[-1][0], count), number, line.label))
    ends.sort()
    last = float("-inf")
    for y, x, number, label in ends:
        last = max(y + 4, last + 15)
        colour = COLOURS[number % len(COLOURS)]
        yield f'<text x="{x + 10:.1f}" y="{last:.1f}" fill="{colour}" font-weight="bold">{escape(label)}</text>'
