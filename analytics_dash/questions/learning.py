"""Where do learners stop, and which items mislead? Of one lesson or test, over all people of the roster.

An item misleads where one wrong answer was chosen by more people than the right one (`items`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from analytics_dash.i18n import _, ngettext
from analytics_dash.indicators.model import mark as marked
from analytics_dash.questions.answers import Finding, Key, Line, Part, Picture, Point
from analytics_dash.questions.estimates import estimate_table, measure_name, measure_table, measure_unit
from analytics_dash.questions.facts import Facts
from analytics_dash.questions.items import items, misleading
from analytics_dash.questions.keys import key
from analytics_dash.questions.parts import through_months
from analytics_dash.questions.question import Question
from analytics_dash.questions.sentences import listed, misuse_of
from analytics_dash.questions.written import is_shown, measured, spell, with_sign
from analytics_dash.releases import LearningFigure

INDICATORS: Final = ("competent", "post_test", "course_completed", "course_passed", "certified")
GAINS: Final = ("gain", "mean_gain", "gain_on_anchors", "kept", "at_ceiling")
HALF: Final = 0.5
JUDGEMENT: Final = ("over_confidence", "brier", "sensitivity", "criterion")


def lesson_of(facts: Facts) -> str:
    """The chosen lesson, or the usual one."""
    return facts.choice.view or usual(facts)


def usual(facts: Facts) -> str:
    """The first lesson of which it is known how many completed it, else the first of which anything is."""
    known = [each.lesson for each in facts.learning if each.measure == "completed" and is_shown(each)]
    taught = [lesson for lesson in facts.lessons if facts.of_lesson(lesson, "right")]
    return next(iter([*known, *taught, *facts.lessons]), "")


def finding(facts: Facts) -> Finding:
    """Where people stop, and how many items mislead."""
    lesson = lesson_of(facts)
    if not lesson:
        return Finding(_("We can't say: nothing was measured of any lesson in this period."), can_say=False)
    stops, misled = _stops(facts, lesson), _misled(facts, lesson)
    return Finding(
        f"{stops.headline} {misled}".strip(), stops.sure, can_say=stops.can_say or bool(misleading(facts, lesson))
    )


def _stops(facts: Facts, lesson: str) -> Finding:
    shown = [each for each in facts.of_lesson(lesson, "stopped") if is_shown(each) and each.step]
    if not shown:
        return Finding(_("We can't say where people stop in {lesson}.").format(lesson=said(lesson)), can_say=False)
    most = max(shown, key=lambda each: each.value or 0)
    rest = [each for each in shown if each is not most]
    values = {"lesson": said(lesson), "share": with_sign(measured(most).text), "step": said(most.step)}
    sure = _("Of {people} who got so far; interval (95%) {low} to {high}.").format(
        people=measured(most, "denominator").text, low=measured(most, "low").text, high=measured(most, "high").text
    )
    if rest and (most.low or 0) <= max(each.high or 0 for each in rest):
        text = _("In {lesson} no step stands out: at most {share} stopped after any of them that can be shown.")
        return Finding(text.format(**values), sure)
    return Finding(_("In {lesson} most people stopped after {step}: {share}.").format(**values), sure)


def _misled(facts: Facts, lesson: str) -> str:
    """Which items mislead, and which are hard; of answers that can't be shown it says that it can't say."""
    every, wrong = items(facts, lesson), misleading(facts, lesson)
    hard = [each for each in every if each.high is not None and each.high < HALF]
    if not every:
        return _("We can't say which items mislead: too few people answered.")
    if not facts.of_lesson(lesson, "chosen"):
        text = _("We can't say which items mislead: no wrong answer can be shown.")
    elif not wrong:
        text = _("In no item did more people choose one wrong answer than the right one.")
    else:
        text = ngettext(
            "In {count} item more people chose one wrong answer than the right one: {items}.",
            "In {count} items more people chose one wrong answer than the right one: {items}.",
            len(wrong),
        ).format(count=spell(len(wrong)), items=listed([named(each) for each in wrong]))
    if hard:
        text += " " + _("Fewer than half were right in {items}.").format(items=listed([named(each) for each in hard]))
    return text


def named(each: LearningFigure) -> str:
    """An item by its step, and by its own name where that says more."""
    return said(each.step if each.item in ("", "choice") else f"{each.step}, {each.item}")


def said(name: str) -> str:
    """An id as it is written by its author, made readable: it has no other name in a release."""
    return f"“{name.replace('-', ' ')}”"


def figure(facts: Facts) -> Key | None:
    """The share of people who completed the lesson."""
    found = next(iter(facts.of_lesson(lesson_of(facts), "completed")), None)
    if found is None:
        return None
    base = (
        _("of {people} who started {lesson} completed it").format(
            people=measured(found, "denominator").text, lesson=said(found.lesson)
        )
        if is_shown(found)
        else _("Hidden to protect people.")
    )
    return key(measured(found), "%", base)


def parts(facts: Facts) -> tuple[Part, ...]:
    """The lesson's steps, its items, what was gained from form to form, and the course by month."""
    lesson = lesson_of(facts)
    return (
        *_steps(facts, lesson),
        *_items(facts, lesson),
        *_judgement(facts, lesson),
        *_gains(facts),
        *(through_months(facts, indicator) for indicator in INDICATORS if _loaded(facts, indicator)),
    )


def _loaded(facts: Facts, indicator: str) -> bool:
    return any(cell.status != "x" for cell in facts.cells if cell.indicator == indicator)


def _steps(facts: Facts, lesson: str) -> Iterator[Part]:
    found = [each for each in facts.of_lesson(lesson, "stopped") if each.step]
    if not found:
        return
    stops = _stops(facts, lesson)
    ends = [each for name in ("submitted", "completed") for each in facts.of_lesson(lesson, name)]
    hidden = sum(not is_shown(each) for each in found)
    yield Part(
        "stopped",
        stops.headline,
        _(
            "People whose last step it was, in per cent of those who got so far, with intervals (95%). {lesson}, steps "
            "in their order, all of government, {period}."
        ).format(lesson=said(lesson), period=facts.window),
        _rows(found, [each.step for each in found], ceiling=None),
        tuple(
            text
            for text in (
                stops.sure,
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
            [*(((measure_name(each.measure),), each) for each in ends), *(((each.step,), each) for each in found)],
        ),
        misuse_of("lesson_funnel"),
    )


def _completed(each: LearningFigure) -> str:
    return f"{measure_name(each.measure)}: {with_sign(measured(each).text) if is_shown(each) else measured(each).text}."


def _items(facts: Facts, lesson: str) -> Iterator[Part]:
    found = items(facts, lesson)
    if not found:
        return
    wrong = {(each.step, each.item): each for each in misleading(facts, lesson)}
    names = [f"{each.step}, {each.item}" if _several(found, each.step) else each.step for each in found]
    yield Part(
        "items",
        _misled(facts, lesson),
        _(
            "People right at their first attempt, in per cent of those who answered, with intervals (95%). {lesson}, "
            "all of government, {period}."
        ).format(lesson=said(lesson), period=facts.window),
        _rows(found, names, ceiling=100.0),
        tuple(
            _("{item}: {right} were right; {wrong} chose the answer “{answer}”.").format(
                item=named(each),
                right=with_sign(measured(right).text),
                wrong=with_sign(measured(each).text),
                answer=each.option,
            )
            for right in found
            if (each := wrong.get((right.step, right.item))) is not None
        )
        or (_("No wrong answer that can be shown was chosen by more people than the right one."),),
        measure_table(
            "items",
            _("How many were right, and the most chosen wrong answer where it misleads"),
            (_("Item"), _("What")),
            list(_item_rows(names, found, wrong)),
        ),
        _("An item that many get wrong may be hard, unclear, or rightly demanding: read it before you change it. ")
        + _("Ids are those of the lesson's author; a release holds no wording."),
    )


def _item_rows(
    names: Sequence[str], found: Sequence[LearningFigure], wrong: Mapping[tuple[str, str], LearningFigure]
) -> Iterator[tuple[tuple[str, ...], LearningFigure]]:
    for name, each in zip(names, found, strict=True):
        yield (name, _("Right")), each
        if other := wrong.get((each.step, each.item)):
            yield (name, _("Answer “{answer}”").format(answer=other.option)), other


def _several(found: tuple[LearningFigure, ...], step: str) -> bool:
    return sum(each.step == step for each in found) > 1


def _judgement(facts: Facts, lesson: str) -> Iterator[Part]:
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
        ).format(lesson=said(lesson), period=facts.window),
        _rows(levels, [with_sign(each.option) for each in levels], ceiling=100.0) if levels else None,
        tuple(
            _("{name}: {value}, interval (95%) {low} to {high} ({unit}).").format(
                name=measure_name(each.measure),
                value=measured(each).text,
                low=measured(each, "low").text,
                high=measured(each, "high").text,
                unit=measure_unit(each.measure),
            )
            for each in found
            if is_shown(each)
        ),
        measure_table(
            "judgement",
            _("Confidence, and telling wrong from sound"),
            (_("What"), _("Confidence or step")),
            [
                *(((measure_name(each.measure), said(each.step) if each.step else _("All")), each) for each in found),
                *(((_("Right when sure"), with_sign(each.option)), each) for each in levels),
            ],
        ),
        f"{misuse_of('calibration_gap')} {misuse_of('detection')}",
    )


def _gains(facts: Facts) -> Iterator[Part]:
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
            "gain",
            headline.format(test=said(test), gain=with_sign(f"{100 * (gain.value or 0):.0f}")),
            _(
                "From the first form of the test to the next ones, with intervals (95%). All of government, {period}."
            ).format(period=facts.window),
            None,
            tuple(f"{measure_name(each.measure)}: {measured(each).text}." for each in found),
            estimate_table(found, "gain", _("Gain from form to form")),
            f"{misuse_of('normalised_gain')} {misuse_of('retention')}",
        )


def _rows(
    found: tuple[LearningFigure, ...] | list[LearningFigure], names: list[str], *, ceiling: float | None
) -> Picture:
    points = tuple(
        Point(
            name,
            name,
            with_sign(measured(each).text) if is_shown(each) else measured(each).text,
            measured(each).number,
            None if each.low is None else 100 * each.low,
            None if each.high is None else 100 * each.high,
        )
        for name, each in zip(names, found, strict=True)
    )
    return Picture("groups", "%", (Line("", points),), ceiling)


QUESTION: Final = Question(
    key="learning",
    title=marked("Where do learners stop, and which items mislead?"),
    short=marked("Learning"),
    indicators=INDICATORS,
    finding=finding,
    figure=figure,
    choose=marked("Lesson"),
    parts=parts,
    views=lambda facts: tuple(
        (lesson, lesson.replace("-", " "))
        for lesson in sorted(facts.lessons, key=lambda each: each != usual(facts))
        if facts.of_lesson(lesson, "right") or facts.of_lesson(lesson, "stopped")
    ),
    notes=lambda _facts: (
        _("What is measured of lessons is about everybody in the roster, never about a department."),
    ),
    learning=True,
    entries=(
        "lesson_funnel",
        "normalised_gain",
        "retention",
        "calibration_gap",
        "brier_score",
        "detection",
        "criterion",
    ),
)
