"""Hypothesis strategies for what lessons are written in: ids, sentences, titles, hints and blocks of Markdown."""

from __future__ import annotations

from hypothesis import strategies as st

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
                st.sampled_from(["p", "ul", "ol", "table", "quote", "code", "loose", "figure", "example", "term"]),
                PLAIN_SENTENCES,
                PLAIN_SENTENCES,
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
        "figure": '![Aa figure](/static/a-figure.svg "Caption")\n\n{0}\n{1}',
        "example": "> [!example] {0}\n> {1}\n>\n> - Aa",
        "term": "{0} [[Term]] {1} [[shown|TERM]]",
    }
    return "\n\n".join(shapes[kind].format(one, two) for kind, one, two in blocks)


@st.composite
def hints(draw: st.DrawFn) -> str:
    return "".join(f"hint: {hint}\n" for hint in draw(st.lists(PLAIN_SENTENCES, max_size=1)))


def titles() -> st.SearchStrategy[str]:
    return SENTENCES.map(lambda text: text.replace('"', "”"))
