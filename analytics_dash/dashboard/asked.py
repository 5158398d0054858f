"""What a link to a file asks for, and how often a reader may ask. Called by `takeaway` and `exports`."""

from __future__ import annotations

from flask import abort, current_app, request

from analytics_dash.dashboard import signin
from analytics_dash.dashboard.address import of
from analytics_dash.dashboard.shelf import from_shelf
from analytics_dash.i18n import _
from analytics_dash.questions import Facts, read_facts
from analytics_dash.releases import audit
from analytics_dash.releases.access import take_turn


def chosen() -> Facts | None:
    """The view whose page carried the link: its release, even if a later one has been published since.

    None when nothing is published. Raises as `read_facts`.
    """
    wanted = of(request.path, request.query_string.decode("utf-8", "replace"))
    return read_facts(
        signin.reader().scope,
        wanted.department,
        release_id=wanted.release or None,
        period=wanted.period,
        view=wanted.view,
        compares=False,
        read=from_shelf,
    )


def not_too_often(about: str) -> None:
    """The same cells come however often they are asked for; whoever asks very often is still noticed."""
    reader = signin.reader()
    if wait := take_turn("export", reader.id, limit=current_app.config["EXPORTS_PER_HOUR"], seconds=3600):
        audit(reader.id, "export limit", about)
        minutes = -(-wait // 60)
        abort(429, _("That is a lot of downloads in one hour. Wait {minutes} minutes.").format(minutes=minutes))
