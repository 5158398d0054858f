"""The parts of an answer about one lesson: its steps, its items, confidence, and what was gained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from analytics_dash.i18n import _
from analytics_dash.questions.answers import Line, Part, Picture, Point
from analytics_dash.questions.estimates import estimate_table, measure_name, measure_table
from analytics_dash.questions.facts import Facts
from analytics_dash.questions.items import items, misleading
from analytics_dash.questions.lesson_words import misled, stops
from analytics_dash.questions.sentences import misuse_of
from analytics_dash.questions.titles import item_label, item_title, lesson_title, quoted, said, step_label, step_title
from analytics_dash.questions.written import is_shown, labelled, measured, spell, with_sign
from analytics_dash.releases import LearningFigure

GAINS: Final = ("gain", "mean_gain", "gain_on_anchors", "kept", "at_ceiling")
JUDGEMENT: Final = ("over_confidence", "brier", "sensitivity", "criterion")


def steps(facts: Facts, lesson: str) -> Iterator[Part]:
    """After which step people stopped, and how many completed."""
    found = [each for each in facts.of_lesson(lesson, "stopped") if each.step]
    if not found:
        return
    where = stops(facts, lesson)
    ends = [each for name in ("submitted", "completed") for each in facts.of_lesson(lesson, name)]
    hidden = sum(not is_shown(each) for each in found)
    yield Part(
        "stopped",
        where.headline,
        _(
            "People whose last step it was, in per cent of those who got so far, with intervals (95%). {lesson}, steps "
            "in their order, all of government, {period}."
        ).format(lesson=said(facts, lesson), period=facts.window),
        _rows(found, [step_title(facts, lesson, each.step) for each in found], ceiling=None),
        tuple(
            text
            for text in (
                where.sure,
                *(_completed(each) for each in ends),
                _("Steps whose figure is hidden: {count} of {all}.").format(count=spell(hidden), all=spell(len(found)))
                if hidden
                else "",
            )
            if text
        ),
        measure_table(
            "stopped",
            _("Where people stopped, and how many completed"),
            (_("Step"),),
            [
                *(((measure_name(each.measure),), each) for each in ends),
                *(((step_label(facts, lesson, each.step),), each) for each in found),
            ],
        ),
        misuse_of("lesson_funnel"),
    )


def _completed(each: LearningFigure) -> str:
    name, text = measure_name(each.measure), measured(each).text
    if not is_shown(each):
        return _("{name}: hidden to protect people, and marked [c].").format(name=name)
    return labelled(name, with_sign(text)) + "."


def item_shares(facts: Facts, lesson: str) -> Iterator[Part]:
    """How many were right in each item, and which wrong answers mislead."""
    found = items(facts, lesson)
    if not found:
        return
    wrong = {(each.step, each.item): each for each in misleading(facts, lesson)}
    names = [item_label(facts, each) for each in found]
    yield Part(
        "items",
        misled(facts, lesson),
        _(
            "People right at their first attempt, in per cent of those who answered, with intervals (95%). {lesson}, "
            "all of government, {period}."
        ).format(lesson=said(facts, lesson), period=facts.window),
        _rows(found, [item_title(facts, each) for each in found], ceiling=100.0),
        tuple(
            _("{item}: {right} were right; {wrong} chose the answer “{answer}”.").format(
                item=quoted(item_title(facts, each)),
                right=with_sign(measured(right).text),
                wrong=with_sign(measured(each).text),
                answer=each.option,
            )
            for right in found
            if (each := wrong.get((right.step, right.item))) is not None
        )
        or (_("The table has how many were right in each."),),
        measure_table(
            "items",
            _("How many were right, and the most chosen wrong answer where it misleads"),
            (_("Item"), _("What")),
            list(_item_rows(names, found, wrong)),
        ),
        _("An item that many get wrong may be hard, unclear, or rightly demanding: read it before you change it. ")
        + _("Titles and ids are those of the lesson's author; a release holds no other wording."),
    )


def _item_rows(
    names: Sequence[str], found: Sequence[LearningFigure], wrong: Mapping[tuple[str, str], LearningFigure]
) -> Iterator[tuple[tuple[str, ...], LearningFigure]]:
    for name, each in zip(names, found, strict=True):
        yield (name, _("Right")), each
        if other := wrong.get((each.step, each.item)):
            yield (name, _("Answer “{answer}”").format(answer=other.option)), other


def judgement(facts: Facts, lesson: str) -> Iterator[Part]:
    """Whether people are as right as they are sure, and whether they tell wrong from sound."""
    found = [each for name in JUDGEMENT for each in facts.of_lesson(lesson, name)]
    sure = next(iter(facts.of_lesson(lesson, "over_confidence")), None)
    if sure is None:
        return
    if not is_shown(sure) or sure.low is None or sure.high is None:
        headline = _("We can't say how well people know what they know: the figure is hidden to protect people.")
    elif sure.low > 0:
        headline = _("People were surer than they were right.")
    elif sure.high < 0:
        headline = _("People were less sure than they were right.")
    else:
        headline = _("People were about as sure as they were right: the difference may be chance.")
    levels = facts.of_lesson(lesson, "right_when_sure")
    yield Part(
        "judgement",
        headline,
        _(
            "Right answers, in per cent of those given with each confidence. {lesson}, all of government, {period}."
        ).format(lesson=said(facts, lesson), period=facts.window),
        _rows(levels, [with_sign(each.option) for each in levels], ceiling=100.0) if levels else None,
        tuple(
            _("{name}: {value}, interval (95%) {low} to {high}. {meaning}").format(
                name=measure_name(each.measure),
                value=measured(each).text,
                low=measured(each, "low").text,
                high=measured(each, "high").text,
                meaning=_meaning(each.measure),
            )
            for each in found
            if is_shown(each)
        )
        + tuple(
            _("Of the answers that people gave as {sure} sure, {right} were right.").format(
                sure=with_sign(each.option), right=with_sign(measured(each).text)
            )
            for each in levels
            if is_shown(each)
        ),
        measure_table(
            "judgement",
            _("Confidence, and telling wrong from sound"),
            (_("What"), _("Confidence or step")),
            [
                *(
                    (
                        (
                            measure_name(each.measure),
                            said(facts, lesson, each.step) if each.step else _("All"),
                        ),
                        each,
                    )
                    for each in found
                ),
                *(((_("Right, where so sure"), with_sign(each.option)), each) for each in levels),
            ],
        ),
        f"{misuse_of('calibration_gap')} {misuse_of('detection')}",
    )


def _meaning(measure: str) -> str:
    """How to read a measure of judgement, for somebody who never met it."""
    return {
        "over_confidence": _(
            "That is how far people's confidence was above the share of their answers that was right, from nought to "
            "one; below nought they were less sure than right."
        ),
        "brier": _(
            "Lower is better: nought is always sure and always right, a quarter is half sure of everything, one is "
            "always sure and always wrong."
        ),
        "sensitivity": _("Nought is guessing; the higher, the better people tell what is wrong from what is sound."),
        "criterion": _(
            "Nought is even; above it people let wrong things pass rather than flag sound ones, below it the other way "
            "round."
        ),
    }[measure]


def lessons(facts: Facts) -> Iterator[Part]:
    """How many completed each lesson, side by side: which of them loses people. None where there is one alone."""
    found = [each for lesson in facts.lessons for each in facts.of_lesson(lesson, "completed")]
    if len(found) < 2:
        return
    shown = sorted((each for each in found if is_shown(each)), key=lambda each: each.value or 0)
    if len(shown) < 2:
        headline = _("We can't say which lesson loses people: too few figures can be shown.")
    elif (shown[0].high or 0) < min(each.low or 0 for each in shown[1:]):
        headline = _("Of those who start a lesson, fewest complete {lesson}: {share}.").format(
            lesson=said(facts, shown[0].lesson), share=with_sign(measured(shown[0]).text)
        )
    else:
        headline = _("No lesson stands out by how few complete it.")
    names = [lesson_title(facts, each.lesson) for each in found]
    yield Part(
        "lessons",
        headline,
        _(
            "People who completed a lesson, in per cent of those who started it, with intervals (95%). All of "
            "government, {period}."
        ).format(period=facts.window),
        _rows(found, names, ceiling=100.0),
        tuple(f"{name}: {_completed(each).partition(': ')[2]}" for name, each in zip(names, found, strict=True)),
        measure_table(
            "lessons",
            _("How many completed each lesson"),
            (_("Lesson"),),
            [((name,), each) for name, each in zip(names, found, strict=True)],
        ),
        misuse_of("lesson_funnel"),
    )


def gains(facts: Facts) -> Iterator[Part]:
    """Every test's gain: what two forms say together is about no single lesson."""
    for test in facts.lessons:
        found = [each for name in GAINS for each in facts.of_lesson(test, name)]
        if not found:
            continue
        gain = found[0]
        if not is_shown(gain) or gain.low is None or gain.high is None:
            headline = _("We can't say what was gained in {test}: the figure is hidden to protect people.")
        elif gain.low > 0:
            headline = _("In {test} people gained {gain} of what they could gain.")
        else:
            headline = _("We can't say that people gained anything in {test}: it may be chance.")
        yield Part(
            f"gain-{test}",
            headline.format(test=said(facts, test), gain=with_sign(f"{100 * (measured(gain).number or 0):.0f}")),
            _(
                "From the test before the course to those after it, with intervals (95%). All of government, {period}."
            ).format(period=facts.window),
            None,
            (
                _("A gain of nought is nothing learnt, and of one everything that there was to learn."),
                _("Who had full marks before the course could gain nothing, and is not in the mean of people's gains."),
            ),
            estimate_table(found, f"gain-{test}", _("Gain from test to test")),
            f"{misuse_of('normalised_gain')} {misuse_of('retention')}",
        )


def _rows(
    found: tuple[LearningFigure, ...] | list[LearningFigure], names: list[str], *, ceiling: float | None
) -> Picture:
    points = tuple(
        Point(
            f"{each.step} {each.item} {each.option}",
            name,
            with_sign(measured(each).text) if is_shown(each) else measured(each).text,
            measured(each).number,
            None if each.low is None else 100 * each.low,
            None if each.high is None else 100 * each.high,
        )
        for name, each in zip(names, found, strict=True)
    )
    return Picture("groups", "%", (Line("", points),), ceiling)
