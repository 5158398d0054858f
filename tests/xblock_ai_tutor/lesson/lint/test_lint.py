"""`lint-content`: a good course passes, and each thing that a course promises is missed when it is not there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.course import EVALUATION, FIGURE, JOB_AID, MODULE, POST, PRE, WELSH, good_course, write_course
from xblock_ai_tutor.lesson.lint import activities, cli, evaluation, figures, forms, guessing, lint
from xblock_ai_tutor.lesson.lint.reading import LONGEST_SENTENCE, coleman_liau
from xblock_ai_tutor.lesson.lint.settings import READING_GRADE, SETTINGS

ROOT = Path(__file__).parents[4]
LONG = "A sentence " + "that goes on and on " * 10 + "must be divided."
LOOK = "Look -> dry\n  > You find the leak.\n- [poor] {wait} Wait -> wet"
HARD = "Organisational interoperability considerations necessitate comprehensive departmental administration. "

# (file, what stands there, what is put in its place, file and words of the finding, a word of its line)
SPOILT = [
    (MODULE, "minutes: 20", "minutes: 19", MODULE, "takes 19 minutes", "minutes"),
    (MODULE, ":::sort", ":::soort", MODULE, "no directive", ":::soort"),
    (MODULE, "P9, P10]", "P9]", ".", "No module serves P10", ""),
    (MODULE, "persona: You talk about kettles only.", 'greeting: "Hello."', MODULE, "no persona", "tutor:"),
    (
        MODULE,
        "  - boil-water: Boil water.",
        "  - Boil water.",
        MODULE,
        "“boil-water”, which is the id of no",
        "first-step",
    ),
    (
        MODULE,
        "  - check-a-kettle:",
        "  - mend-it: Mend it.\n  - check-a-kettle:",
        MODULE,
        "No activity teaches “mend-it”",
        "mend-it",
    ),
    (MODULE, "  - check-a-kettle:", "  - Mend it.\n  - check-a-kettle:", MODULE, "“Mend it.” has no id", "Mend it"),
    (
        MODULE,
        ' title="Where to?" outcome="check-a-kettle"',
        ' title="Where to?"',
        MODULE,
        "“where-to” serves no",
        "where-to",
    ),
    (MODULE, "hint: Three.", "", MODULE, "“first-step” has 2 hints", "first-step"),
    (MODULE, "links:\n  - https://kettles.example/act\n", "", MODULE, "not listed under links", "boils water"),
    (MODULE, "links:\n", "links:\n  - https://kettles.example/act/\n", MODULE, "are one address", "/act"),
    (MODULE, "    supports: A kettle must have a lid.\n", "", MODULE, "Nothing is cited from", "title: Kettles Act"),
    (
        MODULE,
        "must have a lid.\n\n",
        "must have a lid. So does the Teapots Act 2002.\n\n",
        MODULE,
        "“Teapots Act 2002” is named",
        "boils water",
    ),
    (
        MODULE,
        "must have a lid.\n\n",
        "must have a lid. See [2019] EWHC 77 (Admin).\n\n",
        MODULE,
        "“[2019] EWHC 77” is named",
        "boils water",
    ),
    (MODULE, "A [[kettle]] boils water.", f"A [[kettle]] boils water. {LONG}", MODULE, "has 55 words", "boils water"),
    (
        MODULE,
        "A [[kettle]] boils water.",
        f"A [[kettle]] boils water. {HARD * 9}",
        MODULE,
        "reads at grade",
        "title: Kettles",
    ),
    (
        MODULE,
        "A kettle with its lid half open",
        "kettle.svg",
        MODULE,
        "does not say what the figure shows",
        "kettle.svg",
    ),
    (MODULE, "![A kettle with its lid half open]", "![]", MODULE, "no alt text", "kettle.svg"),
    (MODULE, "static/kettle.svg", "static/teapot.svg", MODULE, "no file static/teapot.svg", "teapot.svg"),
    (MODULE, "A [[kettle]] boils", "A kettle boils", MODULE, "“kettle” is never used", "term: kettle"),
    (
        MODULE,
        "A [[kettle]] boils",
        "A [[kettle]] and a [[teapot]] boils",
        MODULE,
        "“teapot” is not in the glossary",
        "teapot",
    ),
    (MODULE, "It is empty.", "It is quite empty.", WELSH, "is now version", "translation_of"),
    (WELSH, "- [bin] {leaky}", "- [shelf] {leaky}", WELSH, "Here stands “- [shelf] {leaky}”", "{leaky}"),
    (
        WELSH,
        LOOK,
        LOOK.replace("dry", "x").replace("wet", "dry").replace("x", "wet"),
        WELSH,
        "Here stands “-> wet”",
        "-> wet",
    ),
    (WELSH, "(bin) 3", "(bin) 2", WELSH, "Here stands “- (bin) 2”", "(bin) 2"),
    (WELSH, 'id="last-step"', 'id="final-step"', WELSH, "from “final-step” on", "final-step"),
    (WELSH, "status: machine-drafted\n", "", WELSH, "who made it", "---"),
    (WELSH, "hint: Two.\n", "", WELSH, "where the English “first-step”", ""),
    (WELSH, "id: kettles\n", "id: tegelli\n", WELSH, "no English lesson", "id: tegelli"),
    (WELSH, "minutes: 20", "minutes: 25", WELSH, "minutes: has not what", "minutes"),
    (EVALUATION, "boils water", "makes tea", EVALUATION, "“makes tea” stands in no passage", "makes tea"),
    (EVALUATION, "lesson: kettles", "lesson: pots", EVALUATION, "is not this lesson's", "lesson:"),
    (EVALUATION, "kind: hint", "kind: nudge", EVALUATION, "“nudge” is no kind", "id: case-3"),
    (EVALUATION, "step: first-step", "step: no-step", EVALUATION, "no step “no-step”", "id: case-3"),
    (EVALUATION, "step: first-step", "step: what-it-is", EVALUATION, "needs an activity", "id: case-3"),
    (EVALUATION, "case-1\n", "case-0\n", EVALUATION, "“case-0” is used twice", ""),
    (EVALUATION, '    expect: ["boils water"]', "", EVALUATION, "expects nothing", "id: case-0"),
    (EVALUATION, "    why: A reason.\n", "", EVALUATION, "has no why", "id: case-0"),
    (EVALUATION, "    why: A reason.\n", "    why: A: reason.\n", EVALUATION, "second colon", "why: A: reason"),
    (EVALUATION, "  - id: case-11", "  - id: case-11\n    ask: &a x", EVALUATION, "Anchors", ""),
    (
        PRE,
        "  - boil-water: Boil water.",
        "  - boil-water: Boil some water.",
        PRE,
        "is worded differently",
        "boil-water",
    ),
    (PRE, "    - anchor-5\n", "", PRE, "has 5 anchors", "anchors:"),
    (PRE, "number 3?", "number 4?", PRE, "“anchor-3” is not word for word", "anchor-3"),
]


def found(root: Path) -> list[str]:
    return [str(one) for one in lint(root)]


def test_a_good_course_has_nothing_to_mend(tmp_path: Path) -> None:
    assert found(write_course(good_course(), tmp_path)) == []


@pytest.mark.parametrize("spoilt", SPOILT, ids=[one[4] for one in SPOILT])
def test_what_is_wrong_is_found_where_it_stands(tmp_path: Path, spoilt: tuple[str, ...]) -> None:
    file, old, new, where, cause, line = spoilt
    files = good_course()
    assert old in files[file]
    files[file] = files[file].replace(old, new, 1)
    findings = lint(write_course(files, tmp_path))
    named = [one for one in findings if one.path == where and cause in one.cause]
    assert named, findings
    assert all(one.cure for one in findings)
    if line:
        assert line in files[where].split("\n")[named[0].line - 1]


def test_a_figure_in_the_translation_s_own_language_is_no_drift(tmp_path: Path) -> None:
    files = good_course()
    files[WELSH] = files[WELSH].replace("/static/kettle.svg", "/static/kettle-cy.svg")
    files[FIGURE.replace(".svg", "-cy.svg")] = files[FIGURE]
    assert found(write_course(files, tmp_path)) == []
    files[WELSH] = files[WELSH].replace("/static/kettle-cy.svg", "/static/kettle-fr.svg")
    files[FIGURE.replace(".svg", "-fr.svg")] = files[FIGURE]
    assert any("Here stands “/static/kettle-fr.svg”" in one for one in found(write_course(files, tmp_path)))


@pytest.mark.parametrize(
    ("missing", "path", "cause"),
    [
        (EVALUATION, EVALUATION, "no evaluation set"),
        (JOB_AID, JOB_AID, "no job aid"),
        (FIGURE, MODULE, "no file static/kettle.svg"),
        (MODULE, WELSH, "no English lesson"),
    ],
)
def test_a_file_that_is_not_there_is_missed(tmp_path: Path, missing: str, path: str, cause: str) -> None:
    files = good_course()
    del files[missing]
    findings = lint(write_course(files, tmp_path))
    assert any(one.path == path and cause in one.cause for one in findings), findings


def test_a_course_without_a_test_and_an_outcome_without_an_item_are_missed(tmp_path: Path) -> None:
    files = good_course()
    del files[PRE], files[POST]
    text = "\n".join(found(write_course(files, tmp_path)))
    assert "The course has no test" in text
    assert "No item of a test asks for “boil-water”" in text


def test_a_form_with_fewer_items_than_its_sister_is_missed(tmp_path: Path) -> None:
    files = good_course()
    extra = files[PRE][files[PRE].index(":::choice") :].split("\n:::\n")[0].replace("anchor-0", "one-more") + "\n:::\n"
    files[PRE] += "\n" + extra
    assert any("has 7 items" in one or "has 6 items" in one for one in found(write_course(files, tmp_path)))


def test_a_figure_that_no_lesson_shows_and_a_page_that_is_too_long_are_found(tmp_path: Path) -> None:
    files = good_course()
    files["modules/01-kettles/static/old.svg"] = "<svg/>"
    files[JOB_AID] = "word " * 451
    text = "\n".join(found(write_course(files, tmp_path)))
    assert "static/old.svg:1: No lesson shows this file." in text
    assert "has 451 words" in text


def test_marks_that_can_be_had_without_thinking_are_found(tmp_path: Path) -> None:
    files = good_course()
    files[PRE] = files[PRE].replace("This one\n", "This one, which says more than the other\n")
    sort = files[MODULE].replace("- [bin] {leaky} A leaky kettle", "- [shelf] {leaky} A leaky kettle")
    files[MODULE] = sort
    text = "\n".join(found(write_course(files, tmp_path)))
    assert "Everything put into (shelf) earns 100% of “where-to”" in text
    assert f"{PRE}:1: The right option is the longest in 6 of 6 choices." in text
    assert f"{PRE}:1: The right option is number" not in text


def test_a_term_and_an_outcome_are_one_thing_in_the_whole_course(tmp_path: Path) -> None:
    files = good_course()
    second = files[MODULE].replace("id: kettles", "id: more-kettles").replace("A thing that boils", "A pot for")
    files |= {path.replace("01-kettles", "02-more"): files[path] for path in (JOB_AID, FIGURE)}
    files["modules/02-more/lesson.md"] = second
    text = "\n".join(found(write_course(files, tmp_path)))
    assert f"“kettle” has another meaning here than in {MODULE}" in text
    assert f"“boil-water” is already an objective of {MODULE}" in text


def test_a_harder_lesson_needs_a_reason(tmp_path: Path) -> None:
    files = good_course()
    files[MODULE] = files[MODULE].replace("A [[kettle]] boils water.", f"A [[kettle]] boils water. {HARD * 9}")
    files[WELSH] = ""
    exception = "exceptions:\n  - lesson: kettles\n    grade: 60\n"
    files["lint.yaml"] = exception + "    reason: It names laws.\n"
    assert not any("reads at grade" in one for one in found(write_course(files, tmp_path)))
    files["lint.yaml"] = exception
    text = "\n".join(found(write_course(files, tmp_path)))
    assert "lint.yaml:2: An exception names its lesson, the grade that it may have, and the reason." in text
    assert "reads at grade" in text
    files["lint.yaml"] = exception.replace("kettles", "pots") + "    reason: None.\n"
    assert any("There is no lesson “pots”" in one for one in found(write_course(files, tmp_path)))


def test_the_formula_is_the_published_one() -> None:
    # 100 words in 5 sentences with 430 letters: 0.0588 · 430 − 0.296 · 5 − 15.8.
    sentences = [" ".join(["four"] * 14 + ["fifth"] * 6)] * 5
    assert coleman_liau(sentences) == pytest.approx(8.004)
    assert coleman_liau([]) == 0.0


def test_the_course_keeps_what_it_promises() -> None:
    assert found(ROOT / "content") == []


def test_the_page_for_authors_gives_the_rules_as_they_are() -> None:
    page = " ".join((ROOT / "docs" / "course.md").read_text(encoding="utf-8").split())
    for rule in (
        f"{activities.MINUTES[0]} to {activities.MINUTES[-1]} minutes",
        f"at least {activities.FEWEST_ACTIVITIES} activities of {activities.FEWEST_KINDS} kinds",
        f"not counting {' and '.join(f'`{kind}`' for kind in activities.NOT_COUNTED)}",
        f"at least {activities.FEWEST_HINTS} hints",
        f"at most {activities.JOB_AID_WORDS} words",
        f"at least {forms.FEWEST_ANCHORS} anchors",
        f"at most {guessing.MOST_FOR_ONE_PLACE:.0%}".replace("%", " %"),
        f"{guessing.FEWEST_CHOICES} or more choices",
        f"at most {guessing.MOST_OF_A_HABIT:.0%}".replace("%", " %"),
        f"At most grade {READING_GRADE:g}, a reading age of {READING_GRADE + 5:g}",
        f"more than {LONGEST_SENTENCE} words",
        f"at least {figures.SHORTEST_ALT} characters",
        f"At least {evaluation.FEWEST_CASES} cases",
    ):
        assert rule in page, rule
    for name in (*evaluation.NAMES, *evaluation.KINDS, SETTINGS, evaluation.FILE):
        assert f"`{name}`" in page or f"{name} " in page, name


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_nothing_that_authors_write_stops_it(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Lines are lost, doubled or replaced in any file: there may be findings, never a traceback."""
    files = good_course()
    name = data.draw(st.sampled_from(sorted(files)))
    lines = files[name].split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at : at + 1] = data.draw(
            st.sampled_from([[], lines[at : at + 1] * 2, ["- x: [y"], ["  - (bin) 9"], [":::"]])
        )
        lines = lines or [""]
    files[name] = "\n".join(lines)
    for one in lint(write_course(files, tmp_path_factory.mktemp("course"))):
        assert one.line >= 1
        assert one.cause
        assert one.cure


def test_the_command_says_what_is_wrong_and_ends_with_its_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = good_course()
    root = write_course(files, tmp_path / "good")
    assert cli.main([str(root)]) == 0
    assert capsys.readouterr().out == ""
    files[MODULE] = files[MODULE].replace("minutes: 20", "minutes: 90")
    assert cli.main([str(write_course(files, tmp_path / "bad"))]) == 1
    line = files[MODULE].split("\n").index("minutes: 90") + 1
    assert f"{MODULE}:{line}: The lesson takes 90 minutes" in capsys.readouterr().out
    assert cli.main([str(tmp_path / "nowhere")]) == 2


def test_the_script_runs_in_the_light_install(tmp_path: Path) -> None:
    """Nothing but the base dependencies is imported: no Flask, no Django, no XBlock."""
    root = write_course(good_course(), tmp_path)
    code = (
        "import sys; from xblock_ai_tutor.lesson.lint.cli import main; ended = main([sys.argv[1]]);"
        "heavy = {'flask', 'django', 'xblock', 'openai', 'sqlalchemy'} & set(sys.modules);"
        "sys.exit(bool(heavy) or ended)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(root)], cwd=ROOT, check=False, env=dict(os.environ))
    assert ended.returncode == 0
