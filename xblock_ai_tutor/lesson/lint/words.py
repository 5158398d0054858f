"""What several checks read in a lesson's Markdown: its links and figures, with their lines in the file."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it.token import Token

from xblock_ai_tutor.lesson import Lesson
from xblock_ai_tutor.lesson.blocks import tokens_of


def links_in(lesson: Lesson) -> Iterator[tuple[int, str]]:
    """(line, address) of every link that a learner is shown, in prose, notes and feedback."""
    for line, token in _inline(lesson, "link_open"):
        yield line, str(token.attrGet("href"))


def images_in(lesson: Lesson) -> Iterator[tuple[int, str, str]]:
    """(line, address, alt text) of every figure."""
    for line, token in _inline(lesson, "image"):
        yield line, str(token.attrGet("src")), token.content


def _inline(lesson: Lesson, kind: str) -> Iterator[tuple[int, Token]]:
    """Every inline token of a kind, with the line on which its paragraph starts."""
    for step in lesson.steps:
        for text in step.activity.authored():
            for block in tokens_of(text.text):
                for token in block.children or ():
                    if token.type == kind:
                        yield text.line + (block.map[0] if block.map else 0), token
