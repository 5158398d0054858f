"""Hypothesis strategies for lessons: whole valid ones with arbitrary prose, and mangled ones."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from tests.support.lessons import SMALL_LESSON

# Ids that could run into each other, or into the names that the forms use themselves.
IDS = st.sampled_from(
    [
        "a",
        "b",
        "c",
        "a-b",
        "b-c",
        "a-b-c",
        "choice",
        "confidence",
        "feedback",
        "prose",
        "text",
        "reliable",
        "p-1a2b3c4d",
    ]
)

# Whatever is troublesome somewhere: Markdown's, YAML's, HTML's and our own marks, other scripts, odd spaces.
FRAGMENTS = [
    *(
        "*",
        "_",
        "`",
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
        "&",
        "#",
        "|",
        "-",
        "+",
        "!",
        '"',
        "'",
        "\\",
        "{",
        "}",
        ":",
        "~",
        "=",
    ),
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "&lt;b&gt;",
        "&#x2028;",
        "&nbsp;",
        "[a](https://a.example)",
    ),
    *(
        "\u00a0",
        "\u200d",
        "\u200f",
        "é",
        "e\u0301",
        "ﬁ",
        "中文",
        "🙂",
        "Ω",
        "—",
        "word",
        "The court said",
        "42",
    ),
    *('"><script>', "javascript:alert(1)", "%(name)s", "%s", "${x}", "{{x}}", "</form>", "</textarea>"),
]
WORDS = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=4).map(" ".join)
# A letter first and last, so that the line is a paragraph and not some block, an item or a hint.
SENTENCES = WORDS.map(lambda words: f"Aa {words} zz")
# Links in braces would be references; links and images are problems of their own.
PLAIN_SENTENCES = SENTENCES.map(
    lambda text: text.replace("{", "(").replace("}", ")").replace("![", "!(").replace("](", "] (")
)


@st.composite
def paragraphs(draw: st.DrawFn) -> str:
    """A few blocks of Markdown of the kinds that hold passages."""
    blocks = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["p", "ul", "ol", "table", "quote", "code", "loose"]), PLAIN_SENTENCES, PLAIN_SENTENCES
            ),
            min_size=1,
            max_size=3,
        )
    )
    shapes = {
        "p": "{0}\n{1}",
        "ul": "- {0}\n- {1}",
        "ol": "1. {0}\n2. {1}",
        "table": "| Aa | Bb |\n| --- | --- |\n| {0} | {1} |",
        "quote": "> {0}\n>\n> {1}",
        "code": "```\n{0}\n```\n\n{1}",
        "loose": "- {0}\n\n  {1}",
    }
    return "\n\n".join(shapes[kind].format(one, two) for kind, one, two in blocks)


@st.composite
def readings(draw: st.DrawFn, step_id: str) -> str:
    return f':::reading id="{step_id}" title="{draw(titles())}"\n{draw(paragraphs())}\n{draw(hints())}:::'


@st.composite
def hints(draw: st.DrawFn) -> str:
    return "".join(f"hint: {hint}\n" for hint in draw(st.lists(PLAIN_SENTENCES, max_size=1)))


def titles() -> st.SearchStrategy[str]:
    return SENTENCES.map(lambda text: text.replace('"', "”"))


def _items(marks: list[str], ids: list[str], texts: list[str], feedback: list[str]) -> str:
    rows = zip(marks, ids, texts, feedback, strict=True)
    return "\n".join(f"- [{mark}] {{{one}}} {text}\n  > {said}" for mark, one, text, said in rows)


@st.composite
def choices(draw: st.DrawFn, step_id: str) -> str:
    ids = draw(st.lists(IDS, min_size=2, max_size=4, unique=True))
    several = draw(st.booleans())
    right = draw(st.sets(st.sampled_from(ids), min_size=1, max_size=len(ids) if several else 1))
    texts = [draw(OPTION_TEXTS) for _ in ids]
    feedback = [draw(PLAIN_SENTENCES) for _ in ids]
    items = _items(["x" if one in right else " " for one in ids], ids, texts, feedback)
    more = ' answers="several"' if several else ""
    more += ' confidence="ask"' if draw(st.booleans()) else ""
    inside = f"{draw(PLAIN_SENTENCES)}\n\n{items}\n{draw(hints())}"
    return f':::choice id="{step_id}" title="{draw(titles())}"{more}\n{inside}:::'


@st.composite
def spots(draw: st.DrawFn, step_id: str) -> str:
    ids = draw(st.lists(IDS, min_size=2, max_size=4, unique=True))
    verdicts = [draw(st.sampled_from(["reliable", "invented", "misused"])) for _ in ids]
    items = _items(verdicts, ids, [draw(OPTION_TEXTS) for _ in ids], [draw(PLAIN_SENTENCES) for _ in ids])
    note = " ".join(f"{draw(PLAIN_SENTENCES)} {{{one}}}." for one in ids)
    inside = f"{draw(PLAIN_SENTENCES)}\n\n> {note}\n\n{items}\n{draw(hints())}"
    return f':::spot id="{step_id}" title="{draw(titles())}"\n{inside}:::'


# Options hold no links: "<https://…>" cannot arise from the fragments, "[…](…)" is broken up above.
OPTION_TEXTS = PLAIN_SENTENCES


@st.composite
def lessons(draw: st.DrawFn) -> str:
    """The text of a valid lesson."""
    head = {
        "id": draw(IDS),
        "title": draw(SENTENCES),
        "language": draw(st.sampled_from(["en", "cy", "en-GB"])),
        "minutes": draw(st.integers(1, 600)),
        "objectives": draw(st.lists(SENTENCES, max_size=2, unique_by=lambda text: " ".join(text.split()))),
        "sources": [{"title": draw(SENTENCES), "supports": draw(SENTENCES)}],
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    ids = draw(st.lists(IDS, min_size=1, max_size=3, unique=True))
    steps = [draw(draw(st.sampled_from([readings, choices, spots]))(one)) for one in ids]
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
