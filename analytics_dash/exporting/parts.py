"""What an order holds, listed once: how each part is said to its reader, in its file's name, and in the audit.

Called by the pages of exports, by `making` for names, by the commands and by schedules: a part that is added here is
told by all of them. Pure; `order` has the parts themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from analytics_dash import i18n
from analytics_dash.dates import month
from analytics_dash.exporting.order import LATEST, Order
from analytics_dash.i18n import _
from analytics_dash.questions import QUESTIONS
from analytics_dash.questions.views import view_name
from analytics_dash.reports.csv import slug

NAMED: Final = 3
"""So many sections are named in a file's name; of more, how many."""

_PLAIN: Final = re.compile(r"[a-z0-9_-]{0,40}")


@dataclass(frozen=True, slots=True)
class _Part:
    """One part, told three ways; an empty text where there is nothing to tell."""

    said: Callable[[Order], str]
    named: Callable[[Order], str]
    audited: Callable[[Order], str]


def _nothing(_order: Order) -> str:
    return ""


_PARTS: Final = (
    _Part(
        said=lambda order: order.department or _("All of government"),
        named=lambda order: slug(order.department) if order.department else "",
        audited=lambda order: order.department or "all departments",
    ),
    _Part(
        said=lambda order: _("the latest month") if order.period == LATEST else order.period and month(order.period),
        named=lambda order: order.period,
        audited=lambda order: order.period,
    ),
    _Part(
        said=lambda order: ", ".join(_(QUESTIONS[key].short) for key in order.sections),
        named=lambda order: (
            "-".join(order.sections) if len(order.sections) <= NAMED else f"{len(order.sections)}-sections"
        ),
        audited=lambda order: " ".join(order.sections),
    ),
    _Part(
        said=lambda order: view_name(order.view),  # of a lesson its id: its title is the release's to say
        named=lambda order: order.view if _PLAIN.fullmatch(order.view) else slug(order.view),
        audited=lambda order: order.view,
    ),
    _Part(
        said=lambda order: "" if order.language == i18n.current() else i18n.NAMES.get(order.language, order.language),
        named=lambda order: "" if order.language == i18n.DEFAULT else order.language,
        audited=lambda order: "" if order.language == i18n.DEFAULT else order.language,
    ),
    _Part(said=_nothing, named=lambda order: "fictional" if order.demo else "", audited=_nothing),
)


def said(order: Order) -> str:
    """What the order holds, in the language that is set: department, month, sections, view, language."""
    return "; ".join(filter(None, (part.said(order) for part in _PARTS)))


def stem(order: Order) -> str:
    """The name of the order's files, without their endings: two that differ are two files, in plain letters."""
    return "-".join((f"adoption-{order.release}", *filter(None, (part.named(order) for part in _PARTS))))


def audited(order: Order) -> str:
    """What it holds, of a schedule each time, for the audit: no figure, and the same words in every language."""
    release = f"release {order.release}" if order.release else "each release"
    return ", ".join((release, *filter(None, (part.audited(order) for part in _PARTS))))
