"""What the tutor gateway attested of its own endpoint: three facts apart, each with its date and who says so.

Beside the platform's record (`cost`), which is about projects: this is about the endpoint that learners' words go to,
as the gateway saw it and signed it. Nothing is worked out here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from analytics_dash.dates import day
from analytics_dash.i18n import _
from analytics_dash.questions.answers import Part, Table
from analytics_dash.questions.facts import Facts


def attestations(facts: Facts) -> list[dict[str, Any]]:
    """The latest attestation of each gateway that the release knows."""
    return list(facts.release.manifest.get("attestations", ()))


def where(facts: Facts) -> str:
    """The three facts of the latest attestation in a sentence; empty where there is none."""
    found = attestations(facts)
    return _headline(max(found, key=lambda each: str(each["day"]))) if found else ""


def attested(facts: Facts) -> Iterator[Part]:
    """The part about them; none where none was loaded, which the platform's part says."""
    found = attestations(facts)
    if not found:
        return
    yield Part(
        "attested",
        where(facts),
        _("What the tutor's gateway found when it looked at its model's endpoint, and signed, on the day named."),
        None,
        (
            _(
                "Stored in, processed in and usage metadata in are three facts: each says where, and who says so. The "
                "signature says which gateway looked, and that nobody changed what it wrote."
            ),
        ),
        Table(
            "attested",
            _("What the gateway attested, fact by fact"),
            (),
            (_("Fact"), _("Where"), _("Who says so"), _("Looked on"), _("Holds to"), _("Signed by key")),
            (),
            tuple(row for each in found for row in _rows(each)),
        ),
        _(
            "An attestation is what the gateway saw on a day. Its operator holds the key: compare it with the one that "
            "you were given."
        ),
    )


def _headline(latest: dict[str, Any]) -> str:
    looked = day(date.fromisoformat(latest["day"]))
    text = {
        "passed": _(
            "The tutor's endpoint, attested on {day} to hold until {until}: stored in {stored}, processed in "
            "{processed}, usage metadata in {usage}."
        ),
        "failed": _("On {day} the endpoint did not keep what is required, and the gateway stopped answering."),
    }.get(latest["outcome"], _("We can't say where data is: on {day} the gateway could not look at everything."))
    return text.format(
        day=looked,
        until=day(date.fromisoformat(latest["until"])),
        stored=place(latest["stored_in"]),
        processed=place(latest["processed_in"]),
        usage=place(latest["usage_in"]),
    )


def _rows(each: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], tuple[()]]]:
    dates = tuple(day(date.fromisoformat(each[name])) for name in ("day", "until"))
    for name, title in (
        ("stored", _("Stored in")),
        ("processed", _("Processed in")),
        ("usage", _("Usage metadata in")),
    ):
        where, why = place(each[f"{name}_in"]), evidence(each[f"{name}_evidence"])
        yield (title, where, why, *dates, each["attested_by"]), ()


def place(word: str) -> str:
    """The gateway's word for a place, for people; its own where it has no name here."""
    return {
        "GB": _("the United Kingdom"),
        "EEA": _("the European Economic Area"),
        "US": _("the United States"),
        "US, outside residency": _("the United States (no residency option covers it)"),
        "this machine": _("the gateway's own machine"),
        "anywhere": _("any country"),
        "not proven": _("a place that is not proven"),
        "unknown": _("a place that is not known"),
    }.get(word, word.replace("_", " "))


def evidence(word: str) -> str:
    """Who says so, in words; see `Found.evidence` of the gateway."""
    return {
        "admin-api": _("The provider's own record"),
        "address": _("The address alone"),
        "published": _("What the provider publishes"),
        "declaration": _("Those who run the endpoint"),
        "this-machine": _("It runs beside the gateway"),
        "none": _("Nobody"),
    }.get(word, word)
