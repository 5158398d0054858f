"""Where an endpoint stores, processes and counts, and how that is known: judged against a policy. Pure.

Three facts are kept apart (*stored in*, *processed in*, *usage metadata in*), because OpenAI's UK residency is
storage at rest and nothing more; retention is a fourth. Each fact says what it rests on, and no more is said than
that: an address is a promise, the provider's own record is a proof. Nothing here opens a connection. `assess` judges
an address alone; `judge` judges what `residency.check` has read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.gateway.errors import PolicyError, ResidencyError
from xblock_ai_tutor.gateway.sandbox.endpoints import is_loopback, port_of, read_address
from xblock_ai_tutor.gateway.sandbox.residency_reasons import (
    ANYWHERE,
    NONE,
    NOT_PROVEN,
    OPERATOR,
    OUTSIDE_RESIDENCY,
    PROCESSED,
    RETENTION,
    STORED,
    THIS_MACHINE,
    UNKNOWN,
    USAGE,
    explain,
)
from xblock_ai_tutor.gateway.sandbox.rulebook import ADMIN_API, READY, Endpoint, Policy, Rulebook

POLICIES: Final[Mapping[str, Policy]] = READY.policies

# What a fact rests on.
BY_ADDRESS: Final = "address"  # the host's name promises it; nobody has looked
BY_ADMIN_API: Final = "admin-api"  # the provider's own record, read with the operator's Admin key
BY_PUBLICATION: Final = "published"  # the provider says so of all its customers
BY_DECLARATION: Final = "declaration"  # the operator of the endpoint says so
BY_PLACE: Final = "this-machine"
BY_NOTHING: Final = "none"

_COUNTRY: Final = re.compile(r"[A-Z]{2}")
# `EU` in a project's residency is the single market's region (OpenAI's guide "data-residency").
_RESIDENCY: Final = re.compile(r"([A-Z]{2})_STORAGE(_PROCESSING)?")
_REGIONS: Final = {"EU": "EEA"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of an assessment: what is required, what was found, whether that will do, why, and how it is known."""

    name: str
    required: str
    found: str
    ok: bool
    reason: str
    evidence: str = BY_NOTHING


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict on an endpoint: `ok` only when all three facts are. `host` is the canonical host, with no port."""

    policy: str
    host: str
    ok: bool
    facts: tuple[Fact, Fact, Fact]


@dataclass(frozen=True, slots=True)
class Found:
    """A place (or a retention), and what that rests on."""

    what: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Posture:
    """What is known of an endpoint."""

    host: str
    stored_in: Found
    processed_in: Found
    usage_metadata_in: Found
    retention: Found


def assess(
    policy: Policy | str, base_url: str, *, operator_country: str | None, rulebook: Rulebook = READY
) -> Assessment:
    """Judge the endpoint at `base_url` by its address against `policy` (or the id of one in the `rulebook`).

    `operator_country` (ISO 3166 alpha-2) is the operator's declaration of where an endpoint that they run
    themselves is; it says nothing about OpenAI's hosts and is not used for them. Raises `ResidencyError` when the
    policy is unknown or the address cannot be trusted to mean what it seems to.
    """
    wanted = rulebook.policy(policy) if isinstance(policy, str) else policy
    return judge(wanted, by_address(base_url, operator_country=operator_country, rulebook=rulebook), rulebook)


def judge(policy: Policy, posture: Posture, rulebook: Rulebook = READY) -> Assessment:
    """The three facts of what is known."""
    facts = (
        _fact(STORED, policy.stored_in, posture.stored_in, rulebook),
        _fact(PROCESSED, policy.processed_in, posture.processed_in, rulebook),
        _fact(USAGE, policy.usage_metadata_in, posture.usage_metadata_in, rulebook),
    )
    return Assessment(policy.id, posture.host, all(fact.ok for fact in facts), facts)


def judge_retention(policy: Policy, found: Found) -> Fact:
    """The fact of retention. What the address alone does not say is accepted where the address is the evidence."""
    ok = not policy.retention or found.what in policy.retention or found == Found(NOT_PROVEN, BY_ADDRESS)
    required = " or ".join(sorted(policy.retention)) if policy.retention else "anything"
    reason = explain(RETENTION, required=required, found=found.what, ok=ok)
    return Fact(RETENTION, required, found.what, ok, reason, found.evidence)


def by_address(base_url: str, *, operator_country: str | None, rulebook: Rulebook = READY) -> Posture:
    """What an address promises. Raises `ResidencyError`."""
    country = _country(operator_country)
    parts, host = read_address(base_url)
    known = rulebook.endpoint(host, port_of(parts))
    if known is not None and known.id in READY.endpoints and (parts.scheme != "https" or port_of(parts) != 443):
        raise ResidencyError(f"{host} is reached with https on port 443: remove the port.")
    if known is not None and known.proof == ADMIN_API:
        return Posture(
            host,
            Found(known.stored_in, BY_ADDRESS),
            Found(known.processed_in, BY_PUBLICATION),
            Found(known.usage_metadata_in, BY_PUBLICATION),
            Found(NOT_PROVEN, BY_ADDRESS),
        )
    if known is not None:
        return Posture(
            host,
            Found(known.stored_in, BY_DECLARATION),
            Found(known.processed_in, BY_DECLARATION),
            Found(known.usage_metadata_in, BY_DECLARATION),
            Found(known.retention, BY_DECLARATION),
        )
    if host == "openai.com" or host.endswith(".openai.com"):
        unknown = Found(UNKNOWN, BY_NOTHING)
        return Posture(host, unknown, unknown, Found(OUTSIDE_RESIDENCY, BY_PUBLICATION), Found(NOT_PROVEN, BY_NOTHING))
    # An endpoint on this machine is where the gateway itself is: the operator's matter, with or without a declaration.
    if country:
        place = Found(country, BY_DECLARATION)
    else:
        place = Found(THIS_MACHINE, BY_PLACE) if is_loopback(host) else Found(UNKNOWN, BY_NOTHING)
    return Posture(host, place, place, place, Found(OPERATOR, BY_DECLARATION))


def by_record(endpoint: Endpoint, residency: str, retention: str) -> Posture:
    """What the provider's own record says: the project's `residency`, and its effective `retention`."""
    kind = _RESIDENCY.fullmatch(residency)
    if kind is not None:
        stored = _REGIONS.get(kind[1], kind[1])
        processed = stored if kind[2] else ANYWHERE
    else:
        stored = processed = ANYWHERE if residency == "GLOBAL" else UNKNOWN
    return Posture(
        endpoint.host,
        Found(stored, BY_ADMIN_API),
        Found(processed, BY_ADMIN_API),
        Found(endpoint.usage_metadata_in, BY_PUBLICATION),
        Found(retention or NONE, BY_ADMIN_API),
    )


def unproven(endpoint: Endpoint) -> Posture:
    """What may be said of a provider's endpoint whose record was not read: what it publishes for all, and no more."""
    return Posture(
        endpoint.host,
        Found(NOT_PROVEN, BY_NOTHING),
        Found(NOT_PROVEN, BY_NOTHING),
        Found(endpoint.usage_metadata_in, BY_PUBLICATION),
        Found(NOT_PROVEN, BY_NOTHING),
    )


def check_names(policy: str, operator_country: str, rulebook: Rulebook = READY) -> None:
    """Raise `PolicyError` unless there is such a policy and the country, if one is given, has the form of a code."""
    rulebook.policy(policy)
    _country(operator_country)


def _country(declared: str | None) -> str | None:
    if declared is None or not declared.strip():
        return None
    country = declared.strip().upper()
    if country == "UK":
        return "GB"
    if not _COUNTRY.fullmatch(country):
        raise PolicyError("The operator's country must be a two-letter ISO 3166 code such as GB.")
    return country


def _fact(name: str, accepted: frozenset[str], found: Found, rulebook: Rulebook) -> Fact:
    ok = not accepted or found.what == THIS_MACHINE or rulebook.holds(accepted, found.what)
    required = " or ".join(sorted(accepted)) if accepted else ANYWHERE
    reason = explain(name, required=required, found=found.what, ok=ok)
    return Fact(name, required, found.what, ok, reason, found.evidence)
