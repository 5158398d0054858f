"""`draw`: an answer's picture as a Plotly figure, whichever kind it is. Called by `components`."""

from __future__ import annotations

from analytics_dash.dashboard.figures import Figure
from analytics_dash.dashboard.groups import groups
from analytics_dash.dashboard.trend import trend
from analytics_dash.questions import Picture


def draw(picture: Picture) -> Figure:
    """The figure of a picture."""
    return trend(picture) if picture.kind == "months" else groups(picture)
