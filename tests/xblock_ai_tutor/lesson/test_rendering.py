"""What the learner is shown: native, labelled inputs; no answers before an attempt; feedback in words after one."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract

from tests.support.block import right_forms
from tests.support.lessons import HEAD, SMALL_LESSON, Html, examples, lesson_texts, with_other_answers
from xblock_ai_tutor import lesson as lesson_room
from xblock_ai_tutor.lesson import (
    SNIPPETS,
    Form,
    RenderContext,
    ResponseError,
    Step,
    check_lesson,
    continued_form,
    mark_step,
    parse_lesson,
    render_step,
)
from xblock_ai_tutor.lesson.render import _made_once

LESSON = parse_lesson(SMALL_LESSON)
CHOICE = LESSON.step("what-next")
SPOT = LESSON.step("the-note")
REAL = parse_lesson(lesson_texts()["modules/04-legal-research/lesson.md"])
EXAMPLES = examples("steps") + examples("lesson")
PLAIN = RenderContext("block-1")

RIGHT = {
    "verdict-carltona": ["reliable"],
    "confidence-carltona": ["90"],
    "verdict-teapot": ["invented"],
    "confidence-teapot": ["60"],
    "verdict-foi": ["misused"],
    "confidence-foi": ["50"],
}
HALF_RIGHT = RIGHT | {"verdict-foi": ["reliable"]}


def marked(step: Step, form: dict[str, list[str]]) -> Html:
    return Html(render_step(step, RenderContext("block-1", previous=form, marking=mark_step(step, form))))


def pages(steps: Sequence[Step]) -> list[tuple[Step, Html]]:
    return [(step, Html(render_step(step, PLAIN))) for step in steps]


def beside(step: Step) -> str:
    """What a step shows beside its task: the note and its source, the material."""
    parts = (getattr(step.activity, name, None) for name in ("note", "source", "material"))
    return "\n".join(part.text for part in parts if part)


PAGES = pages([*LESSON.steps, *REAL.steps, *EXAMPLES])


@pytest.mark.parametrize(("step", "page"), PAGES, ids=lambda value: getattr(value, "id", ""))
def test_a_step_is_one_form_with_one_button(step: Step, page: Html) -> None:
    (form,) = page.all("form")
    assert form.classes == {"ait-form"}
    assert form.attributes["data-step"] == step.id
    assert form.attributes["data-kind"] == step.activity.kind
    assert len(page.all("button", type="submit")) == 1
    assert page.elements[0] is form


@pytest.mark.parametrize(("step", "page"), PAGES, ids=lambda value: getattr(value, "id", ""))
def test_every_input_is_native_and_has_its_own_label(step: Step, page: Html) -> None:
    labels = [label.attributes["for"] for label in page.all("label")]
    inputs = [
        element
        for element in page.elements
        if element.tag in {"input", "select", "textarea"} and element.attributes.get("type") != "hidden"
    ]
    assert sorted(labels) == sorted(element.attributes["id"] for element in inputs)
    assert all(label.text.strip() for label in page.all("label"))
    assert {element.attributes.get("type", element.tag) for element in inputs} <= {
        *("radio", "checkbox", "select", "textarea")
    }
    assert len(page.all("fieldset")) == len(page.all("legend"))
    assert all(legend.text.strip() for legend in page.all("legend"))


@pytest.mark.parametrize(("step", "page"), PAGES, ids=lambda value: getattr(value, "id", ""))
def test_every_class_is_ours_and_every_id_starts_with_the_root(step: Step, page: Html) -> None:
    for element in page.elements:
        assert all(name.startswith("ait-") for name in element.classes)
        assert element.attributes.get("id", "block-1-").startswith("block-1-")


def test_two_blocks_on_a_page_share_no_id() -> None:
    one = {name for step in LESSON.steps for name in Html(render_step(step, RenderContext("a"))).ids}
    two = {name for step in LESSON.steps for name in Html(render_step(step, RenderContext("b"))).ids}
    assert not one & two


def test_the_form_has_the_field_names_of_the_contract() -> None:
    assert {
        element.attributes["name"]
        for element in Html(render_step(CHOICE, PLAIN)).elements
        if "name" in element.attributes
    } == {"choice", "confidence"}
    page = Html(render_step(SPOT, PLAIN))
    assert {element.attributes["name"] for element in page.elements if "name" in element.attributes} == set(RIGHT)
    assert [radio.attributes["value"] for radio in page.all("input", name="verdict-foi")] == [
        "reliable",
        "invented",
        "misused",
    ]
    (select,) = page.all("select", name="confidence-foi")
    assert select.text.startswith("Choose50% – could go either way60%")


def test_before_an_attempt_the_page_does_not_depend_on_answers_or_feedback() -> None:
    other = with_other_answers(SMALL_LESSON)
    assert other != SMALL_LESSON
    assert check_lesson(other) == ()
    for one, two in zip(LESSON.steps, parse_lesson(other).steps, strict=True):
        assert render_step(one, PLAIN) == render_step(two, PLAIN)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (
            "sort",
            {"- [chatgpt]": "- [none]", "- [none]": "- [chatgpt]", "(none) 1": "(chatgpt) 4", "(chatgpt) 5": "(none)"},
        ),
        ("spot", {"- [wrong-date]": "- [sound]", "- [sound]": "- [misused]", "The source says": "It is said"}),
        ("verify", {"where: legislation": "where: asked-ai", "found: differs": "found: says-so", "What is": "Else is"}),
        (
            "scenario",
            {"[best]": "[poor]", "[poor]": "[best]", "-> good-end": "-> bad-end", "-> bad-end": "-> good-end"},
        ),
        ("scenario", {"What follows": "What comes", "How it ends": "How it goes on", "How else": "How otherwise"}),
        ("prompt-lab", {"What to add": "What to change", "Says what to make of it": "Says what it is"}),
    ],
)
def test_before_an_attempt_no_kind_depends_on_what_is_right(kind: str, changes: dict[str, str]) -> None:
    pattern = re.compile("|".join(map(re.escape, changes)))
    other = HEAD + pattern.sub(lambda found: changes[found[0]], SNIPPETS[kind])
    assert other != HEAD + SNIPPETS[kind]
    assert check_lesson(other) == ()
    one, two = parse_lesson(HEAD + SNIPPETS[kind]).steps[0], parse_lesson(other).steps[0]
    assert render_step(one, PLAIN) == render_step(two, PLAIN)


@pytest.mark.parametrize("step", [*REAL.steps, *EXAMPLES], ids=lambda step: step.id)
def test_before_an_attempt_the_page_holds_no_feedback_and_nothing_chosen(step: Step) -> None:
    page = Html(render_step(step, PLAIN))
    for element in page.elements:
        assert not element.classes & {"ait-feedback", "ait-result"}
        assert not {"checked", "selected", "role"} & set(element.attributes)
    shown = set(step.activity.prose())
    for authored in step.activity.authored():
        first = authored.text.split("\n")[0]
        if authored not in shown and len(first) > 3 and first not in beside(step):
            assert first not in page.text


def test_after_an_attempt_the_learners_choices_are_kept() -> None:
    page = marked(SPOT, HALF_RIGHT)
    chosen = {
        radio.attributes["name"]: radio.attributes["value"]
        for radio in page.all("input")
        if "checked" in radio.attributes
    }
    assert chosen == {name: values[0] for name, values in HALF_RIGHT.items() if name.startswith("verdict-")}
    selected = [option.attributes["value"] for option in page.all("option") if "selected" in option.attributes]
    assert selected == ["90", "60", "50"]


def test_after_an_attempt_each_authority_says_in_words_whether_the_learner_is_right() -> None:
    page = marked(SPOT, HALF_RIGHT)
    verdicts = [element.text for element in page.all(class_="ait-feedback__verdict")]
    assert verdicts == [
        "Right: it can be relied on.",
        "Right: it is invented.",
        "Not right: it is real, but does not say this.",
    ]
    assert "It is real, but gives 20 working days." in page.text
    (result,) = page.all(class_="ait-result")
    assert result.text == "2 of 3 right. On average you were 67% sure."
    assert result.attributes["role"] == "status"
    for fieldset in page.all("fieldset"):
        assert fieldset.attributes["aria-describedby"] in page.ids


def test_a_wrong_choice_shows_its_feedback_and_not_the_right_answer() -> None:
    page = marked(CHOICE, {"choice": ["send-it"], "confidence": ["25"]})
    assert "A name that looks right is exactly what a model is good at." in page.text
    assert "a case that exists can be found" not in page.text
    assert [element.text for element in page.all(class_="ait-feedback__verdict")] == ["Not right."]
    assert page.all(class_="ait-result--wrong")


def test_several_answers_say_which_were_missed() -> None:
    step = REAL.step("what-next")
    page = marked(step, {"choice": ["say-so", "disclaimer"]})
    assert [element.text for element in page.all(class_="ait-feedback__verdict")] == [
        "Right.",
        "This one is right too.",
        "Right not to choose this.",
        "This one is right too.",
        "Not right.",
    ]
    assert len(page.all("input", type="checkbox")) == 5


def test_a_stored_answer_to_an_earlier_version_does_not_break_the_page() -> None:
    old = mark_step(SPOT, HALF_RIGHT)
    stale = {"choice": ["gone"], "verdict-gone": ["reliable"], "confidence": [], "confidence-foi": ["not a number"]}
    for step in LESSON.steps:
        Html(render_step(step, RenderContext("r", previous=stale, marking=old)))
        Html(render_step(step, RenderContext("r", previous={"choice": None}, marking=None)))  # type: ignore[dict-item]


def test_references_in_the_note_lead_to_their_authority() -> None:
    page = Html(render_step(SPOT, PLAIN))
    links = page.all("a", class_="ait-note__ref")
    assert [link.text for link in links] == ["Authority [1]", "Authority [2]", "Authority [3]"]
    targets = [link.attributes["href"][1:] for link in links]
    assert targets == [fieldset.attributes["id"] for fieldset in page.all("fieldset")]


def test_links_in_prose_open_a_new_tab_and_say_so() -> None:
    page = Html(render_step(REAL.step("how-to-check"), PLAIN))
    links = [
        link for link in page.all("a") if not link.attributes["href"].startswith("#")
    ]  # a term's meaning stays here
    assert links
    for link in links:
        assert link.attributes["target"] == "_blank"
        assert "noopener" in link.attributes["rel"]
        assert link.text.endswith(" (opens in a new tab)")


def test_headings_come_below_the_title_of_the_step() -> None:
    tags = {element.tag for step in REAL.steps for element in Html(render_step(step, PLAIN)).elements}
    assert "h4" in tags
    assert not tags & {"h1", "h2", "h3"}


def test_raw_html_of_an_author_is_shown_and_not_obeyed() -> None:
    attack = '<script>alert("x")</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">a</a>'
    text = SMALL_LESSON.replace("It does not look anything up.", attack).replace(
        "Send it: the name looks right", attack
    )
    text = text.replace("  > It exists and says this.", f"  > {attack}").replace(
        'title="The note"', "title=\"<b onclick='x'>\""
    )
    lesson = parse_lesson(text)
    for step in lesson.steps:
        form = RIGHT if step.id == "the-note" else {"choice": ["send-it"], "confidence": ["50"]}
        page = marked(step, form)
        assert not {element.tag for element in page.elements} & {"script", "img", "b"}
        assert not [
            element for element in page.all("a") if not element.attributes["href"].startswith(("#", "https://"))
        ]
    assert attack in marked(lesson.step("what-next"), {"choice": ["send-it"], "confidence": ["50"]}).text


def test_a_code_block_cannot_name_a_class() -> None:
    text = SMALL_LESSON.replace("Three questions to ask:", '```ait-button" onclick="x\ncode\n```\n\nThree questions:')
    page = Html(render_step(parse_lesson(text).step("why-check"), PLAIN))
    (code,) = page.all("code")
    assert code.classes == {"ait-passage"}


def sure(field: str, answer: str, *items: str) -> dict[str, list[str]]:
    """A form that answers every item alike."""
    return {f"{field}-{item}": [answer] for item in items} | {f"confidence-{item}": ["75"] for item in items}


WRONG: list[tuple[str, dict[str, list[str]]]] = [
    ("against-the-source", sure("verdict", "invented", "met", "quay", "objected", "ferry")),
    ("what-may-go-in", sure("place", "chatgpt", "press-notice", "sick-note", "guess")),
    ("the-log", {"where-foi": ["caselaw"], "found-foi": ["differs"], "where-teapot": [""]}),
    ("the-log", {"where-foi": ["legislation"], "where-teapot": ["asked-ai"], "found-teapot": ["says-so"]}),
    ("the-page", {"path": ["start/by-hand"]}),
    ("the-page", {"path": ["start/paste"]}),
    ("ask-for-a-summary", {"prompt": ["Nothing much."]}),
]


def msgids() -> set[str]:
    """Every msgid that pybabel finds in this room."""
    found: set[str] = set()
    for module in sorted(Path(lesson_room.__path__[0]).rglob("*.py")):
        found |= {str(message) for _, message, _, _ in extract("python", io.BytesIO(module.read_bytes()))}
    return found


def test_every_string_shown_is_a_msgid_that_pybabel_finds() -> None:
    asked: set[str] = set()

    def gettext(message: str) -> str:
        asked.add(message)
        return f"«{message}»"

    def show(step: Step, form: dict[str, list[str]] | None = None, **more: Any) -> None:
        marking = mark_step(step, form) if form is not None else None
        render_step(step, RenderContext("r", gettext, form, marking, **more))

    forms: dict[str, list[dict[str, list[str]]]] = {
        "what-next": [{"choice": ["look-it-up"], "confidence": ["0"]}, {"choice": ["send-it"], "confidence": ["0"]}],
        "the-note": [RIGHT, HALF_RIGHT],
        "why-check": [{}],
    }
    for step in LESSON.steps:
        for form in forms[step.id]:
            show(step, form)
    for step in [*LESSON.steps, *EXAMPLES]:
        show(step)
        show(step, sealed=True, attempts=1, allowed=1)
        for left in (1, 2):
            show(step, attempts=left - 1, allowed=2)
        before: Form | None = None
        for sent in right_forms(step.activity):
            before = continued_form(step, sent, before)
            show(step, {**before}, attempts=1, allowed=1)  # type: ignore[dict-item]
        for bad in ({}, {"prompt": ["x" * 5000]}):
            try:
                mark_step(step, continued_form(step, bad, before))
            except ResponseError as refusal:
                refusal.localised(gettext)
    for step_id, form in WRONG:
        show(next(step for step in EXAMPLES if step.id == step_id), form)
    several = REAL.step("what-next")
    for values in (["say-so"], ["say-so", "ask-lawyers", "keep-record"], ["disclaimer"]):
        show(several, {"choice": values})
    assert len(asked) > 100
    assert asked <= msgids()


def test_the_words_of_the_form_are_translated_and_the_authors_are_not() -> None:
    html = render_step(CHOICE, RenderContext("r", lambda message: message.upper()))
    assert "CHECK MY ANSWER" in html
    assert "A draft answer cites a case that you cannot find." in html


def test_a_text_is_read_once_and_is_the_same_however_often_it_is_shown() -> None:
    lesson = parse_lesson(SMALL_LESSON)
    for step in lesson.steps:
        first = render_step(step, RenderContext("ait-once"))
        misses = _made_once.cache_info().misses
        assert render_step(step, RenderContext("ait-once")) == first
        assert _made_once.cache_info().misses == misses
        other = render_step(step, RenderContext("ait-other"))
        assert other == first.replace("ait-once", "ait-other"), "another block has ids of its own"


def test_a_text_that_was_read_in_one_language_is_shown_in_another() -> None:
    linked = SMALL_LESSON.replace("A language model", "[A language model](https://www.legislation.gov.uk)", 1)
    assert linked != SMALL_LESSON
    (step, *_rest) = parse_lesson(linked).steps
    assert "(opens in a new tab)" in render_step(step, RenderContext("ait-x"))
    shown = render_step(step, RenderContext("ait-x", gettext=lambda message: f"«{message}»"))
    assert "«(opens in a new tab)»" in shown
