"""A report as data: what every file format is made of. Plain values; nothing here knows a format, a register or a page.

`compose` makes a `Report` of released cells; `pdf`, `xlsx`, `ods`, `html` and `csv` each write one. A figure is carried
as the text that the page shows beside the number that a spreadsheet calculates with, so that they cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics_dash.questions.answers import Figure, Line, Point, Table


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as data, as in `questions.answers`. `alternative` says in words what it shows, whole."""

    caption: str
    alternative: str
    unit: str
    ceiling: float | None
    lines: tuple[Line, ...]
    kind: Literal["months", "groups"] = "months"
    bottom: float = 0.0


@dataclass(frozen=True, slots=True)
class Shown:
    """One part of an answer as it stands in a report."""

    key: str
    headline: str
    subtitle: str
    picture: Picture | None
    summary: tuple[str, ...]
    table: Table | None
    misuse: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its answer: what a page of the dashboard says, in the same words."""

    key: str
    title: str
    headline: str
    sure: str
    parts: tuple[Shown, ...]
    notes: tuple[str, ...]


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
    """A whole report: the answers first, then an annex with a section for each indicator, the method, the proof.

    `facts` are labelled lines of the cover; `proof` those of the verification page. `complete` says whether the annex
    shows the tables of its sections: a department's fill fifty pages, so what is for reading on paper leaves them out.
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
    answers: tuple[Answered, ...] = ()
    complete: bool = True


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
    findings: str
    annex: str
    what_it_shows: str
    not_here: str


__all__ = ["Answered", "Chapter", "Figure", "Line", "Picture", "Point", "Report", "Section", "Shown", "Table", "Words"]
