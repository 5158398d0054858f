"""The warehouse's tables and views: what is kept of a person, and the only shapes that indicators read.

Persons and aliases are keyed 63-bit pseudonyms (`analytics_dash.identity`); there is no name, address, word or
clock time of ours in any table, so the content is a pure function of key, feeds and reader versions. The tables are
written by `warehouse.load` alone; indicators read `people` and the views in which persons are resolved.
"""

from __future__ import annotations

from typing import Final

# 2: item_answers and detections. 3: teams, tools, grade reports, completions, feedback, the API platform. 5: of grade
# reports and completions the last of each month counts, not the last of all (the tables are those of 4).
SCHEMA_VERSION: Final = "5"
UPGRADES: Final = ("4",)
"""The versions whose rows are this one's but for what is worked out of them: `warehouse.upgrade` brings them up."""
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

TOOLS: Final = ("chatgpt-enterprise", "chatgpt-edu", "m365-copilot", "github-copilot")
# Thumbs (withdrawn: taken back), and what an answer is reported for: the two are kept apart, one of each for a turn.
FEEDBACK_KINDS: Final = ("helpful", "unhelpful", "withdrawn", "wrong", "worrying")

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
        options VARCHAR NOT NULL,       -- what the reader was told besides, as "name=value name=value"; mostly empty
        PRIMARY KEY (file_digest, kind, options)
    """,
    "people": """
        person BIGINT PRIMARY KEY,
        department VARCHAR NOT NULL,
        department_group VARCHAR,       -- what the department is a part of; null: not stated
        team VARCHAR,                   -- a part of the department, named within it; null: not stated
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
    "erased": """
        alias BIGINT PRIMARY KEY        -- of people who were erased: nothing that bears it is ever kept again
    """,
    "learning_events": """
        digest UUID NOT NULL,           -- keyed SHA-256, 128 bits, of what is known of the event
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
        digest UUID NOT NULL,           -- keyed SHA-256, 128 bits, of the record's kept fields
        alias BIGINT NOT NULL,
        tool VARCHAR NOT NULL,          -- one of TOOLS
        cadence VARCHAR NOT NULL,       -- daily, weekly, monthly
        period_start DATE NOT NULL,
        period_end DATE NOT NULL,
        is_active BOOLEAN NOT NULL,
        active_days INTEGER,            -- null where the export does not say
        messages BIGINT,                -- null where the tool's report does not count them
        gpt_messages BIGINT,            -- of them, to custom GPTs
        tool_messages BIGINT,           -- of them, with tools
        project_messages BIGINT,        -- of them, in projects
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
        tokens_out BIGINT NOT NULL,
        guarded INTEGER NOT NULL,       -- what the guard did, in all
        citations INTEGER NOT NULL,     -- passages cited in the answer
        cost_microusd BIGINT NOT NULL,  -- millionths of a US dollar
        first_text_ms INTEGER,          -- to the first text that could be shown; null where none was
        total_ms INTEGER NOT NULL
    """,
    "tutor_redactions": """
        digest UUID NOT NULL,           -- of the turn
        type VARCHAR NOT NULL,
        times INTEGER NOT NULL
    """,
    "tutor_guards": """
        digest UUID NOT NULL,           -- of the turn
        rule VARCHAR NOT NULL,
        times INTEGER NOT NULL
    """,
    "tutor_feedback": """
        digest UUID NOT NULL,
        alias BIGINT NOT NULL,
        "at" TIMESTAMP NOT NULL,        -- UTC
        day DATE NOT NULL,              -- in the reporting zone
        course VARCHAR,
        lesson VARCHAR,
        turn UUID NOT NULL,             -- keyed digest of the turn's id
        kind VARCHAR NOT NULL,          -- one of FEEDBACK_KINDS
        superseded BOOLEAN NOT NULL     -- the learner said otherwise of the turn later, or took it back
    """,
    "course_results": """
        digest UUID NOT NULL,           -- of the grade report's kept fields
        alias BIGINT NOT NULL,
        course VARCHAR NOT NULL,
        as_of DATE NOT NULL,            -- the report's day
        grade DOUBLE,                   -- 0 to 1; null where there is none yet
        passed BOOLEAN,
        certificate BOOLEAN,            -- one was issued
        enrolled BOOLEAN,
        superseded BOOLEAN NOT NULL     -- a later report of the month on the same person and course is there
    """,
    "completions": """
        digest UUID NOT NULL,
        alias BIGINT NOT NULL,
        course VARCHAR NOT NULL,
        as_of DATE NOT NULL,
        ratio DOUBLE NOT NULL,          -- 0 to 1
        superseded BOOLEAN NOT NULL     -- a later one of the month is there
    """,
    "api_usage": """
        digest UUID NOT NULL,           -- the API platform, not ChatGPT; nobody's in particular
        day DATE NOT NULL,              -- UTC, as the platform's buckets are
        as_of DATE NOT NULL,            -- when the figure was fetched
        project VARCHAR NOT NULL,       -- the project's id
        model VARCHAR,
        requests BIGINT NOT NULL,
        tokens_in BIGINT NOT NULL,
        tokens_cached BIGINT NOT NULL,  -- of tokens_in
        tokens_out BIGINT NOT NULL,
        superseded BOOLEAN NOT NULL     -- a later figure of the same day, project and model is there
    """,
    "api_costs": """
        digest UUID NOT NULL,
        day DATE NOT NULL,              -- UTC
        as_of DATE NOT NULL,
        project VARCHAR NOT NULL,
        line_item VARCHAR,
        amount_micro BIGINT NOT NULL,   -- millionths of the currency's unit
        currency VARCHAR NOT NULL,      -- ISO 4217, lower case as the platform writes it
        superseded BOOLEAN NOT NULL
    """,
    "posture": """
        digest UUID NOT NULL,           -- where data is and how long it stays, as the platform's Admin API said
        as_of DATE NOT NULL,
        project VARCHAR NOT NULL,
        stored_in VARCHAR,              -- the project's residency; null: the platform's default
        retention VARCHAR,              -- such as zero_data_retention; null: the organisation's default
        status VARCHAR                  -- active, archived
    """,
    "posture_changes": """
        digest UUID NOT NULL,           -- of the audit log's event, which names who did it: that is not kept
        "at" TIMESTAMP NOT NULL,        -- UTC
        day DATE NOT NULL,              -- in the reporting zone
        kind VARCHAR NOT NULL,          -- the audit log's own type, such as project.updated
        project VARCHAR
    """,
    "budgets": """
        digest UUID NOT NULL,           -- of the whole tutor service, nobody's in particular
        "at" TIMESTAMP NOT NULL,        -- UTC, when it was asked
        day DATE NOT NULL,              -- in the reporting zone
        month VARCHAR NOT NULL,         -- UTC, as the gateway's budgets are
        used_tokens BIGINT NOT NULL,
        limit_tokens BIGINT NOT NULL    -- 0: no limit
    """,
    "attestations": """
        digest UUID NOT NULL,           -- of the gateway's signed document
        "at" TIMESTAMP NOT NULL,        -- UTC, when the gateway looked
        day DATE NOT NULL,              -- in the reporting zone
        until DATE NOT NULL,            -- to when it holds
        outcome VARCHAR NOT NULL,       -- passed, failed, unreadable
        policy VARCHAR NOT NULL,
        stored_in VARCHAR NOT NULL,     -- where, in the gateway's words, and what each rests on
        stored_evidence VARCHAR NOT NULL,
        processed_in VARCHAR NOT NULL,
        processed_evidence VARCHAR NOT NULL,
        usage_in VARCHAR NOT NULL,
        usage_evidence VARCHAR NOT NULL,
        retention VARCHAR NOT NULL,
        attested_by VARCHAR NOT NULL    -- fingerprint of the key that signed it
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


# Everyone whom the views would show as one person with somebody erased, over all that is known of who is who.
def erased_with(seeds: str, identities: str) -> str:
    """The query of all aliases that are erased with those of the table `seeds`."""
    return f"""
        WITH gone AS (
            SELECT coalesce(i.person, e.alias) AS person FROM {seeds} e LEFT JOIN ({identities}) i ON i.alias = e.alias
        )
        SELECT alias FROM {seeds} UNION SELECT alias FROM ({identities}) WHERE person IN (SELECT person FROM gone)
        UNION SELECT person FROM gone
    """  # noqa: S608 (only this package's own names come in)


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
        "f.digest, f.alias, f.tool, f.cadence, f.period_start, f.period_end, f.is_active, f.active_days, f.messages, "
        "f.gpt_messages, f.tool_messages, f.project_messages",
        "NOT f.superseded",
    ),
    "turns_by_person": _resolved(
        "tutor_turns",
        'f.digest, f.alias, f."at", f.day, f.course, f.lesson, f.status, f.prompts, f.redactions, f.blocked, '
        "f.tokens_in, f.tokens_out, f.guarded, f.citations, f.cost_microusd, f.first_text_ms, f.total_ms",
    ),
    "feedback_by_person": _resolved(
        "tutor_feedback",
        'f.digest, f.alias, f."at", f.day, f.course, f.lesson, f.turn, f.kind',
        "NOT f.superseded",
    ),
    "results_by_person": _resolved(
        "course_results",
        "f.digest, f.alias, f.course, f.as_of, f.grade, f.passed, f.certificate, f.enrolled",
        "NOT f.superseded",
    ),
    "completions_by_person": _resolved(
        "completions", "f.digest, f.alias, f.course, f.as_of, f.ratio", "NOT f.superseded"
    ),
    "current_api_usage": "SELECT * EXCLUDE (superseded) FROM api_usage WHERE NOT superseded",
    "current_api_costs": "SELECT * EXCLUDE (superseded) FROM api_costs WHERE NOT superseded",
}


def statements() -> tuple[str, ...]:
    """The statements that make an empty warehouse: the tables, then the views that read them."""
    return (
        *(f'CREATE TABLE "{name}" ({columns})' for name, columns in TABLES.items()),
        *(f'CREATE VIEW "{name}" AS {query}' for name, query in VIEWS.items()),
    )
