"""How answers are marked, and what a form that cannot be marked is told."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.lessons import SMALL_LESSON
from xblock_ai_tutor.lesson import ItemMarking, Marking, ResponseError, Step, mark_step, parse_lesson

LESSON = parse_lesson(SMALL_LESSON)
READING = LESSON.step("why-check")
CHOICE = LESSON.step("what-next")
SPOT = LESSON.step("the-note")
SEVERAL = parse_lesson(
    """---
id: several
title: Several
minutes: 1
---
:::choice id="pick" title="Pick" answers="several"
Which are right?
- [x] {a} A
  > Yes, A.
- [x] {b} B
  > Yes, B.
- [ ] {c} C
  > No, C.
:::
"""
).step("pick")

ALL_RIGHT = {
    "verdict-carltona": ["reliable"],
    "confidence-carltona": ["90"],
    "verdict-teapot": ["invented"],
    "confidence-teapot": ["60"],
    "verdict-foi": ["misused"],
    "confidence-foi": ["60"],
}


def test_a_reading_is_done_and_earns_nothing() -> None:
    assert mark_step(READING, {}) == Marking(earned=0.0, possible=0.0, correct=None)
    assert mark_step(READING, {"extra": ["x"]}).correct is None


def test_the_right_choice_earns_the_mark() -> None:
    marking = mark_step(CHOICE, {"choice": ["look-it-up"], "confidence": ["75"]})
    assert (marking.earned, marking.possible, marking.correct, marking.confidence) == (1.0, 1.0, True, 75.0)
    assert marking.items == (ItemMarking("choice", "look-it-up", True, 75.0, "Yes: a case that exists can be found."),)


def test_a_wrong_choice_earns_nothing_and_gets_its_own_feedback() -> None:
    marking = mark_step(CHOICE, {"choice": ["send-it"], "confidence": ["100"]})
    assert (marking.earned, marking.correct) == (0.0, False)
    assert marking.items[0].feedback == "A name that looks right is exactly what a model is good at."


@pytest.mark.parametrize(
    ("chosen", "earned", "correct"),
    [
        (["a", "b"], 1.0, True),
        (["b", "a"], 1.0, True),
        (["a"], 0.5, False),
        (["a", "c"], 0.0, False),
        (["a", "b", "c"], 0.5, False),
        (["c"], 0.0, False),
    ],
)
def test_several_answers_earn_the_right_ones_less_the_wrong_ones(
    chosen: list[str], earned: float, correct: bool
) -> None:
    marking = mark_step(SEVERAL, {"choice": chosen})
    assert (marking.earned, marking.correct) == (earned, correct)
    assert [one.hit for one in marking.items] == [(one in chosen) == (one in {"a", "b"}) for one in ("a", "b", "c")]
    assert marking.confidence is None


def test_a_spot_earns_its_share_of_hits() -> None:
    assert mark_step(SPOT, ALL_RIGHT).correct is True
    marking = mark_step(SPOT, ALL_RIGHT | {"verdict-foi": ["reliable"]})
    assert marking.earned == pytest.approx(2 / 3)
    assert marking.possible == 1.0
    assert marking.correct is False
    assert [(one.item, one.answer, one.hit, one.confidence) for one in marking.items] == [
        ("carltona", "reliable", True, 90.0),
        ("teapot", "invented", True, 60.0),
        ("foi", "reliable", False, 60.0),
    ]
    assert marking.confidence == 70.0


def without(form: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in form.items() if key != name}


ANSWERED = {"choice": ["look-it-up"], "confidence": ["75"]}


@pytest.mark.parametrize(
    ("step", "form", "message"),
    [
        (CHOICE, {}, "Choose one answer, then check again."),
        (CHOICE, {"choice": []}, "Choose one answer, then check again."),
        (CHOICE, {"choice": ["send-it", "look-it-up"], "confidence": ["75"]}, "Choose one answer only"),
        (CHOICE, {"choice": ["nonsense"], "confidence": ["75"]}, "Reload the page"),
        (CHOICE, {"choice": [""], "confidence": ["75"]}, "Reload the page"),
        (CHOICE, {"choice": "look-it-up", "confidence": ["75"]}, "Reload the page"),
        (CHOICE, {"choice": [["look-it-up"]], "confidence": ["75"]}, "Reload the page"),
        (CHOICE, {"choice": [None], "confidence": ["75"]}, "Reload the page"),
        (CHOICE, {"choice": None, "confidence": ["75"]}, "Reload the page"),
        (CHOICE, {"choice": ["x" * 1_000_000], "confidence": ["75"]}, "Reload the page"),
        (CHOICE, without(ANSWERED, "confidence"), "Choose how sure you are"),
        (CHOICE, ANSWERED | {"confidence": [""]}, "Choose how sure you are"),
        (CHOICE, ANSWERED | {"confidence": ["75", "75"]}, "a number from 0 to 100"),
        (CHOICE, ANSWERED | {"confidence": [75]}, "Reload the page"),
        *(
            (CHOICE, ANSWERED | {"confidence": [value]}, "a number from 0 to 100")
            for value in ("101", "-1", "nan", "inf", "1e2", "0x10", "1_0", "٥٠", "sure", "100.0001", "9" * 99, "75;--")
        ),
        (SEVERAL, {}, "Choose at least one answer"),
        (SEVERAL, {"choice": []}, "Choose at least one answer"),
        (SEVERAL, {"choice": ["a", "z"]}, "Reload the page"),
        (SPOT, {}, "Choose a verdict on authority 1"),
        (SPOT, without(ALL_RIGHT, "verdict-teapot"), "Choose a verdict on authority 2"),
        (SPOT, without(ALL_RIGHT, "confidence-foi"), "how sure you are about authority 3"),
        (SPOT, ALL_RIGHT | {"verdict-foi": ["genuine"]}, "Reload the page"),
        (SPOT, ALL_RIGHT | {"verdict-foi": ["misused", "invented"]}, "Choose one answer only"),
        (SPOT, ALL_RIGHT | {"confidence-foi": ["49"]}, "a number from 50 to 100"),
        (SPOT, ALL_RIGHT | {"confidence-foi": ["NaN"]}, "a number from 50 to 100"),
    ],
)
def test_a_form_that_cannot_be_marked_says_what_to_do(step: Step, form: Any, message: str) -> None:
    with pytest.raises(ResponseError) as refused:
        mark_step(step, form)
    assert message in refused.value.message
    assert str(refused.value) == refused.value.message
    assert "x" * 100 not in refused.value.message


def test_a_refusal_can_be_said_in_the_learners_language() -> None:
    with pytest.raises(ResponseError) as refused:
        mark_step(SPOT, {})
    welsh = {"Choose a verdict on authority %(number)s, then check again.": "Dewiswch ddyfarniad ar %(number)s."}
    assert refused.value.localised(lambda text: welsh[text]) == "Dewiswch ddyfarniad ar 1."


@pytest.mark.parametrize("step", [CHOICE, SEVERAL, SPOT, READING])
def test_fields_that_the_step_does_not_have_are_ignored(step: Step) -> None:
    form = ALL_RIGHT | ({"choice": ["a"]} if step is SEVERAL else ANSWERED)
    assert mark_step(step, form) == mark_step(step, form | {"verdict-other": ["reliable"], "earned": ["100"]})


VALUES = st.one_of(st.sampled_from(["look-it-up", "a", "reliable", "invented", "50", "nan", ""]), st.text(max_size=5))
NAMES = st.sampled_from([*ALL_RIGHT, "choice", "confidence", "other"])
FORMS = st.dictionaries(NAMES, st.one_of(st.lists(VALUES, max_size=3), st.none(), VALUES, st.integers()))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([READING, CHOICE, SEVERAL, SPOT]), FORMS, st.booleans())
def test_any_form_is_marked_or_refused_with_words(step: Step, form: Any, complete: bool) -> None:
    sent = {**ALL_RIGHT, **ANSWERED, **form} if complete else form
    try:
        marking = mark_step(step, sent)
    except ResponseError as refusal:
        message = refusal.message
        marking = None
    else:
        message = "marked"
    assert message.strip()
    if marking is not None:
        assert 0.0 <= marking.earned <= marking.possible
        assert marking.confidence is None or 0 <= marking.confidence <= 100
        assert Marking.from_json(json.loads(json.dumps(marking.to_json(), allow_nan=False))) == marking


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        None,
        "text",
        {"earned": 1, "possible": 1, "correct": "yes", "items": [], "confidence": None},
        {"earned": "x", "possible": 1, "correct": True, "items": [], "confidence": None},
        {"earned": 1, "possible": 1, "correct": True, "items": [{}], "confidence": None},
        {"earned": 1, "possible": 1, "correct": True, "items": 3, "confidence": None},
        {"earned": math.nan, "possible": 1, "correct": True, "items": [], "confidence": None},
        {"earned": None, "possible": 1, "correct": True, "items": [], "confidence": None},
    ],
)
def test_what_is_no_stored_marking_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match="Mark the answer again"):
        Marking.from_json(data)


def test_marking_never_changes_the_form() -> None:
    form: dict[str, Sequence[str]] = {"choice": ("look-it-up",), "confidence": ("75",)}
    mark_step(CHOICE, form)
    assert form == {"choice": ("look-it-up",), "confidence": ("75",)}
