"""A report as worksheets: which there are, in which order, and what stands in each. `xlsx` and `ods` draw them.

A cover, the contents, notes, then one table a worksheet, as the Government Analysis Function asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analytics_dash.reports.document import Report, Table

_LONGEST_NAME: Final = 31  # of a worksheet, in Excel


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: its name, the title in A1, a sentence a row under it, and perhaps a table below.

    `links`: the first column of the table names worksheets.
    """

    name: str
    title: str
    lines: tuple[str, ...]
    table: Table | None = None
    links: bool = False


def sheets(report: Report) -> Iterator[Sheet]:
    """The report's worksheets, in order."""
    words = report.words
    notes = words.notes[:_LONGEST_NAME]
    tables = [
        Sheet(
            part.table.name,
            part.table.title,
            (words.one_table, part.headline, part.subtitle, *part.table.notes),
            part.table,
        )
        for answer in report.answers
        for part in answer.parts
        if part.table is not None
    ]
    tables += [
        Sheet(table.name, table.title, (words.one_table, section.question, *table.notes), table)
        for section in report.sections
        for table in section.tables
        if report.complete
    ]
    listed = ((notes, words.method, words.method), *((each.name, each.title, each.lines[1]) for each in tables))
    heads = (words.link, words.table, words.question)
    contents = Table("contents", words.contents, (), heads, (), tuple((row, ()) for row in listed))
    yield Sheet(words.cover[:_LONGEST_NAME], report.title, _cover(report))
    yield Sheet(words.contents[:_LONGEST_NAME], words.contents, (words.one_table,), contents, links=True)
    yield Sheet(notes, words.notes, tuple(_notes(report)))
    yield from tables


def _cover(report: Report) -> tuple[str, ...]:
    warning = (report.warning,) if report.warning else ()
    return (report.subtitle, *warning, *(f"{label}: {value}" for label, value in (*report.facts, *report.proof)))


def _notes(report: Report) -> Iterator[str]:
    for answer in report.answers:
        yield from (answer.title, answer.headline)
        yield from (text for text in (answer.sure, *answer.notes) if text)
    for sign, meaning in report.shorthand:
        yield f"{sign} {meaning}"
    for chapter in report.method:
        yield from (chapter.title, *chapter.paragraphs)
    for section in report.sections:
        yield from (section.title, section.headline, *section.definition)
        yield f"{report.words.what_it_does_not_mean}: {section.misuse}"
