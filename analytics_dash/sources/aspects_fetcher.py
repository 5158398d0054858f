"""Asks Aspects' ClickHouse for the few values of its statements that `aspects` reads, in bounded steps, by cursor.

Nothing else of a statement leaves ClickHouse: answers, names and titles are not selected. The order is by time and id,
as the table is sorted. What is written late (a queue that stood still) has an earlier time than what was fetched, so a
fetch begins a while before the last one ended; the repetitions are known by their id when they are loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

import msgspec

from analytics_dash.errors import FetchError, UnavailableError, UsageError
from analytics_dash.i18n import _
from analytics_dash.sources.aspects import KIND
from analytics_dash.sources.aspects_statements import VERBS
from analytics_dash.sources.description import Option
from analytics_dash.sources.fetcher import Fetcher, Page, Secret

_TABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\.[A-Za-z_][A-Za-z0-9_]{0,63}")
_CURSOR: Final = re.compile(r"(-?\d{1,18}) ([0-9a-f-]{36})")
_FIRST: Final = (0, "00000000-0000-0000-0000-000000000000")
_HOUR: Final = 3_600_000_000
_TINCAN: Final = "http://id.tincanapi.com/extension/attempt-id"
_LETTER: Final = "http://www.tincanapi.co.uk/activitytypes/grade_classification"
_OURS: Final = "urn:x-ai-tutor:"
_RESULT: Final = "'result', 'extensions'"
_OBJECT: Final = "'object', 'definition', 'extensions'"

# Name of the value, as `aspects_statements.Statement` has it, and the expression that finds it.
_TEXTS: Final = {
    "time": "'timestamp'",
    "verb": "'verb', 'id'",
    "account": "'actor', 'account', 'name'",
    "mbox": "'actor', 'mbox'",
    "mbox_sha1sum": "'actor', 'mbox_sha1sum'",
    "object": "'object', 'id'",
    "object_type": "'object', 'definition', 'type'",
    "parent": "'context', 'contextActivities', 'parent', 1, 'id'",
    "parent_type": "'context', 'contextActivities', 'parent', 1, 'definition', 'type'",
    "part_of": "'context', 'statement', 'id'",
    "grade": f"{_RESULT}, '{_LETTER}'",
}
_VALUES: Final = {
    "success": ("'result', 'success'", "Bool"),
    "completion": ("'result', 'completion'", "Bool"),
    "raw": ("'result', 'score', 'raw'", "Float64"),
    "max": ("'result', 'score', 'max'", "Float64"),
    "attempt": (f"{_OBJECT}, '{_TINCAN}'", "Int64"),
    "confidence": (f"{_RESULT}, '{_OURS}confidence'", "Float64"),
    "test": (f"{_OBJECT}, '{_OURS}test'", "String"),
    "form": (f"{_OBJECT}, '{_OURS}form'", "String"),
    "anchor": (f"{_OBJECT}, '{_OURS}anchor'", "Bool"),
    "turns": (f"{_RESULT}, '{_OURS}turns'", "Int64"),
}
_RAW: Final = {
    "items": f"{_RESULT}, '{_OURS}items'",
    "detection": f"{_RESULT}, '{_OURS}detection'",
}


class AspectsFetcher(Fetcher):
    """Statements in the order of their time, those of the last fetch's end once more."""

    kind: ClassVar[str] = KIND
    summary: ClassVar[str] = "Asks ClickHouse over HTTP; needs the extra `clickhouse`, and SELECT on the tables alone"
    options: ClassVar[tuple[Option, ...]] = (
        Option("clickhouse", "url", "the address, such as https://aspects.department.example:8443", required=True),
        Option("statements", "text", "the table of statements", default="xapi.xapi_events_all"),
        Option(
            "people",
            "text",
            "the table of accounts; passed over where it is not there",
            default="event_sink.external_id",
        ),
        Option("page_size", "whole number", "statements a page", default="1000"),
        Option("overlap_hours", "whole number", "how late a statement may arrive", default="48"),
    )
    secrets: ClassVar[tuple[Secret, ...]] = (
        Secret("user", "ADOPTION_CLICKHOUSE_USER", "the ClickHouse user"),
        Secret("password", "ADOPTION_CLICKHOUSE_PASSWORD", "the ClickHouse user's password", required=False),
    )
    incremental: ClassVar[bool] = True

    def pages(self, after: str | None) -> Iterator[Page]:
        """Pages of statements; a cursor is the time (microseconds since 1970) and id of a page's last."""
        for name in ("statements", "people"):
            if not _TABLE.fullmatch(self.values[name]):
                raise UsageError(_("--option {name}: must be database.table.").format(name=name))
        if not 1 <= self.values["page_size"] <= 10_000:
            raise UsageError(_("--option page_size: must be between 1 and 10000."))
        client = self.client()
        try:
            yield from self._pages(client, after)
        finally:
            client.close()

    def client(self) -> Any:
        """A client of clickhouse-connect. Raises `FetchError` where the server is not to be reached."""
        try:
            import clickhouse_connect  # noqa: PLC0415 (an extra, and heavy)
        except ModuleNotFoundError as error:
            raise UnavailableError(
                _('Fetching from ClickHouse needs its client: python -m pip install "xblock-ai-tutor[clickhouse]".')
            ) from error
        parts = urlsplit(self.values["clickhouse"])
        with _said():
            return clickhouse_connect.get_client(
                host=parts.hostname,
                port=parts.port or (8443 if parts.scheme == "https" else 8123),
                secure=parts.scheme == "https",
                username=self.secret["user"],
                password=self.secret.get("password", ""),
                connect_timeout=10,
                send_receive_timeout=300,
            )

    def _pages(self, client: Any, after: str | None) -> Iterator[Page]:
        at, last = self._start(after)
        with _said():
            until = client.query("SELECT toUnixTimestamp64Micro(now64(6))").result_rows[0][0]
            database, table = self.values["people"].split(".")
            known = client.query(
                "SELECT count() FROM system.tables WHERE database = {d:String} AND name = {t:String}",
                parameters={"d": database, "t": table},
            ).result_rows[0][0]
        sql, size = (
            _query(self.values["statements"], self.values["people"] if known else None),
            self.values["page_size"],
        )
        done = False
        while not done:
            bounds = {"at": at, "last": last, "until": until, "size": size, "verbs": list(VERBS)}
            with _said():
                found = client.query(sql, parameters=bounds)
            rows = [dict(zip(found.column_names, row, strict=True)) for row in found.result_rows]
            done = len(rows) < size
            if rows:
                at, last = rows[-1]["emitted"], rows[-1]["id"]
            yield Page({"statements": [_statement(row) for row in rows]}, f"{at} {last}", done=done)

    def _start(self, after: str | None) -> tuple[int, str]:
        if after is None:
            return _FIRST
        found = _CURSOR.fullmatch(after)
        if found is None:
            raise FetchError(_("An earlier fetch's file is damaged; move it away and fetch again."))
        if not self.begins:
            return int(found[1]), found[2]
        return max(0, int(found[1]) - self.values["overlap_hours"] * _HOUR), _FIRST[1]


class _said:  # noqa: N801 (used as a statement)
    """Errors of the client as ours, without the query and without what the server quotes of its rows."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if kind is None or error is None or not issubclass(kind, Exception):
            return
        raise FetchError(
            _("ClickHouse does not answer as expected ({kind}): check address, user, rights and table names.").format(
                kind=kind.__name__
            )
        ) from None


def _query(statements: str, people: str | None) -> str:
    texts = ", ".join(f"JSONExtractString(e, {path}) AS {name}" for name, path in _TEXTS.items())
    values = ", ".join(
        f"JSONExtract(e, {path}, 'Nullable({kind})') AS `{name}`" for name, (path, kind) in _VALUES.items()
    )
    raws = ", ".join(f"JSONExtractRaw(e, {path}) AS {name}" for name, path in _RAW.items())
    grouping = (
        "arrayMap(x -> JSONExtractString(x, 'id'), "
        "JSONExtractArrayRaw(e, 'context', 'contextActivities', 'grouping')) AS grouping"
    )
    who = ", '' AS username, NULL AS user_id" if people is None else ", p.username AS username, p.user_id AS user_id"
    joined = (
        ""
        if people is None
        else f"""LEFT JOIN (
            SELECT toString(external_user_id) AS external, argMax(username, time_last_dumped) AS username,
                   toNullable(toInt64(argMax(user_id, time_last_dumped))) AS user_id
            FROM {people} GROUP BY external
        ) p ON p.external = lower(s.account)"""  # noqa: S608 (the name is held to its grammar)
    )
    return f"""
        SELECT s.* {who} FROM (
            SELECT toUnixTimestamp64Micro(emission_time) AS emitted, toString(event_id) AS id,
                   {texts}, {values}, {raws}, {grouping}
            FROM (
                SELECT event_id, emission_time, toString(event) AS e FROM {statements}
                WHERE emission_time >= fromUnixTimestamp64Micro({{at:Int64}})
                  AND emission_time <= fromUnixTimestamp64Micro({{until:Int64}})
                  AND (emission_time > fromUnixTimestamp64Micro({{at:Int64}}) OR event_id > toUUID({{last:String}}))
                  AND JSONExtractString(toString(event), 'verb', 'id') IN {{verbs:Array(String)}}
                ORDER BY emission_time, event_id LIMIT {{size:UInt32}}
            )
        ) s {joined} ORDER BY emitted, toUUID(id)
    """  # noqa: S608 (the same)


def _statement(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a statement: without the cursor's time, without what is empty, JSON as JSON."""
    said = {name: value for name, value in row.items() if name != "emitted" and value not in (None, "", [])}
    for name in _RAW:
        if name in said:
            said[name] = msgspec.Raw(said[name].encode())
    return said
