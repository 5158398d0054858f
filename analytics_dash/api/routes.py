"""The routes of the API: who calls, what is picked, one audited read, one conditional answer.

`init_api` is called by the dashboard, which has put the gate before every route and gives `caller`, a function that
returns the signed-in reader (`id`, `scope`). Each handler reads `analytics_dash.releases` with that scope.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Protocol
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Flask, Response, request

from analytics_dash.api.endpoints import ENDPOINTS, FILTERS, Endpoint
from analytics_dash.api.openapi import document
from analytics_dash.api.parameters import RELEASE, RELEASE_ID, USUAL, cursor, read_cursor, read_query
from analytics_dash.api.problems import ApiError, BadRequest, NotAcceptable, NotFound, TooMany, problem
from analytics_dash.api.shapes import Cells, Indicators, Learning, Releases, cells_of, entry_of, release_of, summary_of
from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE
from analytics_dash.releases import (
    ReleaseError,
    ReleaseInfo,
    Scope,
    ScopeError,
    audit,
    cells_from,
    departments,
    learning_figures,
    published,
    published_releases,
)
from analytics_dash.releases.access import take_turn
from analytics_dash.reports.csv import csv_bytes

PREFIX: Final = "/api/v1"
READING: Final = ("GET", "HEAD")
JSON: Final = "application/json"
CSV: Final = "text/csv"


class Caller(Protocol):
    """Who is calling, as the gate found out."""

    @property
    def id(self) -> str: ...
    @property
    def scope(self) -> Scope: ...


def init_api(app: Flask, caller: Callable[[], Caller], *, per_minute: int, exports_per_hour: int) -> None:
    """Mount the API on `app`. A caller may read `per_minute` times a minute, over all workers together.

    A CSV file counts as an export beside the dashboard's own, of which there may be `exports_per_hour`.
    """
    bp = Blueprint("api", __name__, url_prefix=PREFIX)
    handlers: dict[str, Callable[..., Response]] = {
        "releases": _releases,
        "release": _release,
        "cells": _cells,
        "learning": _learning,
        "indicators": _indicators,
        "openapi": _openapi,
    }

    def route(endpoint: Endpoint) -> Callable[..., Response]:
        def answer(**path: str) -> Response:
            query = read_query(request.args.to_dict(flat=False), endpoint.parameters)
            if endpoint.open:
                return handlers[endpoint.name](query)
            who = caller()
            _take_turn("api", who, limit=per_minute, seconds=60)
            _acceptable(endpoint)
            if endpoint.csv and _accepts() == CSV:
                _take_turn("export", who, limit=exports_per_hour, seconds=3600)
            return handlers[endpoint.name](who, query, **path)

        return answer

    for endpoint in ENDPOINTS:
        rule = endpoint.path.replace("{id}", "<id>")
        bp.add_url_rule(rule, endpoint.name, route(endpoint), methods=["GET"], provide_automatic_options=False)

    @app.before_request
    def only_reading() -> Response | None:
        # Before a route is looked for: the dashboard's own catch-all route would answer OPTIONS.
        if request.path.startswith(f"{PREFIX}/") and request.method not in READING:
            return problem(405, _("Read with GET or HEAD."), headers={"Allow": ", ".join(READING)})
        return None

    @bp.errorhandler(ApiError)
    def refuse(error: ApiError) -> Response:
        return problem(error.status, str(error), errors=error.errors, headers=error.headers)

    @bp.errorhandler(ScopeError)
    def not_yours(error: ScopeError) -> Response:
        audit(caller().id, "refused", request.path[:200])
        return problem(403, str(error))

    app.register_blueprint(bp)


def _take_turn(kind: str, who: Caller, *, limit: int, seconds: int) -> None:
    if wait := take_turn(kind, who.id, limit=limit, seconds=seconds):
        audit(who.id, f"{kind} limit")
        raise TooMany(_("Wait {seconds} seconds, then go on.").format(seconds=wait), seconds=wait)


def _releases(who: Caller, query: dict[str, str]) -> Response:
    all_of_them = published_releases()
    size = int(query.get("limit", USUAL))
    after = read_cursor(query.get("cursor"), "releases", RELEASE)
    rest = [info for info in all_of_them if after is None or _order(info.id) < _order(after)]
    following = _next(query, cursor("releases", rest[size - 1].id)) if len(rest) > size else None
    audit(who.id, "api releases")
    newest = max((info.published_at for info in all_of_them if info.published_at), default=None)
    return _json(Releases([summary_of(info) for info in rest[:size]], following), modified=newest)


def _order(release_id: str) -> tuple[str, int]:
    through, _dot, sequence = release_id.partition(".")
    return through, int(sequence)


def _release(who: Caller, _query: dict[str, str], id: str) -> Response:  # noqa: A002 - the address's own word
    info = _published(id)
    audit(who.id, "api release", f"release {info.id}")
    return _json(release_of(info), modified=info.published_at)


def _cells(who: Caller, query: dict[str, str], id: str) -> Response:  # noqa: A002
    info = _published(id)
    picks = {each.name: query[each.name] for each in FILTERS if each.name in query}
    _must_be_there(who.scope, info, picks)
    if _accepts() == CSV:
        if {"limit", "cursor"} & query.keys():
            raise BadRequest(_("A CSV file has all picked cells; leave out limit and cursor."))
        found = cells_from(who.scope, info.id, picks=picks)
        audit(who.id, "api cells csv", _what(info, picks, found=bool(found)))
        body = csv_bytes([cell for _position, cell in found])
        return _conditional(Response(body, mimetype=CSV), modified=info.published_at)
    size, start = int(query.get("limit", USUAL)), _start(query, info)
    found = cells_from(who.scope, info.id, picks=picks, after=start, limit=size + 1)
    audit(who.id, "api cells", _what(info, picks, found=bool(found)))
    page, following = found[:size], None
    if len(found) > size:
        following = _next(query, cursor(info.id, str(page[-1][0])))
    return _json(Cells(info.id, cells_of([cell for _at, cell in page]), following), modified=info.published_at)


def _what(info: ReleaseInfo, picks: dict[str, str], *, found: bool) -> str:
    """What was read, for the audit: a filter's text only where cells have it, since it could be anything."""
    named = (f"{name} {value}" if found else name for name, value in sorted(picks.items()))
    return ", ".join([f"release {info.id}", *named, *([] if found else ["nothing found"])])


def _learning(who: Caller, query: dict[str, str], id: str) -> Response:  # noqa: A002
    info = _published(id)
    size, start = int(query.get("limit", USUAL)), _start(query, info)
    found = learning_figures(who.scope, info.id, lesson=query.get("lesson"), after=start, limit=size + 1)
    audit(who.id, "api learning", f"release {info.id}")
    page, following = found[:size], None
    if len(found) > size:
        following = _next(query, cursor(info.id, str(page[-1][0])))
    return _json(Learning(info.id, [figure for _at, figure in page], following), modified=info.published_at)


def _indicators(who: Caller, _query: dict[str, str]) -> Response:
    audit(who.id, "api indicators")
    return _json(Indicators([entry_of(indicator) for indicator in CATALOGUE.values()]))


def _openapi(_query: dict[str, str]) -> Response:
    return _json(document(PREFIX))


def _published(release_id: str) -> ReleaseInfo:
    """A published release; any other id gets the same answer, whether such a release is built, or nothing."""
    if re.search(RELEASE_ID, release_id) and len(release_id) <= 16:
        try:
            return published(release_id)
        except ReleaseError:
            pass
    raise NotFound(
        _("There is no published release of that id; {address} lists them.").format(address=f"{PREFIX}/releases")
    )


def _start(query: dict[str, str], info: ReleaseInfo) -> int:
    """The position after which a page of this release begins."""
    return int(read_cursor(query.get("cursor"), info.id, "[0-9]{1,9}") or -1)


def _must_be_there(scope: Scope, info: ReleaseInfo, picks: dict[str, str]) -> None:
    """A month or a department that is not there is said, rather than answered with nothing."""
    months = info.manifest["months"]
    department = picks.get("department")
    if department is not None and department not in departments(scope, info.id):
        if scope.own is not None:  # whether it exists or not
            raise ScopeError(_("A department head sees the figures of their own department and of all government."))
        raise NotFound(_("This release has no such department; read its cells of the view “department” for all names."))
    if "month" in picks and picks["month"] not in months:
        raise NotFound(_("This release covers the months {first} to {last}.").format(first=months[0], last=months[-1]))


def _acceptable(endpoint: Endpoint) -> None:
    forms = [JSON, CSV] if endpoint.csv else [JSON]
    if request.accept_mimetypes.best_match(forms, default="" if request.accept_mimetypes else JSON) not in forms:
        raise NotAcceptable(_("Ask for {forms}.").format(forms=" / ".join(forms)))


def _accepts() -> str:
    return request.accept_mimetypes.best_match([JSON, CSV], default=JSON) or JSON


def _next(query: dict[str, str], following: str) -> str:
    return f"{request.path}?{urlencode({**query, 'cursor': following})}"


def _json(body: Any, *, modified: datetime | None = None) -> Response:
    return _conditional(Response(msgspec.json.encode(body), mimetype=JSON), modified=modified)


def _conditional(response: Response, *, modified: datetime | None) -> Response:
    """Name the answer by its content, and answer 304 to a caller who has it. A cache asks each time: readers differ."""
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.last_modified = modified
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(["Accept", "Authorization", "Cookie"])
    response.make_conditional(request)
    return response
