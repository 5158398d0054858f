"""Publishing a release: the last check, by the attacker, over it and all earlier releases about the same months.

Reads the register alone, so it knows no more than a reader will. Called by the command line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analytics_dash.disclosure.attacker import Attack, attack
from analytics_dash.disclosure.protect import Kind
from analytics_dash.disclosure.rule import BASE, MINIMUM
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE
from analytics_dash.releases import dao
from analytics_dash.releases.errors import LeakError, ReleaseError
from analytics_dash.releases.manifest import cells_digest
from analytics_dash.releases.types import Cell, LearningFigure, ReleaseInfo


def publish_release(release_id: str) -> ReleaseInfo:
    """Publish a release after attacking it; return it. Publishing twice changes nothing.

    Raises `ReleaseError` when there is no such release or its cells are not those that were built, and `LeakError`,
    naming the views, when the attacker pins a hidden cell; `OvertakenError` when the register changed meanwhile. Needs
    an application context.
    """
    info = dao.release_info(release_id)
    if info.status == "published":
        return info
    rests_on = dao.seen(release_id)
    cells = dao.all_cells(release_id)
    learning = dao.learning(release_id)
    pinned = info.manifest.get("learning", {"digest": cells_digest(())})["digest"]
    if cells_digest(cells) != info.cells_digest or cells_digest(learning) != pinned:
        raise ReleaseError(
            _("The cells of release {id} are not those that were built; build it anew.").format(id=release_id)
        )
    refuse_outside_the_rule(cells)
    refuse_unprotected(learning)
    kinds: dict[str, Kind] = {indicator.id: indicator.kind for indicator in CATALOGUE.values()}
    earlier = dao.published_cells_sharing(info.manifest["months"])
    found = attack([*earlier, cells], kinds)
    refuse_leaks(found)
    return dao.insert_publication(
        release_id,
        {"hidden": found.hidden, "leaks": 0, "earlier": [each[0].release for each in earlier]},
        rests_on=rests_on,
    )


def refuse_outside_the_rule(cells: Sequence[Cell]) -> None:
    """Refuse cells that the rule cannot have made: small, not rounded, of a view that is not on the list."""
    for cell in cells:
        counts = (cell.numerator, cell.denominator)
        shown = cell.status in ("shown", "low")
        fits = (
            all(count is not None and count >= MINIMUM and count % BASE == 0 for count in counts)
            if shown
            else counts == (None, None) and cell.value is None
        )
        if not fits or cell.view not in VIEWS or cell.indicator not in CATALOGUE:
            raise LeakError(
                _("A cell of the view “{view}” ({indicator}) is not protected by the 10-5 rule; not published.").format(
                    view=cell.view, indicator=cell.indicator
                )
            )


def refuse_unprotected(figures: Sequence[LearningFigure]) -> None:
    """Refuse learning figures that the rule cannot have made: small, not rounded, a figure where there is none."""
    for each in figures:
        counts = [count for count in (each.numerator, each.denominator) if count is not None]
        fits = (
            each.denominator is not None and all(count >= MINIMUM and count % BASE == 0 for count in counts)
            if each.status == "shown"
            else (counts, each.value, each.low, each.high) == ([], None, None, None)
        )
        if not fits:
            raise LeakError(
                _("A figure about the lesson “{lesson}” ({measure}) is not protected by the 10-5 rule.").format(
                    lesson=each.lesson, measure=each.measure
                )
            )


def refuse_leaks(found: Attack) -> None:
    """Refuse what the attacker found, naming views and indicators, never a group or a figure."""
    if found.impossible:
        raise LeakError(
            _(
                "The cells of {indicators} contradict each other: no true counts add up to them; nothing was published."
            ).format(indicators=", ".join(found.impossible))
        )
    if found.leaks:
        views = Counter(f"{leak.cell.view} ({leak.cell.indicator})" for leak in found.leaks)
        named = ", ".join(f"{view}: {count}" for view, count in sorted(views.items()))
        raise LeakError(
            _(
                "Not published: someone with all published figures could work out hidden ones in the views {views}. "
                "Build it again beside what was published since: adoption release build --anew."
            ).format(views=named)
        )
