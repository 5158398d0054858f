"""Which lessons the demonstration LMS offers: one scenario for each `modules/<name>/lesson.md` of the content folder.

Called once at the start, before requests are served. A lesson that an author has changed in Studio is kept; one that
nobody has changed follows its file.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
from workbench.runtime import WORKBENCH_KVS
from workbench.scenarios import SCENARIOS, Scenario

from xblock_ai_tutor.workbench.runtime import DemonstrationRuntime

log = logging.getLogger(__name__)

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
SAMPLE: Final = "sample"


def load_lessons() -> None:
    """Fill the workbench's list of scenarios. With no content folder there is the block's own sample lesson."""
    SCENARIOS.clear()
    WORKBENCH_KVS.prep_for_scenario_loading()
    record = settings.DATA / "lessons.json"
    seen: dict[str, str] = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    files: dict[str, Path | None] = dict(_lesson_files(settings.CONTENT)) or {SAMPLE: None}
    for name, path in files.items():
        usage_id = _make_block(name)
        if path is not None:
            seen[name] = _follow(usage_id, path.read_text(encoding="utf-8"), seen.get(name, ""))
        title = _block_title(usage_id)
        SCENARIOS[name] = Scenario(title, usage_id, "<ai_tutor/>")
    record.write_text(json.dumps(seen, indent=1, sort_keys=True), encoding="utf-8")


def _lesson_files(content: str) -> Iterator[tuple[str, Path | None]]:
    if not content:
        return
    for path in sorted(Path(content).glob("modules/*/lesson.md")):
        if _NAME.fullmatch(path.parent.name):
            yield path.parent.name, path
        else:
            log.warning("A module's folder is not called like 04-legal-research; left out.")


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
