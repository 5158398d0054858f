"""Small real lessons as text, and a reader of HTML, for the tests of every room that needs one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from xblock_ai_tutor.lesson import Step, parse_lesson

SMALL_LESSON = """\
---
id: small-lesson
title: A small lesson
language: en
minutes: 5
objectives:
  - Check an authority before you rely on it.
principles: [P1, P4]
principles_edition: AI Playbook for the UK Government, February 2025
sources:
  - title: Carltona Ltd v Commissioners of Works [1943] 2 All ER 560
    supports: Officials may act for their minister.
links:
  - https://www.legislation.gov.uk
tutor:
  persona: You help with this lesson only.
  support: hints
  greeting: Ask me about this lesson.
---

:::reading id="why-check" title="Why check"
A language model writes the words that are *likely* to come next. It does not look anything up.

Three questions to ask:

- Does it exist?
- Does it say this?
- Is it still good law?

hint: Read the three questions again.
:::

:::choice id="what-next" title="What next" confidence="ask"
A draft answer cites a case that you cannot find. What do you do first?

- [ ] {send-it} Send it: the name looks right
  > A name that looks right is exactly what a model is good at.
- [x] {look-it-up} Look it up in Find Case Law
  > Yes: a case that exists can be found.

hint: Who is responsible for what you send?
hint: Where are judgments published?
hint: Find Case Law is run by The National Archives.
:::

:::spot id="the-note" title="The note"
Say for each authority whether it can be relied on.

> An official may act for the minister {carltona}. A teapot is a contract {teapot}. A public body must answer a request
> for information within three working days {foi}.

- [reliable] {carltona} *Carltona Ltd v Commissioners of Works* [1943] 2 All ER 560
  > It exists and says this.
- [invented] {teapot} *Teapot v Saucer* [2019] EWHC 99999 (Admin)
  > No such case can be found.
- [misused] {foi} Freedom of Information Act 2000, section 10(1)
  > It is real, but gives 20 working days.

hint: Look for a number that you can check.
hint: Which one can you not find?
hint: How long does the Act give?
:::
"""

READING_ONLY = """\
---
id: reading-only
title: One reading
minutes: 1
---
:::reading id="only" title="Only"
One paragraph.
:::
"""


LESSONS = Path(__file__).parents[2] / "content"
AUTHORING = Path(__file__).parents[2] / "docs" / "authoring.md"


def lesson_texts() -> dict[str, str]:
    """Every lesson under content/, by its path there."""
    return {
        path.relative_to(LESSONS).as_posix(): path.read_text("utf-8") for path in sorted(LESSONS.rglob("lesson.md"))
    }


HEAD = "---\nid: example\ntitle: Example\nminutes: 1\n---\n"


def examples(kind: str) -> list[Step]:
    """The steps of the guide's fenced examples of that kind: `lesson` (whole ones) or `steps`."""
    found = re.findall(rf"^```{kind}\n(.*?)^```$", AUTHORING.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [step for text in found for step in parse_lesson(text if kind == "lesson" else HEAD + text).steps]


def with_other_answers(text: str) -> str:
    """The same lesson with other right answers and other feedback."""
    verdicts = {"- [reliable]": "- [misused]", "- [misused]": "- [invented]", "- [invented]": "- [reliable]"}
    marks = verdicts | {"- [ ]": "- [x]", "- [x]": "- [ ]"}
    lines = []
    for line in text.split("\n"):
        old = next((mark for mark in marks if line.startswith(mark)), None)
        lines.append(
            line.replace(old, marks[old], 1) if old else "  > Other words." if line.startswith("  >") else line
        )
    return "\n".join(lines)


@dataclass(slots=True)
class Element:
    """One start tag as a browser would see it, and the text directly or indirectly inside."""

    tag: str
    attributes: dict[str, str]
    text: str = ""

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())


class Html(HTMLParser):
    """HTML read into a flat list of elements in document order, for claims about it."""

    VOID = frozenset({"input", "br", "hr", "img", "meta", "link"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.text = ""
        self._open: list[Element] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in self.VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.text += data
        for element in self._open:
            element.text += data

    def all(self, tag: str | None = None, **attributes: str) -> list[Element]:
        """The elements with that tag and those attribute values (`class_` is one class among the element's)."""
        wanted_class = attributes.pop("class_", None)
        return [
            element
            for element in self.elements
            if (tag is None or element.tag == tag)
            and (wanted_class is None or wanted_class in element.classes)
            and all(element.attributes.get(name) == value for name, value in attributes.items())
        ]

    @property
    def ids(self) -> list[str]:
        return [element.attributes["id"] for element in self.elements if "id" in element.attributes]
