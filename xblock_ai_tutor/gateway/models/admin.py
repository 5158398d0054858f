"""Reading a provider's own record of a project, through the official SDK's admin resources. `residency.check` calls it.

Three addresses are read and nothing is ever written: the project, its data retention, the organisation's. The Admin
key is used here and nowhere else; the model's key never comes here. `egress` sees to both on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2
import openai

from xblock_ai_tutor.gateway.errors import GatewayError
from xblock_ai_tutor.gateway.models.egress import Egress
from xblock_ai_tutor.gateway.models.trust import trust

ORGANISATION_DEFAULT = "organization_default"


class AdminReadError(GatewayError):
    """The record was not read. `refused`: the provider said no, or said something that cannot be believed; otherwise
    it could not be asked just now (no connection, silence, 429, 5xx), and asking again may help."""

    def __init__(self, message: str, *, refused: bool) -> None:
        super().__init__(message)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """What the provider says: the project's residency and status, and the two retentions (`types/admin`)."""

    residency: str
    active: bool
    project_retention: str
    organisation_retention: str

    @property
    def retention(self) -> str:
        """The one that holds: the project's own, or the organisation's where the project has none of its own."""
        if self.project_retention == ORGANISATION_DEFAULT:
            return self.organisation_retention
        return self.project_retention


def admin_urls(base_url: str, project: str) -> frozenset[str]:
    """The three addresses that may be read."""
    base = base_url.rstrip("/")
    return frozenset(
        {
            f"{base}/organization/data_retention",
            f"{base}/organization/projects/{project}",
            f"{base}/organization/projects/{project}/data_retention",
        }
    )


def read_record(
    *, base_url: str, admin_key: str, project: str, organisation: str, ca_file: str, connect_s: float, read_s: float
) -> ProjectRecord:
    """The record of `project`. Raises `AdminReadError`."""
    egress = Egress("", organisation=organisation, admin_urls=admin_urls(base_url, project))

    def check(request: httpx2.Request) -> None:
        egress.check_admin(request.method, str(request.url), request.headers, request.read())

    timeout = httpx2.Timeout(read_s, connect=connect_s)
    wire = httpx2.Client(
        trust_env=False,
        follow_redirects=False,
        timeout=timeout,
        verify=trust(ca_file),
        event_hooks={"request": [check]},
    )
    with openai.OpenAI(
        base_url=base_url, api_key="", admin_api_key=admin_key, timeout=timeout, max_retries=0, http_client=wire
    ) as client:
        client.project = None  # an Admin key belongs to no project, and the SDK would take one from the environment
        client.organization = organisation or None
        return _read(client, project)


def _read(client: openai.OpenAI, project: str) -> ProjectRecord:
    organisation = client.admin.organization
    try:
        found = organisation.projects.retrieve(project)
        of_project = organisation.projects.data_retention.retrieve(project)
        retention = _text(of_project, "type", object="project.data_retention")
        of_organisation = ""
        if retention == ORGANISATION_DEFAULT:
            of_organisation = _text(
                organisation.data_retention.retrieve(), "type", object="organization.data_retention"
            )
        return ProjectRecord(
            residency=_text(found, "residency", object="organization.project", id=project),
            active=found.status in (None, "active") and found.archived_at is None,
            project_retention=retention,
            organisation_retention=of_organisation,
        )
    except (openai.APITimeoutError, httpx2.TimeoutException):
        raise AdminReadError("The Admin API did not answer in time.", refused=False) from None
    except (openai.RateLimitError, openai.InternalServerError, openai.ConflictError) as error:
        raise AdminReadError(f"The Admin API cannot answer just now ({error.status_code}).", refused=False) from None
    except openai.APIStatusError as error:
        raise AdminReadError(_SAID_NO.get(error.status_code, _said(error.status_code)), refused=True) from None
    except openai.APIResponseValidationError:
        raise AdminReadError(_MALFORMED, refused=True) from None
    except (openai.APIConnectionError, httpx2.RequestError):
        raise AdminReadError("The Admin API cannot be reached.", refused=False) from None
    except (ValueError, TypeError, AttributeError):
        raise AdminReadError(_MALFORMED, refused=True) from None


def _text(answer: Any, name: str, **expected: str) -> str:
    """A field of an answer that is what was asked for. The SDK does not insist on an answer's form, so we do."""
    if any(getattr(answer, key, None) != value for key, value in expected.items()):
        raise ValueError(name)
    value = getattr(answer, name, None)
    if value is None and name == "residency":
        return "UNKNOWN"  # the provider says nothing of it
    if not isinstance(value, str) or not value.replace("_", "").isalnum() or len(value) > 64:
        raise ValueError(name)
    return value


_MALFORMED = "The Admin API's answer is not a record of this project."
_SAID_NO = {
    401: "The Admin API refuses the key (401): TUTOR_ADMIN_API_KEY must be an Admin key of the project's organisation.",
    403: "The Admin key may not read this (403): it needs to read projects and data retention, and nothing more.",
    404: "The Admin API knows no such project (404): correct TUTOR_MODEL_PROJECT.",
}


def _said(status: int) -> str:
    kind = "a redirect, which is not followed" if 300 <= status < 400 else "an answer that is no record"
    return f"The Admin API gave {kind} ({status})."
