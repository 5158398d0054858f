"""An answer as data: what a page, a report and an export of it are drawn from. Nothing here knows any of them.

A figure carries the text that is shown, the number that a spreadsheet calculates with, and its *place*: the coordinates
of the released cell or learning figure that it is. So a page can be held against the CSV and the API, figure by figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = tuple[tuple[str, str], ...]
"""(name, value) of what a figure is taken from: indicator, view, month, … and `part`, which of its figures it is."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `text` as it is shown (a number or a shorthand such as `[c]`), `number` where it is one."""

    text: str
    number: int | float | None = None
    decimals: int = 0
    place: Place = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table: heads of the columns of words and of figures; each row is words, then figures. No cell is empty.

    `name` is short and unique among the tables of an answer; `notes` explain the shorthand that is used.
    """

    name: str
    title: str
    notes: tuple[str, ...]
    words: tuple[str, ...]
    figures: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Figure, ...]], ...]

    @property
    def naming(self) -> int:
        """How many words of a row name it: all where figures follow, else the first, and the others are told of it."""
        return len(self.words) if self.figures else 1


@dataclass(frozen=True, slots=True)
class Point:
    """One mark of a picture: with 95 % limits where they are known, without a value where it is withheld.

    `key` is the month (`YYYY-MM`), or the group, that it stands at; `label` is that in words.
    """

    key: str
    label: str
    text: str
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One series of a picture; the label tells it from the other, and is empty where there is one."""

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as data: `months` are lines through time, `groups` are rows with a mark for each series.

    All series have the same keys in the same order, which ranks nothing; `whole_first`: the first row is everybody. The
    scale goes from `bottom` to `ceiling` (None: as high as needed); a `bottom` below nought makes nought a line in the
    middle.
    """

    kind: Literal["months", "groups"]
    unit: str
    lines: tuple[Line, ...]
    ceiling: float | None = None
    bottom: float = 0.0
    whole_first: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One figure of an answer: what it shows in a sentence, its picture, the same in words, its table, its limits.

    `subtitle` says what is measured, of whom and when. `misuse` is what it does not mean.
    """

    key: str
    headline: str
    subtitle: str
    picture: Picture | None
    summary: tuple[str, ...]
    table: Table | None
    misuse: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer in a sentence, and in another how sure it is, or why nothing can be said. Never more than the cells
    say."""

    headline: str
    sure: str = ""
    can_say: bool = True


@dataclass(frozen=True, slots=True)
class Key:
    """The one figure that stands for an answer on the overview: a sign behind it, and what it is a share of."""

    figure: Figure
    sign: str
    base: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A question answered for one choice of one release."""

    key: str
    title: str
    finding: Finding
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()
