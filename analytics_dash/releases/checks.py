"""What a release must be before an attacker is let loose on it: cells that the rule can have made, each in its place.

Reads cells and manifest, knows no database and no warehouse. Each refusal names the view and what is wrong with it in
words an operator understands, never a group or a figure. Called by `publish` and `reaudit`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analytics_dash.disclosure.rule import BASE, MINIMUM
from analytics_dash.disclosure.sums import standing_of
from analytics_dash.disclosure.views import DIMENSIONS, VIEWS
from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE
from analytics_dash.releases.errors import RuleError, SignatureError
from analytics_dash.releases.figures import rounds_to_nought
from analytics_dash.releases.manifest import cells_digest, view_digests
from analytics_dash.releases.types import Cell, LearningFigure


def refuse_outside_the_rule(cells: Iterable[Cell]) -> None:
    """Refuse cells that the rule cannot have made: small, not rounded, of a view that is not on the list."""
    for cell in cells:
        reason = _of_the_list(cell) or (_of_a_shown(cell) if cell.status in ("shown", "low") else _of_a_hidden(cell))
        if reason:
            _refuse(cell, reason)


def refuse_out_of_place(cells: Sequence[Cell], months: Sequence[str]) -> None:
    """Refuse a release in which a group has no cell or two, or a month that it does not cover has one.

    Every month has the cells of the same groups, and every arm: a cell that was moved leaves a gap.
    """
    places: dict[tuple[str, str], dict[tuple[str | None, str | None], set[object]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for cell in cells:
        if cell.month is not None and cell.month not in months:
            _refuse(
                cell, _("it has a cell of {month}, a month that the release does not cover").format(month=cell.month)
            )
        own = places[cell.indicator, cell.view][cell.month, cell.arm]
        group = standing_of(cell)._replace(month=None)
        if group in own:
            _refuse(cell, _("one of its groups has two cells"))
        own.add(group)
    for cell in cells:
        own_places = places[cell.indicator, cell.view]
        whole = set().union(*own_places.values())
        periods = months if "month" in VIEWS[cell.view].dimensions else (None,)
        arms = CATALOGUE[cell.indicator].arms or (None,)
        if own_places and any(own_places.get((month, arm)) != whole for month in periods for arm in arms):
            _refuse(cell, _("one of its groups has no cell in a month or an arm; was a cell moved or lost?"))
        own_places.clear()  # seen to; the other cells of the view say the same


def refuse_unprotected(figures: Iterable[LearningFigure]) -> None:
    """Refuse learning figures that the rule cannot have made: small, not rounded, a figure where there is none."""
    for each in figures:
        counts = [count for count in (each.numerator, each.denominator) if count is not None]
        fits = (
            each.denominator is not None and all(count >= MINIMUM and count % BASE == 0 for count in counts)
            if each.status == "shown"
            else (counts, each.value, each.low, each.high) == ([], None, None, None)
        )
        if not fits:
            raise RuleError(
                _("A figure about the lesson “{lesson}” ({measure}) is not protected by the 10-5 rule.").format(
                    lesson=each.lesson, measure=each.measure
                )
            )


def refuse_other_than_built(
    release_id: str,
    digest: str,
    manifest: Mapping[str, Any],
    cells: Sequence[Cell],
    learning: Sequence[LearningFigure],
) -> None:
    """Refuse cells or learning figures of another digest than `digest` and manifest say; name the views if known."""
    pinned = manifest.get("learning", {"digest": cells_digest(())})["digest"]
    wanted = {digest, manifest.get("cells_digest", digest)}
    if {cells_digest(cells)} == wanted and cells_digest(learning) == pinned:
        return
    then, now = manifest.get("view_digests", {}), view_digests(cells)
    changed = sorted(
        f"{view} ({indicator})"
        for indicator in then.keys() | now.keys()
        for view in then.get(indicator, {}).keys() | now.get(indicator, {}).keys()
        if then.get(indicator, {}).get(view) != now.get(indicator, {}).get(view)
    )
    where = _(" Changed since: {views}.").format(views=", ".join(changed)) if then and changed else ""
    raise SignatureError(
        _("The cells of release {id} are not those that were built; build it anew.").format(id=release_id) + where
    )


def _of_the_list(cell: Cell) -> str | None:
    """Say what is wrong with where the cell stands, if anything."""
    if cell.view not in VIEWS:
        return _("it is not on the list of views, and a release holds no other way of cutting people")
    if cell.indicator not in CATALOGUE or cell.view not in CATALOGUE[cell.indicator].views:
        return _("the catalogue has no such indicator in this view")
    if cell.arm not in (CATALOGUE[cell.indicator].arms or (None,)):
        return _("the indicator has no such arm")
    wanted = set(VIEWS[cell.view].dimensions) - {"department_group"}  # cells from before there were groups name none
    named = {name for name in DIMENSIONS if getattr(cell, name) is not None}
    allowed = set(VIEWS[cell.view].dimensions)
    if not wanted <= named <= allowed or ("department_group" in VIEWS[cell.view].cuts and not cell.department_group):
        return _("a cell is split by something else than the view says")
    return None


def _of_a_hidden(cell: Cell) -> str | None:
    if (cell.numerator, cell.denominator, cell.value) != (None, None, None):
        return _("a hidden cell holds a figure")
    return None


def _of_a_shown(cell: Cell) -> str | None:
    if cell.numerator is None or cell.denominator is None or cell.value is None:
        return _("a shown cell lacks a figure")
    if min(cell.numerator, cell.denominator) < MINIMUM:
        return _("a count below 10 is shown")
    if cell.numerator % BASE or cell.denominator % BASE:
        return _("a count is shown exactly instead of rounded to 5")
    if CATALOGUE[cell.indicator].kind == "proportion" and cell.denominator - cell.numerator < MINIMUM:
        return _("fewer than 10 of the whole are not counted (the complement is below 10)")
    return _of_a_value(cell, CATALOGUE[cell.indicator].scale * cell.numerator / cell.denominator)


def _of_a_value(cell: Cell, value: float) -> str | None:
    if cell.value is None or abs(cell.value - value) > 1e-9 * max(1.0, value):
        return _("a rate is not made of the rounded counts beside it, so it says more than they do")
    return (
        _("a cell's shorthand does not fit its figure") if (cell.status == "low") != rounds_to_nought(value) else None
    )


def _refuse(cell: Cell, reason: str) -> None:
    raise RuleError(
        _("The view “{view}” ({indicator}) is not protected by the 10-5 rule: {reason}; not published.").format(
            view=cell.view, indicator=cell.indicator, reason=reason
        )
    )
