"""The organisation's identity provider: what its settings file says, and which role an account has here.

Pure: text in, `Provider` or problems out; claims in, `Caller` or `NoRole` out. `oidc` talks to the provider. The
learning platform's file is another, see `openedx_settings`. A file:

    issuer = "https://login.example.gov.uk/realms/staff"
    client_id = "adoption-dashboard"

    [claims]
    id = "sub"                      # what the audit calls a reader
    roles = "realm_access.roles"    # a list, or one text; dots go into an object
    department = "department"       # for department heads

    [roles]                         # the provider's word = "our role"; the first that fits counts
    "adoption-analysts" = "analyst"

    [departments]                   # only where the provider's names differ from the roster's
    "DfL" = "Department for Lighthouses"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from analytics_dash.dashboard.errors import NoRole
from analytics_dash.dashboard.openedx_settings import Platform, read_platform
from analytics_dash.dashboard.settings_file import is_safe, text_of, texts_of
from analytics_dash.i18n import _
from analytics_dash.releases import ROLES, Role, Scope
from analytics_dash.releases.access import Caller

_CLAIMS: Final = {"id": "sub", "roles": "roles", "department": "department"}
_KINDS: Final = ("oidc", "openedx")
_TABLES: Final = {"kind", "issuer", "client_id", "scope", "claims", "roles", "departments"}


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider and how its claims become roles. `client_secret` is never printed."""

    issuer: str
    client_id: str
    roles: Mapping[str, Role]
    client_secret: str = field(default="", repr=False)
    claims: Mapping[str, str] = field(default_factory=lambda: dict(_CLAIMS))
    departments: Mapping[str, str] = field(default_factory=dict)
    scope: str = "openid"

    def caller(self, claims: Mapping[str, Any]) -> Caller:
        """Return who this is here, from verified claims. Raises `NoRole` with what to ask whom."""
        found = _claim(claims, self.claims["roles"])
        given = {found} if isinstance(found, str) else {each for each in found or () if isinstance(each, str)}
        role = next((ours for theirs, ours in self.roles.items() if theirs in given), None)
        if role is None:
            raise NoRole(
                _("Your account has no role on this dashboard. Ask those who run it in your organisation for one.")
            )
        department = None
        if role == "department_head":
            named = _claim(claims, self.claims["department"])
            department = self.departments.get(named, named) if isinstance(named, str) else None
            if not department:
                raise NoRole(
                    _("Your account is a department head’s and names no department. Ask your organisation to add it.")
                )
        name = _claim(claims, self.claims["id"])
        if not isinstance(name, str) or not name.isprintable() or not 0 < len(name) <= 190:
            raise NoRole(_("Your account has no identifier that the audit could record."))
        subject, sid = (str(claims.get(each) or "") for each in ("sub", "sid"))
        return Caller(f"oidc:{name}", Scope(role, department), subject, sid)


def read_provider(text: str, *, secret: str, problems: list[str]) -> Provider | Platform | None:
    """Read a settings file's text; add every problem to `problems`, one sentence each, and return None when any.

    `kind = "openedx"` is the learning platform (`openedx_settings`); without a kind it is an OpenID Connect provider.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(f"The identity file is no TOML: {error}.")
        return None
    kind = table.get("kind", "oidc")
    if kind not in _KINDS:
        problems.append(f"kind is one of {', '.join(_KINDS)}, not {kind!r}.")
        return None
    return (read_platform if kind == "openedx" else _read_oidc)(table, secret=secret, problems=problems)


def _read_oidc(table: Mapping[str, Any], *, secret: str, problems: list[str]) -> Provider | None:
    before = len(problems)
    for name in sorted(table.keys() - _TABLES):
        problems.append(f"The identity file has “{name}”, which is not known; known are {', '.join(sorted(_TABLES))}.")
    issuer, client = (text_of(table, name, problems) for name in ("issuer", "client_id"))
    if issuer and not is_safe(issuer):
        problems.append(f"The issuer must be an https address (http only on this machine), not {issuer!r}.")
    roles = texts_of(table, "roles", problems)
    for theirs, ours in roles.items():
        if ours not in ROLES:
            problems.append(f"[roles] “{theirs}”: there is no role “{ours}”; the roles are {', '.join(ROLES)}.")
    if not roles:
        problems.append('[roles] is empty, so nobody could sign in; add for instance "adoption-analysts" = "analyst".')
    claims = texts_of(table, "claims", problems)
    for name in sorted(claims.keys() - _CLAIMS.keys()):
        problems.append(f"[claims] has “{name}”, which is not known; known are {', '.join(_CLAIMS)}.")
    departments = texts_of(table, "departments", problems)
    scope = table.get("scope", "openid profile")
    if not isinstance(scope, str) or "openid" not in scope.split():
        problems.append('scope must be a text that contains “openid”, for instance scope = "openid profile".')
    if not secret:
        problems.append(
            "The client secret is missing: set ADOPTION_OIDC_CLIENT_SECRET, or ADOPTION_OIDC_CLIENT_SECRET_FILE to a "
            "file that holds it."
        )
    if len(problems) > before:
        return None
    return Provider(
        issuer=issuer,
        client_id=client,
        client_secret=secret,
        roles={theirs: cast("Role", ours) for theirs, ours in roles.items()},
        claims=_CLAIMS | claims,
        departments=departments,
        scope=scope,
    )


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name, or else by a path of names with dots between; None when it is not there."""
    if path in claims:
        return claims[path]
    value: Any = claims
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
