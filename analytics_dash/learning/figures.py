"""The wall for learning: a lesson's measures go in, protected figures come out, for a release and nothing else.

Always over all people of the roster, always the months of the release; never by department, never a person. A share
passes the 10-5 rule; any other measure is told as closely as its people allow (`precision`) and says how many they are
(to 5); a median needs ten.
What fewer than ten people answered is not listed: authored items are public, and that one is listed would tell that
somebody answered it. Called by `releases.build`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from analytics_dash.disclosure.answers import show_answers
from analytics_dash.disclosure.rule import MINIMUM, ROUNDING, Shown, show_count, show_proportion
from analytics_dash.learning import pace, reading
from analytics_dash.learning.calibration import brier, over_confidence, reliability
from analytics_dash.learning.detection import Counts, detection
from analytics_dash.learning.gain import normalised_gain, retention
from analytics_dash.learning.intervals import Interval, Numbers, rounded, wilson
from analytics_dash.learning.items import Flags, choice_counts, rest_correlation
from analytics_dash.learning.precision import told
from analytics_dash.releases.types import LearningFigure

if TYPE_CHECKING:
    from analytics_dash.indicators import Window
    from analytics_dash.learning.reading import Sheet
    from analytics_dash.warehouse import WarehouseTables

DECIMALS: Final = 2
"""Of every measure that is no share, at most."""

DECIMALS_OF_SHARES: Final = 4

SECONDS: Final = 10
"""Median times are rounded to so many seconds."""


@dataclass(frozen=True, slots=True)
class _About:
    """What figures are about, and the ways in which one is made."""

    release: str
    lesson: str
    step: str = ""
    item: str = ""
    option: str = ""

    def share(self, measure: str, part: int, whole: int) -> LearningFigure:
        """`part` of `whole` people, by the rule."""
        return self.shown_share(measure, show_proportion(part, whole))

    def share_of_answers(self, measure: str, part: int, whole: int, *, people: tuple[int, int]) -> LearningFigure:
        """`part` of `whole` answers, with the `people` behind the part and behind the rest.

        Without limits: answers of one person go together, and counts alone do not tell how closely.
        """
        shown = show_proportion(part, whole) if min(people) >= MINIMUM else None
        if shown is None:
            return self.hidden(measure)
        value = round(shown.numerator / shown.denominator, DECIMALS_OF_SHARES)
        return self._figure(measure, (shown.numerator, shown.denominator), (value, None, None))

    def shown_share(self, measure: str, shown: Shown | None) -> LearningFigure:
        if shown is None:
            return self.hidden(measure)
        limits = wilson(shown.numerator, shown.denominator, unsure=ROUNDING)
        return self._figure(measure, (shown.numerator, shown.denominator), rounded(limits, DECIMALS_OF_SHARES))

    def statistic(self, measure: str, found: Interval | None, *, may: bool = True) -> LearningFigure:
        """A measure that is no share, told as closely as its people allow, unless it `may` not be shown."""
        limits = None if found is None or not may else told(found, DECIMALS)
        if found is None or limits is None:
            return self.hidden(measure)
        return self._figure(measure, (None, show_count(found.people)), limits)

    def median(self, measure: str, seconds: float, people: int) -> LearningFigure:
        shown = show_count(people)
        if shown is None:
            return self.hidden(measure)
        return self._figure(measure, (None, shown), (float(round(seconds / SECONDS) * SECONDS), None, None))

    def hidden(self, measure: str) -> LearningFigure:
        return self._figure(measure, (None, None), (None, None, None))

    def _figure(
        self,
        measure: str,
        counts: tuple[int | None, int | None],
        limits: tuple[float | None, float | None, float | None],
    ) -> LearningFigure:
        place = (self.release, self.lesson, self.step, self.item, self.option)
        return LearningFigure(*place, measure, *counts, *limits, "c" if limits[0] is None else "shown")


def lesson_figures(tables: WarehouseTables, window: Window, *, release: str) -> tuple[LearningFigure, ...]:
    """The protected figures of every lesson in the window, then of every test whose forms were taken."""
    figures: list[LearningFigure] = []
    scores: dict[str, dict[str, Sheet]] = {}
    until = datetime.combine(window.last_day + timedelta(days=1), time(), UTC).timestamp()
    for lesson in reading.lessons(tables, window):
        sheet = reading.sheet(tables, window, lesson)
        about = _About(release, lesson)
        figures += _items(about, sheet)
        figures += _calibration(about, sheet)
        for step, counts in reading.detections(tables, window, lesson).items():
            figures += _detection(_About(release, lesson, step), counts)
        figures += _funnel(about, *reading.funnel(tables, window, lesson))
        found = pace.paces(reading.acts(tables, window, lesson), until=until)
        figures += _pace(about, found, has_tutor=sheet.form is None)
        if sheet.test and sheet.form:
            scores.setdefault(sheet.test, {})[sheet.form] = sheet
    for test, forms in sorted(scores.items()):
        figures += _gain(_About(release, test), forms)
    return tuple(figures)


def _items(about: _About, sheet: Sheet) -> Iterator[LearningFigure]:
    whole = sheet.complete
    for column, (step, item) in enumerate(sheet.items):
        answered = ~np.isnan(sheet.hits[:, column])
        people, right = int(answered.sum()), sheet.hits[answered, column] == 1
        if people < MINIMUM:
            continue
        here = _About(about.release, about.lesson, step, item)
        difficulty = here.share("right", int(right.sum()), people)
        yield difficulty
        hits = sheet.hits[whole] == 1
        of_whole = show_proportion(int(hits[:, column].sum()), len(hits))
        yield here.statistic("rest_correlation", rest_correlation(hits, column), may=of_whole is not None)
        answers = sheet.answers[answered, column].tolist()
        keys = {answer for answer, hit in zip(answers, right.tolist(), strict=True) if hit}
        if len(keys) != 1:
            continue  # several answers are right together, or none: their sum would be one more equation
        shown = show_answers(choice_counts(answers), people, known=next(iter(keys)))
        for answer, counts in shown.items():
            yield _About(about.release, about.lesson, step, item, answer).shown_share("chosen", counts)


def _calibration(about: _About, sheet: Sheet) -> Iterator[LearningFigure]:
    rows, columns = np.nonzero(~np.isnan(sheet.confidence))
    people, hits = sheet.people[rows], sheet.hits[rows, columns] == 1
    sure = sheet.confidence[rows, columns]
    if len(np.unique(people)) < MINIMUM:
        return
    yield about.statistic("brier", brier(people, sure, hits))
    yield about.statistic("over_confidence", over_confidence(people, sure, hits))
    for level in reliability(people, sure, hits):
        at = _About(about.release, about.lesson, option=f"{level.level * 100:.0f}")
        behind = level.people_right, level.people_wrong
        yield at.share_of_answers("right_when_sure", level.right, level.answers, people=behind)


def _detection(about: _About, counts: Counts) -> Iterator[LearningFigure]:
    hits, false_alarms, targets, non_targets = counts.T
    if len(counts) < MINIMUM or not (targets.any() and non_targets.any()):
        return  # a step without a sound statement, or without a wrong one, has nothing to tell apart
    found = detection(counts)
    parts = (hits, targets - hits, false_alarms, non_targets - false_alarms)
    enough = all(int((part > 0).sum()) >= MINIMUM for part in parts)
    yield about.statistic("sensitivity", found.sensitivity if found else None, may=enough)
    yield about.statistic("criterion", found.criterion if found else None, may=enough)


def _funnel(about: _About, started: int, submitted: int, completed: int) -> Iterator[LearningFigure]:
    """Of those who started, who went on; two shares of one whole, so their difference must pass the rule as well."""
    if started < MINIMUM:
        return
    between = submitted - completed
    yield about.share("submitted", submitted, started)
    closed = about.share("completed", completed, started)
    yield closed if between >= MINIMUM else about.hidden("completed")


def _pace(about: _About, found: pace.Paces, *, has_tutor: bool) -> Iterator[LearningFigure]:
    for step, time_spent in found.time_on_step.items():
        if time_spent.people >= MINIMUM:
            yield _About(about.release, about.lesson, step).median("seconds", time_spent.median, time_spent.people)
    for step, (stopped, reached) in found.abandonment.items():
        if reached >= MINIMUM:
            yield _About(about.release, about.lesson, step).share("stopped", stopped, reached)
    for step, use in found.tutor_use.items() if has_tutor and found.asked >= MINIMUM else ():
        if use.people >= MINIMUM:
            here = _About(about.release, about.lesson, step)
            yield here.share("tutor_before", use.before, use.people)
            yield here.share("tutor_after", use.after, use.people)


def _gain(about: _About, forms: dict[str, Sheet]) -> Iterator[LearningFigure]:
    if not {"pre", "post"} <= forms.keys():
        return
    pre, post = _of_the_same([forms["pre"], forms["post"]])
    if len(pre) < MINIMUM:
        return
    gain = normalised_gain(pre, post)
    yield about.statistic("gain", gain.of_class)
    yield about.statistic("mean_gain", gain.mean)
    yield about.share("at_ceiling", gain.at_ceiling, gain.people)
    anchors = _anchors(forms["pre"], forms["post"])
    if anchors[0].any():
        anchored = normalised_gain(*_of_the_same([forms["pre"], forms["post"]], anchors))
        yield about.statistic("gain_on_anchors", anchored.of_class)
    if "delayed" in forms:
        yield about.statistic("kept", retention(*_of_the_same([forms["pre"], forms["post"], forms["delayed"]])))


def _anchors(*sheets: Sheet) -> list[Flags]:
    """For each form, which of its items are anchors that all of these forms have."""
    named = [
        {item for item, is_anchor in zip(sheet.items, sheet.anchors.tolist(), strict=True) if is_anchor}
        for sheet in sheets
    ]
    common = set.intersection(*named)
    return [np.array([item in common for item in sheet.items], dtype=bool) for sheet in sheets]


def _of_the_same(sheets: Sequence[Sheet], items: Sequence[Flags] | None = None) -> list[Numbers]:
    """The scores of the people who answered every item of all these forms, in the same order; of `items` if given."""
    chosen: Sequence[Flags | None] = [None] * len(sheets) if items is None else items
    scored = [sheet.scores(flags) for sheet, flags in zip(sheets, chosen, strict=True)]
    everywhere = scored[0][0]
    for people, _scores in scored[1:]:
        everywhere = np.intersect1d(everywhere, people)
    return [scores[np.isin(people, everywhere)] for people, scores in scored]
