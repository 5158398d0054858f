"""The course's archive: what Studio would import is the course that was written, and it is the same every time."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import olxcleaner
import pytest
from olxcleaner.reporting import report_errors

from xblock_ai_tutor.course import CourseError, course_files, differences, pack, read_course
from xblock_ai_tutor.course.__main__ import main
from xblock_ai_tutor.course.archive import unpack

CONTENT = Path(__file__).resolve().parents[3] / "content"
LESSON = """---
id: tiny
title: "A tiny lesson: <b> & ]]>"
minutes: 5
---

:::reading id="one" title="One"
Words with é, “quotes”, <tags>, & and ]]>.  \n\ttab
:::
"""
COURSE = """
org: Org
number: N1
run: r1
title: A course
language: en
about: About it.
passing: 0.5
grading: {Module: 1.0}
chapters:
  - id: a
    title: Chapter A
    units:
      - {id: a-lesson, lesson: m/lesson.md, graded: Module}
      - {id: a-aid, title: Job aid, page: m/aid.md}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "m" / "static").mkdir(parents=True)
    (tmp_path / "course.yaml").write_text(COURSE, encoding="utf-8")
    (tmp_path / "m" / "lesson.md").write_text(LESSON, encoding="utf-8")
    (tmp_path / "m" / "aid.md").write_text("# Aid\n\n![A plan](/static/plan.svg)\n<script>x</script>\n")
    (tmp_path / "m" / "static" / "plan.svg").write_text("<svg/>")
    return tmp_path


def built(folder: Path, **options: str) -> bytes:
    return pack(course_files(read_course(folder, **options)))


def test_the_project_s_course_comes_back_from_its_archive_as_it_was_written() -> None:
    course = read_course(CONTENT)
    assert differences(course, pack(course_files(course))) == ()


def test_the_platform_s_own_checker_finds_nothing_wrong_with_the_archive(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(built(CONTENT))) as archive:
        archive.extractall(tmp_path, filter="data")
    _, errors, *_ = olxcleaner.validate(str(tmp_path / "course" / "course.xml"), steps=8, allowed_xblocks=["ai_tutor"])
    # Who opens the course chooses its last day and its picture.
    chosen_later = ("required setting 'end'", "required setting 'course_image'")
    assert [line for line in report_errors(errors) if not any(name in line for name in chosen_later)] == []


def test_odd_characters_of_a_lesson_survive_the_archive(folder: Path) -> None:
    course = read_course(folder)
    assert differences(course, pack(course_files(course))) == ()


def test_the_same_content_gives_the_same_bytes_and_other_content_others(folder: Path) -> None:
    first = built(folder)
    assert built(folder) == first
    (folder / "m" / "aid.md").write_text("# Other\n")
    assert built(folder) != first


def test_an_archive_that_lost_something_is_told_apart(folder: Path) -> None:
    course = read_course(folder)
    files = course_files(course)
    assert differences(course, pack({**files, "static/plan.svg": b"<svg></svg>"}))
    assert differences(course, pack({path: files[path] for path in files if not path.startswith("chapter/")}))
    changed = {path: content.replace(b"Words with", b"Other words") for path, content in files.items()}
    assert any("a-lesson" in problem for problem in differences(course, pack(changed)))
    assert differences(course, b"no archive")


def test_a_page_carries_no_script_and_its_figure_comes_along(folder: Path) -> None:
    files = unpack(built(folder))
    assert b"<script" not in files["html/a-aid-text.html"]
    assert files["static/plan.svg"] == b"<svg/>"


def test_a_translation_is_taken_where_there_is_one(folder: Path) -> None:
    (folder / "m" / "lesson.cy.md").write_text(LESSON.replace("A tiny", "Gwers fach"), encoding="utf-8")
    course = read_course(folder, language="cy")
    assert [unit.title for unit in course.units] == ["Gwers fach lesson: <b> & ]]>", "Job aid"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("m/lesson.md", "m/nowhere.md", "there is no file m/nowhere.md"),
        ("m/lesson.md", "../outside.md", "there is no file ../outside.md"),
        ("id: a-aid", "id: a-lesson", "used twice"),
        ("graded: Module}", "graded: Quiz}", "no share under grading"),
        ("{Module: 1.0}", "{Module: 0.7}", "must make 1"),
        ("title: Job aid, ", "", "needs a title"),
        ("org: Org\n", "", "org is missing"),
        ("run: r1", "run: r 1", "cannot be"),
        ("page: m/aid.md", "video: m/aid.md", "name one file"),
        ("chapters:", "chapters: none\nother:", "must be a list"),
        ("passing: 0.5", "passing: 50", "at most 1"),
    ],
)
def test_a_mistake_in_the_course_s_file_is_told_with_its_place(folder: Path, old: str, new: str, told: str) -> None:
    (folder / "course.yaml").write_text(COURSE.replace(old, new), encoding="utf-8")
    (folder.parent / "outside.md").write_text(LESSON)
    with pytest.raises(CourseError) as found:
        read_course(folder)
    assert any(told in problem for problem in found.value.problems)


@pytest.mark.parametrize("text", ["", "- a list", "a: [", "{"])
def test_a_file_that_is_no_course_is_refused_with_a_sentence(folder: Path, text: str) -> None:
    (folder / "course.yaml").write_text(text)
    with pytest.raises(CourseError):
        read_course(folder)


def test_a_broken_lesson_is_told_with_its_line(folder: Path) -> None:
    (folder / "m" / "lesson.md").write_text(LESSON.replace("minutes: 5", "minutes: many"), encoding="utf-8")
    with pytest.raises(CourseError, match=r"m/lesson\.md: Line 4"):
        read_course(folder)


def test_a_missing_figure_is_told(folder: Path) -> None:
    (folder / "m" / "static" / "plan.svg").unlink()
    with pytest.raises(CourseError, match=r"/static/plan\.svg"):
        course_files(read_course(folder))


def test_the_command_builds_checks_and_says_what_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / "out" / "course.tar.gz"
    assert main([str(folder), "--out", str(out), "--check"]) == 0
    assert "imported again: the same" in capsys.readouterr().out
    (folder / "course.yaml").unlink()
    assert main([str(folder), "--out", str(out)]) == 1
    assert "course.yaml" in capsys.readouterr().err


def test_the_command_writes_what_lessons_and_steps_are_called_in_every_language(folder: Path, tmp_path: Path) -> None:
    welsh = LESSON.replace('title: "A tiny lesson: <b> & ]]>"', "title: Gwers fach\nlanguage: cy")
    (folder / "m" / "lesson.cy.md").write_text(welsh, encoding="utf-8")
    titles = tmp_path / "titles.json"
    assert main([str(folder), "--out", str(tmp_path / "a.tar.gz"), "--titles", str(titles)]) == 0
    written = json.loads(titles.read_text(encoding="utf-8"))
    assert written["tiny"]["title"] == {"en": "A tiny lesson: <b> & ]]>", "cy": "Gwers fach"}
    assert written["tiny"]["steps"] == {"one": {"en": "One", "cy": "One"}}
