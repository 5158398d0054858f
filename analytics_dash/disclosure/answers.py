"""Which of an item's answers may be shown: each by the rule, and none so that the rest gives a hidden one away.

Answers to an item add up to the people who answered it. So a single answer that is not shown follows from the others,
to within the rounding; this is the attacker's programme where there is one equation only, solved by hand. Called by
`learning.figures`, and by `releases.learning_checks` for what several releases say together.
"""

from __future__ import annotations

from collections.abc import Mapping

from analytics_dash.disclosure.ranges import NARROWEST
from analytics_dash.disclosure.rule import MINIMUM, ROUNDING, Shown, show_proportion


def show_answers(counts: Mapping[str, int], people: int, *, known: str | None = None) -> dict[str, Shown]:
    """Return the answers that may be shown of the `people` who gave one each, with their counts.

    `known` is the answer whose count is shown elsewhere (the right one), so that hiding it here would hide nothing.
    Answers that are not returned must not even be named as given: there may be nobody who gave them.
    """
    passed = {answer: show_proportion(count, people) for answer, count in counts.items()}
    shown = {answer: parts for answer, parts in passed.items() if parts is not None}
    while shown and is_pinned(shown):
        candidates = [answer for answer in shown if answer != known]
        if not candidates:
            break  # what is left over is then the rest of `known`, and the rule has let that pass
        shown.pop(min(candidates, key=lambda answer: (shown[answer].numerator, answer)))
    return shown


def is_pinned(shown: Mapping[str, Shown]) -> bool:
    """Whether one further answer, supposed to be below ten, is known as closely as a shown count.

    The authored answers are public, so a reader knows whether there is one; the worst case is that there is just one.
    """
    whole = next(iter(shown.values())).denominator
    low = max(0, whole - ROUNDING - sum(each.numerator + ROUNDING for each in shown.values()))
    high = whole + ROUNDING - sum(each.numerator - ROUNDING for each in shown.values())
    return low < MINIMUM and min(high, MINIMUM - 1) - low < NARROWEST
