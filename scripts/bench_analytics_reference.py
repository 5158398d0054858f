"""Six aggregations as a dashboard on live data would ask them, in plain DuckDB SQL: what a release is measured against.

They read the same views as the indicators, protect nothing, and cover the same six months.
"""

from __future__ import annotations

from typing import Final

_TRAINED: Final = """
    trained AS (
        SELECT person, min(day) AS trained_on FROM learning
        WHERE kind IN ('lesson_completed', 'course_passed') AND form IS NULL GROUP BY person
    )
"""
_FROM, _TO = "DATE '2026-05-01'", "DATE '2026-10-31'"

REFERENCE: Final[dict[str, str]] = {
    "trained before access": f"""
        WITH {_TRAINED}
        SELECT strftime(p.licence_from, '%Y-%m') AS month, p.department,
               count(*) FILTER (t.trained_on <= p.licence_from), count(*)
        FROM people p LEFT JOIN trained t USING (person)
        WHERE p.licence_from BETWEEN {_FROM} AND {_TO} GROUP BY ALL
    """,
    "active use, trained and untrained": f"""
        WITH {_TRAINED}
        SELECT strftime(u.period_start, '%Y-%m') AS month, p.department,
               coalesce(t.trained_on < date_trunc('month', u.period_start), false) AS trained,
               count(DISTINCT u.person), sum(u.messages)
        FROM usage_by_person u JOIN people p USING (person) LEFT JOIN trained t USING (person)
        WHERE u.period_start BETWEEN {_FROM} AND {_TO} AND u.messages > 0 GROUP BY ALL
    """,
    "monthly actives": f"""
        SELECT strftime(u.period_start, '%Y-%m') AS month, p.department, p.grade_band, count(DISTINCT u.person)
        FROM usage_by_person u JOIN people p USING (person)
        WHERE u.period_start BETWEEN {_FROM} AND {_TO} AND u.is_active GROUP BY ALL
    """,
    "median active days": f"""
        WITH days AS (
            SELECT person, date_trunc('month', period_start) AS month, count(DISTINCT period_start) AS active
            FROM usage_by_person WHERE period_start BETWEEN {_FROM} AND {_TO} AND is_active GROUP BY ALL
        )
        SELECT d.month, p.department, median(d.active), count(*) FROM days d JOIN people p USING (person) GROUP BY ALL
    """,
    "decay after training": f"""
        WITH {_TRAINED}
        SELECT p.department, (u.period_start - t.trained_on) // 28 AS weeks, count(DISTINCT u.person)
        FROM usage_by_person u JOIN trained t USING (person) JOIN people p USING (person)
        WHERE u.is_active AND u.period_start BETWEEN t.trained_on AND t.trained_on + 84 GROUP BY ALL
    """,
    "dormant licences": f"""
        WITH last AS (SELECT person, max(period_start) AS used FROM usage_by_person WHERE is_active GROUP BY person)
        SELECT p.department, p.grade_band, count(*) FILTER (l.used IS NULL OR l.used < {_TO} - 60), count(*)
        FROM people p LEFT JOIN last l USING (person)
        WHERE p.licence_from <= {_TO} AND (p.licence_to IS NULL OR p.licence_to >= {_TO}) GROUP BY ALL
    """,
}
