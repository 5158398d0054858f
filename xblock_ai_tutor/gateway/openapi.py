"""The gateway's interface as an OpenAPI 3.1 document: data, served at /openapi.json. A test holds it to the routes."""

from __future__ import annotations

from typing import Any, Final


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": _ref(name)}}


def _answer(description: str, schema: str | None = None) -> dict[str, Any]:
    return {"description": description} | ({"content": _json(schema)} if schema else {})


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


_STRING: Final = {"type": "string"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_PASSAGE: Final = {"type": "string", "pattern": "^p-[0-9a-f]{8}$"}
_TURN: Final = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_STATUS: Final = {"type": "string", "enum": ["answered", "blocked", "refused", "incomplete"]}
_ERROR: Final = _answer("The one error envelope.", "Error")
_UNAUTHORISED: Final = _answer("The token is missing, forged, expired or meant for something else.", "Error")
_FOREIGN: Final = _answer("foreign_origin: a page of no configured LMS.", "Error")
_OFF_OR_UNPROVEN: Final = _answer(
    "tutor_off: switched off, everywhere or for this course or lesson; residency: no attestation holds, so nobody is "
    "answered.",
    "Error",
)
_OFF: Final = _answer("tutor_off: switched off, everywhere or for this course or lesson.", "Error")
_EVENTS: Final = (
    "A stream of server-sent events. `notice` {kind: redacted|blocked|refused|info, message, entities}; `rubric` "
    "{criteria} (schema Rubric), for the intent `prompt` only; `text` {text}: guarded plain text; "
    "`citation` {passage, number}; then one `done` (schema Done) or one `error` {code, message, "
    "retry}. Comment lines keep the connection alive."
)

DOCUMENT: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Tutor gateway",
        "version": "1",
        "description": "The only way from a lesson to a model. The LMS has service tokens, browsers have tickets.",
    },
    "paths": {
        "/lessons/{digest}": {
            "put": {
                "summary": "Upload a lesson under its content address",
                "security": [{"service": []}],
                "parameters": [
                    {
                        "name": "digest",
                        "in": "path",
                        "required": True,
                        "description": "SHA-256 of the body, lower-case hex.",
                        "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                    }
                ],
                "requestBody": {"required": True, "content": _json("TutorLesson")},
                "responses": {
                    "201": _answer("Stored.", "Stored"),
                    "200": _answer("It was there already.", "Stored"),
                    "400": _ERROR,
                    "401": _UNAUTHORISED,
                    "413": _ERROR,
                },
            }
        },
        "/tickets": {
            "post": {
                "summary": "A ticket for one learner beside one block",
                "security": [{"service": []}],
                "requestBody": {"required": True, "content": _json("TicketRequest")},
                "responses": {
                    "201": _answer("The ticket; it expires after `expires_in` seconds.", "Ticket"),
                    "400": _ERROR,
                    "401": _UNAUTHORISED,
                    "404": _answer("lesson_unknown: upload the lesson, then ask again.", "Error"),
                    "503": _OFF,
                },
            }
        },
        "/turns": {
            "post": {
                "summary": "Ask the tutor",
                "description": "The same key again tells a finished turn again, without asking a model.",
                "security": [{"ticket": []}],
                "requestBody": {"required": True, "content": _json("TurnRequest")},
                "responses": {
                    "200": {"description": _EVENTS, "content": {"text/event-stream": {"schema": _STRING}}},
                    "400": _ERROR,
                    "401": _UNAUTHORISED,
                    "403": _FOREIGN,
                    "404": _ERROR,
                    "409": _answer("This turn is being answered; try again in a moment.", "Error"),
                    "413": _ERROR,
                    "429": _answer("too_many_messages: `Retry-After` has the seconds to wait.", "Error"),
                    "503": _OFF_OR_UNPROVEN,
                },
            }
        },
        "/conversation": {
            "get": {
                "summary": "The learner's own conversation",
                "security": [{"ticket": []}],
                "responses": {
                    "200": _answer("Oldest turn first.", "Conversation"),
                    "401": _UNAUTHORISED,
                    "403": _FOREIGN,
                },
            },
            "delete": {
                "summary": "Erase the learner's own conversation for good",
                "security": [{"ticket": []}],
                "responses": {"204": _answer("It is gone."), "401": _UNAUTHORISED, "403": _FOREIGN},
            },
        },
        "/conversation/download": {
            "get": {
                "summary": "The learner's own conversation as a file",
                "security": [{"ticket": []}],
                "parameters": [{"name": "format", "in": "query", "schema": {"enum": ["json", "html"]}}],
                "responses": {
                    "200": {
                        "description": "An attachment. The learner's own values stand where placeholders were sent.",
                        "content": {"application/json": {}, "text/html": {"schema": _STRING}},
                    },
                    "400": _ERROR,
                    "401": _UNAUTHORISED,
                },
            }
        },
        "/feedback": {
            "post": {
                "summary": "The learner's thumb on an answer; the last one counts",
                "security": [{"ticket": []}],
                "requestBody": {"required": True, "content": _json("FeedbackRequest")},
                "responses": {"204": _answer("Kept."), "400": _ERROR, "401": _UNAUTHORISED, "404": _ERROR},
            }
        },
        "/reports": {
            "post": {
                "summary": "Report an answer to a person",
                "description": "Whoever works through the queue sees the turn as it is stored, with placeholders.",
                "security": [{"ticket": []}],
                "requestBody": {"required": True, "content": _json("ReportRequest")},
                "responses": {
                    "201": _answer("It waits for a person.", "Health"),
                    "200": _answer("It was reported before.", "Health"),
                    "400": _ERROR,
                    "401": _UNAUTHORISED,
                    "404": _ERROR,
                },
            }
        },
        "/healthz": {"get": {"summary": "The process answers", "responses": {"200": _answer("It does.", "Health")}}},
        "/readyz": {
            "get": {
                "summary": "The database answers too",
                "description": "`status` is ready, not_answering (`residency` says why: none, failed, stale, clock or "
                "forged) or database.",
                "responses": {"200": _answer("It does.", "Ready"), "503": _answer("It does not.", "Ready")},
            }
        },
        "/residency": {
            "get": {
                "summary": "Where a learner's words go, how that is known, and since when",
                "parameters": [{"name": "language", "in": "query", "schema": _STRING}],
                "responses": {"200": _answer("The facts of the attestation in force.", "Residency")},
            }
        },
        "/metrics": {
            "get": {
                "summary": "Counts for Prometheus, of all workers",
                "security": [{"metrics": []}],
                "responses": {
                    "200": {"description": "Prometheus' text format.", "content": {"text/plain": {"schema": _STRING}}},
                    "401": _UNAUTHORISED,
                    "404": _answer("TUTOR_METRICS_TOKEN is not set.", "Error"),
                },
            }
        },
        "/openapi.json": {
            "get": {
                "summary": "This document",
                "responses": {"200": {"description": "OpenAPI 3.1", "content": {"application/json": {}}}},
            }
        },
    },
    "components": {
        "securitySchemes": {
            "metrics": {"type": "http", "scheme": "bearer", "description": "TUTOR_METRICS_TOKEN."},
            "service": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT HS256: iss lms, aud tutor-gateway, 60 seconds at most, a jti used once",
            },
            "ticket": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT HS256: iss tutor-gateway, aud tutor-turns, 15 minutes",
            },
        },
        "schemas": {
            "Error": _object({"error": _object({"code": _STRING, "message": _STRING, "retry": {"type": "boolean"}})}),
            "Health": _object({"status": _STRING}),
            "Ready": _object({"status": _STRING, "residency": _STRING}),
            "Residency": _object(
                {
                    "answering": {"type": "boolean"},
                    "reason": {"enum": ["holds", "none", "failed", "stale", "clock", "forged"]},
                    "policy": _STRING,
                    "at": {"type": ["string", "null"], "format": "date-time"},
                    "valid_until": {"type": ["string", "null"], "format": "date-time"},
                    "facts": {
                        "type": "array",
                        "description": "stored in, processed in, usage metadata in, and retention.",
                        "items": _object(
                            {
                                "name": _STRING,
                                "required": _STRING,
                                "found": _STRING,
                                "ok": {"type": "boolean"},
                                "evidence": {
                                    "enum": ["admin-api", "address", "published", "declaration", "this-machine", "none"]
                                },
                                "reason": _STRING,
                                "evidence_says": _STRING,
                            }
                        ),
                    },
                    "digest": {"type": ["string", "null"]},
                    "public_key": {"type": "string", "description": "Ed25519, base64: checks attestations."},
                }
            ),
            "Stored": _object({"lesson": _STRING, "id": _STRING}),
            "TutorLesson": _object(
                {
                    "schema": {"const": "ai-tutor-lesson/1"},
                    "id": _STRING,
                    "title": _STRING,
                    "language": _STRING,
                    "persona": _STRING,
                    "support": {"enum": ["hints", "worked-example", "full-answer"]},
                    "passages": {
                        "type": "array",
                        "items": _object({"id": _PASSAGE, "step": _STRING, "text": _STRING}),
                    },
                    "steps": {
                        "type": "array",
                        "items": _object(
                            {
                                "id": _STRING,
                                "title": _STRING,
                                "kind": _STRING,
                                "task": _STRING,
                                "hints": {"type": "array", "items": _STRING},
                            },
                            {
                                "support": {"enum": ["", "hints", "worked-example", "full-answer"]},
                                "answers": {
                                    "description": "Marked answers: for the guard, never for a model.",
                                    "type": "array",
                                    "items": _object({"text": _STRING, "mark": _STRING}),
                                },
                            },
                        ),
                    },
                    "links": {"type": "array", "items": {"type": "string", "format": "uri"}},
                },
                {"first_reply": {"enum": ["question", "answer"]}},
            ),
            "TicketRequest": _object(
                {
                    "learner": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                    "lesson": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                    "course": _STRING,
                    "usage": _STRING,
                },
                {
                    "language": _STRING,
                    "department": {"type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$"},
                    "attempted": {"type": "array", "items": _STRING, "maxItems": 200},
                },
            ),
            "Ticket": _object({"ticket": _STRING, "expires_in": _COUNT, "conversation": _STRING}),
            "TurnRequest": _object(
                {"text": _STRING, "key": {"type": "string", "format": "uuid"}},
                {
                    "step": _STRING,
                    "intent": {
                        "enum": ["ask", "where", "prompt"],
                        "default": "ask",
                        "description": "`where` quotes the passages that speak to the text, without a model; "
                        "`prompt` reviews the text as a prompt (event `rubric`, then comments).",
                    },
                },
            ),
            "FeedbackRequest": _object({"turn": _TURN, "thumb": {"enum": ["up", "down", "none"]}}),
            "ReportRequest": _object({"turn": _TURN, "kind": {"enum": ["wrong", "worrying"]}}),
            "Citation": _object({"passage": _PASSAGE, "number": {"type": "integer", "minimum": 1}}),
            "Rubric": _object(
                {
                    "criteria": {
                        "type": "array",
                        "items": _object(
                            {
                                "id": {"enum": ["task", "context", "constraints", "format", "checking"]},
                                "label": _STRING,
                                "met": {"type": "boolean"},
                            }
                        ),
                    }
                }
            ),
            "Notice": _object(
                {
                    "kind": {"enum": ["redacted", "blocked", "refused", "info"]},
                    "message": _STRING,
                    "entities": {
                        "type": "array",
                        "items": _object({"type": _STRING, "label": _STRING, "count": _COUNT}),
                    },
                }
            ),
            "Done": _object(
                {
                    "turn": _STRING,
                    "status": _STATUS,
                    "html": {"type": "string", "description": "Sanitised HTML of the whole answer."},
                    "citations": {"type": "array", "items": _ref("Citation")},
                    "receipt": {"type": "string", "description": "JWT for the LMS: aud lms-receipt, 10 minutes."},
                    "remaining_tokens": {"type": ["integer", "null"], "minimum": 0},
                    "allowance": {"anyOf": [_ref("Allowance"), {"type": "null"}]},
                }
            ),
            "Allowance": _object(
                {
                    "of": {"enum": ["learner", "lesson", "department", "service"]},
                    "remaining_tokens": _COUNT,
                    "limit_tokens": {"type": "integer", "minimum": 1},
                    "returns_at": {"type": "string", "format": "date-time"},
                    "message": {"type": "string", "description": "What is left and when it returns, for the learner."},
                }
            ),
            "Conversation": _object(
                {
                    "allowance": {"anyOf": [_ref("Allowance"), {"type": "null"}]},
                    "turns": {
                        "type": "array",
                        "items": _object(
                            {
                                "id": _STRING,
                                "at": {"type": "string", "format": "date-time"},
                                "step": _STRING,
                                "question": _STRING,
                                "html": _STRING,
                                "status": {"enum": [*_STATUS["enum"], "failed"]},
                                "notices": {"type": "array", "items": _ref("Notice")},
                                "citations": {"type": "array", "items": _ref("Citation")},
                                "thumb": {"enum": ["up", "down", "none"]},
                                "reported": {"enum": ["wrong", "worrying", None]},
                            }
                        ),
                    },
                    "retention_days": {"type": "integer", "minimum": 1},
                    "where": _object({"stored_in": _STRING, "processed_in": _STRING, "usage_metadata_in": _STRING}),
                }
            ),
        },
    },
}
