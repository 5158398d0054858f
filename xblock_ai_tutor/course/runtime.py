"""The least XBlock runtime that exports and imports a block: fields in memory, files in a file system of pyfilesystem2.

The platform gives a block `export_fs` when it writes a course and `resources_fs` when it reads one; so does this.
"""

from __future__ import annotations

import copy
import warnings
from typing import Any

from lxml import etree
from xblock.fields import ScopeIds
from xblock.runtime import DictKeyValueStore, KvsFieldData, MemoryIdManager, Runtime

from xblock_ai_tutor.block import AiTutorXBlock

with warnings.catch_warnings():
    # pyfilesystem2 still declares its namespace the old way; XBlock and the platform bring it.
    warnings.simplefilter("ignore")
    from fs.memoryfs import MemoryFS

__all__ = ["FileRuntime", "MemoryFS"]


class FileRuntime(Runtime):  # type: ignore[misc]  # untyped
    """A runtime for one course's files; `files` is where blocks leave and find what lies beside the XML."""

    def __init__(self, files: MemoryFS | None = None) -> None:
        ids = MemoryIdManager()
        fields = {"field-data": KvsFieldData(DictKeyValueStore())}
        super().__init__(id_reader=ids, id_generator=ids, services=fields)
        self.files = files if files is not None else MemoryFS()
        self.export_fs = self.resources_fs = self.files

    def export(self, name: str, title: str, lesson_text: str) -> etree._Element:
        """The element of a block with this lesson, as the block itself writes it."""
        block = self._block(name)
        block.display_name = title
        block.lesson_text = lesson_text
        node = etree.Element(block.scope_ids.block_type, url_name=name)
        block.add_xml_to_node(node)
        return node

    def read(self, node: etree._Element) -> AiTutorXBlock:
        """The block that an element makes."""
        keys = self._keys(str(node.get("url_name")))
        fields = copy.deepcopy(node)
        for name in ("url_name", "xblock-family"):  # the runtime's own, which the block would log as no fields of it
            fields.attrib.pop(name, None)
        block: AiTutorXBlock = AiTutorXBlock.parse_xml(fields, self, keys)
        return block

    def _block(self, name: str) -> AiTutorXBlock:
        block: AiTutorXBlock = self.construct_xblock_from_class(AiTutorXBlock, self._keys(name))
        return block

    def _keys(self, name: str) -> ScopeIds:
        return ScopeIds(None, "ai_tutor", f"definition-{name}", name)

    # What an abstract runtime leaves open. Nothing is rendered or handled while a course is built.

    def handler_url(self, block: Any, *_args: Any, **_kwargs: Any) -> str:
        raise NotImplementedError(f"{block.scope_ids.usage_id} is being exported, not shown.")

    def local_resource_url(self, block: Any, uri: str) -> str:
        raise NotImplementedError(f"{block.scope_ids.usage_id} is being exported, not shown: {uri}")

    def resource_url(self, resource: str) -> str:
        raise NotImplementedError(resource)

    def publish(self, block: Any, event_type: str, event_data: Any) -> None:
        raise NotImplementedError(f"{block.scope_ids.usage_id} published {event_type}: {event_data}")
