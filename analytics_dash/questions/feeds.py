"""The feeds that a release says it was made from, in words: how many files of each, and up to which day it goes.

Read from the manifest by the page on protection and the reports' annex; releases that were built before it said so have
none.
"""

from __future__ import annotations

from datetime import date

from analytics_dash.dates import day
from analytics_dash.i18n import _
from analytics_dash.questions.written import spell
from analytics_dash.releases import ReleaseInfo
from analytics_dash.releases.feeds import ends_early


def feed_rows(release: ReleaseInfo) -> tuple[tuple[str, str, str], ...]:
    """Name, number of files and last day of each kind of feed, in the manifest's order."""
    return tuple(
        (
            feed_name(each["kind"]),
            files(each["files"]),
            day(date.fromisoformat(each["last_day"])) if each["last_day"] else "–",
        )
        for each in release.manifest.get("feeds", ())
    )


def early(release: ReleaseInfo) -> tuple[str, ...]:
    """A sentence for each feed that ends well before the release's last month does."""
    return tuple(
        _("{feed} ends on {day}: the last month may look lower than it was.").format(
            feed=feed_name(each["kind"]), day=day(date.fromisoformat(each["last_day"]))
        )
        for each in ends_early(release.manifest.get("feeds", ()), release.through)
    )


def files(count: int) -> str:
    """A number of files, in words where it is small: no single digit of a page can be taken for people."""
    return spell(count) if count else "–"


def feed_name(kind: str) -> str:
    """What a kind of feed is called; a plugin's keeps its own name."""
    return {
        "roster": _("Staff roster"),
        "openedx-log": _("Learning platform: tracking log"),
        "aspects": _("Learning platform: Aspects"),
        "grade-report": _("Learning platform: grade reports"),
        "completion": _("Learning platform: completions"),
        "chatgpt-users": _("ChatGPT Enterprise: use"),
        "chatgpt-edu": _("ChatGPT Edu: use"),
        "m365-copilot": _("Microsoft 365 Copilot: use"),
        "github-copilot": _("GitHub Copilot: use"),
        "gateway-ledger": _("Tutor: ledger"),
        "gateway-feedback": _("Tutor: feedback"),
        "tutor-attestations": _("Tutor: attestations"),
        "tutor-budgets": _("Tutor: budget"),
        "openai-usage": _("OpenAI API: use"),
        "openai-costs": _("OpenAI API: costs"),
        "openai-posture": _("OpenAI API: where data is"),
        "openai-audit": _("OpenAI API: audit log"),
    }.get(kind, kind)
