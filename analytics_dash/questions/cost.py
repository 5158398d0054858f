"""What does it cost and where is the data? Spend by month, licences without use, and three facts about where data is.

*Stored in*, *processed in* and *usage metadata in* are kept apart: to say "UK-resident" alone says too little. They
come from the platform's own record as a release holds it, each with the day on which it was read; what the gateway
attested of its endpoint is in `attested`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from analytics_dash.dates import day, month
from analytics_dash.i18n import _
from analytics_dash.indicators.model import mark as marked
from analytics_dash.numbers import local
from analytics_dash.questions import attested
from analytics_dash.questions.answers import Figure, Finding, Key, Part, Table
from analytics_dash.questions.facts import Facts
from analytics_dash.questions.keys import key_of
from analytics_dash.questions.parts import by_group, through_months
from analytics_dash.questions.question import Question
from analytics_dash.questions.quota import quota
from analytics_dash.questions.sentences import cannot_say, misuse_of
from analytics_dash.questions.splits import splits
from analytics_dash.questions.written import is_shown, opening, texts_of

INDICATORS: Final = ("tutor_cost", "dormant_licences")


def finding(facts: Facts) -> Finding:
    """What the tutor cost, and the three facts about where data is, never one of them alone."""
    cell = facts.chosen("tutor_cost", department=facts.department)
    where = attested.where(facts) or _where(facts)
    if cell is None or not is_shown(cell):
        return Finding(cannot_say(facts.place, () if cell is None else (cell,)), where, can_say=False)
    headline = _(
        "The tutor's model cost {cost} US dollars a month for every 1,000 people who asked it, {period}. Licences, "
        "staff and hosting are not in it."
    ).format(cost=texts_of(cell).value, period=facts.period)
    return Finding(headline, where)


def _posture(facts: Facts) -> list[dict[str, Any]]:
    """What the release says of each project: project, stored_in, retention, status, as_of (a date)."""
    return list(facts.release.manifest.get("posture", ()))


def _where(facts: Facts) -> str:
    found = [each for each in _posture(facts) if each.get("status") == "active"]
    if not found:
        return _("We can't say where data is kept: no record of it was loaded.")
    latest = max(str(each["as_of"]) for each in found)
    text = _(
        "Stored in: {stored}. Processed in: {processed}. Usage metadata in: {usage}. By the platform's record of {day}."
    )
    return text.format(
        stored=", ".join(sorted({stored_in(each) for each in found})),
        processed=", ".join(sorted({processed_in(each) for each in found})),
        usage=_("not promised (may be elsewhere)"),
        day=day(date.fromisoformat(latest)),
    )


def stored_in(project: dict[str, Any]) -> str:
    """Where a project's data is kept at rest."""
    word = project.get("stored_in")
    return _region(str(word)) if word else _("not fixed to a region")


def processed_in(project: dict[str, Any]) -> str:
    """Where a model reads it: only a residency that says so promises anything."""
    word = str(project.get("stored_in") or "")
    return _region(word) if word.endswith("_PROCESSING") else _("not promised (may be elsewhere)")


def _region(residency: str) -> str:
    """The region of one of the platform's words, such as `GB_STORAGE`; the word's own where it has no name here."""
    code = residency.partition("_")[0]
    return {"GB": _("United Kingdom"), "EU": _("European Union"), "US": _("United States")}.get(code, code)


def parts(facts: Facts) -> tuple[Part, ...]:
    """Spend by month, by group, the API platform's costs, licences without use, and where data is."""
    split = facts.choice.view or "department"
    return (
        through_months(facts, "tutor_cost"),
        by_group(facts, "tutor_cost", split if split in ("department", "department_group") else "department"),
        *_api_costs(facts),
        through_months(facts, "dormant_licences"),
        *quota(facts),
        *attested.attested(facts),
        _residency(facts),
    )


def _api_costs(facts: Facts) -> Iterator[Part]:
    found = [each for each in facts.release.manifest.get("services", ()) if each.get("measure") == "api_cost"]
    latest = found[-1] if found else None
    yield Part(
        "api-cost",
        _("The API platform charged {amount} {currency} in {month}.").format(
            amount=local(str(latest["amount"])), currency=str(latest["currency"]).upper(), month=month(latest["month"])
        )
        if latest
        else _("We can't say what services on the API cost: no costs of the platform were loaded."),
        _("What the API platform charged, by month, in whole units of the currency. {period}.").format(
            period=opening(facts.window)
        ),
        None,
        (_("A service has no learners, so this is never divided by them."),),
        Table(
            "api_cost",
            _("Cost of the API platform"),
            (),
            (_("Month"), _("Currency")),
            (_("Amount"),),
            tuple(
                (
                    (month(each["month"]), str(each["currency"]).upper()),
                    (
                        Figure(
                            local(str(each["amount"])),
                            each["amount"],
                            0,
                            (
                                ("measure", "api_cost"),
                                ("month", each["month"]),
                                ("currency", str(each["currency"])),
                                ("part", "amount"),
                            ),
                        ),
                    ),
                )
                for each in found
            ),
        )
        if found
        else None,
        misuse_of("api_cost"),
    )


def _residency(facts: Facts) -> Part:
    """The three facts, project by project, with the day on which the platform's record was read."""
    found = _posture(facts)
    return Part(
        "residency",
        _where(facts),
        _(
            "Stored in, processed in and usage metadata in are three facts, as the platform's record said on the day "
            "named."
        ),
        None,
        (
            _(
                "Stored in is where data rests. Processed in is where a model reads it: a residency for storage "
                "promises nothing about it."
            ),
            _("Usage metadata (counts, accounts, billing) is outside every residency that the platform offers."),
        ),
        Table(
            "residency",
            _("Where data is, by project"),
            (),
            (_("Project"), _("Stored in"), _("Processed in"), _("Usage metadata in"), _("Retention"), _("Read on")),
            (),
            tuple(
                (
                    (
                        str(each["project"]),
                        stored_in(each),
                        processed_in(each),
                        _("not promised (may be elsewhere)"),
                        str(each.get("retention") or _("the organisation's default")).replace("_", " "),
                        day(date.fromisoformat(str(each["as_of"]))),
                    ),
                    (),
                )
                for each in found
            ),
        )
        if found
        else None,
        _("A record says what the platform promises, on a day. It is no proof of what happened between two readings."),
    )


def figure(facts: Facts) -> Key | None:
    """The tutor's cost for a thousand learners."""
    return key_of(
        facts.chosen("tutor_cost", department=facts.department),
        _("US dollars a month for every 1,000 people who asked the tutor"),
        "",
    )


QUESTION: Final = Question(
    key="cost",
    title=marked("What does it cost and where is the data?"),
    short=marked("Cost and place"),
    indicators=INDICATORS,
    finding=finding,
    figure=figure,
    parts=parts,
    views=lambda facts: splits(facts, "tutor_cost", ("department", "department_group")),
    entries=("api_cost",),
)
