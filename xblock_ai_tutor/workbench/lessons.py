"""Which lessons the demonstration LMS offers: those of the content folder's `course.yaml`, in its order and chapters.

A lesson of a module is called after its folder; beside it stand its translations. Without a `course.yaml` it is one
scenario for each `modules/<name>/lesson.md`. Called once at the start, before requests are served. A lesson that an
author has changed in Studio is kept; one that nobody has changed follows its file.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from workbench.runtime import WORKBENCH_KVS
from workbench.scenarios import SCENARIOS, Scenario

from xblock_ai_tutor.course import CourseError, read_course
from xblock_ai_tutor.workbench.runtime import DemonstrationRuntime

log = logging.getLogger(__name__)

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_LESSONS: Final = "modules/*/lesson.md"
SAMPLE: Final = "sample"
CHAPTERS: Final[dict[str, str]] = {}
"""The chapter that each scenario is in, by its name; "" where there are none. Filled by `load_lessons`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A lesson to offer: the scenario's name, its file (None: the block's own sample) and its chapter."""

    name: str
    path: Path | None
    chapter: str = ""


def load_lessons() -> None:
    """Fill the workbench's list of scenarios. With no content folder there is the block's own sample lesson."""
    SCENARIOS.clear()
    WORKBENCH_KVS.prep_for_scenario_loading()
    record = settings.DATA / "lessons.json"
    seen: dict[str, str] = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    CHAPTERS.clear()
    for entry in list(_entries(settings.CONTENT)) or [Entry(SAMPLE, None)]:
        usage_id = _make_block(entry.name)
        if entry.path is not None:
            seen[entry.name] = _follow(usage_id, entry.path.read_text(encoding="utf-8"), seen.get(entry.name, ""))
        CHAPTERS[entry.name] = entry.chapter
        SCENARIOS[entry.name] = Scenario(_block_title(usage_id), usage_id, "<ai_tutor/>")
    record.write_text(json.dumps(seen, indent=1, sort_keys=True), encoding="utf-8")


def _entries(content: str) -> Iterator[Entry]:
    """The lessons below `content`, in the order in which the course has them."""
    if not content:
        return
    folder = Path(content)
    for chapter, path, unit_id in _course(folder) or [("", path, "") for path in sorted(folder.glob(_LESSONS))]:
        name = path.parent.name if path.match(_LESSONS) else unit_id
        if not _NAME.fullmatch(name):
            log.warning("A module's folder is not called like 04-legal-research; left out.")
            continue
        yield Entry(name, path, chapter)
        for translated in sorted(path.parent.glob(f"{path.stem}.*{path.suffix}")):
            language = translated.stem.rpartition(".")[2]
            if _NAME.fullmatch(f"{name}-{language}"):
                yield Entry(f"{name}-{language}", translated, chapter)


def _course(folder: Path) -> list[tuple[str, Path, str]]:
    """(chapter, file, unit id) of each lesson of the course; [] without one, or with one that cannot be read."""
    if not (folder / "course.yaml").is_file():
        return []
    try:
        course = read_course(folder)
    except CourseError as error:
        log.warning("The course's lessons are shown without its chapters. %s", error)
        return []
    return [
        (chapter.title, unit.path, unit.id)
        for chapter in course.chapters
        for unit in chapter.units
        if unit.lesson is not None
    ]


def _make_block(name: str) -> str:
    """A block with the same id at every start, so that learners' state is found again."""
    runtime = DemonstrationRuntime("author")
    runtime.id_generator.set_scenario(name)
    return str(runtime.parse_xml_string("<ai_tutor/>"))


def _follow(usage_id: str, text: str, seen: str) -> str:
    """Put the file's text into the block unless an author changed what was put there. Gives the digest to remember."""
    block = DemonstrationRuntime("author").get_block(usage_id)
    stored = block.digest() if block.fields["lesson_text"].is_set_on(block) else ""
    if stored in {"", seen}:
        block.lesson_text = text
        block.save()
        return hashlib.sha256(text.encode("utf-8")).hexdigest()
    return seen


def _block_title(usage_id: str) -> str:
    block = DemonstrationRuntime("author").get_block(usage_id)
    title = str(block.student_view_data().get("title") or block.display_name)
    if block.display_name != title and not block.fields["display_name"].is_set_on(block):
        block.display_name = title
        block.save()
    return title
