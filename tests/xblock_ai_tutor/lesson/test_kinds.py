"""How each kind of step marks: harm, false alarms, checking logs, paths, rubrics; and what holds for all of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from tests.support.block import GOOD_PROMPT, right_forms
from tests.support.lesson_kinds import KINDS
from tests.support.lessons import HEAD, Html, examples
from xblock_ai_tutor.lesson import (
    SNIPPETS,
    Form,
    Marking,
    RenderContext,
    ResponseError,
    Step,
    continued_form,
    mark_step,
    parse_lesson,
    render_step,
)
from xblock_ai_tutor.lesson.activities import ACTIVITIES
from xblock_ai_tutor.lesson.detection import Detection

STEPS = {step.id: step for step in examples("steps")}
SORT, SPOT, LOG = STEPS["what-may-go-in"], STEPS["against-the-source"], STEPS["the-log"]
STORY, LAB, THINK = STEPS["the-page"], STEPS["ask-for-a-summary"], STEPS["tomorrow"]


def finished(step: Step) -> tuple[Form, Marking]:
    """The form that is kept when everything is answered right, and its marking."""
    before: Form | None = None
    for form in right_forms(step.activity):
        before = continued_form(step, form, before)
    assert before is not None
    return before, mark_step(step, before)


def test_there_is_a_snippet_and_a_strategy_and_an_example_of_every_kind() -> None:
    kinds = set(ACTIVITIES)
    assert set(SNIPPETS) == kinds
    assert set(KINDS) == kinds
    assert {step.activity.kind for step in STEPS.values()} == kinds


@pytest.mark.parametrize("step", STEPS.values(), ids=list(STEPS))
def test_all_right_earns_all_that_is_possible_and_is_kept_as_it_was(step: Step) -> None:
    form, marking = finished(step)
    assert marking.earned == marking.possible == step.activity.possible
    assert marking.correct in {True, None}
    assert marking.finished
    assert Marking.from_json(marking.to_json()) == marking
    assert set(step.activity.fields) <= set(form)
    for one in marking.items:
        assert one.hit
        assert step.activity.feedback(one.item, one.answer) == one.feedback


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(KINDS)).flatmap(lambda kind: KINDS[kind]("a-step")))
def test_whatever_an_author_writes_can_be_answered_marked_and_shown(text: str) -> None:
    head = "---\nid: a\ntitle: A\nminutes: 1\n" + ("glossary: [{term: term, meaning: M}]\n" if "[[" in text else "")
    (step,) = parse_lesson(f"{head}---\n{text}\n").steps
    form, marking = finished(step)
    assert marking.earned == pytest.approx(marking.possible) or step.activity.kind in {"scenario", "prompt-lab"}
    page = Html(render_step(step, RenderContext("r", previous={**form}, marking=marking)))  # type: ignore[dict-item]
    assert len(page.ids) == len(set(page.ids))


# ── sort ──


def sort_form(**places: str) -> Form:
    return {name: [place] for item, place in places.items() for name in (f"place-{item}",)} | {
        f"confidence-{item}": ["50"] for item in places
    }


@pytest.mark.parametrize(
    ("press", "sick", "guess", "earned", "harms"),
    [
        ("chatgpt", "none", "none", 1.0, [0, 0, 0]),
        ("none", "none", "none", 6 / 7, [1, 0, 0]),
        ("chatgpt", "chatgpt", "none", 2 / 7, [0, 5, 0]),
        ("chatgpt", "none", "chatgpt", 6 / 7, [0, 0, 1]),
        ("none", "chatgpt", "chatgpt", 0.0, [1, 5, 1]),
    ],
)
def test_a_sort_costs_the_harm_that_was_done(
    press: str, sick: str, guess: str, earned: float, harms: list[int]
) -> None:
    form = sort_form(**{"press-notice": press, "sick-note": sick, "guess": guess})
    marking = mark_step(SORT, form)
    assert marking.earned == pytest.approx(earned)
    assert [one.harm for one in marking.items] == harms
    assert marking.correct == (sum(harms) == 0)


def test_a_wrong_place_says_what_happens_there() -> None:
    form = sort_form(**{"press-notice": "none", "sick-note": "none", "guess": "chatgpt"})
    press, _sick, guess = mark_step(SORT, form).items
    assert press.feedback == "That is careful, but it costs you the help."
    assert guess.feedback == "It is sensitive until it is announced."  # the author says nothing of that place


# ── spot ──


def spot_form(**verdicts: str) -> Form:
    return {f"verdict-{name}": [verdict] for name, verdict in verdicts.items()} | {
        f"confidence-{name}": ["80"] for name in verdicts
    }


RIGHT = {"met": "wrong-date", "quay": "sound", "objected": "wrong-fact", "ferry": "omission"}


@pytest.mark.parametrize(
    ("change", "earned", "counts"),
    [
        ({}, 1.0, (3, 0, 3, 1)),
        ({"ferry": "sound"}, 2 / 3, (2, 0, 3, 1)),
        ({"met": "wrong-fact"}, 2.5 / 3, (3, 0, 3, 1)),  # found, and called by another name
        ({"quay": "invented"}, 0.0, (3, 1, 3, 1)),
        (dict.fromkeys(RIGHT, "sound"), 0.0, (0, 0, 3, 1)),
    ],
)
def test_errors_earn_what_is_found_less_false_alarms(
    change: dict[str, str], earned: float, counts: tuple[int, int, int, int]
) -> None:
    marking = mark_step(SPOT, spot_form(**RIGHT | change))
    assert marking.earned == pytest.approx(earned)
    assert marking.detection == Detection(*counts)


@pytest.mark.parametrize(
    "verdict", ["omission", "wrong-date", "wrong-fact", "invented", "misused", "hidden-instruction"]
)
def test_flagging_everything_does_not_pay(verdict: str) -> None:
    marking = mark_step(SPOT, spot_form(**dict.fromkeys(RIGHT, verdict)))
    assert marking.earned == 0
    assert marking.detection is not None
    assert marking.detection.criterion < 0


COUNTS = st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, COUNTS)
def test_sensitivity_and_criterion_are_as_defined(found: tuple[int, int], false: tuple[int, int]) -> None:
    (hits, targets), (alarms, sound) = found, false
    detection = Detection(hits, alarms, targets, sound)
    hit, alarm = (hits + 0.5) / (targets + 1), (alarms + 0.5) / (sound + 1)
    assert detection.sensitivity == pytest.approx(norm.ppf(hit) - norm.ppf(alarm))
    assert detection.criterion == pytest.approx(-(norm.ppf(hit) + norm.ppf(alarm)) / 2)
    mirrored = Detection(targets - hits, sound - alarms, targets, sound)  # flags what the other does not
    assert mirrored.sensitivity == pytest.approx(-detection.sensitivity)
    assert mirrored.criterion == pytest.approx(-detection.criterion)


# ── verify ──


def log_form(**entries: tuple[str, str]) -> Form:
    return {
        f"{name}-{entry}": [value]
        for entry, values in entries.items()
        for name, value in zip(("where", "found"), values, strict=True)
    }


@pytest.mark.parametrize(
    ("entry", "share", "answer"),
    [
        (("legislation", "differs"), 1.0, "legislation/differs"),
        (("caselaw", "differs"), 0.5, "caselaw/differs"),
        (("legislation", "says-so"), 0.5, "legislation/says-so"),
        (("legislation", ""), 0.5, "legislation/not-checked"),
        (("asked-ai", "says-so"), 0.0, "asked-ai/says-so"),
        (("", ""), 0.0, "not-checked"),
    ],
)
def test_an_entry_earns_half_for_the_place_and_half_for_the_finding(
    entry: tuple[str, str], share: float, answer: str
) -> None:
    marking = mark_step(LOG, log_form(foi=entry, teapot=("caselaw", "nothing")))
    first, second = marking.items
    assert (first.share, first.answer, first.hit) == (share, answer, share == 1)
    assert second.hit
    assert marking.earned == pytest.approx((share + 1) / 2)


def test_any_of_the_proper_places_will_do_and_an_empty_log_is_none() -> None:
    for place in ("caselaw", "legislation"):
        assert mark_step(LOG, log_form(foi=("legislation", "differs"), teapot=(place, "nothing"))).correct
    with pytest.raises(ResponseError, match="The log is empty"):
        mark_step(LOG, {})
    page = Html(render_step(LOG, RenderContext("r", marking=mark_step(LOG, log_form(foi=("legislation", "differs"))))))
    assert "Not checked: 1." in page.text


# ── scenario ──


@pytest.mark.parametrize(
    ("path", "earned", "correct"),
    [
        (["start/take-out", "summary/check"], 1.0, True),
        (["start/take-out", "summary/send"], 0.5, False),
        (["start/by-hand"], 0.5, False),
        (["start/paste"], 0.0, False),
    ],
)
def test_a_path_earns_the_mean_of_its_choices(path: list[str], earned: float, correct: bool) -> None:
    marking = mark_step(STORY, {"path": path})
    assert (marking.earned, marking.correct, marking.finished) == (earned, correct, True)
    assert [one.item for one in marking.items] == [one.split("/")[0] for one in path]


def test_a_path_that_goes_on_is_not_finished_and_nonsense_in_it_is_not_walked() -> None:
    assert not mark_step(STORY, {"path": ["start/take-out"]}).finished
    assert mark_step(STORY, {"path": ["nowhere/take-out", "start/paste"]}).items == ()
    assert continued_form(STORY, {"scene": ["start"], "option": ["paste"]}, {"path": ["x"]}) == {
        "path": ["start/paste"]
    }


def test_ids_that_the_page_uses_itself_can_be_an_authors_too() -> None:
    text = SNIPPETS["scenario"].replace("{start}", "{prose}").replace("{ask}", "{text}")
    page = Html(render_step(parse_lesson(HEAD + text).steps[0], RenderContext("r")))
    assert len(page.ids) == len(set(page.ids))


# ── prompt-lab and reflect ──


def test_a_prompt_is_marked_by_the_rubric_and_not_repeated() -> None:
    marking = mark_step(LAB, {"prompt": ["Zebulon: summarise this."]})
    assert [one.item for one in marking.items] == ["task", "context", "constraints", "format", "checking"]
    assert [one.hit for one in marking.items] == [True, False, False, False, False]
    assert marking.earned == pytest.approx(0.2)
    assert "Zebulon" not in str(marking)
    assert marking.items[1].feedback == "Say that it is for a minister who has one minute."
    page = Html(render_step(LAB, RenderContext("r", marking=marking)))
    assert "Say what it must keep to or leave out" in page.text  # the usual words, where the author has none
    assert mark_step(LAB, {"prompt": [GOOD_PROMPT]}).correct


@pytest.mark.parametrize("prompt", [[], [""], ["  \n "], ["x" * 4001], ["a", "b"], [None], "a prompt", [["a"]]])
def test_a_prompt_that_cannot_be_marked_says_what_to_do(prompt: Any) -> None:
    with pytest.raises(ResponseError) as refused:
        mark_step(LAB, {"prompt": prompt})
    assert "xxx" not in refused.value.message


def test_no_form_can_carry_what_is_reflected() -> None:
    page = Html(render_step(THINK, RenderContext("r")))
    (field,) = page.all("textarea")
    assert "name" not in field.attributes
    assert mark_step(THINK, {"words": ["mine"]}) == Marking(0.0, 0.0, None)


@pytest.mark.parametrize("step", [LAB, THINK], ids=["prompt-lab", "reflect"])
def test_the_way_to_the_tutor_is_hidden_until_there_is_one(step: Step) -> None:
    marking = mark_step(step, {"prompt": [GOOD_PROMPT]})
    (way,) = Html(render_step(step, RenderContext("r", marking=marking))).all(class_="ait-ask-tutor")
    assert "hidden" in way.attributes
    assert way.attributes["data-ask-tutor"] == ("prompt" if step is LAB else "question")
