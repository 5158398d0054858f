"""docs/demonstration.md repeats what is planted; it must not drift from the constants."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics_dash.demonstration import planted

PAGE = (Path(__file__).parents[3] / "docs" / "demonstration.md").read_text()
MONTH_NAMES = dict(zip(planted.MONTHS, ("May", "June", "July", "August", "September", "October"), strict=True))


@pytest.mark.parametrize("department", planted.DEPARTMENTS, ids=lambda department: department.name)
def test_each_department_is_documented_as_it_is(department: planted.Department) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {department.name} |"))
    _, _, group, staff, begins, licensed, _ = (cell.strip() for cell in row.split("|"))
    assert group == department.group
    assert staff == str(department.staff)
    assert begins.split(",")[0] == MONTH_NAMES[department.rollout]
    assert licensed == f"{department.licensed:.0%}".replace("%", " %")


@pytest.mark.parametrize(
    "words",
    [
        ", ".join(f"{team} ({share:.0%}" for team, share in planted.TEAMS.items()).partition(",")[0],
        f"{planted.TRAINED_FIRST_USUALLY:.0%}",
        f"it is {planted.TRAINED_FIRST_AT_CANALS:.0%}",
        f"with probability {planted.ACTIVE_IF_TRAINED}, an untrained one with {planted.ACTIVE_IF_UNTRAINED}",
        f"Before, {planted.COMPETENT_BEFORE_FIX:.0%} reach",
        f"after, {planted.COMPETENT_AFTER_FIX:.0%}",
        f"{planted.REDACTIONS_PER_1000_AT_START:.0f} identifiers are held back for each 1,000 prompts",
        f"{1 - planted.REDACTIONS_FALL:.0%} fewer each month",
        f"{planted.TRAINED_LATER:.0%} do so later",
        f"without a licence, {planted.TRAINED_WITHOUT_LICENCE:.0%}",
        f"{planted.LICENCE_WITHDRAWN:.0%} are withdrawn",
        f"{planted.ROSTER_HAS_BOTH_LMS_IDS:.0%} with LMS user name and number",
        f"{planted.UNLISTED} further people",
        f"{planted.MALFORMED_PER_1000_LOG_LINES} in 1,000 lines",
        f"{planted.DUPLICATES_PER_1000_LOG_LINES} in 1,000",
        f"{planted.MALFORMED_LEDGER_ROWS} rows",
        f"a stretch of {planted.DUPLICATE_LEDGER_ROWS} rows",
        f"{planted.MALFORMED_USAGE_ROWS} row a month",
        f"{planted.DUPLICATE_USAGE_ROWS} rows a month",
        f"enough, {planted.TAKES_THE_TESTS:.0%} take a form",
        f"{planted.TAKES_DELAYED:.0%} of those who still can",
        f"gain {planted.NORMALISED_GAIN} of what could be gained",
        f"a month later {planted.RETAINED} of that gain is left",
        f"people are {planted.OVER_CONFIDENCE_BEFORE * 100:.0f} points surer than right, "
        f"afterwards {planted.OVER_CONFIDENCE_AFTER * 100:.0f}.",
        f"*s* + {planted.NORMALISED_GAIN} (1 − *s*)",
        f"makes up {planted.ABILITY} of the variance",
        f"{planted.RESOLUTION * 100:.0f} points higher where they are right",
        f"Of answered turns {planted.RATES_ANSWERS:.0%} get a thumb",
        f"{planted.HELPFUL_BEFORE_FIX:.0%} of the thumbs are up, after it {planted.HELPFUL_AFTER_FIX:.0%}",
        f"{planted.REPORTED_WRONG:.1%} are reported as wrong and {planted.REPORTED_WORRYING:.1%} as worrying",
        f"at the **{planted.DOES_NOT_REPORT}** nobody was told how",
        f"{planted.CHANGES_MIND:.0%} change their mind",
        f"{planted.TAKES_CHECKING:.0%} take a second one",
        f"{planted.LEAVES_BEFORE_THE_LOG:.0%} of them leave before its checking log",
        f"of the others {planted.CHECKS_EVERYTHING:.0%} note a place and a finding for every source",
        "{:.0%} are so on at least one day a week, {:.0%} on two, {:.0%} on three and {:.0%} on four".format(
            *planted.REACHES_DAYS_A_WEEK.values()
        ),
        f"calls {planted.PASS_MARK:.0%} a pass; {planted.CERTIFICATE_ISSUED:.0%} of those who pass",
        f"{planted.LEFT_THE_COURSE:.0%} leave the course again",
        f"fetched on the {planted.COMPLETIONS_READ_ON}th of each month",
        f"the pass mark ({planted.PASS_MARK})",
        f"{planted.MALFORMED_GRADE_ROWS} row a month: words for a grade",
        f"{planted.MALFORMED_FEEDBACK_ROWS} rows: cut short",
        f"a stretch of {planted.DUPLICATE_FEEDBACK_ROWS} rows",
        "--seed",
        "--data",
    ],
)
def test_each_planted_figure_is_documented_as_it_is(words: str) -> None:
    assert words.replace("%", " %") in " ".join(PAGE.split())


@pytest.mark.parametrize("question", planted.RIGHT_BEFORE)
def test_each_items_difficulty_is_documented_as_it_is(question: str) -> None:
    shares = ", ".join(f"{share:.0%}".replace("%", " %") for share in planted.RIGHT_BEFORE[question])
    assert f"| `{question}` | {shares} |" in PAGE


def test_the_default_seed_is_documented() -> None:
    assert f"The default is {planted.DEFAULT_SEED}" in PAGE
