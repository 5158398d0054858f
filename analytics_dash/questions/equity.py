"""Who is left behind? Each grade band, profession and nation against all others, with what chance alone would do.

Of many gaps some lie outside their intervals by chance. A finding is made only where there are more of them than chance
explains; then the groups are named in the release's order, which ranks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb
from typing import Final, Literal

from analytics_dash.i18n import _, ngettext
from analytics_dash.indicators.model import mark as marked
from analytics_dash.questions.answers import Finding, Line, Part, Picture, Point
from analytics_dash.questions.estimates import measure_table
from analytics_dash.questions.facts import Facts
from analytics_dash.questions.labels import arm_name, split_name
from analytics_dash.questions.parts import by_group
from analytics_dash.questions.question import Question
from analytics_dash.questions.sentences import listed, misuse_of, title_of
from analytics_dash.questions.splits import in_order, splits
from analytics_dash.questions.written import is_shown, measured, spell
from analytics_dash.releases import LearningFigure

INDICATORS: Final = ("trained_before_access", "competent", "active_use")
SPLITS: Final = ("grade_band", "profession", "nation")
CHANCE: Final = 0.05
"""How often a gap lies outside its interval when there is none; and how rare more such gaps must be to be a finding."""


def gaps(facts: Facts, split: str = "") -> tuple[LearningFigure, ...]:
    """The gaps of a split, or of all, in the release's order."""
    found = [(each.option, each) for each in facts.of_lesson("", "equity_gap") if split in ("", each.item)]
    return tuple(each for _name, each in (in_order(split, found) if split else found))


def outside(found: Sequence[LearningFigure]) -> tuple[LearningFigure, ...]:
    """Those whose interval does not hold nought."""
    return tuple(
        each for each in found if each.low is not None and each.high is not None and (each.low > 0 or each.high < 0)
    )


def more_than_chance(count: int, among: int) -> bool:
    """Whether `count` gaps or more outside their intervals would be rare among so many if there were no gap at all."""
    fewer = sum(comb(among, k) * CHANCE**k * (1 - CHANCE) ** (among - k) for k in range(count))
    return 1 - fewer < CHANCE


def finding(facts: Facts) -> Finding:
    """How many gaps lie outside their intervals, against how many would by chance. About everybody."""
    shown = [each for each in gaps(facts) if is_shown(each)]
    if not shown:
        return Finding(_("We can't say: no gap between grades, professions or nations can be shown."), can_say=False)
    found = outside(shown)
    sure = ngettext(
        "Of {all} gaps {count} is larger than chance usually makes; if all were chance, {expected} would be.",
        "Of {all} gaps {count} are larger than chance usually makes; if all were chance, {expected} would be.",
        len(found),
    ).format(all=len(shown), count=spell(len(found)), expected=_expected(len(shown)))
    if not more_than_chance(len(found), len(shown)):
        headline = _(
            "We can't say who is left behind: all gaps between grades, professions and nations together may be chance."
        )
        return Finding(headline, sure, can_say=False)
    names = listed(tuple(dict.fromkeys(each.option for each in found)))
    headline = _("Some groups differ from all others by more than chance makes: {groups}.").format(groups=names)
    return Finding(headline, sure)


def _expected(among: int) -> str:
    """How many of so many gaps lie outside their intervals by chance alone: one in twenty, in words."""
    count = round(among * CHANCE)
    return _("about {number}").format(number=spell(count)) if count else _("hardly one")


def parts(facts: Facts) -> tuple[Part, ...]:
    """For the chosen split: the gaps of each indicator, then the shares that they are made of."""
    split = facts.choice.view or SPLITS[0]
    return (*_gaps(facts, split), *(by_group(facts, indicator, split) for indicator in INDICATORS))


def _gaps(facts: Facts, split: str) -> Iterator[Part]:
    found = gaps(facts, split)
    for indicator in INDICATORS:
        mine = [each for each in found if each.step.split()[0] == indicator]
        if mine:
            yield _gap(facts, indicator, split, mine)


def _gap(facts: Facts, indicator: str, split: str, found: Sequence[LearningFigure]) -> Part:
    arms = list(dict.fromkeys(each.step.partition(" ")[2] for each in found))
    shown = [each for each in found if is_shown(each)]
    far = outside(shown)
    if not shown:
        headline = _("We can't say: every gap is hidden to protect people.")
    elif far:
        headline = _("{title}: the gap is larger than chance usually makes for {groups}.").format(
            title=title_of(indicator), groups=listed([_named(each) for each in far])
        )
    else:
        headline = _("{title}: every gap may be chance.").format(title=title_of(indicator))
    limits = [abs(limit) for each in shown for limit in (each.low, each.high) if limit is not None]
    reach = 10.0 * (int(max(limits, default=10.0) / 10) + 1)
    return Part(
        f"gap-{indicator}",
        headline,
        _(
            "{title} {split}: the share in the group minus the share among all others, in percentage points, with "
            "intervals (95%). All of government, {period}."
        ).format(title=title_of(indicator), split=split_name(split), period=facts.window),
        Picture(
            "groups",
            "points",
            tuple(
                Line(arm_name(arm), tuple(_point(each) for each in found if each.step.partition(" ")[2] == arm))
                for arm in arms
            ),
            reach,
            -reach,
        ),
        tuple(
            _("{group}: {value} percentage points, interval (95%) {low} to {high}.").format(
                group=_named(each),
                value=measured(each).text,
                low=measured(each, "low").text,
                high=measured(each, "high").text,
            )
            for each in far
        )
        or _all_may_be_chance(shown),
        measure_table(
            f"gap_{indicator}_{split}"[:31],
            _("{title}: gap to all others").format(title=title_of(indicator)),
            (_("Group"), *((_("Trained or not"),) if arms != [""] else ())),
            [
                ((each.option, *((arm_name(each.step.partition(" ")[2]),) if arms != [""] else ())), each)
                for each in found
            ],
        ),
        misuse_of("equity_gap"),
    )


def _all_may_be_chance(shown: Sequence[LearningFigure]) -> tuple[str, ...]:
    """What no gap outside its interval does not say: that there is none."""
    parts: tuple[Literal["low", "high"], ...] = ("low", "high")
    limits = [(abs(getattr(each, part)), measured(each, part).text) for each in shown for part in parts if each.high]
    if not limits:
        return ()
    text = _(
        "The interval of every gap that is shown includes nought, so each may be chance; and one of them may be as "
        "large as {most} percentage points."
    )
    return (text.format(most=max(limits)[1].removeprefix("−")),)


def _named(each: LearningFigure) -> str:
    arm = arm_name(each.step.partition(" ")[2])
    return f"{each.option} ({arm})" if arm else each.option


def _point(each: LearningFigure) -> Point:
    return Point(each.option, each.option, measured(each).text, each.value, each.low, each.high)


QUESTION: Final = Question(
    key="equity",
    title=marked("Who is left behind?"),
    short=marked("Who is left behind"),
    indicators=INDICATORS,
    finding=finding,
    parts=parts,
    views=lambda facts: splits(facts, INDICATORS[0], SPLITS),
    notes=lambda _facts: (
        _("Grades, professions and nations are published for all of government, not for a department."),
        _("Departments stand beside each other on the pages of the other questions."),
        _("Nothing here is about sex, age, disability, ethnicity or working hours: the roster holds none of them."),
    ),
    measures=lambda figure: figure.measure == "equity_gap",
    entries=("equity_gap",),
)
