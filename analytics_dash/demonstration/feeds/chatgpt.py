"""ChatGPT Enterprise user analytics: one CSV a month, in the columns of two generations of that export, and one by day.

The department in it is what users typed about themselves, and disagrees with the roster for a third of them.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.behaviour import Life, MonthOfUse
from analytics_dash.demonstration.staff import Person, month_days
from analytics_dash.demonstration.streams import stream

OLDER_COLUMNS = (
    "cadence",
    "period_start",
    "period_end",
    "account_id",
    "public_id",
    "name",
    "email",
    "user_role",
    "role",
    "department",
    "user_status",
    "created_or_invited_date",
    "is_active",
    "first_day_active_in_period",
    "last_day_active_in_period",
    "messages",
    "messages_rank",
    "gpt_messages",
    "gpts_messaged",
    "tool_messages",
    "tools_messaged",
    "last_day_active",
)
# The later generation inserted and appended columns; dict columns are Python literals, not JSON.
NEWER_COLUMNS = (
    *OLDER_COLUMNS[:11],
    "groups",
    *OLDER_COLUMNS[11:16],
    "model_to_messages",
    *OLDER_COLUMNS[16:19],
    "gpt_to_messages",
    *OLDER_COLUMNS[19:21],
    "tool_to_messages",
    "project_messages",
    OLDER_COLUMNS[21],
)
# A script asks for each day and keeps what it needs; whoever did nothing that day is left out.
DAILY_COLUMNS = (
    *("cadence", "period_start", "period_end", "account_id", "public_id", "name", "email", "user_role", "user_status"),
    *("is_active", "messages"),
)
_ACCOUNT = "00000000-demo-4000-8000-000000000001"
_SELF_TYPED = ("Lighthouse team", "canals", "N/A", "HQ", "Policy & Strategy", "kite ministry", "Digital", "")


def columns(month: str) -> tuple[str, ...]:
    """Return the columns of the export of a month (YYYY-MM)."""
    return NEWER_COLUMNS if month >= planted.USAGE_COLUMNS_CHANGED else OLDER_COLUMNS


def usage_lines(lives: Iterable[Life], month: str) -> list[bytes]:
    """Return one month's export as CSV lines without newlines, the header first; busiest users first, as exported."""
    rows = [(use, life.person) for life in lives for use in life.use if use.month == month]
    rows.sort(key=lambda row: (-row[0].messages, row[1].number))
    header = columns(month)
    lines = [_csv_line(header)]
    for rank, (use, person) in enumerate(rows, start=1):
        row = _row(use, person, rank)
        lines.append(_csv_line([row[name] for name in header]))
    return lines


def daily_lines(lives: Iterable[Life], month: str) -> list[bytes]:
    """Return a month's days as CSV lines without newlines, the header first: a row for each person and active day."""
    rows: list[tuple[str, int, tuple[object, ...]]] = []
    for life in lives:
        for use in life.use:
            if use.month == month and use.active:
                rows += _by_day(use, life.person)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(DAILY_COLUMNS)
    writer.writerows(row for _day, _number, row in sorted(rows, key=lambda each: each[:2]))
    return out.getvalue().encode().splitlines()


def _by_day(use: MonthOfUse, person: Person) -> Iterator[tuple[str, int, tuple[object, ...]]]:
    """The month's messages, cut into as many parts as there are days, each of one message or more."""
    rng = stream("daily", person.number, use.month)
    cuts = sorted(rng.sample(range(1, use.messages), len(use.days) - 1))
    about = (_ACCOUNT, public_id(person), person.name, person.email.lower(), "member", "enabled")
    for day, begin, end in zip(use.days, (0, *cuts), (*cuts, use.messages), strict=True):
        date = day.isoformat()
        yield date, person.number, ("daily", date, date, *about, True, end - begin)


def public_id(person: Person) -> str:
    """Return the export's stable user id."""
    return "user-demo" + hashlib.sha256(f"public|{person.email}".encode()).hexdigest()[:20]


def _row(use: MonthOfUse, person: Person, rank: int) -> dict[str, object]:
    first, last = month_days(use.month)
    rng = stream("export", person.number, use.month)
    last_active = use.days[-1] if use.days else ""
    disagrees = stream("typed", person.number).random() < planted.SELF_TYPED_DEPARTMENT_DISAGREES
    return {
        "cadence": "monthly",
        "period_start": first.isoformat(),
        "period_end": last.isoformat(),
        "account_id": _ACCOUNT,
        "public_id": public_id(person),
        "name": person.name,
        "email": person.email.lower(),
        "user_role": "member",
        "role": person.profession,
        "department": rng.choice(_SELF_TYPED) if disagrees else person.department.name,
        "user_status": "enabled",
        "created_or_invited_date": person.licence_from,
        "is_active": use.active,
        "first_day_active_in_period": use.days[0] if use.days else "",
        "last_day_active_in_period": last_active,
        "messages": use.messages,
        "messages_rank": rank,
        "gpt_messages": use.gpt_messages,
        "gpts_messaged": min(use.gpt_messages, 2),
        "tool_messages": use.tool_messages,
        "tools_messaged": min(use.tool_messages, 3),
        "last_day_active": last_active,
        "groups": ["demo"] if person.number % 3 == 0 else [],
        "model_to_messages": _split(rng, use.messages, ("model-a", "model-b")),
        "gpt_to_messages": _split(rng, use.gpt_messages, ("g-demo-letters", "g-demo-minutes")),
        "tool_to_messages": _split(rng, use.tool_messages, ("search", "canvas")),
        "project_messages": use.project_messages,
    }


def _split(rng: Random, total: int, names: Sequence[str]) -> dict[str, int]:
    first = rng.randint(0, total)
    return {name: count for name, count in zip(names, (first, total - first), strict=True) if count}


def _csv_line(values: Sequence[object]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(values)
    return out.getvalue().encode()
