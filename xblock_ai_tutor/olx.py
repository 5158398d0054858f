"""The block in a course's archive (OLX): its settings as attributes, its lesson as a file beside the XML.

A mixin of the block. Where a course is written to or read from files (`export_fs`, `resources_fs` of the runtime) the
lesson is `ai_tutor/<url_name>.md`, so that it can be reviewed and edited like the file it came from. Elsewhere (the
clipboard, content libraries, the workbench) it stands inside the element. Either way, what comes in goes out again byte
for byte. Only what an author wrote leaves: never a learner's state, and no field holds a secret.

The content-library runtime calls `parse_xml_new_runtime` where a block has one and `parse_xml` where it has none
(`openedx/core/djangoapps/xblock/runtime/learning_core_runtime.py`); this `parse_xml` serves both.
"""

from __future__ import annotations

import copy
import re
from typing import Any, Final

from lxml import etree
from xblock.fields import Scope

from xblock_ai_tutor import compat
from xblock_ai_tutor.lesson import FIGURE

LESSON_FILE: Final = "lesson_file"
LESSON_FIELD: Final = "lesson_text"
FIGURE_ATTRIBUTE: Final = "figure-"
FOLDER: Final = "ai_tutor"
EXPORTED: Final = frozenset({Scope.content, Scope.settings})
_PATH: Final = re.compile(r"(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.md")
_NOT_IN_A_NAME: Final = re.compile(r"[^\w.-]+")


class LessonFileError(ValueError):
    """The file that an archive names as the lesson is not there, or is no UTF-8 text."""


class Olx:
    """Export and import. Mixed into the block, whose fields it uses."""

    def export_to_file(self) -> bool:
        """Whether the lesson may become a file of its own.

        The platform replaces this method by one that says no while it serialises a block for its clipboard or a
        library, which take no files along (`override_export_fs` in `openedx/core/lib/xblock_serializer/utils.py`).
        """
        return True

    def add_xml_to_node(self: Any, node: Any) -> None:
        """Write the block into an element, and its lesson beside it or inside."""
        node.tag = self.xml_element_name()
        node.set("xblock-family", self.entry_point)
        for name, field in sorted(self.fields.items()):
            if field.scope in EXPORTED and name not in {LESSON_FIELD, "parent", "children"} and field.is_set_on(self):
                self._add_field(node, name, field)
        if not self.fields[LESSON_FIELD].is_set_on(self):
            return
        files = compat.file_system(self, "export_fs") if self.export_to_file() else None
        if files is None:
            _write_inside(node, self.lesson_text)
            for number, path in enumerate(sorted(set(FIGURE.findall(self.lesson_text))), 1):
                node.set(f"{FIGURE_ATTRIBUTE}{number}", path)  # the clipboard takes along what stands between quotes
        else:
            name = node.get("url_name") or getattr(self.scope_ids.usage_id, "block_id", "") or self.digest()[:16]
            path = f"{FOLDER}/{_NOT_IN_A_NAME.sub('-', str(name)).lstrip('.')}.md"
            files.makedirs(FOLDER, recreate=True)
            files.writebytes(path, self.lesson_text.encode("utf-8"))
            node.set(LESSON_FILE, path)

    @classmethod
    def parse_xml(cls: Any, node: Any, runtime: Any, keys: Any, *rest: Any) -> Any:
        """Make a block from an element. Raises `LessonFileError` for a lesson's file that cannot be read."""
        node = copy.deepcopy(node)  # it belongs to the platform
        path = node.attrib.pop(LESSON_FILE, None)
        node.attrib.pop("xblock-family", None)  # no field of ours; the base would warn about it
        node.attrib.pop("url_name", None)
        for name in [name for name in node.attrib if name.startswith(FIGURE_ATTRIBUTE)]:
            del node.attrib[name]
        text, node.text = node.text, None
        block = super().parse_xml(node, runtime, keys, *rest)  # type: ignore[misc]  # a mixin's next class
        if path is not None:
            block.lesson_text = _read_file(block, path)
        elif text and text.strip():
            block.lesson_text = text
        return block


def _write_inside(node: Any, text: str) -> None:
    """The lesson as the element's text, readable as it is where XML lets it be."""
    if not text.strip():
        node.set(LESSON_FIELD, text)  # parsers drop an element's text that is nothing but blanks
    elif "\r" in text or "]]>" in text:
        node.text = text  # escaped: a parser makes each newline of a CDATA section a line feed
    else:
        node.text = etree.CDATA(text)


def _read_file(block: Any, path: str) -> str:
    files = compat.file_system(block, "resources_fs")
    if files is None or not _PATH.fullmatch(path):
        raise LessonFileError(f"The lesson should be in the file {path!r}, which cannot be read from here.")
    try:
        return str(files.readbytes(path).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise LessonFileError(f"The lesson's file {path!r} is not UTF-8 text. Save it as UTF-8.") from error
    except Exception as error:  # a file system's own errors: which, depends on the platform's library
        raise LessonFileError(f"The lesson's file {path!r} is not in the archive.") from error
