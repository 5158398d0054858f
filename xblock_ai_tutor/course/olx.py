"""A course in OLX, the platform's format: one small XML file for each chapter and subsection, policies, figures.

The lesson's block writes itself (`AiTutorXBlock.add_xml_to_node`), so that what is built here is what Studio would
export. Pages such as job aids become the platform's own `html` blocks. Format: Open edX, "Open Learning XML".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import nh3
from lxml import etree
from markdown_it import MarkdownIt

from xblock_ai_tutor.course.outline import Course, CourseError, Unit
from xblock_ai_tutor.course.runtime import FileRuntime

_START: Final = "2020-01-01T00:00:00Z"
"""Open from the start: who opens the course for learners sets its dates in Studio."""
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")


def course_files(course: Course) -> dict[str, bytes]:
    """Every file of the course: {path below its root: content}. Raises `CourseError` when a figure is missing."""
    runtime = FileRuntime()
    files = {
        "course.xml": _xml(etree.Element("course", url_name=course.run, org=course.org, course=course.number)),
        f"course/{course.run}.xml": _xml(_course_node(course)),
        f"policies/{course.run}/policy.json": _json({f"course/{course.run}": {}}),
        f"policies/{course.run}/grading_policy.json": _json(_grading(course)),
        "policies/assets.json": _json({}),
        "about/overview.html": _page_html(course.about).encode(),
        "about/short_description.html": course.title.encode(),
    }
    for chapter in course.chapters:
        node = _named("chapter", chapter.title)
        for unit in chapter.units:
            etree.SubElement(node, "sequential", url_name=unit.id)
            files[f"sequential/{unit.id}.xml"] = _xml(_subsection(unit))
            files[f"vertical/{unit.id}-page.xml"] = _xml(_vertical(unit, runtime))
            if unit.lesson is None:
                files[f"html/{unit.id}-text.xml"] = _xml(_named("html", unit.title, filename=f"{unit.id}-text"))
                files[f"html/{unit.id}-text.html"] = _page_html(unit.text).encode()
        files[f"chapter/{chapter.id}.xml"] = _xml(node)
    for path in runtime.files.walk.files():
        files[path.lstrip("/")] = runtime.files.readbytes(path)
    return files | dict(_figures(course))


def _course_node(course: Course) -> etree._Element:
    node = _named("course", course.title, language=course.language, start=_START, self_paced="true")
    node.set("advanced_modules", '["ai_tutor"]')
    for chapter in course.chapters:
        etree.SubElement(node, "chapter", url_name=chapter.id)
    return node


def _subsection(unit: Unit) -> etree._Element:
    node = _named("sequential", unit.title)
    if unit.graded:
        node.set("format", unit.graded)
        node.set("graded", "true")
    etree.SubElement(node, "vertical", url_name=f"{unit.id}-page")
    return node


def _vertical(unit: Unit, runtime: FileRuntime) -> etree._Element:
    node = _named("vertical", unit.title)
    if unit.lesson is None:
        etree.SubElement(node, "html", url_name=f"{unit.id}-text")
    else:
        node.append(runtime.export(f"{unit.id}-lesson", unit.title, unit.text))
    return node


def _grading(course: Course) -> dict[str, Any]:
    count = {name: sum(unit.graded == name for unit in course.units) for name in course.weights}
    return {
        "GRADER": [
            {"type": name, "short_label": name, "min_count": count[name], "drop_count": 0, "weight": share}
            for name, share in course.weights.items()
        ],
        "GRADE_CUTOFFS": {"Pass": course.passing},
    }


def _figures(course: Course) -> Iterator[tuple[str, bytes]]:
    """Figures lie in `static/` beside the file that shows them; in a course all lie in one folder."""
    found: dict[str, tuple[Path, bytes]] = {}
    problems = []
    for unit in course.units:
        for name in unit.figures:
            path = unit.path.parent / "static" / name
            if not path.is_file():
                problems.append(f"{unit.path.name} shows /static/{name}, but there is no {path}.")
                continue
            content = path.read_bytes()
            if found.setdefault(name, (path, content))[1] != content:
                problems.append(f"{path} and {found[name][0]} have one name; a course needs different ones.")
    if problems:
        raise CourseError(tuple(problems))
    for name, (_, content) in found.items():
        yield f"static/{name}", content


def _named(tag: str, title: str, **attributes: str) -> etree._Element:
    return etree.Element(tag, {"display_name": title, **attributes})


def _page_html(markdown: str) -> str:
    return nh3.clean(_MARKDOWN.render(markdown))


def _xml(node: etree._Element) -> bytes:
    etree.indent(node)
    written: bytes = etree.tostring(node, encoding="utf-8")
    return written + b"\n"


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
