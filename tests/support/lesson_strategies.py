"""Hypothesis strategies for lessons: whole valid ones of all kinds with arbitrary prose, and mangled ones."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from tests.support.lesson_kinds import KINDS
from tests.support.lesson_words import FRAGMENTS, IDS, SENTENCES
from tests.support.lessons import SMALL_LESSON


@st.composite
def lessons(draw: st.DrawFn) -> str:
    """The text of a valid lesson."""
    head: dict[str, object] = {
        "id": draw(IDS),
        "title": draw(SENTENCES),
        "language": draw(st.sampled_from(["en", "cy", "en-GB"])),
        "minutes": draw(st.integers(1, 600)),
        "objectives": draw(st.lists(SENTENCES, max_size=2, unique_by=lambda text: " ".join(text.split()))),
        "sources": [{"title": draw(SENTENCES), "supports": draw(SENTENCES)}],
    }
    ids = draw(st.lists(IDS, min_size=1, max_size=3, unique=True))
    steps = [draw(KINDS[draw(st.sampled_from(sorted(KINDS)))](one)) for one in ids]
    if any("[[" in step for step in steps):
        head["glossary"] = [{"term": "term", "meaning": draw(SENTENCES)}]
    head |= draw(st.sampled_from([{}, {"status": "machine-drafted", "translation_of": "0123456789ab"}]))
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    gaps = [draw(st.sampled_from(["\n", "\n\n", "\n  \n\t\n"])) for _ in steps]
    end = draw(st.sampled_from(["", "\n", "\n\n\n", "\n \n"]))
    body = "".join(gap + step for gap, step in zip(gaps, steps, strict=True))
    return "---\n" + "\n".join(lines) + "\n---" + body + end


@st.composite
def mangled(draw: st.DrawFn, text: str = SMALL_LESSON) -> str:
    """A lesson with pieces cut out, moved, doubled and replaced."""
    junk = st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            [
                ":::",
                "---",
                "\n:::\n",
                "\n---\n",
                "\0",
                "\r",
                "\ud800",
                "&a ",
                "*a",
                "!!x ",
                '"',
                "- [x] ",
                "hint:",
                ": ",
                "\t",
                "[[[",
                "> ",
            ]
        ),
        st.sampled_from(FRAGMENTS),
    )
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 60)))
        text = (
            text[:start]
            + draw(st.sampled_from(["", text[start:end] * 2]))
            + draw(st.one_of(st.just(""), junk))
            + text[end:]
        )
    return text


@st.composite
def rearranged(draw: st.DrawFn, text: str) -> str:
    """A lesson whose lines are dropped, doubled, swapped, moved in or out, and mixed with lines that mean something."""
    lines = text.split("\n")
    for _ in range(draw(st.integers(1, 6))):
        at, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match draw(st.sampled_from(["drop", "double", "swap", "indent", "dedent", "insert"])):
            case "drop" if len(lines) > 1:
                del lines[at]
            case "double":
                lines.insert(other, lines[at])
            case "swap":
                lines[at], lines[other] = lines[other], lines[at]
            case "indent":
                lines[at] = "  " + lines[at]
            case "dedent":
                lines[at] = lines[at].lstrip()
            case _:
                lines.insert(at, draw(st.sampled_from(MEANING)))
    return "\n".join(lines)


MEANING = [
    *("### {a} A scene", "### ", "- (a) A place", "- [best] {a} Go -> a", "- {task} A task", "- {nothing}", "where:"),
    *("found:", "  where: a, b", "  found:", "  - (none) 9", "  - (none", "> Note {a}", ">> Source", "  > Feedback"),
    *("> [!example]", "> [!note] Other", "![](/static/a.svg)", "![a](/static/../a)", "[[term]]", "[[|]]", "hint:"),
    *("", ":::", ":::sort", ':::reading attempts="1" outcome="x"', "---", "form:", "  name: pre", "glossary:"),
]
