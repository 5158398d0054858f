"""What learners say of the tutor's answers: thumbs, changes of mind, and reports that an answer is wrong or worrying.

Drawn from streams of their own, so that nobody's life changes with them. `feeds.feedback` writes them down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.moments import local_day
from analytics_dash.demonstration.staff import Person
from analytics_dash.demonstration.streams import stream
from analytics_dash.demonstration.turns import Turn


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was said of one turn. `kind`: helpful, unhelpful, wrong, worrying. `counts`: it was not changed later."""

    turn: Turn
    at: datetime
    kind: str
    counts: bool = True


def draw_opinions(seed: int, person: Person, turns: Sequence[Turn]) -> Iterator[Opinion]:
    """Draw what somebody says of their answered turns; of blocked and broken ones nobody says anything."""
    rng = stream(seed, "opinions", person.number)
    reports = person.department.name != planted.DOES_NOT_REPORT
    for turn in turns:
        if turn.status != "answered":
            continue
        at = turn.at + timedelta(seconds=rng.randint(5, 90), milliseconds=rng.randrange(1000))
        if rng.random() < planted.RATES_ANSWERS:
            fixed = local_day(turn.at) >= planted.LESSON_FIXED_ON
            helpful = rng.random() < (planted.HELPFUL_AFTER_FIX if fixed else planted.HELPFUL_BEFORE_FIX)
            words = ("helpful", "unhelpful") if helpful else ("unhelpful", "helpful")
            if rng.random() < planted.CHANGES_MIND:
                yield Opinion(turn, at, words[1], counts=False)
                at += timedelta(seconds=rng.randint(2, 40))
            yield Opinion(turn, at, words[0])
        chance = rng.random()
        for kind, rate in (("wrong", planted.REPORTED_WRONG), ("worrying", planted.REPORTED_WORRYING)):
            if reports and 0 <= chance < rate:
                yield Opinion(turn, at + timedelta(seconds=rng.randint(1, 30)), kind)
            chance -= rate
