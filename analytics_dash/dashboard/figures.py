"""Pictures of answers into Plotly figures: what all of them share.

Pure functions: no request, no reader, no wording beyond labels. `groups` draws rows, `trend` draws months, and `charts`
picks between them. What is withheld is drawn as its shorthand, never as a gap or a nought. Colours stand in `palette`,
so that the style sheet can turn them for dark mode.

A figure is Plotly's JSON as plain values: its Python objects check each value anew, which is most of a page's time. A
test lets them check every figure.
"""

from __future__ import annotations

from typing import Any, Final

from analytics_dash.dashboard import palette

FONT: Final = "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
COLOURS: Final = (palette.BLUE, palette.TEAL)
SYMBOLS: Final = ("circle", "square")

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


Figure = dict[str, Any]
"""Plotly's own form: `data`, a list of traces, and `layout`."""


def base(*, height: int, annotations: list[Any], shapes: list[Any], **layout: Any) -> Figure:
    """An empty figure with our fonts and colours; `layout` adds to it, axes included."""
    axis = {
        "fixedrange": True,
        "zeroline": False,
        "showline": False,
        "gridcolor": palette.RULE,
        "tickfont": {"color": palette.GREY},
    }
    own = {name: axis | layout.pop(name, {}) for name in ("xaxis", "yaxis")}
    return {
        "data": [],
        "layout": {
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
            **own,
            **layout,
        },
    }


def scatter(**trace: Any) -> Figure:
    """A trace of points or lines."""
    return {"type": "scatter", **trace}


def line(colour: str, width: int) -> dict[str, Any]:
    """A line of a colour and a width in pixels."""
    return {"color": colour, "width": width}


def safe(name: str) -> str:
    """Plotly reads some HTML in labels and %{…} in hover texts: a department's name is only a name."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")
