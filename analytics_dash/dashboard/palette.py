"""Colours of the charts: the Government Analysis Function's categorical palette, two categories in one chart.

`assets/dashboard.css` gives each of them a partner for dark mode, by the very text that Plotly writes into the page
(`rgb(18, 67, 109)`); a test checks that none is forgotten.
"""

from __future__ import annotations

from typing import Final

BLUE: Final = "rgb(18, 67, 109)"  # #12436D
TEAL: Final = "rgb(40, 161, 151)"  # #28A197
GREY: Final = "rgb(61, 61, 61)"  # #3D3D3D, for comparison lines and everything that is said rather than measured
RULE: Final = "rgb(217, 220, 224)"  # lines of the grid; carries no information

CHART_COLOURS: Final = (BLUE, TEAL, GREY, RULE)
