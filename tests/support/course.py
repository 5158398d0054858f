"""A small course with nothing wrong in it, as files, for the tests of `lint-content` to spoil one thing at a time."""

from __future__ import annotations

from pathlib import Path

from xblock_ai_tutor.lesson import parse_lesson

MODULE = "modules/01-kettles/lesson.md"
WELSH = "modules/01-kettles/lesson.cy.md"
EVALUATION = "modules/01-kettles/evaluation.yaml"
JOB_AID = "modules/01-kettles/job-aid.md"
FIGURE = "modules/01-kettles/static/kettle.svg"
PRE, POST = "tests/pre.md", "tests/post.md"

_HINTS = "hint: One.\nhint: Two.\nhint: Three.\n"

_LESSON = f"""\
---
id: kettles
title: Kettles
minutes: 20
objectives:
  - boil-water: Boil water.
  - check-a-kettle: Check a kettle.
principles: [P1, P2, P3, P4, P5, P6, P7, P8, P9, P10]
principles_edition: AI Playbook for the UK Government, February 2025
sources:
  - title: Kettles Act 2001
    supports: A kettle must have a lid.
    url: https://kettles.example/act
links:
  - https://kettles.example/act
glossary:
  - term: kettle
    meaning: A thing that boils water.
tutor:
  persona: You talk about kettles only.
---

:::reading id="what-it-is" title="What it is"
A [[kettle]] boils water. The [Kettles Act 2001](https://kettles.example/act) says that it must have a lid.

![A kettle with its lid half open](/static/kettle.svg "A kettle")
:::

:::choice id="first-step" title="First step" outcome="boil-water"
What do you do first?

- [x] {{fill}} Fill it
  > Yes.
- [ ] {{boil}} Boil it
  > It is empty.

{_HINTS}:::

:::choice id="last-step" title="Last step" outcome="boil-water"
What do you do last?

- [ ] {{fill}} Fill it
  > No.
- [x] {{pour}} Pour it
  > Yes.

{_HINTS}:::

:::sort id="where-to" title="Where to?" outcome="check-a-kettle"
Where does it go?

- (shelf) The shelf
- (bin) The bin

- [shelf] {{new-kettle}} A new kettle
  > It is good.
  - (bin) 3 What a waste.
- [bin] {{leaky}} A leaky kettle
  > It leaks.

{_HINTS}:::

:::scenario id="the-leak" title="The leak" outcome="check-a-kettle"
There is water on the floor.

### {{start}} At nine
What do you do?

- [best] {{look}} Look -> dry
  > You find the leak.
- [poor] {{wait}} Wait -> wet
  > It gets worse.

### {{dry}} At ten
The floor is dry.

### {{wet}} At eleven
The floor is wet.

{_HINTS}:::

:::reflect id="yours" title="Yours"
How is your kettle?

{_HINTS}:::
"""

_WELSH_WORDS = {
    "title: Kettles\n": "title: Tegelli\nlanguage: cy\nstatus: machine-drafted\ntranslation_of: VERSION\n",
    "A kettle boils water.": "Mae tegell yn berwi dŵr.",
    'title="First step"': 'title="Y cam cyntaf"',
    "} Fill it": "} Llenwi",
    "Where does it go?": "I ble mae'n mynd?",
    "hint: One.": "hint: Un.",
}

_CASES = "".join(
    f"""\
  - id: case-{number}
    kind: {kind}
    step: {step}
    ask: A question?
    why: A reason.
{'    expect: ["boils water"]' if kind == "grounded" else ""}
"""
    for number, (kind, step) in enumerate(
        [("grounded", "what-it-is"), ("attack", '""'), ("decline", '""'), ("hint", "first-step")] * 3
    )
)


_OPTIONS = ("- [x] {this} This one\n  > Yes.\n", "- [ ] {that} That one there\n  > No.\n")


def _form(name: str) -> str:
    items = "".join(
        f"""
:::choice id="anchor-{number}" title="Anchor {number}" outcome="{"boil-water" if number % 2 else "check-a-kettle"}"
Which one is number {number}?

{"".join(_OPTIONS[:: 1 if number % 2 else -1])}:::
"""
        for number in range(6)
    )
    anchors = "".join(f"    - anchor-{number}\n" for number in range(6))
    return (
        f"---\nid: kettle-test-{name}\ntitle: Test\nminutes: 5\n"
        f"form:\n  test: kettle-test\n  name: {name}\n  anchors:\n{anchors}"
        "objectives:\n  - boil-water: Boil water.\n  - check-a-kettle: Check a kettle.\n---\n" + items
    )


def good_course() -> dict[str, str]:
    """{path: text} of every file of the course."""
    welsh = _LESSON
    for english, words in _WELSH_WORDS.items():
        welsh = welsh.replace(english, words)
    return {
        MODULE: _LESSON,
        WELSH: welsh.replace("VERSION", parse_lesson(_LESSON).version),
        EVALUATION: f"lesson: kettles\ncases:\n{_CASES}",
        JOB_AID: "# Kettles\n\nFill it, then boil it.\n",
        FIGURE: '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
        PRE: _form("pre"),
        POST: _form("post"),
    }


def write_course(files: dict[str, str], root: Path) -> Path:
    """The files below a folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
