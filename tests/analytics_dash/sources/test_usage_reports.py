"""What the tools' usage reports become: ChatGPT Enterprise and Edu, Microsoft 365 Copilot, GitHub Copilot."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_dash.errors import FeedError
from analytics_dash.sources.usage_reports import DICT_LIMIT
from tests.support import feeds

EPOCH = date(1970, 1, 1)
M365_V1 = ("Report Refresh Date", "User Principal Name", "Display Name", "Last Activity Date", "Report Period")
M365_V2 = (*M365_V1, "Prompts submitted for all apps", "Active Usage Days for all apps", "Edge Last Activity Date")


def day(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


def m365(**changes: str) -> dict[str, str]:
    row = dict(
        zip(
            M365_V2,
            (
                "2026-07-05",
                "Meredith.Quill@canals.example",
                "Meredith Quill",
                "2026-07-02",
                "7",
                "12",
                "3",
                "2026-07-01",
            ),
            strict=True,
        )
    )
    return row | {name.replace("_", " "): value for name, value in changes.items()}


def user_day(**changes: Any) -> dict[str, Any]:
    row = {
        "day": "2026-05-04",
        "user_id": 7,
        "user_login": "MQuill_canals",
        "user_initiated_interaction_count": 9,
        "code_generation_activity_count": 4,
        "code_acceptance_activity_count": 1,
        "used_agent": False,
        "totals_by_ide": [{"ide": "an-editor", "user_initiated_interaction_count": 9}],
    }
    return row | changes


# ── ChatGPT ──


def test_an_edu_export_is_another_tool(tmp_path: Path) -> None:
    data = feeds.csv_bytes([feeds.usage_row()])
    (enterprise,) = feeds.read("chatgpt-users", data, tmp_path).rows
    (edu,) = feeds.read("chatgpt-edu", data, tmp_path).rows
    assert (enterprise.tool, edu.tool) == ("chatgpt-enterprise", "chatgpt-edu")
    assert enterprise[2:] != edu[2:]
    assert enterprise.digest != edu.digest


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"project_messages": "4", "project_to_messages": "{'a plan': 9}"}, 4),
        ({"project_messages": "", "project_to_messages": "{'a plan': 9, 'another': 2}"}, 11),
        ({"project_messages": "", "project_to_messages": '{"a plan": 9}'}, 9),
        ({"project_messages": "12.0"}, 12),
        ({"project_messages": "", "project_to_messages": ""}, None),
        ({"project_messages": "", "project_to_messages": "{}"}, 0),
    ],
)
def test_a_dict_is_added_up_only_where_its_sum_is_missing(
    changes: dict[str, str], expected: int | None, tmp_path: Path
) -> None:
    batch = feeds.read("chatgpt-users", feeds.csv_bytes([feeds.usage_row(**changes)]), tmp_path)
    assert [row.project_messages for row in batch.rows] == [expected]
    assert "plan" not in repr(batch)


@pytest.mark.parametrize(
    "text",
    [
        "{'a': -1}",
        "{'a': 1.5}",
        "{'a': True}",
        "{'a': 'b'}",
        "['a']",
        "__import__('os').system('true')",
        "{" * 5000,
        "-" * 50_000 + "1",
        "{'a': 1" + " " * DICT_LIMIT + "}",
        "{'a': " + "9" * 5000 + "}",
        "{[]: 1}",
        "{'a': 1}; print()",
        "\x00",
    ],
)
def test_a_dict_of_another_form_is_refused_and_nothing_of_it_is_run(text: str, tmp_path: Path) -> None:
    row = feeds.usage_row(project_messages="", project_to_messages=text)
    batch = feeds.read("chatgpt-users", feeds.csv_bytes([row]), tmp_path)
    assert batch.rows == []
    assert batch.rejects[0].reason.startswith(("project_to_messages", "not a CSV record"))


@pytest.mark.parametrize(
    ("cadence", "start", "end", "expected"),
    [
        ("Weekly", "2026-03-29", "2026-04-04", "weekly"),
        ("Date Range", "2026-05-01", "2026-05-31", "monthly"),
        ("Date Range", "2026-05-04", "2026-05-10", "weekly"),
        ("Date Range", "2026-05-04", "2026-05-04", "daily"),
        ("Monthly", "2026-05-01T00:00:00Z", "2026-05-31 00:00:00", "monthly"),
        ("Date Range", "2026-05-12", "2026-06-11", None),
    ],
)
def test_a_range_of_dates_counts_where_it_is_a_day_a_week_or_a_month(
    cadence: str, start: str, end: str, expected: str | None, tmp_path: Path
) -> None:
    row = feeds.usage_row(cadence=cadence, period_start=start, period_end=end)
    batch = feeds.read("chatgpt-users", feeds.csv_bytes([row]), tmp_path)
    assert [row.cadence for row in batch.rows] == ([expected] if expected else [])
    if expected is None:
        assert batch.rejects[0].reason.startswith("period")


def test_who_was_invited_and_never_came_is_inactive(tmp_path: Path) -> None:
    row = feeds.usage_row(is_active="", messages="", gpt_messages="", user_status="pending", model_to_messages="")
    (kept,) = feeds.read("chatgpt-users", feeds.csv_bytes([row]), tmp_path).rows
    assert (kept.is_active, kept.active_days, kept.messages, kept.gpt_messages) == (False, 0, 0, None)


def test_a_column_that_changed_its_type_is_told_of_and_nothing_is_guessed(tmp_path: Path) -> None:
    rows = [feeds.usage_row(messages="{'model-a': 3}", email=f"p{number}@canals.example") for number in range(5)]
    batch = feeds.read("chatgpt-users", feeds.csv_bytes(rows), tmp_path)
    assert (batch.rows, len(batch.rejects)) == ([], 5)
    assert batch.notes[-1] == (
        "no record could be taken; has the form of the export changed? "
        "Most often: messages: must be a whole number from 0 to 10000000"
    )


def test_two_workspaces_in_a_file_are_told_of_without_their_ids(tmp_path: Path) -> None:
    rows = [feeds.usage_row(account_id=f"acc-{number % 3}", email=f"p{number}@canals.example") for number in range(9)]
    notes = feeds.read("chatgpt-users", feeds.csv_bytes(rows), tmp_path).notes
    assert [note for note in notes if "workspace" in note] == [
        "more than one workspace: whoever is in several counts where they did most"
    ]
    assert "acc-" not in repr(notes)


# ── Microsoft 365 Copilot ──


def test_a_week_of_copilot_is_a_week_with_its_prompts(tmp_path: Path) -> None:
    batch = feeds.read("m365-copilot", b"\xef\xbb\xbf" + feeds.csv_bytes([m365()]), tmp_path)
    (row,) = batch.rows
    assert row.alias == feeds.identity().alias("email", "meredith.quill@canals.example")
    assert row[2:] == ("m365-copilot", "weekly", day("2026-06-29"), day("2026-07-05"), True, 3, 12, None, None, None)
    assert batch.notes == ["report version 2"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Report_Period": "30"}, ("daily", day("2026-07-02"), day("2026-07-02"), True, 1, None)),
        ({"Report_Period": "D28"}, ("daily", day("2026-07-02"), day("2026-07-02"), True, 1, None)),
        ({"Report_Period": "ALL"}, ("daily", day("2026-07-02"), day("2026-07-02"), True, 1, None)),
        (
            {"Report_Period": "30", "Report_Refresh_Date": "2026-06-30", "Last_Activity_Date": "2026-06-02"},
            ("monthly", day("2026-06-01"), day("2026-06-30"), True, 3, 12),
        ),
        ({"Last_Activity_Date": "2026-06-02"}, ("weekly", day("2026-06-29"), day("2026-07-05"), False, 0, 12)),
        ({"Last_Activity_Date": ""}, ("weekly", day("2026-06-29"), day("2026-07-05"), False, 0, 12)),
        (
            {"Report_Period": "1", "Last_Activity_Date": "2026-07-05", "Active_Usage_Days_for_all_apps": "1"},
            ("daily", day("2026-07-05"), day("2026-07-05"), True, 1, 12),
        ),
        ({"Report_Period": "90", "Last_Activity_Date": ""}, None),
        ({"Report_Refresh_Date": "2026-07-04"}, ("daily", day("2026-07-02"), day("2026-07-02"), True, 1, None)),
    ],
)
def test_a_window_that_is_no_week_or_month_tells_of_its_last_active_day_alone(
    changes: dict[str, str], expected: tuple[Any, ...] | None, tmp_path: Path
) -> None:
    batch = feeds.read("m365-copilot", feeds.csv_bytes([m365(**changes)]), tmp_path)
    assert [row[3:9] for row in batch.rows] == ([expected] if expected else [])
    assert (batch.lines, batch.rejects) == (1, [])


def test_version_1_counts_no_prompts(tmp_path: Path) -> None:
    batch = feeds.read("m365-copilot", feeds.csv_bytes([m365()], M365_V1), tmp_path)
    assert [(row.messages, row.active_days, row.is_active) for row in batch.rows] == [(None, None, True)]
    assert batch.notes == ["report version 1"]


@pytest.mark.parametrize("indent", [None, 2])
def test_graphs_json_is_read_however_it_was_saved(indent: int | None, tmp_path: Path) -> None:
    user = {
        "reportRefreshDate": "2026-07-05",
        "userPrincipalName": "a@canals.example",
        "displayName": "DISPLAY NAME",
        "lastActivityDate": "2026-07-02",
        "wordCopilotLastActivityDate": "",
        "copilotActivityUserDetailsByPeriod": [{"reportPeriod": 30}, {"reportPeriod": 7}],
    }
    other = user | {"userPrincipalName": "b@canals.example", "lastActivityDate": ""}
    answer = {"@odata.context": "x", "value": [user, other, user | {"lastActivityDate": "2027-01-01"}]}
    text = json.dumps(answer, indent=indent)
    batch = feeds.read("m365-copilot", text.encode(), tmp_path)
    assert [(row.cadence, row.is_active) for row in batch.rows] == [("weekly", True), ("weekly", False)]
    assert [reject.reason for reject in batch.rejects] == ["last activity date: must not be after the report"]
    third = text[: text.rindex("{", 0, text.rindex('"reportRefreshDate"'))]
    assert batch.rejects[0].line == 1 + third.count("\n")
    assert "DISPLAY" not in repr(batch)


def test_concealed_names_are_refused_and_the_operator_is_told_what_to_ask_for(tmp_path: Path) -> None:
    rows = [m365(User_Principal_Name=f"{number:032X}") for number in range(1, 4)]
    batch = feeds.read("m365-copilot", feeds.csv_bytes(rows), tmp_path)
    assert (batch.rows, len(batch.rejects)) == ([], 3)
    assert len([note for note in batch.notes if "conceals names" in note]) == 1
    assert f"{1:032X}" not in repr(batch)


# ── GitHub Copilot ──


def test_a_user_day_is_a_day_with_its_prompts(tmp_path: Path) -> None:
    rows = [
        user_day(),
        user_day(day="2026-05-05", user_initiated_interaction_count=0, code_acceptance_activity_count=0),
    ]
    rows[1]["code_generation_activity_count"] = 0
    rows.append(user_day(day="2026-05-06", user_initiated_interaction_count=0.0, code_generation_activity_count=None))
    batch = feeds.read("github-copilot", feeds.json_lines(rows), tmp_path)
    who = feeds.identity().alias("github_login", "mquill_CANALS")
    assert [row[1:9] for row in batch.rows] == [
        (who, "github-copilot", "daily", day("2026-05-04"), day("2026-05-04"), True, 1, 9),
        (who, "github-copilot", "daily", day("2026-05-05"), day("2026-05-05"), False, 0, 0),
        (who, "github-copilot", "daily", day("2026-05-06"), day("2026-05-06"), True, 1, 0),
    ]
    assert "an-editor" not in repr(batch)


@pytest.mark.parametrize(
    "data",
    [
        b"Report Time,Login,Last Authenticated At,Last Activity At,Last Surface Used\n"
        b"2026-05-09T10:00:00Z,mq,2026-05-01T00:00:00Z,2026-05-04T23:10:00Z,vscode/1.89\n"
        b"2026-05-09T10:00:00Z,nobody,,None,None\n",
        b"report_time,login,last_activity_at\n2026-05-09,mq,2026-05-04 23:10:00 UTC\n2026-05-09,nobody,\n",
        json.dumps(
            {
                "total_seats": 2,
                "seats": [
                    {"assignee": {"login": "mq", "id": 1}, "last_activity_at": "2026-05-04T23:10:00Z"},
                    {"assignee": {"login": "nobody"}, "last_activity_at": None},
                ],
            },
            indent=1,
        ).encode(),
    ],
)
def test_a_seat_tells_of_its_last_active_day(data: bytes, tmp_path: Path) -> None:
    batch = feeds.read("github-copilot", data, tmp_path)
    assert [(row.alias, row.period_start, row.messages) for row in batch.rows] == [
        (feeds.identity().alias("github_login", "mq"), day("2026-05-04"), None)
    ]
    assert (batch.lines, batch.ignored, batch.rejects) == (2, 1, [])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"day": "04/05/2026"}, "day"),
        ({"user_login": "two words"}, "github_login"),
        ({"user_login": ""}, "github_login"),
        ({"user_login": None}, "wrong field"),
        ({"user_initiated_interaction_count": -1}, "user_initiated"),
        ({"user_initiated_interaction_count": 1.5}, "user_initiated"),
        ({"user_initiated_interaction_count": 10**30}, ""),
        ({"used_agent": "often"}, "wrong field"),
    ],
)
def test_a_bad_user_day_is_rejected_with_its_field(changes: dict[str, Any], why: str, tmp_path: Path) -> None:
    batch = feeds.read("github-copilot", feeds.json_lines([user_day(), user_day(**changes)]), tmp_path)
    assert len(batch.rows) == 1
    assert [reject.line for reject in batch.rejects] == [2]
    assert batch.rejects[0].reason.startswith(why)


# ── all of them ──

HEADERS = {
    "chatgpt-edu": feeds.csv_bytes([feeds.usage_row()]).split(b"\n")[0] + b"\n",
    "m365-copilot": feeds.csv_bytes([m365()]).split(b"\n")[0] + b"\n",
    "github-copilot": b"login,last_activity_at\n",
}


@pytest.mark.parametrize("kind", HEADERS)
def test_a_header_alone_is_an_empty_report_and_no_header_is_none(kind: str, tmp_path: Path) -> None:
    batch = feeds.read(kind, HEADERS[kind], tmp_path)
    assert (batch.lines, batch.rows, batch.rejects) == (0, [], [])
    with pytest.raises(FeedError, match="is empty"):
        feeds.read(kind, b"", tmp_path)
    with pytest.raises(FeedError, match="separated by commas"):
        feeds.read(kind, HEADERS[kind].replace(b",", b";"), tmp_path)


RUBBISH = st.binary(max_size=200) | st.text(alphabet='a,"{}[]:\n\r;é1 -', max_size=200).map(str.encode)


@pytest.mark.parametrize("start", [b"", b"{}\n", b"[", b"{\n", *HEADERS.values()])
@pytest.mark.parametrize(
    "kind",
    [*HEADERS, "openai-usage", "openai-costs", "openai-posture", "openai-audit", "gateway-feedback"],
)
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=RUBBISH)
def test_whatever_a_file_holds_every_record_is_accounted_for(
    kind: str, start: bytes, data: bytes, tmp_path: Path
) -> None:
    try:
        batch = feeds.read(kind, start + data, tmp_path)
    except FeedError:
        return
    assert batch.lines == len(batch.rows) + batch.ignored + len(batch.rejects)
