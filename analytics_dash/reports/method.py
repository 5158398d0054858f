"""The method annex and the verification page of a report: how figures are made, what they do not cover, how to check.

The same sentences for every format. The long form is docs/method.md, which a report's reader may not have at hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics_dash.disclosure.dominance import K_PERCENT, P_PERCENT
from analytics_dash.disclosure.rule import BASE, MINIMUM
from analytics_dash.i18n import _
from analytics_dash.questions.feeds import feed_rows
from analytics_dash.releases import ReleaseInfo
from analytics_dash.reports.document import Chapter


def method() -> tuple[Chapter, ...]:
    """The annex's chapters."""
    numbers = {"minimum": MINIMUM, "base": BASE, "k": K_PERCENT, "p": P_PERCENT}
    return (
        Chapter(
            _("From facts to figures"),
            (
                _(
                    "Names, addresses and user names become keyed pseudonyms before anything is stored. What people "
                    "wrote is never read. Only people in the staff roster count, under the department that it gives."
                ),
                _(
                    "The figures belong to a release: a fixed set for closed months, made once and never changed. Data "
                    "that comes later goes into the next release, so a month's figure can differ between two of them."
                ),
            ),
        ),
        Chapter(
            _("How people are protected"),
            (
                _(
                    "Counts from 0 to {nine} are hidden and look alike; all others are rounded to the nearest {base}. "
                    "A rate is shown only when at least {minimum} people are in the numerator, in the denominator, and "
                    "in the rest of the denominator, and it is computed from the rounded counts."
                ).format(nine=MINIMUM - 1, **numbers),
                _(
                    "Sums are hidden when one person makes up more than {k} % of them, or could be estimated to within "
                    "{p} %."
                ).format(**numbers),
                _(
                    "Before publication an attacker with every published figure solved for the hidden ones. Further "
                    "figures were hidden until none could be found; nothing tells which. Sums of rounded figures "
                    "may differ."
                ),
            ),
        ),
        Chapter(
            _("What the figures do not say"),
            (
                _("They describe groups, never a person, and must not be used to appraise or to watch anyone."),
                _("They are not a league table: departments differ in size, grades, work and start dates."),
                _("A difference between trained and untrained people is not caused by training alone."),
                _(
                    "Intervals say how much chance alone could do. They do not cover what was never recorded, nor what "
                    "somebody knows from elsewhere about a small group."
                ),
            ),
        ),
    )


def proof(release: ReleaseInfo) -> tuple[tuple[str, str], ...]:
    """What ties the report to its release: a digest of all its cells, and what the release was made from."""
    made = release.manifest
    return (
        (_("Release"), release.id),
        (_("Cells of the whole release (SHA-256)"), release.cells_digest),
        (_("Content of the warehouse (SHA-256)"), str(made.get("warehouse", ""))),
        (_("Code"), str(made.get("code", ""))),
        *((feed, _("goes up to {day}").format(day=last)) for feed, _files, last in feed_rows(release) if last != "–"),
        *((name, value) for name, value in _signature(made) if value),
        (
            _("How to check"),
            _(
                "The signature is of the release's number and its manifest, which names the cells' digest. Who has the "
                "signer's public key can check it without the dashboard: take the release's file from whoever runs it "
                "(adoption release file {id}), then run adoption release verify with that file and key."
            ).format(id=release.id),
        ),
        (
            _("The same file again"),
            _(
                "Whoever runs the dashboard can make this report again from the release: it will be the same, byte for "
                "byte, as long as no release is published between it and the one that it is compared with."
            ),
        ),
    )


def _signature(manifest: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The signature, in two halves that fit on a line of paper, and the key that made it: in base64."""
    signature = manifest.get("signature") or {}
    value = str(signature.get("value", ""))
    return (
        (_("Signature (Ed25519)"), f"{value[:44]} {value[44:]}".strip()),
        (_("Public key of the signer"), str(signature.get("public_key", ""))),
    )
