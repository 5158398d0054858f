"""How the counts of different indicators hang together, so that the attacker knows what any reader can know.

Each link holds in every group of every view that all of its indicators have, for the same months. A test recomputes
them from person-level data, and looks for others: any equality or inequality between two counts, and any count that is
the sum of others, is either here or explained there (`tests/analytics_dash/indicators/test_links.py`). Read by
`releases.build` and `releases.publish`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from analytics_dash.disclosure.links import Link, Term, Who
from analytics_dash.disclosure.rule import Count
from analytics_dash.indicators.depth import DAYS_A_WEEK
from analytics_dash.indicators.redactions_by_type import NAMED

_TYPES: Final = tuple(f"redactions_{kind}" for kind in (*NAMED, "other"))
_DEPTHS: Final = tuple(f"depth_{days}" for days in DAYS_A_WEEK)
_LATER: Final = ("active_after_8_weeks", "active_after_12_weeks")
_PARTS: Final[tuple[Count, ...]] = ("numerator", "rest")
_MONTHLY: Final = "most exports are monthly, so the period of the day is the month"
_ARMS: Final = ("trained", "untrained")


def _n(indicator: str, arm: str = "") -> Term:
    return Term(Who(indicator, arm), "numerator")


def _r(indicator: str, arm: str = "") -> Term:
    return Term(Who(indicator, arm), "rest")


def _d(indicator: str, arm: str = "") -> Term:
    return Term(Who(indicator, arm), "denominator")


def _licensed(count: Count) -> tuple[Term, ...]:
    return tuple(Term(Who("active_use", arm), count) for arm in _ARMS)


LINKS: Final[tuple[Link, ...]] = (
    # The tutor: prompts, answers, people who asked.
    *(Link((_d(each),), "=", (_d("redaction_rate"),), "both count the prompts") for each in _TYPES),
    Link(tuple(_n(each) for each in _TYPES), "=", (_n("redaction_rate"),), "every identifier held back is of one type"),
    Link((_d("guard_actions"),), "=", (_d("cited_answers"),), "both count the tutor's answers"),
    Link((_d("concerns"),), "=", (_d("tutor_cost"),), "both count the people who asked the tutor"),
    Link((_d("cited_answers"),), "≤", (_d("redaction_rate"),), "an answer has a prompt"),
    Link((_d("guard_actions"),), "≤", (_d("redaction_rate"),), "an answer has a prompt"),
    Link((_d("concerns"),), "≤", (_d("redaction_rate"),), "who asked sent a prompt"),
    Link((_d("tutor_cost"),), "≤", (_d("redaction_rate"),), "who asked sent a prompt"),
    Link((_d("helpful"),), "≤", (_d("cited_answers"),), "an answer is rated once, and at once", always=False),
    Link((_n("concerns"),), "≤", (_d("cited_answers"),), "an answer is reported once, and at once", always=False),
    # ChatGPT: thresholds of active days, licences, use.
    *(Link((_d(each),), "=", (_d(_DEPTHS[0]),), "all count the people who used ChatGPT") for each in _DEPTHS[1:]),
    *(
        Link((_n(more),), "≤", (_n(fewer),), "a higher threshold of active days is reached by fewer")
        for fewer, more in pairwise(_DEPTHS)
    ),
    Link(
        (_d("dormant_licences"), _d("trained_before_access")),
        "≤",
        _licensed("denominator"),
        "a licence that ran throughout two months, or began in the month, ran in it; it does not do both",
    ),
    Link((_n("dormant_licences"),), "≤", _licensed("rest"), "a dormant licence is one that was not used in the month"),
    Link((_r("trained_before_access"),), "≤", (_d("active_use", "untrained"),), "who was not trained by then is not"),
    Link(
        (_d("active_after_4_weeks"), _d("active_after_12_weeks")),
        "≤",
        _licensed("denominator"),
        "they had a licence on the day; no two days eight weeks apart are in one month",
    ),
    *(
        Link(
            (_d(each),), "≤", (_d("active_use", "trained"),), "they had a licence on the day, and training long before"
        )
        for each in _LATER
    ),
    *(
        Link(
            (*map(_n, active), _n("dormant_licences")),
            "≤",
            _licensed("denominator"),
            "who was active on the day used the licence in that month or the one before",
        )
        for active in (("active_after_4_weeks", "active_after_12_weeks"), ("active_after_8_weeks",))
    ),
    Link(
        (_n("active_after_4_weeks"),),
        "≤",
        (_d("active_use", "trained"), _n("active_use", "untrained")),
        "who was trained in the month itself was active in a period that began in it",
    ),
    *(
        Link((Term(Who(each), count),), "≤", (Term(Who("active_use", "trained"), count),), _MONTHLY, always=False)
        for each in _LATER
        for count in _PARTS
    ),
    *(
        Link((Term(Who("active_after_4_weeks"), count),), "≤", _licensed(count), _MONTHLY, always=False)
        for count in _PARTS
    ),
    Link(_licensed("numerator"), "≤", (_d(_DEPTHS[0]),), "who has a licence and used it used ChatGPT", always=False),
    Link((_d(_DEPTHS[0]),), "≤", _licensed("numerator"), "ChatGPT is used with a licence", always=False),
    # The course: the report says of everybody in it whether they passed and whether they have a certificate, and
    # whoever is in it has completed some of it or nothing.
    Link((_d("course_completed"),), "=", (_d("course_passed"),), "both are of everybody in the course", always=False),
    Link((_d("course_completed"),), "≤", (_d("course_passed"),), "the report is made later in the month", always=False),
    Link((_d("certified"),), "=", (_d("course_passed"),), "a report that says one says the other", always=False),
    Link((_n("certified"),), "≤", (_n("course_passed"),), "certificates are for those who passed", always=False),
)
