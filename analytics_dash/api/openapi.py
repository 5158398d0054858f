"""The OpenAPI 3.1 description, made from `endpoints` and `shapes`; so it cannot say what the code does not."""

from __future__ import annotations

from functools import cache
from typing import Any

from analytics_dash.api.endpoints import CURSOR, ENDPOINTS, Endpoint
from analytics_dash.api.parameters import RELEASE_ID
from analytics_dash.api.problems import MEDIA_TYPE, TITLES
from analytics_dash.api.shapes import schemas

_HEADERS = {
    "ETag": {"schema": {"type": "string"}, "description": "Send it back in If-None-Match; a release never changes."},
    "Cache-Control": {"schema": {"type": "string"}},
}


@cache
def document(prefix: str) -> dict[str, Any]:
    """Return the description of the API mounted at `prefix`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Responsible adoption: published releases",
            "version": "1",
            "description": "Read-only. Every answer comes from a published release of protected, rounded counts, and "
            "is the same figure as on the dashboard and in its exports. Every read is recorded: who, what, when.",
        },
        "servers": [{"url": prefix}],
        "security": [{"token": []}, {"session": []}],
        "paths": {endpoint.path: {"get": _operation(endpoint)} for endpoint in ENDPOINTS},
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Made by `adoption token create`."},
                "session": {"type": "apiKey", "in": "cookie", "name": "adoption_session"},
            },
            "schemas": schemas(),
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": each.name, "in": "query", "description": each.description, "schema": each.schema()}
        for each in endpoint.parameters
    ]
    if endpoint.release:
        schema = {"type": "string", "pattern": RELEASE_ID, "maxLength": 16}
        parameters.insert(
            0, {"name": "id", "in": "path", "required": True, "description": "A release, YYYY-MM.N.", "schema": schema}
        )
    described = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": endpoint.description,
        "parameters": parameters,
        "responses": {"200": _success(endpoint), "304": {"description": "It is as you have it."}} | _problems(endpoint),
    }
    return described | ({"security": []} if endpoint.open else {})


def _success(endpoint: Endpoint) -> dict[str, Any]:
    named = endpoint.answer in schemas()
    schema = {"$ref": f"#/components/schemas/{endpoint.answer}"} if named else {"type": "object"}
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if endpoint.csv:
        content["text/csv"] = {"schema": {"type": "string"}}
    return {"description": endpoint.summary, "headers": _HEADERS, "content": content}


def _problems(endpoint: Endpoint) -> dict[str, Any]:
    statuses = [400]  # a parameter that there is none of
    if not endpoint.open:
        statuses += [401, 406, 429]
    if endpoint.release or CURSOR in endpoint.parameters:
        statuses.append(404)
    if endpoint.figures:
        statuses.append(403)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": TITLES[status], "content": content} for status in sorted(statuses)}
