"""What may leave for a model, and for a provider's Admin API: asserted on the wire, whatever the code above it does.

Pure: an `Egress` knows the one address and project of this gateway; its two checks take a request as it is about to
be written (method, address, headers, decoded body) and raise `EgressError`, whose message never quotes it. The
transport under the SDK calls them for every request. Every field of a body is named in `_FIELDS` with what it may
hold: a new one is one line there, and until then it cannot leave.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from xblock_ai_tutor.gateway.errors import GatewayError
from xblock_ai_tutor.gateway.models.feedback import TEXT_FORMAT

_MODEL_HEADERS: Final = frozenset(
    {
        *("accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "host"),
        *("idempotency-key", "openai-organization", "openai-project", "user-agent"),
    }
)
_ADMIN_HEADERS: Final = _MODEL_HEADERS - {"openai-project", "content-length", "content-type", "idempotency-key"}
_SDK_HEADER: Final = re.compile(r"x-stainless-[a-z-]+")
# OpenAI's inline moderation (`types/responses/response_create_params.Moderation`): both sides are stopped, not scored.
MODERATION: Final[Mapping[str, Any]] = {
    "model": "omni-moderation-latest",
    "policy": {"input": {"mode": "block"}, "output": {"mode": "block"}},
}
_ROLES: Final = frozenset({"developer", "user", "assistant"})
_HASHED: Final = re.compile(r"[0-9a-f]{64}")


class EgressError(GatewayError):
    """A request was about to leave that is not one of ours. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Egress:
    """Where requests may go. `model_url` is the Responses address; `admin_urls` are what may be read, if any."""

    model_url: str
    project: str = ""
    organisation: str = ""
    admin_urls: frozenset[str] = frozenset()

    def check_model(self, method: str, url: str, headers: Mapping[str, str], body: object) -> None:
        """A question to the model. Raises `EgressError`."""
        if method != "POST" or url != self.model_url:
            raise EgressError("A request to an address other than the configured endpoint was stopped.")
        self._check_headers(headers, _MODEL_HEADERS)
        if not isinstance(body, dict) or body.get("store") is not False or body.get("stream") is not True:
            raise EgressError("A request that does not say store=false and stream=true was stopped.")
        for name, value in body.items():
            fits = _FIELDS.get(name)
            if fits is None:
                raise EgressError("A request with fields that the gateway never sends was stopped.")
            if not fits(value):
                raise EgressError(f"A request whose {name} is not what the gateway sends was stopped.")
        if not set(body) >= _NEEDED:
            raise EgressError("A request without all of its fields was stopped.")

    def check_admin(self, method: str, url: str, headers: Mapping[str, str], body: object) -> None:
        """A look at the provider's record: reading only, and only what an attestation needs. Raises `EgressError`."""
        if method != "GET" or url not in self.admin_urls or body:
            raise EgressError("A request to the Admin API other than reading residency and retention was stopped.")
        self._check_headers(headers, _ADMIN_HEADERS)

    def _check_headers(self, headers: Mapping[str, str], allowed: frozenset[str]) -> None:
        given = {name.lower(): value for name, value in headers.items()}
        if any(name not in allowed and not _SDK_HEADER.fullmatch(name) for name in given):
            raise EgressError("A request with headers that the gateway never sends was stopped.")
        if "host" in given and given["host"].lower() not in _hosts(self.model_url, *self.admin_urls):
            raise EgressError("A request that names another host was stopped.")
        if "openai-project" in allowed and given.get("openai-project", "") != self.project:
            raise EgressError("A request for another project than the configured one was stopped.")
        if given.get("openai-organization", "") != self.organisation:
            raise EgressError("A request for another organisation than the configured one was stopped.")


def _hosts(*urls: str) -> set[str]:
    """What a `Host` header may say for these addresses: with the port, and without a usual one."""
    found = set()
    for url in urls:
        scheme, _, rest = url.partition("://")
        authority = rest.partition("/")[0].lower()
        found |= {authority, authority.removesuffix(":443" if scheme == "https" else ":80")}
    return found


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_messages(value: object) -> bool:
    """Plain messages: no files, no images, no references to what the provider would have to keep."""
    return isinstance(value, list) and all(
        isinstance(item, dict)
        and set(item) == {"role", "content"}
        and item["role"] in _ROLES
        and isinstance(item["content"], str)
        for item in value
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_hashed(value: object) -> bool:
    """The learner's safety identifier: 64 hex digits, as `tickets.safety_identifier` makes them."""
    return isinstance(value, str) and _HASHED.fullmatch(value) is not None


_FIELDS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "model": _is_text,
    "instructions": _is_text,
    "input": _are_messages,
    "max_output_tokens": _is_count,
    "safety_identifier": _is_hashed,
    "text": lambda value: value == TEXT_FORMAT,
    "moderation": lambda value: value == MODERATION,
    "store": lambda value: value is False,
    "stream": lambda value: value is True,
}
_NEEDED: Final = frozenset({"model", "input", "store", "stream", "safety_identifier"})
