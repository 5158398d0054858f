"""What the learner is shown: native, labelled inputs; no answers before an attempt; feedback in words after one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages.extract import extract

from tests.support.lessons import SMALL_LESSON, Html, lesson_texts, with_other_answers
from xblock_ai_tutor import lesson as lesson_room
from xblock_ai_tutor.lesson import (
    Lesson,
    RenderContext,
    ResponseError,
    Step,
    check_lesson,
    mark_step,
    parse_lesson,
    render_step,
)

LESSON = parse_lesson(SMALL_LESSON)
CHOICE = LESSON.step("what-next")
SPOT = LESSON.step("the-note")
REAL = parse_lesson(lesson_texts()["modules/04-legal-research/lesson.md"])
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


def pages(lesson: Lesson) -> list[tuple[Step, Html]]:
    return [(step, Html(render_step(step, PLAIN))) for step in lesson.steps]


@pytest.mark.parametrize(("step", "page"), pages(LESSON) + pages(REAL), ids=lambda value: getattr(value, "id", ""))
def test_a_step_is_one_form_with_one_button(step: Step, page: Html) -> None:
    (form,) = page.all("form")
    assert form.classes == {"ait-form"}
    assert form.attributes["data-step"] == step.id
    assert form.attributes["data-kind"] == step.activity.kind
    # A reflection has a second one, which asks the tutor and sends no form.
    assert [button.attributes["type"] for button in page.all("button")].count("submit") == 1
    assert page.elements[0] is form


@pytest.mark.parametrize(("step", "page"), pages(LESSON) + pages(REAL), ids=lambda value: getattr(value, "id", ""))
def test_every_input_is_native_and_has_its_own_label(step: Step, page: Html) -> None:
    labels = [label.attributes["for"] for label in page.all("label")]
    inputs = [element for element in page.elements if element.tag in {"input", "select", "textarea"}]
    assert sorted(labels) == sorted(element.attributes["id"] for element in inputs)
    assert all(label.text.strip() for label in page.all("label"))
    assert {element.attributes.get("type", "words") for element in inputs} <= {"radio", "checkbox", "words"}
    assert len(page.all("fieldset")) == len(page.all("legend"))
    assert all(legend.text.strip() for legend in page.all("legend"))


@pytest.mark.parametrize(("step", "page"), pages(LESSON) + pages(REAL), ids=lambda value: getattr(value, "id", ""))
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


@pytest.mark.parametrize("step", REAL.steps, ids=lambda step: step.id)
def test_before_an_attempt_the_page_holds_no_feedback_and_nothing_chosen(step: Step) -> None:
    page = Html(render_step(step, PLAIN))
    for element in page.elements:
        assert not element.classes & {"ait-feedback", "ait-result"}
        assert not {"checked", "selected", "role"} & set(element.attributes)
    for authored in getattr(step.activity, "options", ()) or getattr(step.activity, "authorities", ()):
        assert authored.feedback.text.split("\n")[0] not in page.text


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
    links = [link for link in page.all("a") if not link.attributes["href"].startswith("#")]
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

    forms: dict[str, list[dict[str, list[str]]]] = {
        "choice": [{"choice": ["look-it-up"], "confidence": ["0"]}, {"choice": ["send-it"], "confidence": ["0"]}],
        "spot": [RIGHT, HALF_RIGHT],
        "reading": [{}],
    }
    for step in LESSON.steps:
        render_step(step, RenderContext("r", gettext))
        for form in forms[step.activity.kind]:
            render_step(step, RenderContext("r", gettext, form, mark_step(step, form)))
        try:
            mark_step(step, {})
        except ResponseError as refusal:
            refusal.localised(gettext)
    render_step(REAL.step("how-to-check"), RenderContext("r", gettext))
    several = REAL.step("what-next")
    for values in (["say-so"], ["say-so", "ask-lawyers", "keep-record"], ["disclaimer"]):
        render_step(several, RenderContext("r", gettext, None, mark_step(several, {"choice": values})))
    assert len(asked) > 25
    assert asked <= msgids()


def test_the_words_of_the_form_are_translated_and_the_authors_are_not() -> None:
    html = render_step(CHOICE, RenderContext("r", lambda message: message.upper()))
    assert "CHECK MY ANSWER" in html
    assert "A draft answer cites a case that you cannot find." in html
