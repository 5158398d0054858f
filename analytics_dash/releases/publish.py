"""Publishing a release: the last check, by the attacker, over it and all earlier releases about the same months.

Reads the register alone, so it knows no more than a reader will. The checks go from what is seen in one cell (`checks`)
over what all published figures say together to whether the cells are those that were built and signed; the first that
fails is what the operator reads, so the one that says most comes first. Called by the command line; `reaudit` does the
same again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analytics_dash.disclosure.attacker import Attack, Leak, attack
from analytics_dash.disclosure.links import circles
from analytics_dash.disclosure.protect import Kind
from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE
from analytics_dash.indicators.links import LINKS
from analytics_dash.releases import dao, signing
from analytics_dash.releases.checks import (
    refuse_other_than_built,
    refuse_out_of_place,
    refuse_outside_the_rule,
    refuse_unprotected,
)
from analytics_dash.releases.errors import LeakError
from analytics_dash.releases.estimate_checks import refuse_closer_than_told
from analytics_dash.releases.learning_beside import learning_of_same, months_of
from analytics_dash.releases.learning_checks import refuse_learning_leaks
from analytics_dash.releases.types import Cell, ReleaseInfo
from analytics_dash.stages import Begun, quiet


def publish_release(release_id: str, begun: Begun = quiet) -> ReleaseInfo:
    """Publish a release after attacking it; return it. Publishing twice changes nothing. `begun` hears of each stage.

    Raises `SignatureError` when its cells are not those that were built and signed here, `RuleError` for what the rule
    cannot have made, and `LeakError`, naming the views, when the attacker pins a hidden cell; `OvertakenError` when the
    register changed meanwhile. Needs an application context.
    """
    info = dao.release_info(release_id)
    if info.status == "published":
        return info
    rests_on = dao.seen(release_id)
    earlier = dao.published_sharing(info.manifest["months"])
    found = examine(info, earlier, begun)
    return dao.insert_publication(
        release_id,
        {"hidden": found.hidden, "leaks": 0, "earlier": [each.id for each in earlier]},
        rests_on=rests_on,
    )


def examine(info: ReleaseInfo, earlier: Sequence[ReleaseInfo], begun: Begun = quiet) -> Attack:
    """Check one release beside `earlier` ones (oldest first); return what the attacker tried, or say what is wrong."""
    begun(_("looking at every cell"))
    cells = dao.all_cells(info.id)
    learning = dao.learning(info.id)
    refuse_outside_the_rule(cells)
    refuse_out_of_place(cells, info.manifest["months"])
    refuse_unprotected(learning)
    begun(_("attacking it, with the help of earlier releases: {number}").format(number=len(earlier)))
    found = attack_beside([each.id for each in earlier], cells)
    refuse_leaks(found)
    refuse_closer_than_told(learning, cells, info.manifest["months"])
    refuse_learning_leaks(learning, learning_of_same(months_of(info.manifest), earlier))
    begun(_("checking cells and signature"))
    refuse_other_than_built(info.id, info.cells_digest, info.manifest, cells, learning)
    signing.verify(info.id, info.manifest, signing.public_key())
    return found


def attack_beside(earlier: Sequence[str], cells: Sequence[Cell]) -> Attack:
    """Attack `cells` with the help of earlier releases, one circle of indicators that hang together after the other.

    No more than one circle's cells of the earlier releases are in memory at a time.
    """
    kinds: dict[str, Kind] = {indicator.id: indicator.kind for indicator in CATALOGUE.values()}
    hidden = 0
    leaks: list[Leak] = []
    impossible: list[str] = []
    for circle in circles({cell.indicator for cell in cells}, LINKS):
        own = [cell for cell in cells if cell.indicator in circle]
        beside = [[cell for each in circle for cell in dao.all_cells(id_, indicator=each)] for id_ in earlier]
        found = attack([*beside, own], kinds, LINKS)
        hidden += found.hidden
        leaks += found.leaks
        impossible += found.impossible
    return Attack(hidden, tuple(leaks), tuple(impossible))


def refuse_leaks(found: Attack) -> None:
    """Refuse what the attacker found, naming views and indicators, never a group or a figure."""
    if found.impossible:
        raise LeakError(
            _(
                "The cells of {indicators} contradict each other: no true counts add up to them; nothing was published."
            ).format(indicators=", ".join(found.impossible))
        )
    if found.leaks:
        raise LeakError(
            _(
                "Not published: someone with all published figures could work out hidden ones in the views {views}. "
                "Build it again beside what was published since: adoption release build --anew."
            ).format(views=leaking_views(found))
        )


def leaking_views(found: Attack) -> str:
    """Return the views that leak, with how many of their cells, in words."""
    cells = {(leak.cell.view, leak.cell.indicator, leak.cell) for leak in found.leaks}
    views = Counter(f"{view} ({indicator})" for view, indicator, _cell in cells)
    return ", ".join(f"{view}: {count}" for view, count in sorted(views.items()))
