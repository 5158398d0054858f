"""The warehouse's tables and views: what is kept of a person, and the only shapes that indicators read.

Persons and aliases are keyed 63-bit pseudonyms (`analytics_dash.identity`); there is no name, address, word or
clock time of ours in any table, so the content is a pure function of key, feeds and reader versions. The tables are
written by `warehouse.load` alone; indicators read `people` and the views in which persons are resolved.
"""

from __future__ import annotations

from typing import Final

SCHEMA_VERSION: Final = "2"  # 2: item_answers and detections
REPORTING_ZONE: Final = "Europe/London"

# Kinds of learning events. `tutor_opened` carries the gateway's pseudonym into `same_as`. `problem_submitted` is the
# gradebook's word on a block of any type; `problem_checked` is what a problem block says of the same act: count one.
LEARNING_KINDS: Final = (
    "enrolled",
    "unenrolled",
    "lesson_started",
    "step_submitted",
    "lesson_completed",
    "tutor_opened",
    "tutor_turn",
    "block_completed",
    "problem_submitted",
    "problem_checked",
    "course_passed",
    "course_failed",
    "course_graded",
)

TABLES: Final[dict[str, str]] = {
    "meta": """
        key VARCHAR PRIMARY KEY,        -- schema_version, key_fingerprint, reporting_zone
        value VARCHAR NOT NULL
    """,
    "loads": """
        file_digest VARCHAR NOT NULL,   -- SHA-256 of the file's bytes, hex
        kind VARCHAR NOT NULL,          -- the feed's registered name, or roster
        reader_version INTEGER NOT NULL,
        lines BIGINT NOT NULL,          -- the counts say what the file holds, whatever was loaded before it:
        accepted BIGINT NOT NULL,       -- distinct facts
        ignored BIGINT NOT NULL,        -- well-formed, of no interest
        duplicates BIGINT NOT NULL,     -- repetitions within the file
        rejected BIGINT NOT NULL,
        complete BOOLEAN NOT NULL,      -- false: the file is damaged and was read up to the damage
        PRIMARY KEY (file_digest, kind)
    """,
    "people": """
        person BIGINT PRIMARY KEY,
        department VARCHAR NOT NULL,
        grade_band VARCHAR NOT NULL,
        profession VARCHAR,
        nation VARCHAR,
        licence_from DATE,              -- null: no licence for the tool
        licence_to DATE                 -- null: open-ended; the last day is included
    """,
    "links": """
        alias BIGINT PRIMARY KEY,       -- from the roster
        person BIGINT NOT NULL
    """,
    "same_as": """
        alias BIGINT PRIMARY KEY,       -- learnt from lines that carry two identifiers of one person
        canonical BIGINT NOT NULL       -- the smallest alias of the group; the group's own row is included
    """,
    "learning_events": """
        digest UUID NOT NULL,           -- keyed BLAKE2b, 128 bits, of the event's JSON text
        alias BIGINT NOT NULL,
        "at" TIMESTAMP NOT NULL,        -- UTC
        day DATE NOT NULL,              -- in the reporting zone
        kind VARCHAR NOT NULL,          -- one of LEARNING_KINDS
        course VARCHAR,                 -- course key
        block VARCHAR,                  -- usage key
        step VARCHAR,                   -- step id in the lesson
        earned DOUBLE,                  -- marks; 0 to 1 for course_graded and block_completed
        possible DOUBLE,                -- marks
        correct BOOLEAN,
        confidence DOUBLE,              -- 0 to 100 %
        lesson VARCHAR                  -- the lesson's id, for events of our own block
    """,
    "item_answers": """
        digest UUID NOT NULL,           -- of the event
        alias BIGINT NOT NULL,
        "at" TIMESTAMP NOT NULL,        -- UTC
        day DATE NOT NULL,              -- in the reporting zone
        course VARCHAR,
        lesson VARCHAR NOT NULL,        -- the lesson's id
        step VARCHAR NOT NULL,
        attempt INTEGER NOT NULL,       -- 1 for the first at this step
        item VARCHAR NOT NULL,
        answer VARCHAR NOT NULL,        -- the id of an authored answer; never words
        hit BOOLEAN NOT NULL,
        confidence DOUBLE,              -- 0 to 100 %; null where it was not asked
        test VARCHAR,                   -- the test that the lesson is a form of
        form VARCHAR,                   -- pre, post, delayed; null for a lesson that is no form of a test
        anchor BOOLEAN                  -- the step comes in the test's other forms too
    """,
    "detections": """
        digest UUID NOT NULL,           -- of the event
        alias BIGINT NOT NULL,
        "at" TIMESTAMP NOT NULL,        -- UTC
        day DATE NOT NULL,              -- in the reporting zone
        course VARCHAR,
        lesson VARCHAR NOT NULL,
        step VARCHAR NOT NULL,
        attempt INTEGER NOT NULL,
        hits INTEGER NOT NULL,          -- wrong statements that were flagged
        false_alarms INTEGER NOT NULL,  -- sound statements that were flagged
        targets INTEGER NOT NULL,       -- wrong statements in all
        non_targets INTEGER NOT NULL,   -- sound statements in all
        test VARCHAR,
        form VARCHAR
    """,
    "usage": """
        digest UUID NOT NULL,           -- keyed BLAKE2b, 128 bits, of the record's kept fields
        alias BIGINT NOT NULL,
        cadence VARCHAR NOT NULL,       -- daily, weekly, monthly
        period_start DATE NOT NULL,
        period_end DATE NOT NULL,
        is_active BOOLEAN NOT NULL,
        active_days INTEGER,            -- null where the export does not say
        messages BIGINT NOT NULL,
        gpt_messages BIGINT NOT NULL,
        tool_messages BIGINT NOT NULL,
        superseded BOOLEAN NOT NULL     -- a larger record of the same person and period is there; views leave it out
    """,
    "tutor_turns": """
        digest UUID NOT NULL,
        alias BIGINT NOT NULL,
        "at" TIMESTAMP NOT NULL,        -- UTC
        day DATE NOT NULL,              -- in the reporting zone
        course VARCHAR,
        lesson VARCHAR,                 -- the lesson's id
        status VARCHAR NOT NULL,        -- answered, blocked, refused, incomplete, failed
        prompts INTEGER NOT NULL,       -- 1
        redactions INTEGER NOT NULL,    -- identifiers held back
        blocked BOOLEAN NOT NULL,
        tokens_in BIGINT NOT NULL,
        tokens_out BIGINT NOT NULL
    """,
    "tutor_redactions": """
        digest UUID NOT NULL,           -- of the turn
        type VARCHAR NOT NULL,
        count INTEGER NOT NULL
    """,
}

# A person's facts may come under several aliases. The roster's link of the alias itself counts first, then a link of
# any alias of the same group (the smallest, should the roster contradict the log), then the group's own name.
IDENTITIES: Final = """
    SELECT s.alias, coalesce(direct.person, grouped.person, s.canonical) AS person,
           coalesce(direct.person, grouped.person) IS NOT NULL AS linked
    FROM same_as s
    LEFT JOIN links direct ON direct.alias = s.alias
    LEFT JOIN (
        SELECT m.canonical, min(l.person) AS person
        FROM same_as m JOIN links l ON l.alias = m.alias
        GROUP BY m.canonical
    ) grouped ON grouped.canonical = s.canonical
    UNION ALL
    SELECT l.alias, l.person, true AS linked
    FROM links l WHERE l.alias NOT IN (SELECT alias FROM same_as)
"""


# A form of a test is taken like a lesson, and its events look like a lesson's. That it is one only its answers say.
TEST_FORMS: Final = "SELECT lesson, min(form) AS form FROM item_answers WHERE form IS NOT NULL GROUP BY lesson"


def _resolved(table: str, columns: str, condition: str = "true", *, joined: str = "") -> str:
    return f"""
        SELECT coalesce(i.person, f.alias) AS person, {columns}
        FROM {table} f LEFT JOIN identities i ON i.alias = f.alias {joined}
        WHERE {condition}
    """  # noqa: S608 (only this module's own constants come in)


VIEWS: Final[dict[str, str]] = {
    "identities": IDENTITIES,
    "test_forms": TEST_FORMS,
    "learning": _resolved(
        "learning_events",
        'f.digest, f.alias, f."at", f.day, f.kind, f.course, f.block, f.step, f.earned, f.possible, f.correct, '
        "f.confidence, f.lesson, t.form",
        joined="LEFT JOIN test_forms t ON t.lesson = f.lesson",
    ),
    "answers_by_person": _resolved(
        "item_answers",
        'f.digest, f.alias, f."at", f.day, f.course, f.lesson, f.step, f.attempt, f.item, f.answer, f.hit, '
        "f.confidence, f.test, f.form, f.anchor",
    ),
    "detections_by_person": _resolved(
        "detections",
        'f.digest, f.alias, f."at", f.day, f.course, f.lesson, f.step, f.attempt, f.hits, f.false_alarms, f.targets, '
        "f.non_targets, f.test, f.form",
    ),
    "usage_by_person": _resolved(
        "usage",
        "f.digest, f.alias, f.cadence, f.period_start, f.period_end, f.is_active, f.active_days, f.messages, "
        "f.gpt_messages, f.tool_messages",
        "NOT f.superseded",
    ),
    "turns_by_person": _resolved(
        "tutor_turns",
        'f.digest, f.alias, f."at", f.day, f.course, f.lesson, f.status, f.prompts, f.redactions, f.blocked, '
        "f.tokens_in, f.tokens_out",
    ),
}


def statements() -> tuple[str, ...]:
    """The statements that make an empty warehouse: the tables, then the views that read them."""
    return (
        *(f'CREATE TABLE "{name}" ({columns})' for name, columns in TABLES.items()),
        *(f'CREATE VIEW "{name}" AS {query}' for name, query in VIEWS.items()),
    )
