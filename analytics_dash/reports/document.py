"""A report as data: what every file format is made of. Plain values; nothing here knows a format, a register or a page.

`compose` makes a `Report` of released cells; `pdf`, `xlsx`, `ods`, `html` and `csv` each write one. A figure is carried
as the text that the page shows beside the number that a spreadsheet calculates with, so that they cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `text` as it is shown (a number or a shorthand such as `[c]`), `number` where it is one."""

    text: str
    number: int | float | None = None
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `name` is short and unique in the report (a worksheet's name); each row is words, then figures.

    `notes` are sentences that stand above it. No cell is empty: a group that the table does not split by is “All”.
    """

    name: str
    title: str
    notes: tuple[str, ...]
    words: tuple[str, ...]  # the heads of the columns of words
    figures: tuple[str, ...]  # the heads of the columns of figures
    rows: tuple[tuple[tuple[str, ...], tuple[Figure, ...]], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A month's figure in a picture: with 95 % limits where they are known, without a value where it is withheld."""

    label: str
    text: str
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One group's months in a picture; the label tells it from the other, and is empty where there is one line."""

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as data: lines over the same months. `alternative` says in words what it shows, whole."""

    caption: str
    alternative: str
    unit: str
    ceiling: float | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One indicator: the question, the answer in a sentence, what was seen, its picture, its tables, its limits."""

    key: str
    title: str
    question: str
    headline: str
    summary: tuple[str, ...]
    picture: Picture | None
    tables: tuple[Table, ...]
    definition: tuple[str, ...]
    misuse: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """Words alone: a heading and its paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. `facts` are labelled lines of the cover; `proof` those of the verification page.

    `year` … `day` of `date` is the day of publication, in UTC: a report of a release is the same whenever it is made.
    """

    title: str
    subtitle: str
    language: str
    date: tuple[int, int, int]
    facts: tuple[tuple[str, str], ...]
    warning: str  # what a reader must know before the first figure; empty for real data
    sections: tuple[Section, ...]
    shorthand: tuple[tuple[str, str], ...]
    method: tuple[Chapter, ...]
    proof: tuple[tuple[str, str], ...]
    words: Words


@dataclass(frozen=True, slots=True)
class Words:
    """The report's own headings in its language."""

    contents: str
    notes: str
    shorthand: str
    method: str
    proof: str
    what_it_does_not_mean: str
    how_it_is_defined: str
    one_table: str
    cover: str
    table: str
    link: str
    question: str
