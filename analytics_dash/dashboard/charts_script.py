"""Plotly's basic bundle, where `scripts/charts-script` put it: a quarter of the whole one, and all that charts need.

It comes from its npm package, never from this repository, nor from elsewhere while a page loads. Where it is absent, or
of another version than figures are written for, `app` serves the whole bundle of the plotly package.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, send_file
from plotly.offline import get_plotlyjs_version

bp = Blueprint("charts_script", __name__)

ADDRESS: Final = f"/assets/plotly-basic-{get_plotlyjs_version()}.min.js"
PLACE: Final = Path(sys.prefix) / "share" / "adoption" / "plotly-basic.min.js"


@cache
def basic_bundle() -> Path | None:
    """The file, where there is one of the right version."""
    try:
        with PLACE.open(encoding="utf-8") as file:
            head = file.read(200)
    except OSError:
        return None
    return PLACE if f"plotly.js (basic - minified) v{get_plotlyjs_version()}" in head else None


@bp.get(ADDRESS)
def script() -> Response:
    """The bundle. Its address has its version, so browsers keep it."""
    path = basic_bundle()
    if path is None:
        abort(404)
    return send_file(path, "text/javascript", max_age=31_536_000)
