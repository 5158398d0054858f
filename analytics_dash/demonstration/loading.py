"""Loading the demonstration's feeds as an operator would, all of them or what was there at an earlier month's end.

Called by `prepare`; the work itself is done by the function behind `adoption load`.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Final

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.build import (
    ATTESTATIONS,
    BUDGETS,
    COMPLETIONS,
    COSTS,
    FEEDBACK,
    GRADES,
    LEDGER,
    POSTURE,
    ROSTER,
)
from analytics_dash.demonstration.errors import PreparationError
from analytics_dash.demonstration.marker import read_marker
from analytics_dash.errors import BusyError, WarehouseError
from analytics_dash.i18n import _
from analytics_dash.warehouse.load import load

Say = Callable[[str], None]

EARLIER: Final = planted.MONTHS[0]
"""The month through which an earlier release goes, where there is to be one. Each month that two releases share costs
hidden cells and time: what they say together is protected as well. With September's, half of the figures of departments
would be hidden; with June's, next to none more."""

LATE: Final = 0.1
"""This share of that month's events came after the earlier release, the last ones: why some of its figures changed."""

_OPTIONS: Final = {"grade-report": {"pass_mark": str(planted.PASS_MARK)}}
"""What a feed does not say of itself, and an operator has to."""

_INVARIANT: Final = ("lines", "ignored", "rejected")
"""Counts of a file that are the same whatever was loaded before it."""


def load_what_was_there(warehouse: str, feeds: Path, folder: Path, say: Say) -> None:
    """Load what an operator had when the earlier month closed: the feeds through it, without its last events.

    Only what the learning platform and the tool said: the other feeds are one file each, and come whole.
    """

    def by_then(what: str) -> list[Path]:
        months = planted.MONTHS[: planted.MONTHS.index(EARLIER) + 1]
        return sorted(path for path in (feeds / what).iterdir() if any(month in path.name for month in months))

    logs = by_then("tracking")
    packed = logs.pop()
    lines = gzip.decompress(packed.read_bytes()).splitlines(keepends=True)
    folder.mkdir(exist_ok=True)
    cut = folder / packed.name.removesuffix(".gz")
    cut.write_bytes(b"".join(lines[: round(len(lines) * (1 - LATE))]))
    say(_("Loading what was there at the end of {month} …").format(month=EARLIER))
    for kind, paths, roster in (
        ("openedx-log", [*logs, cut], feeds / ROSTER),
        ("chatgpt-users", by_then("chatgpt"), None),
        ("grade-report", by_then(GRADES), None),
        ("completion", by_then(COMPLETIONS), None),
        ("gateway-ledger", [feeds / LEDGER], None),
        ("gateway-feedback", [feeds / FEEDBACK], None),
    ):
        load(warehouse, kind=kind, options=_OPTIONS.get(kind, {}), paths=paths, roster=roster, say=say)


def load_everything(warehouse: str, feeds: Path, say: Say) -> bool:
    """Load every feed, and say whether the warehouse changed.

    Raises `PreparationError` where the pipeline does not take a file as `planted.json` says that it should.
    """
    expected = read_marker(feeds)["feeds"]
    changed = False
    for kind, what, roster in (
        ("openedx-log", "tracking", feeds / ROSTER),
        ("chatgpt-users", "chatgpt", None),
        ("grade-report", GRADES, None),
        ("completion", COMPLETIONS, None),
        ("gateway-ledger", LEDGER, None),
        ("gateway-feedback", FEEDBACK, None),
        ("openai-costs", COSTS, None),
        ("openai-posture", POSTURE, None),
        ("tutor-attestations", ATTESTATIONS, None),
        ("tutor-budgets", BUDGETS, None),
    ):
        say(_("Loading {kind} …").format(kind=kind))
        try:
            report = load(
                warehouse,
                kind=kind,
                options=_OPTIONS.get(kind, {}),
                paths=[feeds / what],
                roster=roster,
                say=say,
            )
        except BusyError:
            raise
        except WarehouseError as error:
            raise PreparationError(
                _(
                    "{reason} The demonstration in {folder} is an earlier one: delete it, or name another folder."
                ).format(reason=error, folder=feeds.parent)
            ) from error
        for file in report.files:
            path = Path(file.file).relative_to(feeds).as_posix()
            found = {name: getattr(file, name) for name in _INVARIANT}
            if file.error or found != {name: expected[path][name] for name in _INVARIANT}:
                raise PreparationError(
                    _("{path} was not loaded as planted: {found}, expected {expected}. {error}").format(
                        path=path, found=found, expected=expected[path], error=file.error or ""
                    )
                )
        changed = changed or report.changed
    return changed
