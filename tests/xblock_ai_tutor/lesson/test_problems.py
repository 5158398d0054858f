"""What an author is told: each mistake at its line, with its cause and what to do, and all of them at once."""

from __future__ import annotations

import pytest

from tests.support.growth import IN_PROPORTION, growth
from tests.support.lessons import SMALL_LESSON
from xblock_ai_tutor.lesson import LessonError, Problem, check_lesson, parse_lesson

HEAD = "---\nid: a-lesson\ntitle: A lesson\nminutes: 5\n---\n"
READING = ':::reading id="one" title="One"\nWords.\n:::\n'
CHOICE = """\
:::choice id="two" title="Two"
What now?

- [ ] {a} Send it
  > No.
- [x] {b} Check it
  > Yes.
:::
"""
SPOT = """\
:::spot id="three" title="Three"
Judge each.

> A note {a} and {b}.

- [reliable] {a} One
  > Yes.
- [misused] {b} Two
  > No.
:::
"""


def only(text: str) -> Problem:
    """The one problem of a text."""
    problems = check_lesson(text)
    assert len(problems) == 1, problems
    return problems[0]


def changed(text: str, old: str, new: str) -> str:
    """A text with one piece replaced, which must be there."""
    assert text.count(old) == 1
    return text.replace(old, new)


def line_of(text: str, part: str) -> int:
    """The 1-based line of the first occurrence of a part."""
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize("part", [READING, CHOICE, SPOT])
def test_the_texts_that_these_tests_break_are_whole(part: str) -> None:
    assert check_lesson(HEAD + part) == ()


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("id: a-lesson", "id: A lesson", "id cannot be “A lesson”"),
        ("id: a-lesson", "id: a--lesson", "id cannot be"),
        ("id: a-lesson", "id: [a, b]", "id must be a text, not a list"),
        ("title: A lesson", "title: [a]", "title must be a text, not a list"),
        ("title: A lesson", "title: {a: b}", "title must be a text, not a group of names"),
        ("title: A lesson", "title:", "title is empty"),
        ("title: A lesson", 'title: "  "', "title is empty"),
        ("title: A lesson", "title: null", "title is empty"),
        ("title: A lesson", "title: a: b", "This line has a second colon, or starts too far to the right."),
        ("title: A lesson", 'title: "unfinished', "The quotation mark here is never closed."),
        ("title: A lesson", "title: &x A", "Anchors (&)"),
        ("title: A lesson", "title: *x", "Anchors (&)"),
        ("title: A lesson", "title: !!python/name:os.system A", "A tag (!)"),
        ("title: A lesson", "title: !str A", "A tag (!)"),
        ("title: A lesson", "titel: A lesson", "“titel” is not known"),
        ("title: A lesson", "title: [[[[[[[[a]]]]]]]]", "nested too deeply"),
        ("title: A lesson", 'title: "a\\0b"', "invisible character here (U+0000, at column 2)"),
        ("title: A lesson", "title: A\ntitle: B", "title is given twice"),
        ("title: A lesson", "title: A\nlanguage: English language", "language cannot be"),
        ("title: A lesson", "title: A\nobjectives: one", "objectives must be a list, not a text"),
        ("title: A lesson", "title: A\nobjectives: [a, a]", "is in objectives twice"),
        ("title: A lesson", "title: A\nobjectives: [a, [b]]", "objectives cannot hold a list"),
        ("title: A lesson", "title: A\nobjectives: [a, ]\nlinks: ['']", "links cannot hold an empty item"),
        ("title: A lesson", "title: A\nprinciples: [P11]\nprinciples_edition: E", "principles cannot hold “P11”"),
        ("title: A lesson", "title: A\nprinciples: [P1]", "without saying from which edition"),
        ("title: A lesson", "title: A\nlinks: ['http://www.legislation.gov.uk']", "links cannot hold “http:"),
        ("title: A lesson", "title: A\nlinks: ['javascript:alert(1)']", "links cannot hold “javascript:"),
        ("title: A lesson", "title: A\nlinks: ['https://a.example/\"><script>']", "links cannot hold"),
        ("title: A lesson", "title: A\nsources: text", "sources must be a list"),
        ("title: A lesson", "title: A\nsources: [{titel: a, title: b}]", "“titel” is not known in a source"),
        ("title: A lesson", "title: A\nsources: [{title: b, url: ftp://a.example}]", "url cannot be"),
        ("title: A lesson", "title: A\nsources: [[a]]", "title must be a text"),
        ("title: A lesson", "title: A\ntutor: hints", "tutor must be a group of names"),
        ("title: A lesson", "title: A\ntutor: {support: everything}", "support cannot be “everything”"),
        ("title: A lesson", "title: A\ntutor: {mood: kind}", "“mood” is not known in tutor"),
        ("minutes: 5", "minutes: 0", "minutes cannot be “0”"),
        ("minutes: 5", "minutes: 601", "minutes cannot be “601”"),
        ("minutes: 5", "minutes: about five", "minutes cannot be “about five”"),
        ("minutes: 5", "minutes: 5.5", "minutes cannot be"),
        ("minutes: 5", "minutes: -5", "minutes cannot be"),
        ("minutes: 5", "minutes: [5]", "minutes must be a text, not a list"),
        ("minutes: 5", "minutes: 5\n? [a]\n: b", "is not plain text"),
        ("minutes: 5", "minutes: 5\n\t- a", "There is a tab here."),
    ],
)
def test_a_mistake_in_the_front_matter_is_named_at_its_line(old: str, new: str, cause: str) -> None:
    text = changed(HEAD, old, new) + READING
    problems = [problem for problem in check_lesson(text) if cause in problem.cause]
    assert problems, check_lesson(text)
    first, last = line_of(text, new), line_of(text, new) + new.count("\n")
    assert first <= problems[0].line <= last
    assert problems[0].cure


def test_scalars_are_the_text_that_was_written() -> None:
    text = changed(HEAD, "title: A lesson", "title: No\nobjectives: [2025-02-10, 0x10, yes, ~x]")
    lesson = parse_lesson(text + READING)
    assert lesson.title == "No"
    assert lesson.objectives == ("2025-02-10", "0x10", "yes", "~x")


def test_a_wrong_name_in_the_front_matter_suggests_the_right_one() -> None:
    problem = next(one for one in check_lesson(changed(HEAD, "title:", "titel:") + READING) if "titel" in one.cause)
    assert problem.line == 3
    assert "Did you mean title?" in problem.cure


@pytest.mark.parametrize("name", ["id", "title", "minutes"])
def test_a_missing_name_is_asked_for_where_the_front_matter_starts(name: str) -> None:
    text = "\n".join(line for line in HEAD.splitlines() if not line.startswith(f"{name}:")) + "\n" + READING
    problem = only(text)
    assert problem.line == 1
    assert f"no {name}" in problem.cause
    assert f"“{name}: …”" in problem.cure


def test_a_missing_front_matter_is_named_at_line_1_and_the_rest_is_still_checked() -> None:
    first, second = check_lesson(READING + ":::chioce\n:::\n")
    assert (first.line, first.cause) == (1, "The lesson does not start with front matter.")
    assert (second.line, second.cause) == (4, "There is no directive :::chioce.")


def test_an_open_front_matter_is_named_at_line_1() -> None:
    assert only("---\nid: a\n\n" + READING).cause == "The front matter is never closed."


@pytest.mark.parametrize("head", ["", "- a", "text", "42", "[a]", "# only a comment"])
def test_front_matter_that_is_no_mapping_is_a_problem(head: str) -> None:
    assert "holds no “name: value” lines" in only(f"---\n{head}\n---\n{READING}").cause


@pytest.mark.parametrize(
    ("lines", "line", "cause"),
    [
        ("title:\tA lesson", 3, "There is a tab here."),
        ("title: A lesson\nobjectives:\n\t- one", 5, "There is a tab here."),
        ("title: Lessons: a start", 3, "This line has a second colon"),
        ("title: 'it's mine", 3, "This value goes on after its closing quotation mark."),
        ('title: "A lesson', 3, "The quotation mark here is never closed."),
        ("title: [A lesson", 3, "The bracket here is never closed."),
        ("title: @home", 3, "A value cannot start with this character."),
        ('title: "C:\\quick"', 3, "A backslash in double quotes has a meaning of its own."),
        ("title: A lesson\na line of prose\nlanguage: en", 4, "This line has no colon"),
        ("title: A lesson\ntutor:\n   persona: Kind.\n  greeting: Hello.", 6, "This line does not stand below the one"),
    ],
)
def test_a_slip_in_the_front_matter_is_told_in_an_authors_words(lines: str, line: int, cause: str) -> None:
    problem = check_lesson(f"---\nid: a-lesson\n{lines}\nminutes: 5\n---\n{READING}")[0]
    assert (problem.line, problem.cause[: len(cause)]) == (line, cause)
    assert problem.cure


def test_a_code_block_that_swallows_the_end_of_its_step_is_named_where_it_opens() -> None:
    inside = changed(READING, "Words.\n", "```\n:::\n```\nWords.\n")
    first = check_lesson(HEAD + inside)[0]
    assert first.line == line_of(HEAD + inside, "```")
    assert first.cause.startswith("This code block is not closed")
    for closed in ("```\ncode\n```\n", "````md\n```\n````\n", "~~~\n ::: is written so\n~~~\n", "a ```b``` c\n"):
        assert check_lesson(HEAD + changed(READING, "Words.\n", closed)) == ()


def test_an_unknown_directive_suggests_the_nearest() -> None:
    problem = only(HEAD + READING + changed(CHOICE, ":::choice", ":::chioce"))
    assert problem.line == 9
    assert problem.cause == "There is no directive :::chioce."
    assert problem.cure == (
        "Use :::reading, :::choice, :::sort, :::spot, :::verify, :::scenario, :::prompt-lab, :::reflect. "
        "Did you mean :::choice?"
    )


def test_an_unclosed_directive_is_named_where_it_opens() -> None:
    assert only(HEAD + READING.removesuffix(":::\n")).line == 6
    problem = only(HEAD + READING.removesuffix(":::\n") + CHOICE)
    assert (problem.line, problem.cause) == (6, "This directive is never closed.")


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        (' id="one"', "", "This reading has no id."),
        (' title="One"', "", "This reading has no title."),
        ('"One"', '" "', "This reading has no title."),
        ('"one"', '"One Two"', "The id “One Two” cannot be used."),
        ('"one"', '"one" id="two"', "id is given twice."),
        ('"one"', "“one”", "cannot be read."),
        ('"one"', "one", "cannot be read."),
        ('"One"', '"One" colour="red"', ":::reading has no attribute colour."),
        ('"One"', '"One', "cannot be read."),
        ("Words.\n", "", "This reading is empty."),
        ("Words.", "   ", "This reading is empty."),
        ("Words.", "hint:", "This hint is empty."),
        ("Words.", "::::", "three colons"),
        ("Words.", "See ![a crown](https://a.example/crown.png).", "An image must stand alone in its paragraph."),
        ("Words.", "See [this](http://a.example).", "“http://a.example” cannot be linked to."),
        ("Words.", "See [this](#there).", "“#there” cannot be linked to."),
        ("Words.", "See <mailto:a@b.example>.", "cannot be linked to."),
        (":::reading", "Text outside.\n:::reading", "This text is outside every step"),
        (":::reading", " :::reading", "looks like a directive"),
        (":::reading", ":::\n:::reading", "closes nothing"),
    ],
)
def test_a_mistake_in_a_directive_is_named_at_its_line(old: str, new: str, cause: str) -> None:
    text = HEAD + changed(READING, old, new)
    found = [problem for problem in check_lesson(text) if cause in problem.cause]
    assert found, check_lesson(text)
    assert found[0].line == (7 if old == "Words." and new.strip() else 6)


@pytest.mark.parametrize(
    ("part", "old", "new", "cause", "line"),
    [
        (CHOICE, "- [x] {b}", "- [ ] {b}", "No option is marked as right.", 6),
        (CHOICE, "- [ ] {a}", "- [x] {a}", "A second option is marked as right", 11),
        (CHOICE, "What now?\n", "", "This choice asks no question.", 6),
        (CHOICE, "{b}", "{a}", "The id “a” is already used on line 9.", 11),
        (CHOICE, "{b}", "", "an option without an id", 11),
        (CHOICE, "{b}", "{B}", "The id “B” cannot be used.", 11),
        (CHOICE, "[x]", "[y]", "[y] does not say what this is.", 11),
        (CHOICE, "- [x]", "* [x]", "looks like an option", 11),
        (CHOICE, "- [x]", "-[x]", "looks like an option", 11),
        (CHOICE, "- [x]", " - [x]", "looks like an option", 11),
        (CHOICE, "  > Yes.\n", "", "“b” has no feedback.", 11),
        (CHOICE, "  > Yes.", "  >", "“b” has no feedback.", 11),
        (CHOICE, "{b} Check it", "{b}", "an option without text", 11),
        (CHOICE, "Check it", "Check [it](https://a.example)", "A link, an image or a glossary term cannot be part", 11),
        (CHOICE, "  > Yes.", "> Yes.", "comes after an option and belongs to none", 12),
        (CHOICE, "  > Yes.", "  > Yes.\n  and more", "does not start with “>”", 13),
        (CHOICE, '"Two"', '"Two" answers="many"', 'answers="many" is not known.', 6),
        (CHOICE, '"Two"', '"Two" confidence="yes"', 'confidence="yes" is not known.', 6),
        (CHOICE, '"Two"', '"Two" answer="several"', ":::choice has no attribute answer.", 6),
        (CHOICE, "- [ ] {a} Send it\n  > No.\n", "", "at least two options", 6),
        (SPOT, "[misused]", "[missused]", "[missused] does not say what this is.", 13),
        (SPOT, "[misused]", "[x]", "[x] does not say what this is.", 13),
        (SPOT, "and {b}", "and {c}", "The note refers to {c}", 9),
        (SPOT, "> A note {a} and {b}.\n", "", "This spot has no note.", 6),
        (SPOT, "Judge each.\n", "", "This spot does not say what to do.", 6),
        (SPOT, "and {b}.\n", "and {b}.\n\nMore text.\n", "stands between the note and the authorities", 11),
        (SPOT, "  > No.", "  > See [it](http://a.example).", "cannot be linked to", 14),
    ],
)
def test_a_mistake_in_an_activity_is_named_at_its_line(part: str, old: str, new: str, cause: str, line: int) -> None:
    text = HEAD + changed(part, old, new)
    found = [problem for problem in check_lesson(text) if cause in problem.cause]
    assert found, check_lesson(text)
    assert found[0].line == line
    assert found[0].cure


def test_a_wrong_verdict_suggests_the_nearest() -> None:
    assert "Did you mean [misused]?" in only(HEAD + changed(SPOT, "[misused]", "[missused]")).cure


def test_steps_cannot_share_an_id() -> None:
    problem = only(HEAD + READING + changed(CHOICE, '"two"', '"one"'))
    assert (problem.line, problem.cause) == (9, "The id “one” is already used on line 6.")


def test_a_lesson_needs_a_step() -> None:
    assert only(HEAD).cause == "The lesson has no steps."


def test_all_problems_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = (
        changed(HEAD, "minutes: 5", "minutes: many")
        + changed(READING, ' title="One"', "")
        + changed(CHOICE, "[x]", "[ ]")
        + changed(SPOT, "[misused]", "[wrong]")
    )
    assert [problem.line for problem in check_lesson(text)] == [4, 6, 9, 24]
    with pytest.raises(LessonError, match=r"(?s)Line 4: .*Line 6: .*Line 9: .*Line 24: "):
        parse_lesson(text)


def test_more_than_a_hundred_problems_end_with_how_many_are_left() -> None:
    problems = check_lesson(HEAD + "stray\n" * 150 + READING)
    assert len(problems) == 101
    assert problems[-1].cause == "From here on there are 50 more problems."


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        (HEAD + changed(READING, "Words.", "Wor\x00ds."), 7, "U+0000, at column 4"),
        (HEAD + changed(READING, "Words.", "Words.\u2028More."), 7, "U+2028, at column 7"),
        (HEAD + changed(READING, "Words.", "Words.\ud800"), 7, "U+D800"),
        (HEAD + changed(READING, "Words.", "\x9a"), 7, "U+009A"),
        (HEAD + changed(READING, "Words.", "Wor\u200bds."), 7, "U+200B, at column 4"),
        (HEAD + changed(READING, "Words.", "\u202eWords."), 7, "U+202E"),
        (HEAD + changed(READING, "Words.", "Words. " * 30_000), 1, "the limit is 200,000"),
        (HEAD + changed(READING, "Words.", "Words. " * 1_000), 7, "the limit is 5,000"),
        (HEAD + changed(READING, "Words.", "\n" * 6_000), 5_001, "the limit is 5,000"),
        (HEAD + changed(READING, "Words.", "Many words here.\n" * 2_000), 6, "the limit is 20,000"),
        (HEAD + changed(READING, "Words.", "[![\n" * 400), 340, "more than 1,000 characters such as"),
        (changed(HEAD, "A lesson", "Word " * 900 + "\n  word" * 4_000) + READING, 1, "the limit is 20,000"),
    ],
)
def test_what_cannot_be_read_at_all_is_refused_with_its_place(text: str, line: int, cause: str) -> None:
    problem = check_lesson(text)[0]
    assert cause in problem.cause
    assert problem.line == line


@pytest.mark.parametrize(
    "unit", ["*a ", "![", "[a](", "<a ", "|-", "`` ", "&#1", "# ", "> ", "- ", "{a}", "_a*", "[a]: https://a.example\n"]
)
def test_a_hostile_text_costs_no_more_by_the_letter_than_a_shorter_one(unit: str) -> None:
    assert growth(lambda inside: check_lesson(HEAD + _steps_of(inside)), unit, 190_000) < IN_PROPORTION


def _steps_of(inside: str) -> str:
    lines = [inside[start : start + 4_900] for start in range(0, len(inside), 4_900)]
    return "".join(
        f':::reading id="x{number}" title="X"\n' + "\n".join(lines[start : start + 4]) + "\n:::\n"
        for number, start in enumerate(range(0, len(lines), 4))
    )


def test_aliases_cannot_blow_a_small_front_matter_up() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{two}: &{two} [*{one}, *{one}]\n" for one, two in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "Anchors" in check_lesson(f"---\n{bomb}---\n{READING}")[0].cause


@pytest.mark.parametrize("text", [None, b"---", 42])
def test_what_is_not_text_is_a_problem_too(text: object) -> None:
    assert check_lesson(text)[0].cause == "This is not text."  # type: ignore[arg-type]


def test_the_small_lesson_has_no_problems() -> None:
    assert check_lesson(SMALL_LESSON) == ()
