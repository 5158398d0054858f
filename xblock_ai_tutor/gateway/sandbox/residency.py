"""Where an endpoint stores, processes and counts: judged from its address against a policy, before anything is sent.

Three facts are kept apart (*stored in*, *processed in*, *usage metadata in*), because OpenAI's UK residency is
storage at rest and nothing more. Nothing here opens a connection: what an address promises is a table with its
sources, what a contract says is the operator's declaration. Called by the gateway at start and by
`tutor-gateway residency check`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from xblock_ai_tutor.gateway.errors import PolicyError, ResidencyError
from xblock_ai_tutor.gateway.sandbox.msgid import _

STORED: Final = "stored in"
PROCESSED: Final = "processed in"
USAGE: Final = "usage metadata in"

UNKNOWN: Final = "unknown"
THIS_MACHINE: Final = "this machine"
ANYWHERE: Final = "anywhere"
OUTSIDE_RESIDENCY: Final = "US, outside residency"

# The single market's storage region; a policy may name it as one place.
EEA: Final = "EEA"


@dataclass(frozen=True, slots=True)
class Policy:
    """What is required of an endpoint. Each of the three is a set of accepted places; an empty set asks nothing."""

    id: str
    stored_in: frozenset[str]
    processed_in: frozenset[str]
    usage_metadata_in: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of an assessment: what is required, what was found, whether that will do, and a plain sentence."""

    name: str
    required: str
    found: str
    ok: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict on an endpoint: `ok` only when all three facts are. `host` is the canonical host, with no port."""

    policy: str
    host: str
    ok: bool
    facts: tuple[Fact, Fact, Fact]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a known host stores, processes and counts."""

    stored_in: str
    processed_in: str
    usage_metadata_in: str


POLICIES: Final[Mapping[str, Policy]] = {
    policy.id: policy
    for policy in (
        Policy("uk-at-rest", frozenset({"GB"}), frozenset(), frozenset()),
        Policy("uk-at-rest-and-processing", frozenset({"GB"}), frozenset({"GB"}), frozenset({"GB"})),
        Policy("eu-at-rest", frozenset({EEA}), frozenset(), frozenset()),
    )
}

# OpenAI's hosts. A project's residency can be GB_STORAGE; there is no GB_STORAGE_PROCESSING, which US, EU, JP, IN,
# AU and AE have (openai-python 3.54, types/admin/organization/project_residency.py). Whether a project has the
# storage or the storage-and-processing kind cannot be seen from the address, so processing is never promised here.
# System data (account, usage figures, schemas) is outside residency everywhere (guide "data-residency").
_OPENAI: Final[Mapping[str, Endpoint]] = {
    "api.openai.com": Endpoint(ANYWHERE, ANYWHERE, OUTSIDE_RESIDENCY),
    "gb.api.openai.com": Endpoint("GB", ANYWHERE, OUTSIDE_RESIDENCY),
    "eu.api.openai.com": Endpoint(EEA, ANYWHERE, OUTSIDE_RESIDENCY),
    "us.api.openai.com": Endpoint("US", ANYWHERE, OUTSIDE_RESIDENCY),
    "ae.api.openai.com": Endpoint("AE", ANYWHERE, OUTSIDE_RESIDENCY),
    "au.api.openai.com": Endpoint("AU", ANYWHERE, OUTSIDE_RESIDENCY),
    "in.api.openai.com": Endpoint("IN", ANYWHERE, OUTSIDE_RESIDENCY),
    "jp.api.openai.com": Endpoint("JP", ANYWHERE, OUTSIDE_RESIDENCY),
}
_OPENAI_PORTS: Final = (None, 443)

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?){0,20}")
_COUNTRY = re.compile(r"[A-Z]{2}")


def assess(policy: Policy | str, base_url: str, *, operator_country: str | None) -> Assessment:
    """Judge the endpoint at `base_url` against `policy` (or the id of one in `POLICIES`).

    `operator_country` (ISO 3166 alpha-2) is the operator's declaration of where an endpoint that they run
    themselves is; it says nothing about OpenAI's hosts and is not used for them. Raises `ResidencyError` when the
    policy is unknown or the address cannot be trusted to mean what it seems to.
    """
    wanted = _policy(policy)
    country = _country(operator_country)
    parts, host = _address(base_url)
    endpoint = _endpoint(parts, host, country)
    facts = (
        _fact(STORED, wanted.stored_in, endpoint.stored_in),
        _fact(PROCESSED, wanted.processed_in, endpoint.processed_in),
        _fact(USAGE, wanted.usage_metadata_in, endpoint.usage_metadata_in),
    )
    return Assessment(wanted.id, host, all(fact.ok for fact in facts), facts)


def check_names(policy: str, operator_country: str) -> None:
    """Raise `PolicyError` unless there is such a policy and the country, if one is given, has the form of a code."""
    _policy(policy)
    _country(operator_country)


def _policy(policy: Policy | str) -> Policy:
    if isinstance(policy, Policy):
        return policy
    try:
        return POLICIES[policy]
    except KeyError:
        raise PolicyError(
            f"There is no residency policy {policy!r}: choose one of {', '.join(sorted(POLICIES))}."
        ) from None


def _country(declared: str | None) -> str | None:
    if declared is None or not declared.strip():
        return None
    country = declared.strip().upper()
    if country == "UK":
        return "GB"
    if not _COUNTRY.fullmatch(country):
        raise PolicyError("The operator's country must be a two-letter ISO 3166 code such as GB.")
    return country


def _address(base_url: str) -> tuple[SplitResult, str]:
    """Split `base_url` and return it with its host, refusing spellings that programs read differently."""
    if base_url != base_url.strip() or not base_url.isascii() or any(c in base_url for c in "\\\t\r\n %"):
        raise ResidencyError(
            "The endpoint address must be plain ASCII without spaces, backslashes or percent signs: write it out."
        )
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        raise ResidencyError("The endpoint address cannot be read: write it as https://host/v1.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ResidencyError("The endpoint address must begin with https:// and name a host.")
    if "@" in parts.netloc:
        raise ResidencyError("The endpoint address must not hold a user name or password: remove what is before the @.")
    if parts.query or parts.fragment:
        raise ResidencyError("The endpoint address must not hold a query or a fragment: remove what is after the path.")
    if port == 0:
        raise ResidencyError("The endpoint address names port 0: give the port that the endpoint listens on.")
    host = parts.hostname
    if host.endswith("."):
        raise ResidencyError("The endpoint's host must not end with a dot: remove it.")
    if ":" not in host:
        if not _HOST.fullmatch(host):
            raise ResidencyError("The endpoint's host is not a host name: check its spelling.")
        if host.split(".")[-1].isdigit() or host.split(".")[-1].startswith("0x"):
            _literal(host)
    if parts.scheme == "http" and not is_loopback(host):
        raise ResidencyError("The endpoint address must begin with https:// (http is for this machine only).")
    return parts, host


def _literal(host: str) -> None:
    """Refuse numbers that only some programs read as an address (`2130706433`, `0x7f.1`, `127.1`)."""
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        raise ResidencyError(
            "The endpoint's host is a number in an unusual form: write the address as four decimal parts."
        ) from None


def is_loopback(host: str) -> bool:
    """Tell whether `host` is this machine: `localhost` or a loopback address, never a name that resolves to one."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _endpoint(parts: SplitResult, host: str, country: str | None) -> Endpoint:
    known = _OPENAI.get(host)
    if known is not None:
        if parts.scheme != "https" or parts.port not in _OPENAI_PORTS:
            raise ResidencyError(f"{host} is reached with https on port 443: remove the port.")
        return known
    if host == "openai.com" or host.endswith(".openai.com"):
        return Endpoint(UNKNOWN, UNKNOWN, OUTSIDE_RESIDENCY)
    # An endpoint on this machine is where the gateway itself is: the operator's matter, with or without a declaration.
    place = country or (THIS_MACHINE if is_loopback(host) else UNKNOWN)
    return Endpoint(place, place, place)


def _fact(name: str, accepted: frozenset[str], found: str) -> Fact:
    ok = not accepted or found in accepted or found == THIS_MACHINE
    required = " or ".join(sorted(accepted)) if accepted else ANYWHERE
    return Fact(name, required, found, ok, _REASONS[name, _kind(found), ok].format(required=required, found=found))


def _kind(found: str) -> str:
    return found if found in {UNKNOWN, ANYWHERE, OUTSIDE_RESIDENCY, THIS_MACHINE} else "place"


# One plain sentence for each thing that can be found. Only OpenAI's hosts have ANYWHERE and OUTSIDE_RESIDENCY.
_REASONS: Final[Mapping[tuple[str, str, bool], str]] = {
    (STORED, "place", True): _("What is sent is stored in {found}."),
    (STORED, "place", False): _(
        "What is sent is stored in {found}; the policy requires it to be stored in {required}."
    ),
    (STORED, ANYWHERE, True): _("What is sent may be stored in any country."),
    (STORED, ANYWHERE, False): _(
        "What is sent may be stored in any country; the policy requires it to be stored in {required}."
    ),
    (PROCESSED, "place", True): _("What is sent is processed in {found}."),
    (PROCESSED, "place", False): _(
        "What is sent is processed in {found}; the policy requires it to be processed in {required}."
    ),
    (PROCESSED, ANYWHERE, True): _(
        "What is sent may be processed in any country, and held there for a short time; the policy accepts that."
    ),
    (PROCESSED, ANYWHERE, False): _(
        "What is sent may be processed in any country; the policy requires it to be processed in {required}. "
        "OpenAI's UK residency covers storage only: use an endpoint that you run in {required}."
    ),
    (USAGE, "place", True): _("Usage metadata is kept in {found}."),
    (USAGE, "place", False): _("Usage metadata is kept in {found}; the policy requires it in {required}."),
    (USAGE, OUTSIDE_RESIDENCY, True): _(
        "Usage metadata (counts and account data, no words) is outside residency and may be kept in the United States; "
        "the policy accepts that."
    ),
    (USAGE, OUTSIDE_RESIDENCY, False): _(
        "Usage metadata (counts and account data, no words) is outside residency and may be kept in the United States; "
        "the policy requires it in {required}."
    ),
    (STORED, THIS_MACHINE, True): _("What is sent is stored, if at all, on the machine that the gateway runs on."),
    (PROCESSED, THIS_MACHINE, True): _("What is sent is processed on the machine that the gateway runs on."),
    (USAGE, THIS_MACHINE, True): _("Usage metadata is kept on the machine that the gateway runs on."),
    (STORED, UNKNOWN, True): _("Where what is sent is stored is not known."),
    (STORED, UNKNOWN, False): _(
        "Where what is sent is stored is not known; the policy requires {required}: declare the operator's country "
        "if you run this endpoint yourself."
    ),
    (PROCESSED, UNKNOWN, True): _("Where what is sent is processed is not known; the policy accepts that."),
    (PROCESSED, UNKNOWN, False): _(
        "Where what is sent is processed is not known; the policy requires {required}: declare the operator's country "
        "if you run this endpoint yourself."
    ),
    (USAGE, UNKNOWN, True): _("Where usage metadata is kept is not known; the policy accepts that."),
    (USAGE, UNKNOWN, False): _(
        "Where usage metadata is kept is not known; the policy requires {required}: declare the operator's country "
        "if you run this endpoint yourself."
    ),
}
