"""Imports a built archive again, block by block, and says where it differs from the course that it was built from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from xblock_ai_tutor.course.archive import unpack
from xblock_ai_tutor.course.outline import Course
from xblock_ai_tutor.course.runtime import FileRuntime, MemoryFS

# Entities and network off: an archive comes from outside.
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def differences(course: Course, archive: bytes) -> tuple[str, ...]:
    """What an import of `archive` would not give back as it is in `course`; empty when it gives back everything.

    Reads the archive as the platform does: from `course.xml` along the names to each block, which reads itself. A
    lesson must come back byte for byte.
    """
    try:
        files = unpack(archive)
        return tuple(_compare(course, files))
    except (ValueError, KeyError, etree.XMLSyntaxError) as error:
        return (f"The archive cannot be read: {error}",)


def _compare(course: Course, files: Mapping[str, bytes]) -> Iterator[str]:
    runtime = FileRuntime(_file_system(files))
    root = _node(files, "course.xml")
    wanted = [(chapter.title, [unit.title for unit in chapter.units]) for chapter in course.chapters]
    found = []
    lessons: dict[str, str] = {}
    for chapter_name in _names(_node(files, f"course/{root.get('url_name')}.xml"), "chapter"):
        chapter = _node(files, f"chapter/{chapter_name}.xml")
        titles = []
        for section_name in _names(chapter, "sequential"):
            section = _node(files, f"sequential/{section_name}.xml")
            titles.append(str(section.get("display_name")))
            for page_name in _names(section, "vertical"):
                for child in _node(files, f"vertical/{page_name}.xml"):
                    if child.tag == "ai_tutor":
                        lessons[section_name] = runtime.read(child).lesson_text
        found.append((str(chapter.get("display_name")), titles))
    if found != wanted:
        yield f"The outline is not the same: {found} instead of {wanted}."
    for unit in course.units:
        if unit.lesson is not None and lessons.get(unit.id) != unit.text:
            yield f"The lesson of {unit.id} does not come back as it is in {unit.path.name}."
        for name in unit.figures:
            if files.get(f"static/{name}") != (unit.path.parent / "static" / name).read_bytes():
                yield f"The figure {name} of {unit.id} does not come back as it is."


def _file_system(files: Mapping[str, bytes]) -> MemoryFS:
    system = MemoryFS()
    for path, content in files.items():
        folder = path.rpartition("/")[0]
        if folder:
            system.makedirs(folder, recreate=True)
        system.writebytes(path, content)
    return system


def _node(files: Mapping[str, bytes], path: str) -> etree._Element:
    if path not in files:
        raise KeyError(f"{path} is missing")
    return etree.fromstring(files[path], _PARSER)


def _names(node: etree._Element, tag: str) -> list[str]:
    return [str(child.get("url_name")) for child in node if child.tag == tag]
