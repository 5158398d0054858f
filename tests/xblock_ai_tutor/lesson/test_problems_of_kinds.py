"""What an author of each kind of step is told: every mistake at its line, with its cause and what to do."""

from __future__ import annotations

import pytest

from tests.support.lessons import HEAD
from xblock_ai_tutor.lesson import SNIPPETS, check_lesson

FRONT = HEAD.replace("minutes: 1\n", "minutes: 1\n{more}")


def lesson(kind: str, old: str, new: str) -> str:
    """A lesson of one snippet with one piece replaced, which must be there once."""
    assert SNIPPETS[kind].count(old) == 1, (kind, old)
    return HEAD + SNIPPETS[kind].replace(old, new)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


# (kind, what is replaced, by what, the cause, what stands in the line that is named; "" for the directive's own)
MISTAKES = [
    ("sort", "Where does each of these belong?\n", "", "does not say what to do", ""),
    ("sort", "- (none) No AI tool\n", "", "at least two places", ""),
    ("sort", "- (none) No AI tool", "- (chatgpt) No AI tool", "already used on line", "- (chatgpt) No AI tool"),
    ("sort", "- (none) No AI tool", "- (No tool) No AI tool", "cannot be used", "- (No tool)"),
    ("sort", "- (none) No AI tool", "- () No AI tool", "without an id", "- ()"),
    ("sort", "- (none) No AI tool", "- (none)", "without text", "- (none)"),
    ("sort", "- (none) No AI tool", "* (none) No AI tool", "looks like a place", "* (none)"),
    ("sort", "- (none) No AI tool", "- (none) No [tool](https://a.example)", "cannot be part of", "- (none) No ["),
    ("sort", "- [none]", "- [non]", "[non] does not say what this is", "- [non]"),
    ("sort", "{sick-note}", "{press-notice}", "already used on line", "- [none] {press"),
    ("sort", "  - (chatgpt) 5", "  - (chatgtp) 5", "(chatgtp) is not one of the places", "  - (chatgtp)"),
    ("sort", "  - (chatgpt) 5", "  - (chatgpt) 6", "The harm cannot be 6", "  - (chatgpt) 6"),
    ("sort", "  - (chatgpt) 5", "  - (chatgpt) 55555555555555555555", "The harm cannot be 5555", "  - (chatgpt) 5"),
    ("sort", "  - (chatgpt) 5", "  - (none) 5", "is the right place for this item", "  - (none) 5"),
    ("sort", "  - (chatgpt) 5", "  * (chatgpt) 5", "cannot be read", "  * (chatgpt)"),
    (
        "sort",
        "  - (chatgpt) 5",
        "  - (chatgpt) 2 Twice\n  - (chatgpt) 5",
        "given twice for this item",
        "  - (chatgpt) 5",
    ),
    ("sort", "  - (chatgpt) 5", "  - chatgpt 5", "cannot be read", "  - chatgpt 5"),
    ("sort", 'title="A title"', 'title="A title" confidence="yes"', 'confidence="yes" is not known', ""),
    ("spot", ">> The consultation opens on 1 May. Anybody may answer.\n", "", "no source to check", ""),
    ("spot", "- [sound]", "- [wrong-fact]", "No statement is sound", ""),
    ("spot", "- [wrong-date]", "- [sound]", "All statements are sound", ""),
    ("spot", "- [wrong-date]", "- [reliable]", "[reliable] does not say what this is", "- [reliable]"),
    ("spot", "{public}.", "{pubic}.", "The note refers to {pubic}", "{pubic}"),
    ("spot", ">> The", "Some text.\n\n>> The", "stands between the note and the statements", "Some text."),
    ("spot", 'verdicts="errors"', 'verdicts="error"', 'verdicts="error" is not known', ""),
    ("verify", "For each authority, say where you looked and what you found.\n", "", "does not say what to do", ""),
    ("verify", "where:\n- (leg", "- (leg", "a place to look", ""),
    ("verify", "- (asked-ai) I asked the AI again\n", "", "a place to look", ""),
    ("verify", "- (differs) It exists and says something else\n", "", "a finding", ""),
    ("verify", "- (differs) It", "(differs) It", "is not a finding", "(differs) It"),
    ("verify", "  where: legislation", "  where: legislatoin", "is not in the list where:", "  where: legislatoin"),
    ("verify", "  where: legislation\n", "", "does not say where:", "- {foi}"),
    ("verify", "  found: differs\n", "  found:\n", "does not say found:", "- {foi}"),
    ("verify", "  found: differs", "  found: differs, says-so", "one finding only", "- {foi}"),
    ("verify", "  found: differs", "  found: differs\n  found: says-so", "given twice", "  found: says-so"),
    ("verify", "- {foi} Freedom", "- {foi2} Freedom", "The note refers to {foi}", "> A request"),
    ("verify", "  > What is found there, and how.\n", "", "has no feedback", "- {foi}"),
    ("verify", "- {foi} Freedom", "- [x] {foi} Freedom", "is not a finding", "- [x] {foi}"),
    ("scenario", "Who you are and what this is about.\n", "", "has no opening", ""),
    ("scenario", "-> good-end", "-> good-ending", "There is no scene {good-ending}", "-> good-ending"),
    ("scenario", "-> good-end", "", "does not say which scene follows", "{ask}"),
    ("scenario", "-> good-end", "-> start", "leads back to the scene {start}", "-> start"),
    ("scenario", "-> good-end", "-> bad-end", "No option leads to the scene {good-end}", "### {good-end}"),
    ("scenario", "{ask} Ask first", "{ask}", "an option without text", "{ask}"),
    ("scenario", "### {start} Monday morning", "### Monday morning", "a scene without an id", "### Monday"),
    ("scenario", "### {start} Monday", "## {start} Monday", "looks like a scene", "## {start}"),
    ("scenario", "### {good-end}", "#### {good-end}", "looks like a scene", "#### {good-end}"),
    ("scenario", "### {start} Monday morning", "### {start}", "This scene has no title", "### {start}"),
    ("scenario", "### {good-end}", "### {bad-end}", "is already used on line", "### {bad-end} In the end\nHow else"),
    ("scenario", "What happens.\n", "", "Nothing happens in this scene", "### {start}"),
    ("scenario", "- [poor] {send} Send it at once -> bad-end\n  > What follows from it.\n", "", "no choice", "{ask}"),
    ("scenario", "[poor]", "[bad]", "[bad] does not say what this is", "[bad]"),
    ("prompt-lab", "Write a prompt that turns the text below into a summary for your minister.\n", "", "no task", ""),
    ("prompt-lab", "{task}", "{tone}", "The rubric has no item “tone”", "{tone}"),
    ("prompt-lab", "{task}", "{}", "an item of the rubric without an id", "- {}"),
    ("prompt-lab", "- {task}", "* {task}", "looks like an item of the rubric", "* {task}"),
    ("prompt-lab", "- {task}", "Some text.\n\n- {task}", "stands between the note and the rubric", "Some text."),
    ("reflect", "What will you do differently tomorrow?\n", "", "asks nothing", ""),
    ("reflect", 'title="A title"', 'title="A title" attempts="2"', "so its attempts cannot be counted", ""),
    ("reading", 'title="A title"', 'title="A title" attempts="2"', "A reading is not marked", ""),
    ("reading", 'title="A title"', 'title="A title" outcome="one"', "which is the id of no objective", ""),
    ("reading", 'title="A title"', 'title="A title" outcome=" "', "outcome= is empty", ""),
    ("choice", 'title="A title"', 'title="A title" attempts="0"', 'attempts="0" is not known', ""),
    ("choice", 'title="A title"', 'title="A title" attempts="many"', 'attempts="many" is not known', ""),
    ("reading", "One idea", "![](/static/a.svg)", "This image has no alt text", "![]"),
    ("reading", "One idea in a short paragraph.", "![a](/static/a.svg) and more", "must stand alone", "![a]"),
    ("reading", "One idea in a short paragraph.", "![a](https://a.example/a.svg)", "not an image beside", "![a]"),
    ("reading", "One idea in a short paragraph.", "![a](/static/../a.svg)", "not an image beside", "![a]"),
    ("reading", "One idea in a short paragraph.", "![a](/static/a.exe)", "not an image beside", "![a]"),
    ("reading", "[!example] A title for the example", "[!example]", "has no title", "> [!example]"),
    ("reading", "[!example]", "[!note]", "There is no box [!note]", "> [!note]"),
    ("reading", "One idea", "One [[idea]]", "“idea” is not in the glossary", "[[idea]]"),
    ("choice", "{send-it} Send it", "{send-it} Send [[it]]", "a glossary term cannot be part", "[[it]]"),
]


@pytest.mark.parametrize(("kind", "old", "new", "cause", "place"), MISTAKES)
def test_a_mistake_is_named_at_its_line(kind: str, old: str, new: str, cause: str, place: str) -> None:
    text = lesson(kind, old, new)
    found = [problem for problem in check_lesson(text) if cause in problem.cause]
    assert found, check_lesson(text)
    assert found[0].line == line_of(text, place or ":::")
    assert len(found[0].cure) > 10


@pytest.mark.parametrize(
    ("more", "line", "cause"),
    [
        ("objectives:\n  - One Thing: Do it\n", 6, "The id “One Thing” cannot be used"),
        ("objectives:\n  - one: Do it\n  - one: Do that\n", 7, "“one” is in objectives twice"),
        ("objectives:\n  - one: Do it\n  - Do it\n", 7, "“Do it” is in objectives twice"),
        ("objectives:\n  - one:\n", 6, "objectives cannot hold a group of names"),
        ("glossary: words\n", 5, "glossary must be a list"),
        ("glossary:\n  - a word\n", 6, "glossary cannot hold a text"),
        ("glossary:\n  - term: a\n", 6, "no meaning"),
        ("glossary:\n  - term: a\n    meaning: b\n    source: c\n", 8, "“source” is not known in a glossary entry"),
        ("glossary:\n  - term: a\n    meaning: b\n", 6, "The term “a” is never used"),
        ("glossary:\n  - term: a[b]\n    meaning: b\n", 6, "A term cannot hold a bracket"),
        ("glossary:\n  - term: a\n    meaning: b\n  - term: A\n    meaning: c\n", 8, "“A” is in glossary twice"),
        ("status: finished\n", 5, "status cannot be “finished”"),
        ("translation_of: 0123\n", 5, "translation_of cannot be “0123”"),
        ("form: pre\n", 5, "form must be a group of names"),
        ("form:\n  name: pre\n", 6, "no test"),
        ("form:\n  test: a\n  name: first\n", 7, "name cannot be “first”"),
        ("form:\n  test: a\n  name: pre\n  anchors: [new-choise]\n", 8, "no marked step of this lesson"),
        ("form:\n  test: a\n  name: pre\n  anchor: [new-choice]\n", 8, "“anchor” is not known in form"),
    ],
)
def test_a_mistake_in_the_front_matter_is_named_at_its_line(more: str, line: int, cause: str) -> None:
    text = FRONT.replace("{more}", more) + SNIPPETS["choice"]
    found = [problem for problem in check_lesson(text) if cause in problem.cause]
    assert found, check_lesson(text)
    assert (found[0].line, len(found[0].cure) > 5) == (line, True)


@pytest.mark.parametrize("kind", ["scenario", "prompt-lab"])
def test_a_test_holds_nothing_that_gives_feedback_on_the_way(kind: str) -> None:
    text = FRONT.replace("{more}", "form:\n  test: a\n  name: pre\n") + SNIPPETS[kind]
    (problem,) = check_lesson(text)
    assert f"A form of a test cannot hold a {kind}" in problem.cause
    assert problem.line == line_of(text, ":::")


def test_a_wrong_word_suggests_the_right_one() -> None:
    for kind, old, new, suggestion in (
        ("sort", "- [none]", "- [nonne]", "Did you mean [none]?"),
        ("sort", "  - (chatgpt) 5", "  - (chatgtp) 5", "Did you mean chatgpt?"),
        ("verify", "  where: legislation", "  where: legislatoin", "Did you mean legislation?"),
        ("scenario", "-> good-end", "-> goodend", "Did you mean good-end?"),
        ("prompt-lab", "{task}", "{tasks}", "Did you mean task?"),
        ("choice", 'confidence="ask"', 'confidense="ask"', "Did you mean confidence?"),
    ):
        assert any(suggestion in problem.cure for problem in check_lesson(lesson(kind, old, new))), (kind, suggestion)


def test_terms_figures_and_examples_are_read_as_they_are_shown() -> None:
    head = FRONT.replace("{more}", "glossary:\n  - term: large language model\n    meaning: Software.\n")
    body = (
        "Use a [[model|Large Language  Model]].\n\n| A | B |\n| --- | --- |\n| a [[it\\|large language model]] | b |\n"
    )
    assert check_lesson(f'{head}:::reading id="a" title="A"\n{body}:::\n') == ()
    code = "`[[not a term]]` and \\[[not one]]\n"
    assert check_lesson(f'{HEAD}:::reading id="a" title="A"\n{code}:::\n') == ()
