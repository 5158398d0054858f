"""Where to look when most of a view is hidden: the next coarser view that shows more. Pure; called by the commands.

Hidden for whichever reason counts alike: which cell was hidden for its own sake, and which for another's, is told
nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from analytics_dash.disclosure.views import VIEWS
from analytics_dash.i18n import _

MOSTLY: Final = 50
"""From above this percentage hidden, a view is hardly worth reading."""


def advice(hidden: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Yield a sentence for each view of which most is hidden; `hidden` is the manifest's, with a percentage by view."""
    for view, counts in hidden.items():
        if counts["percent"] > MOSTLY and view in VIEWS:
            if coarser := _coarser(view, hidden):
                yield _("{view} is hidden to {percent} %: look at {coarser}.").format(
                    view=view, percent=counts["percent"], coarser=coarser
                )
            else:
                yield _("{view} is hidden to {percent} %, and no coarser view shows more.").format(
                    view=view, percent=counts["percent"]
                )


def _coarser(view: str, hidden: Mapping[str, Mapping[str, int]]) -> str | None:
    """Return the nearest coarser view of which at least half is shown; views that the release lacks are passed over."""
    while view := VIEWS[view].coarser:
        if view in hidden and hidden[view]["percent"] <= MOSTLY:
            return view
    return None
