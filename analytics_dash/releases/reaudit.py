"""Auditing the whole store again: every published release, in the order in which they were published.

What was found safe once may not be so today: the attacker learns, a register may be restored in part, a file may be
tampered with. Each release is examined as `publish` does it, together with all that were published before it, so that
all of them together and every pair that tells more than all together have been tried. Called by the command line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analytics_dash.i18n import _
from analytics_dash.releases import dao
from analytics_dash.releases.errors import ReleaseError
from analytics_dash.releases.publish import examine
from analytics_dash.stages import Begun, quiet


@dataclass(frozen=True, slots=True)
class Audited:
    """One published release: how many cells are hidden in it and its company, and what is wrong, if anything."""

    release: str
    beside: tuple[str, ...]
    hidden: int
    problem: str | None


def audit_store(begun: Begun = quiet) -> Iterator[Audited]:
    """Examine every published release beside those published before it; needs an application context.

    `begun` hears which release is looked at.
    """
    published = [info for info in dao.list_releases() if info.published_at is not None]
    published.sort(key=lambda info: (info.published_at, info.id))
    for position, info in enumerate(published):
        months = set(info.manifest["months"])
        earlier = [each for each in published[:position] if months.intersection(each.manifest["months"])]
        beside = tuple(each.id for each in earlier)
        begun(_("{id}, {number} of {all}").format(id=info.id, number=position + 1, all=len(published)))
        try:
            found = examine(info, earlier)
        except ReleaseError as error:
            begun("")
            yield Audited(info.id, beside, 0, str(error))
        else:
            begun("")
            yield Audited(info.id, beside, found.hidden, None)
