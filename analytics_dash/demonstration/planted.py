"""What is true of the demonstration government, on purpose: its departments, its rates, its effects, its faults.

Every number that somebody could find in a release of the demonstration data is decided here and nowhere else, so that
a reader can hold the pipeline's answer against the truth. `staff` and `behaviour` draw from these;
`docs/demonstration.md` explains them. Departments and people are invented and are meant to look invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

DEFAULT_SEED: Final = 2026
MONTHS: Final = ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10")
FIRST_DAY: Final = date(2026, 5, 1)
LAST_DAY: Final = date(2026, 10, 31)
REPORTING_ZONE: Final = "Europe/London"  # summer time ends on 25 October 2026, inside the period on purpose


# Every department has the same four but the smallest, which has none. Nothing is planted in them or in the groups.
TEAMS: Final[Mapping[str, float]] = {"Casework": 0.4, "Operations": 0.3, "Policy": 0.2, "Digital": 0.1}


@dataclass(frozen=True, slots=True)
class Department:
    """One fictional department.

    `group` is what it is a part of; `teams` are parts of it, with the share of its staff in each, or none.
    `rollout` is the month in which its licences begin; `licensed` the share of staff who ever get one; `trained_first`
    the share of those who finish the lesson before their licence begins; `redaction_trend` the factor by which
    redactions per prompt change from one month to the next.
    """

    name: str
    domain: str
    group: str
    staff: int
    rollout: str
    licensed: float = 0.80
    trained_first: float = 0.80
    redaction_trend: float = 0.86
    teams: Mapping[str, float] = field(default_factory=lambda: dict(TEAMS))


# EFFECT 1. The Office for Canals gives access before training; everyone else mostly trains first. A release must show
# it far below the rest.
TRAINED_FIRST_USUALLY: Final = 0.80
TRAINED_FIRST_AT_CANALS: Final = 0.30
# EFFECT 4. People learn not to paste identifiers, so redactions per prompt fall by 14 % a month, except at the Ministry
# of Umbrellas, where nothing changes.
REDACTIONS_FALL: Final = 0.86
REDACTIONS_STEADY: Final = 1.0

DEPARTMENTS: Final[tuple[Department, ...]] = (
    Department("Department for Lighthouses", "lighthouses.example", "Waters and Weather", 430, "2026-05"),
    Department(
        "Office for Canals",
        "canals.example",
        "Waters and Weather",
        380,
        "2026-06",
        trained_first=TRAINED_FIRST_AT_CANALS,
    ),
    Department("Department for Orchards", "orchards.example", "Land and Gardens", 340, "2026-05"),
    Department("Ministry of Kites", "kites.example", "Play and Leisure", 320, "2026-07"),
    Department("Office for Bandstands", "bandstands.example", "Land and Gardens", 290, "2026-06"),
    Department(
        "Ministry of Umbrellas",
        "umbrellas.example",
        "Waters and Weather",
        270,
        "2026-07",
        redaction_trend=REDACTIONS_STEADY,
    ),
    Department("Department for Model Railways", "modelrailways.example", "Play and Leisure", 250, "2026-08"),
    Department("Office for Hedgerows", "hedgerows.example", "Land and Gardens", 220, "2026-06"),
    Department("Office for Lost Gloves", "lostgloves.example", "Small Things", 200, "2026-09"),
    Department("Ministry of Crosswords", "crosswords.example", "Play and Leisure", 160, "2026-08", licensed=0.65),
    Department("Agency for Snow Globes", "snowglobes.example", "Small Things", 122, "2026-09", licensed=0.65),
    # THE SMALL ONE. Eighteen people: nearly every cell of theirs has to be withheld, and none may be recovered.
    Department("Office of the Weathervane", "weathervane.example", "Waters and Weather", 18, "2026-06", teams={}),
)
STAFF: Final = sum(department.staff for department in DEPARTMENTS)

# Licences begin in the rollout month, in late May at the earliest so that "trained before access" is observable at
# all: the logs begin on 1 May, and a lesson taken in April would be invisible.
FIRST_LICENCE_DAY: Final = date(2026, 5, 18)
LICENCES_IN_ROLLOUT_MONTH: Final = 0.75  # the others follow in the next month
LICENCE_WITHDRAWN: Final = 0.03

# Training of those who did not train first, and of those who never get a licence.
TRAINED_LATER: Final = 0.45
TRAINED_WITHOUT_LICENCE: Final = 0.35
STARTED_NOT_FINISHED: Final = 0.15  # of the untrained: opened the lesson, which is not training

# EFFECT 2. Trained people are more likely to be active in a month. Independent draws for each person and month, so the
# usual interval for a difference of two proportions is the right one. It is planted, hence causal here; in life the
# same figure would not be.
ACTIVE_IF_TRAINED: Final = 0.72
ACTIVE_IF_UNTRAINED: Final = 0.55
# NULL EFFECT. There is no constant for nation, profession or grade band, because they change nothing, anywhere: a
# difference by any of them in a release is noise.

# EFFECT 3. The lesson was rewritten on 1 August; from then on more learners pass the post-test.
LESSON_FIXED_ON: Final = date(2026, 8, 1)
COMPETENT_BEFORE_FIX: Final = 0.62
COMPETENT_AFTER_FIX: Final = 0.81

# EFFECT 4, continued: redactions per 1,000 prompts in the first month, in every department.
REDACTIONS_PER_1000_AT_START: Final = 140.0
BLOCKED_TURNS: Final = 0.012  # a protective marking in the prompt: stopped before any model call
REFUSED_TURNS: Final = 0.006
INCOMPLETE_TURNS: Final = 0.004
FAILED_TURNS: Final = 0.003  # in the ledger only: a turn that failed has no receipt, so no tracking event

# EFFECT 7. Some of those who finish the lesson also take the course's test before and after it, and a few a third
# form a month later. Each item has a share of people who are right before; afterwards people have gained
# NORMALISED_GAIN of what could be gained, on every item, and a month later RETAINED of that gain is left.
TAKES_THE_TESTS: Final = 0.15  # of those who finish and enrolled early enough for a test before it
TAKES_DELAYED: Final = 0.70  # of those, where a month later is still inside the period
NORMALISED_GAIN: Final = 0.40
RETAINED: Final = 0.75
# What somebody can do counts for this share of the variance of each answer (a tetrachoric correlation between items).
ABILITY: Final = 0.20
# How much surer people are than right, as a share: before the course and after it. What they say depends a little on
# whether they are right (RESOLUTION), else confidence would carry no information at all.
OVER_CONFIDENCE_BEFORE: Final = 0.15
OVER_CONFIDENCE_AFTER: Final = 0.05
RESOLUTION: Final = 0.10
# The share right before, by question; where one has several items, by item. The third statement of a note is sound in
# one form and wrong in another, so what an item is comes from its place: see `course_test`.
RIGHT_BEFORE: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType(
    {
        "anchor-exact-detail": (0.44,),
        "task-for-a-model": (0.62,),
        "surer": (0.70,),
        "anchor-unmarked-draft": (0.38,),
        "still-a-person": (0.66,),
        "where-to": (0.72, 0.55, 0.48, 0.60),
        "slip": (0.52,),
        "less-detail": (0.64,),
        "new-tool": (0.58,),
        "anchor-backwards": (0.34,),
        "errors": (0.50, 0.45, 0.68, 0.74),
        "checkable": (0.56,),
        "log": (0.46,),
        "keep": (0.42,),
        "anchor-real-case": (0.36,),
        "failed-check": (0.60,),
        "anchor-best-prompt": (0.68,),
        "plain-rewrite": (0.54,),
        "tool-or-talk": (0.71,),
        "anchor-text-gives-orders": (0.40,),
        "other-channel": (0.65,),
        "strange-sentence": (0.50,),
        "reach": (0.57,),
        "anchor-real-control": (0.53,),
        "fair-test": (0.47,),
        "say-so": (0.61,),
        "figures": (0.49,),
    }
)

TURNS_IN_LESSON: Final = 5.0  # mean, for those who open the tutor
OPENS_TUTOR: Final = 0.88
COMES_BACK: Final = 0.38  # chance, each later month, that a trained person asks the tutor again
TURNS_ON_RETURN: Final = 2.5

# EFFECT 8. Learners rate some of the tutor's answers, and report a few. The rewritten lesson makes answers better. At
# the Ministry of Kites nobody was told how to report one: a zero that is not safe.
RATES_ANSWERS: Final = 0.20
HELPFUL_BEFORE_FIX: Final = 0.68
HELPFUL_AFTER_FIX: Final = 0.80
CHANGES_MIND: Final = 0.05  # of those who rate: the first thumb is the other one
REPORTED_WRONG: Final = 0.012  # of answered turns
REPORTED_WORRYING: Final = 0.004
DOES_NOT_REPORT: Final = "Ministry of Kites"

# EFFECT 9. Some of those who finished the lesson take a second one weeks later, on checking what a model says. Fewer
# than half of them note a place and a finding for every source at their first attempt.
TAKES_CHECKING: Final = 0.60
LEAVES_BEFORE_THE_LOG: Final = 0.12
CHECKS_EVERYTHING: Final = 0.45

# EFFECT 10. How often people use the tool who use it at all: of those active in a month throughout which they had a
# licence, the share with as many active days a week. The daily export says so; the monthly one cannot.
REACHES_DAYS_A_WEEK: Final[Mapping[int, float]] = MappingProxyType({1: 0.60, 2: 0.30, 3: 0.12, 4: 0.04})

# The course's own books: once a month a grade report and, some days before it, completions.
PASS_MARK: Final = 0.7
CERTIFICATE_ISSUED: Final = 0.90  # of those who passed
LEFT_THE_COURSE: Final = 0.04
COMPLETIONS_READ_ON: Final = 26  # day of the month

NATIONS: Final[Mapping[str, float]] = MappingProxyType(
    {"England": 0.70, "Scotland": 0.14, "Wales": 0.10, "Northern Ireland": 0.06}
)
GRADE_BANDS: Final[Mapping[str, float]] = MappingProxyType(
    {"AA-AO": 0.30, "EO": 0.27, "HEO-SEO": 0.27, "G7-G6": 0.14, "SCS": 0.02}
)
PROFESSIONS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "Operational delivery": 0.46,
        "Policy": 0.14,
        "Digital and data": 0.12,
        "Project delivery": 0.10,
        "Legal": 0.08,
        "Analysis": 0.06,
        "Finance": 0.04,
    }
)

# How the roster knows people. An LMS name and number are optional columns: a reader that needs both loses people.
ROSTER_HAS_BOTH_LMS_IDS: Final = 0.80
ROSTER_HAS_USERNAME_ONLY: Final = 0.12
ROSTER_HAS_NUMBER_ONLY: Final = 0.08
# Contractors who appear in the logs and the usage export but in no roster: they stay unlinked.
UNLISTED: Final = 24

# Faults, as real feeds have them. Exact counts go to planted.json; a loader must report the same.
MALFORMED_PER_1000_LOG_LINES: Final = 0.6
DUPLICATES_PER_1000_LOG_LINES: Final = 1.2
MALFORMED_USAGE_ROWS: Final = 1  # in each month's export
DUPLICATE_USAGE_ROWS: Final = 3
MALFORMED_GRADE_ROWS: Final = 1  # in each month's report
MALFORMED_LEDGER_ROWS: Final = 5
DUPLICATE_LEDGER_ROWS: Final = 40
MALFORMED_FEEDBACK_ROWS: Final = 3
DUPLICATE_FEEDBACK_ROWS: Final = 15  # the minute before a cursor comes again with each export

# The usage export changed its columns in August.
USAGE_COLUMNS_CHANGED: Final = "2026-08"
SELF_TYPED_DEPARTMENT_DISAGREES: Final = 0.35

# The demonstration's own key for the tutor's pseudonyms. It protects nobody: there is nobody.
DEMO_SERVICE_KEY: Final = b"demonstration only: nobody is behind these pseudonyms"
FIRST_USERNAME: Final = "student_1"  # the workbench's default learner
