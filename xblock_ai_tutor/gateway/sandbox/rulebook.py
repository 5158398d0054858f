"""The rulebook of residency: policies, regions, and profiles of endpoints, read from TOML. Pure.

`READY` is the file that ships with the gateway; `read_rulebook` adds an operator's own file to it. An operator can
add a policy, a region or an endpoint and cannot change a ready one, nor declare anything about a provider's host.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, TypeVar

from xblock_ai_tutor.gateway.errors import PolicyError, ResidencyError
from xblock_ai_tutor.gateway.sandbox.endpoints import read_address

ADMIN_API: Final = "admin-api"
DECLARATION: Final = "declaration"
OPERATOR: Final = "operator"  # retention at an endpoint that the operator runs
RETENTIONS: Final = frozenset(
    {
        "zero_data_retention",
        "modified_abuse_monitoring",
        "enhanced_zero_data_retention",
        "enhanced_modified_abuse_monitoring",
        OPERATOR,
    }
)
_PROVIDERS: Final = ("openai.com",)
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PLACE: Final = re.compile(r"[A-Z]{2,3}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Policy:
    """What is required of an endpoint. Each is a set of accepted places or retentions; an empty set asks nothing."""

    id: str
    stored_in: frozenset[str]
    processed_in: frozenset[str]
    usage_metadata_in: frozenset[str]
    retention: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one host stores, processes and counts, who runs it, and how that is proven.

    `proof` is `admin-api` (a provider: read at `admin_base_url`, with the project residencies that the host may serve)
    or `declaration` (the operator's own word: who gave it, in which capacity, when, and until when it holds).
    `certificate_sha256` are the only certificates that are accepted, if any is named. `port` 0 is any.
    """

    id: str
    host: str
    operator: str
    proof: str
    stored_in: str
    processed_in: str
    usage_metadata_in: str
    port: int = 0
    retention: str = OPERATOR
    admin_base_url: str = ""
    residencies: tuple[str, ...] = ()
    declared_by: str = ""
    declared_on: dt.date | None = None
    valid_until: dt.date | None = None
    certificate_sha256: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Policies and endpoints by id, and which countries a region holds."""

    policies: Mapping[str, Policy]
    endpoints: Mapping[str, Endpoint]
    regions: Mapping[str, frozenset[str]]

    def policy(self, name: str) -> Policy:
        """The policy of that id. Raises `PolicyError`."""
        try:
            return self.policies[name]
        except KeyError:
            raise PolicyError(
                f"There is no residency policy {name!r}: choose one of {', '.join(sorted(self.policies))}."
            ) from None

    def endpoint(self, host: str, port: int) -> Endpoint | None:
        """The profile of an address, if there is one."""
        return next(
            (found for found in self.endpoints.values() if found.host == host and found.port in (0, port)), None
        )

    def holds(self, accepted: frozenset[str], place: str) -> bool:
        """Whether `place` is one of the accepted places, or a country in an accepted region."""
        return place in accepted or any(place in self.regions.get(region, ()) for region in accepted)


def read_rulebook(text: str, base: Rulebook | None = None) -> Rulebook:
    """The rules in a TOML `text`, added to `base`. Raises `PolicyError` with the table that does not fit."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"The residency file is not TOML: {error}.") from None
    if unknown := set(given) - {"policy", "region", "endpoint"}:
        raise PolicyError(f"The residency file has no [{min(unknown)}]: write [policy.…], [region.…], [endpoint.…].")
    policies = {name: _policy(name, table) for name, table in _tables(given, "policy")}
    regions = {name: _region(name, table) for name, table in _tables(given, "region")}
    endpoints = {name: _endpoint(name, table, own=base is not None) for name, table in _tables(given, "endpoint")}
    if base is None:
        return Rulebook(policies, endpoints, regions)
    for kind, own, ready in (
        ("policy", policies, base.policies),
        ("region", regions, base.regions),
        ("endpoint", endpoints, base.endpoints),
    ):
        if taken := set(own) & set(ready):
            raise PolicyError(f"[{kind}.{min(taken)}] comes with the gateway and cannot be changed: choose another id.")
    return Rulebook({**base.policies, **policies}, {**base.endpoints, **endpoints}, {**base.regions, **regions})


def _tables(given: dict[str, Any], kind: str) -> list[tuple[str, dict[str, Any]]]:
    found = given.get(kind, {})
    for name, table in found.items() if isinstance(found, dict) else [("", None)]:
        fits = _PLACE.fullmatch(name) if kind == "region" else _ID.fullmatch(name)
        if not fits or not isinstance(table, dict):
            raise PolicyError(f"[{kind}.{name}] is not a table with a plain id such as [{kind}.example].")
    return list(found.items())


def _policy(name: str, table: dict[str, Any]) -> Policy:
    where = f"[policy.{name}]"
    lists = {key: frozenset(_strings(table.pop(key, None), f"{where} {key}")) for key in _POLICY_LISTS}
    _nothing_else(table, where)
    for key, values in lists.items():
        for value in values:
            if not (value in RETENTIONS if key == "retention" else _PLACE.fullmatch(value)):
                raise PolicyError(f"{where} {key}: {value!r} is none; write country codes, or a retention by its name.")
    return Policy(name, **lists)


_POLICY_LISTS: Final = tuple(field.name for field in fields(Policy) if field.name != "id")


def _region(name: str, table: dict[str, Any]) -> frozenset[str]:
    countries = _strings(table.pop("countries", None), f"[region.{name}] countries")
    _nothing_else(table, f"[region.{name}]")
    return frozenset(countries)


def _endpoint(name: str, table: dict[str, Any], *, own: bool) -> Endpoint:
    where = f"[endpoint.{name}]"
    values: dict[str, Any] = {
        key: _typed(table.pop(key), kind, f"{where} {key}") for key, kind in _ENDPOINT_TYPES.items() if key in table
    }
    for key in ("residencies", "certificate_sha256"):
        values[key] = tuple(_strings(table.pop(key, []), f"{where} {key}"))
    _nothing_else(table, where)
    lacking = [key for key in _NEEDED[values.get("proof") == ADMIN_API] if not values.get(key)]
    if lacking:
        raise PolicyError(f"{where} does not say {', '.join(lacking)}.")
    found = Endpoint(name, **values)
    _check_host(found, where, own=own)
    if found.proof not in (ADMIN_API, DECLARATION):
        raise PolicyError(f"{where} proof is {ADMIN_API} or {DECLARATION}.")
    if found.retention not in RETENTIONS:
        raise PolicyError(f"{where} retention is one of {', '.join(sorted(RETENTIONS))}.")
    if not all(_SHA256.fullmatch(pin) for pin in found.certificate_sha256):
        raise PolicyError(f"{where} certificate_sha256 has 64 lower-case hex digits each, without colons.")
    return found


_ENDPOINT_TYPES: Final[Mapping[str, type]] = {
    **dict.fromkeys(("host", "operator", "proof", "stored_in", "processed_in", "usage_metadata_in"), str),
    **dict.fromkeys(("retention", "admin_base_url", "declared_by"), str),
    **dict.fromkeys(("declared_on", "valid_until"), dt.date),
    "port": int,
}
_ALWAYS: Final = ("host", "operator", "proof", "stored_in", "processed_in", "usage_metadata_in")
_NEEDED: Final = {
    True: (*_ALWAYS, "admin_base_url", "residencies"),
    False: (*_ALWAYS, "declared_by", "declared_on", "valid_until"),
}


def _check_host(found: Endpoint, where: str, *, own: bool) -> None:
    """An address that can be read, and for an Admin API the same provider's: the host itself or a parent of it."""
    if own and any(found.host == name or found.host.endswith(f".{name}") for name in _PROVIDERS):
        raise PolicyError(f"{where} is about {found.host}, which you do not run: leave it to the gateway's own file.")
    try:
        _parts, host = read_address(f"https://{f'[{found.host}]' if ':' in found.host else found.host}/v1")
        admin = read_address(found.admin_base_url)[1] if found.admin_base_url else host
    except ResidencyError as error:
        raise PolicyError(f"{where}: {error}") from None
    if host != found.host:
        raise PolicyError(f"{where} host is written in small letters and without a port.")
    if admin != host and not host.endswith(f".{admin}"):
        raise PolicyError(f"{where} admin_base_url is at another provider: it must be at {host} or a parent of it.")


_T = TypeVar("_T")


def _typed(value: Any, kind: type[_T], where: str) -> _T:
    if not isinstance(value, kind) or isinstance(value, bool | dt.datetime):
        names = {str: "text", int: "a whole number", dt.date: "a date such as 2026-11-30"}
        raise PolicyError(f"{where} must be {names[kind]}.")
    return value


def _strings(value: Any, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise PolicyError(f'{where} must be a list of texts such as ["GB"]; an empty list asks nothing.')
    return value


def _nothing_else(table: dict[str, Any], where: str) -> None:
    if table:
        raise PolicyError(f"{where} has no {min(table)}: check its spelling in docs/residency.md.")


READY: Final = read_rulebook(Path(__file__).with_name("residency.toml").read_text(encoding="utf-8"))
