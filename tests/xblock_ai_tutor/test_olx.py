"""A lesson in and out of a course's archive: byte for byte, with files and without, and nothing but the author's."""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from xblock.fields import Scope, ScopeIds

from tests.support.block import SERVICE_KEY, Site, right_form
from tests.support.lessons import SMALL_LESSON
from xblock_ai_tutor.block import AiTutorXBlock
from xblock_ai_tutor.olx import LessonFileError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the library still declares namespaces through pkg_resources
    from fs.memoryfs import MemoryFS
    from fs.osfs import OSFS

TEXTS = {
    "plain": SMALL_LESSON,
    "blank lines at the end": SMALL_LESSON + "\n \n\t\n",
    "blanks at the ends of lines": SMALL_LESSON.replace(".\n", ".  \n"),
    "Windows newlines": SMALL_LESSON.replace("\n", "\r\n"),
    "old Mac newlines": SMALL_LESSON.replace("\n", "\r"),
    "mixed newlines": SMALL_LESSON.replace("\n", "\r\n", 7),
    "a byte order mark": "\ufeff" + SMALL_LESSON,
    "no newline at the end": SMALL_LESSON.rstrip("\n"),
    "Welsh, Arabic, emoji": SMALL_LESSON + "\nŷ ŵ – العربية 🦉 \u00a0\n",
    "the end of a CDATA section": SMALL_LESSON + "\na ]]> b <![CDATA[ c ]]]]> &amp; <!-- d -->\n",
    "blanks alone": " \n ",
    "nothing": "",
    "no lesson": "half a lesson & <b>",
}


CONTROLS = [chr(code) for code in range(32) if chr(code) not in "\t\n\r"]
WHAT_XML_CAN_CARRY = st.characters(exclude_categories=["Cs"], exclude_characters=[*CONTROLS, "\ufffe", "\uffff"])


def element(xml: bytes) -> Any:
    """As the platform parses an archive (`edx_xml_parser`)."""
    parser = etree.XMLParser(remove_comments=True, remove_blank_text=True, encoding="utf-8")
    return etree.parse(io.BytesIO(xml), parser).getroot()


def exported(site: Site, files: Any = None, name: str = "the-lesson", text: str | None = None) -> bytes:
    block = site.block("author", staff=True)
    if text is not None:
        block.lesson_text = text
    if files is not None:
        block.runtime.export_fs = files
    # As the platform's runtime writes a child (`add_block_as_child_node`).
    parent = etree.Element("vertical")
    child = etree.SubElement(parent, "unknown")
    child.set("url_name", name)
    block.add_xml_to_node(child)
    return bytes(etree.tostring(child, pretty_print=True, encoding="utf-8"))


def imported(xml: bytes, files: Any = None) -> tuple[Site, AiTutorXBlock]:
    site = Site()
    runtime: Any = site.block("author").runtime
    if files is not None:
        runtime.resources_fs = files
    site.definition = site.ids.create_definition("ai_tutor")
    site.usage = site.ids.create_usage(site.definition)
    keys = ScopeIds(None, "ai_tutor", site.definition, site.usage)
    block: AiTutorXBlock = AiTutorXBlock.parse_xml(element(xml), runtime, keys)
    block.save()
    return site, block


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_lesson_goes_out_in_and_out_again_byte_for_byte(text: str, tmp_path: Path) -> None:
    inside = exported(Site(text=text))
    site, block = imported(inside)
    assert block.lesson_text == text
    assert exported(site) == inside

    files = OSFS(str(tmp_path))
    beside = exported(Site(text=text), files)
    written = (tmp_path / "ai_tutor" / "the-lesson.md").read_bytes()
    assert written == text.encode("utf-8")
    site, block = imported(beside, files)
    assert block.lesson_text == text
    again = MemoryFS()
    assert exported(site, again) == beside
    assert again.readbytes("ai_tutor/the-lesson.md") == written


@given(st.text(WHAT_XML_CAN_CARRY))
def test_any_text_that_xml_can_carry_survives(text: str) -> None:
    _, block = imported(exported(Site(), text=text))
    assert block.lesson_text == text


def test_the_settings_go_along_and_a_new_block_stays_new() -> None:
    site = Site()
    author = site.block("author", staff=True)
    author.display_name, author.weight, author.max_attempts = "Look it up – first", 2.5, 3
    author.save()
    xml = exported(site)
    _, block = imported(xml)
    assert (block.display_name, block.weight, block.max_attempts) == ("Look it up – first", 2.5, 3)

    fresh = etree.Element("unknown")
    runtime: Any = site.block("author").runtime
    definition = site.ids.create_definition("ai_tutor")
    keys = ScopeIds(None, "ai_tutor", definition, site.ids.create_usage(definition))
    new = runtime.construct_xblock_from_class(AiTutorXBlock, keys)
    new.add_xml_to_node(fresh)
    assert (fresh.text, fresh.get("lesson_text")) == (None, None), "the sample lesson is no author's text"


def test_where_the_platform_takes_no_files_along_the_lesson_stands_inside() -> None:
    files = MemoryFS()
    site = Site()
    block = site.block("author", staff=True)
    block.runtime.export_fs = files
    # What the serialiser of the clipboard and of libraries does (`override_export_fs`).
    assert block.export_to_file() is True
    block.export_to_file = lambda: False
    node = etree.Element("unknown")
    block.add_xml_to_node(node)
    assert files.listdir("/") == []
    _, pasted = imported(etree.tostring(node))
    assert pasted.lesson_text == SMALL_LESSON


def test_the_clipboard_finds_the_lessons_figures() -> None:
    figures = '\n\n![One](/static/one.svg "First")\n\n![Two](/static/two-b.png)\n\n![Again](/static/one.svg)\n'
    xml = exported(Site(), text=SMALL_LESSON + figures)
    # The platform collects quoted paths (`collect_assets_from_text` in openedx/core/lib/xblock_serializer/utils.py).
    assert sorted(re.findall(rb'"(/static/[^"]+)"', xml)) == [b"/static/one.svg", b"/static/two-b.png"]
    site, block = imported(xml)
    assert block.lesson_text == SMALL_LESSON + figures
    assert exported(site) == xml


def test_an_archive_from_before_lessons_were_files_is_read() -> None:
    node = etree.Element("ai_tutor", lesson_text=SMALL_LESSON + "\r\n", display_name="Old")
    _, block = imported(etree.tostring(node))
    assert (block.lesson_text, block.display_name) == (SMALL_LESSON + "\r\n", "Old")


@pytest.mark.parametrize("path", ["ai_tutor/gone.md", "../secret.md", "/etc/passwd", "ai_tutor/latin.md", "course.xml"])
def test_a_lessons_file_that_cannot_be_read_is_named_and_never_replaced_by_the_sample(path: str) -> None:
    files = MemoryFS()
    files.makedir("ai_tutor")
    files.writebytes("ai_tutor/latin.md", "é".encode("latin-1"))
    files.writebytes("course.xml", b"<course/>")
    node = etree.Element("ai_tutor", lesson_file=path)
    with pytest.raises(LessonFileError, match=path.rsplit("/", 1)[-1]):
        imported(etree.tostring(node), files)
    with pytest.raises(LessonFileError):
        imported(etree.tostring(node))


def test_no_learner_and_no_secret_leaves_with_the_course() -> None:
    settings = {"gateway_url": "http://127.0.0.1:1", "service_key": SERVICE_KEY}
    site = Site(settings=settings)
    site.post("submit", {"step": "what-next", "form": right_form(SMALL_LESSON, "what-next")})
    block = site.block()
    assert block.answers
    node = etree.Element("unknown")
    block.add_xml_to_node(node)
    xml = etree.tostring(node)
    for name, field in AiTutorXBlock.fields.items():
        assert SERVICE_KEY not in str(getattr(block, name))
        assert not any(word in name for word in ("key", "secret", "token", "password")), name
        if field.scope not in {Scope.content, Scope.settings}:
            assert name.encode() not in xml
