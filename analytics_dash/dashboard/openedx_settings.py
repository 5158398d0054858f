"""What the settings file says of the learning platform as identity provider. Pure: a table in, `Platform` or problems.

kind = "openedx"
lms = "https://learning.example.gov.uk"
client_id = "adoption-dashboard"
issuer = "https://learning.example.gov.uk/oauth2"    # JWT_AUTH["JWT_ISSUER"] of the platform
audience = "openedx"                                 # JWT_AUTH["JWT_AUDIENCE"]
public_keys = '{"keys": [ … ]}'                      # JWT_AUTH["JWT_PUBLIC_SIGNING_JWK_SET"]
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from analytics_dash.dashboard.settings_file import is_safe, text_of

_KNOWN: Final = {"kind", "lms", "client_id", "issuer", "audience", "public_keys"}


@dataclass(frozen=True, slots=True)
class Platform:
    """A learning platform whose accounts sign in here. `client_secret` is never printed; `keys` are public."""

    lms: str
    issuer: str
    audience: str
    client_id: str
    keys: KeySet = field(repr=False)
    client_secret: str = field(default="", repr=False)


def read_platform(table: Mapping[str, Any], *, secret: str, problems: list[str]) -> Platform | None:
    """Read a settings file's table; add every problem to `problems`, one sentence each, and return None when any."""
    before = len(problems)
    for name in sorted(table.keys() - _KNOWN):
        problems.append(f"The identity file has “{name}”, which is not known; known are {', '.join(sorted(_KNOWN))}.")
    lms, client, issuer, audience, keys = (
        text_of(table, name, problems) for name in ("lms", "client_id", "issuer", "audience", "public_keys")
    )
    if lms and not is_safe(lms):
        problems.append(f"lms must be the platform's https address (http only on this machine), not {lms!r}.")
    found = _keys(keys, problems) if keys else None
    if not secret:
        problems.append(
            "The client secret is missing: set ADOPTION_OIDC_CLIENT_SECRET, or ADOPTION_OIDC_CLIENT_SECRET_FILE to a "
            "file that holds it."
        )
    if len(problems) > before or found is None:
        return None
    return Platform(lms.rstrip("/"), issuer, audience, client, found, secret)


def _keys(text: str, problems: list[str]) -> KeySet | None:
    """The public RSA keys of a JWK set. A private one, or a shared secret, has no business in a settings file."""
    try:
        content = json.loads(text)
        if not isinstance(content, dict) or not isinstance(content.get("keys"), list):
            raise ValueError
        found = KeySet.import_key_set({"keys": [dict(each) for each in content["keys"]]})
    except (ValueError, TypeError, KeyError, JoseError):
        problems.append("public_keys is no JWK set; it is the text of the platform's JWT_PUBLIC_SIGNING_JWK_SET.")
        return None
    if not all(isinstance(key, RSAKey) for key in found.keys):
        problems.append("public_keys has a key that is no RSA key: the platform's signing keys are.")
    elif any(key.is_private for key in found.keys):
        problems.append("public_keys has a private key: take it out, and make the platform a new one.")
    return found
