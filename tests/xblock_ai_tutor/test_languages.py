"""Two languages on one page: what the lesson says and what the interface says each carry their own (WCAG 3.1.2)."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

from tests.support.lessons import SMALL_LESSON
from xblock_ai_tutor import pages
from xblock_ai_tutor.languages import direction, in_language, interface_language, said_in
from xblock_ai_tutor.lesson import parse_lesson
from xblock_ai_tutor.progress import Progress

TRANSLATIONS = Path(pages.__file__).with_name("translations")
# Where each stands, and whether the lesson or the interface speaks there.
OF_THE_LESSON = ("ait-title", "ait-goto__title", "ait-step__title", "ait-option__label", "ait-greeting", "ait-form")
OF_THE_INTERFACE = ("ait-length", "ait-outline", "ait-alert", "ait-pager", "ait-return", "ait-tutor", "ait-where__more")


def catalogue(language: str) -> Callable[[str], str]:
    return gettext.translation("text", TRANSLATIONS, languages=[language]).gettext


SPEAKS = {"en": str, "cy": catalogue("cy"), "fr": catalogue("fr")}


def page_in(lesson_language: str, interface: str) -> html.HtmlElement:
    lesson = parse_lesson(SMALL_LESSON.replace("language: en", f"language: {lesson_language}"))
    return html.fromstring(pages.lesson_page(lesson, Progress(lesson), root_id="r", gettext=SPEAKS[interface]))


def languages_of(page: html.HtmlElement, css_class: str) -> set[str]:
    found = page.xpath(f"//*[contains(concat(' ', @class, ' '), ' {css_class} ')]")
    assert found, css_class
    return {one.xpath("string(ancestor-or-self::*[@lang][1]/@lang)") for one in found}


@pytest.mark.parametrize(("lesson", "interface"), [("en", "cy"), ("cy", "en"), ("fr", "cy"), ("en-GB", "fr")])
def test_each_part_says_its_language_where_lesson_and_interface_differ(lesson: str, interface: str) -> None:
    page = page_in(lesson, interface)
    for css_class in OF_THE_LESSON:
        assert languages_of(page, css_class) == {lesson}, css_class
    for css_class in OF_THE_INTERFACE:
        assert languages_of(page, css_class) == {interface}, css_class


@pytest.mark.parametrize(("lesson", "interface"), [("en", "en"), ("cy", "cy"), ("en-GB", "en")])
def test_a_page_in_one_language_says_it_once(lesson: str, interface: str) -> None:
    page = page_in(lesson, interface)
    assert [one.get("lang") for one in page.xpath("//*[@lang]")] == [lesson]


def test_a_steps_buttons_speak_the_lessons_language() -> None:
    (button,) = page_in("cy", "en").xpath("//form[@data-kind='reading']//button")
    assert button.text_content() == SPEAKS["cy"]("Continue") != "Continue"
    (button,) = page_in("en", "cy").xpath("//form[@data-kind='reading']//button")
    assert button.text_content() == "Continue"


def test_a_lesson_in_a_language_of_which_there_is_no_catalogue_keeps_the_interfaces_words() -> None:
    assert in_language("ar", SPEAKS["cy"])("Send") == SPEAKS["cy"]("Send")


def test_a_catalogue_says_which_language_it_is() -> None:
    assert {language: interface_language(speak) for language, speak in SPEAKS.items()} == {one: one for one in SPEAKS}


def test_an_element_says_its_language_and_direction_and_only_where_they_are_others() -> None:
    assert said_in("cy-GB", "cy") == ""
    assert said_in("ar", "en") == ' lang="ar" dir="rtl"'
    assert direction("ur-PK") == "rtl"
