"""One check of the configured endpoint: everything that can be looked at, as an unsigned attestation.

`attest` asks each look in turn, never stops at the first that fails, and says of each what was found. The command
line, `serve` and the timer of each worker call it; none of them sends a learner's word.
"""

from __future__ import annotations

import datetime as dt
import platform
import ssl
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any, Final

from xblock_ai_tutor.gateway.config import EVIDENCE_ADDRESS, Settings
from xblock_ai_tutor.gateway.models.admin import AdminReadError, ProjectRecord, read_record
from xblock_ai_tutor.gateway.models.openai import sdk_problems
from xblock_ai_tutor.gateway.posture import profile, subject
from xblock_ai_tutor.gateway.residency.attestation import (
    FAILED,
    PASSED,
    SCHEMA,
    UNREADABLE,
    Document,
    seal,
    signing_key,
)
from xblock_ai_tutor.gateway.residency.certificate import CertificateError, look
from xblock_ai_tutor.gateway.residency.overrides import overrides, unused
from xblock_ai_tutor.gateway.sandbox.endpoints import port_of, read_address
from xblock_ai_tutor.gateway.sandbox.residency import (
    Posture,
    by_address,
    by_record,
    judge,
    judge_retention,
    unproven,
)
from xblock_ai_tutor.gateway.sandbox.residency_reasons import NOT_PROVEN
from xblock_ai_tutor.gateway.sandbox.rulebook import ADMIN_API, DECLARATION, Endpoint

_DISTRIBUTIONS: Final = ("xblock-ai-tutor", "openai", "httpx2", "certifi")


@dataclass(frozen=True, slots=True)
class Check:
    """One look: its name, `passed`, `failed` or `unreadable`, and what was seen."""

    name: str
    outcome: str
    detail: str


def attest(settings: Settings, *, environ: Mapping[str, str], now: dt.datetime) -> Document:
    """Look at everything, and sign what was found. Raises `ResidencyError` when the address cannot be judged at all."""
    policy = settings.residency_file.policy(settings.residency_policy)
    endpoint = profile(settings)
    posture, checks = _posture(settings, endpoint)
    checks += [
        _certificate(settings, endpoint),
        _declaration(endpoint, now.date()),
        _sdk(settings),
        _environment(settings, environ),
    ]
    assessment = judge(policy, posture, settings.residency_file)
    retention = judge_retention(policy, posture.retention)
    facts = (*assessment.facts, retention)
    document = {
        "schema": SCHEMA,
        "subject": subject(settings),
        "policy": policy.id,
        "host": assessment.host,
        "endpoint": endpoint.id if endpoint else None,
        "operator": endpoint.operator if endpoint else None,
        "project": settings.model_project or None,
        "evidence": settings.residency_evidence,
        "outcome": _outcome(facts, checks),
        "ok": _outcome(facts, checks) == PASSED,
        "facts": [asdict(fact) for fact in assessment.facts],
        "retention": asdict(retention),
        "checks": [asdict(check) for check in checks],
        "at": now.isoformat(timespec="milliseconds"),
        "valid_until": (now + dt.timedelta(hours=settings.residency_stale_hours)).isoformat(timespec="milliseconds"),
        "software": {name: version(name) for name in _DISTRIBUTIONS}
        | {"python": platform.python_version(), "openssl": ssl.OPENSSL_VERSION},
    }
    return seal(document, signing_key(settings.identity_bytes()))


def _outcome(facts: Any, checks: list[Check]) -> str:
    """Failed when anything speaks against the endpoint; unreadable when something could not be asked."""
    outcomes = {check.outcome for check in checks}
    unread = UNREADABLE in outcomes
    against = [fact for fact in facts if not fact.ok and not (unread and fact.found == NOT_PROVEN)]
    if against or FAILED in outcomes:
        return FAILED
    return UNREADABLE if unread else PASSED


def _posture(settings: Settings, endpoint: Endpoint | None) -> tuple[Posture, list[Check]]:
    """What is known of the endpoint, and how the look at the provider's record went, where there is one."""
    address = by_address(
        settings.model_base_url, operator_country=settings.operator_country, rulebook=settings.residency_file
    )
    if endpoint is None or endpoint.proof != ADMIN_API:
        return address, []
    if settings.residency_evidence == EVIDENCE_ADDRESS and not settings.admin_api_key.reveal():
        detail = "Not read: the operator accepts the address as evidence (TUTOR_RESIDENCY_EVIDENCE=address)."
        return address, [Check("provider's record", PASSED, detail)]
    if obstacle := _unreadable(settings):
        return unproven(endpoint), [Check("provider's record", FAILED, obstacle)]
    try:
        record = read_record(
            base_url=endpoint.admin_base_url,
            admin_key=settings.admin_api_key.reveal(),
            project=settings.model_project,
            organisation=settings.model_organisation,
            ca_file=settings.model_ca_file,
            connect_s=settings.connect_seconds,
            read_s=settings.read_seconds,
        )
    except AdminReadError as error:
        return unproven(endpoint), [Check("provider's record", FAILED if error.refused else UNREADABLE, str(error))]
    return by_record(endpoint, record.residency, record.retention), _record_checks(settings, endpoint, record)


def _unreadable(settings: Settings) -> str:
    """Which setting keeps the provider's record from being read, if one does."""
    if not settings.admin_api_key.reveal():
        return (
            "Not read: set TUTOR_ADMIN_API_KEY and TUTOR_MODEL_PROJECT, or accept the address as evidence with "
            "TUTOR_RESIDENCY_EVIDENCE=address."
        )
    if settings.admin_api_key == settings.model_api_key:
        return "TUTOR_ADMIN_API_KEY is also the model's key: an Admin key must not travel with learners' words."
    if not settings.model_project:
        return "TUTOR_MODEL_PROJECT is not set: whose record to read is not known."
    return ""


def _record_checks(settings: Settings, endpoint: Endpoint, record: ProjectRecord) -> list[Check]:
    project = settings.model_project
    read = f"Project {project}: residency {record.residency}, retention {record.project_retention}"
    if record.organisation_retention:
        read += f" (of the organisation: {record.organisation_retention})"
    agree = record.residency in endpoint.residencies
    return [
        Check("provider's record", PASSED, f"{read}. Each request names this project."),
        Check(
            "project and host agree",
            PASSED if agree else FAILED,
            f"{endpoint.host} serves projects of residency {' or '.join(endpoint.residencies)}; this one has "
            f"{record.residency}.",
        ),
        Check("project is active", PASSED if record.active else FAILED, "active" if record.active else "archived"),
    ]


def _certificate(settings: Settings, endpoint: Endpoint | None) -> Check:
    name = "certificate"
    parts, host = read_address(settings.model_base_url)
    if parts.scheme == "http":
        return Check(name, PASSED, "None: plain HTTP inside this machine, nothing crosses a network here.")
    try:
        seen = look(host, port_of(parts), ca_file=settings.model_ca_file, seconds=settings.connect_seconds)
    except CertificateError as error:
        return Check(name, FAILED if error.refused else UNREADABLE, str(error))
    pins = endpoint.certificate_sha256 if endpoint else ()
    if pins and seen.sha256 not in pins:
        return Check(name, FAILED, f"SHA-256 {seen.sha256} is none of those that the endpoint's profile names.")
    authorities = "TUTOR_MODEL_CA_FILE" if settings.model_ca_file else "certifi"
    return Check(
        name,
        PASSED,
        f"Chain (authorities of {authorities}), name and dates verified; {seen.protocol}; until "
        f"{seen.not_after.isoformat()}; SHA-256 {seen.sha256}.",
    )


def _declaration(endpoint: Endpoint | None, today: dt.date) -> Check:
    name = "declaration"
    if endpoint is None or endpoint.proof != DECLARATION:
        return Check(name, PASSED, "No declaration in the residency file is relied on.")
    on, until = endpoint.declared_on or dt.date.max, endpoint.valid_until or dt.date.min
    said = f"By {endpoint.declared_by} for {endpoint.operator}, from {on} until {until}"
    if on <= today <= until:
        return Check(name, PASSED, f"{said}.")
    return Check(name, FAILED, f"{said}: not in force. Have the declaration renewed.")


def _sdk(settings: Settings) -> Check:
    problems = sdk_problems(settings)
    said = "Explicit base_url, store=false asserted on the wire, no redirects, no proxies of the environment."
    return Check("SDK settings", FAILED if problems else PASSED, " ".join(problems) or said)


def _environment(settings: Settings, environ: Mapping[str, str]) -> Check:
    found = overrides(
        environ,
        base_url=settings.model_base_url,
        project=settings.model_project,
        organisation=settings.model_organisation,
    )
    if found:
        return Check("environment", FAILED, f"Unset what would send requests elsewhere: {', '.join(found)}.")
    quiet = unused(environ)
    noted = f" Set and not used: {', '.join(quiet)}." if quiet else ""
    return Check("environment", PASSED, f"No override.{noted}")
