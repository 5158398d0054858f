"""Variables of the environment with which somebody could send requests elsewhere. Pure; `check` and `serve` call it.

The gateway follows none of them: the transport takes no proxy and no address but the configured one. Their presence
is still a finding, because it means that someone expects otherwise, or that another program beside us obeys them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_FORBIDDEN: Final = ("OPENAI_CUSTOM_HEADERS", "SSLKEYLOGFILE")
# Authorities of other programs. Ours come from TUTOR_MODEL_CA_FILE or certifi, whatever these say (`models.trust`).
_UNUSED: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def overrides(environ: Mapping[str, str], *, base_url: str, project: str, organisation: str) -> tuple[str, ...]:
    """The names of variables that contradict the settings, in order."""
    found = {name for name, value in environ.items() if value and name.upper() in _PROXIES}
    found |= {name for name in _FORBIDDEN if environ.get(name)}
    for name, configured in (
        ("OPENAI_BASE_URL", base_url),
        ("OPENAI_ORG_ID", organisation),
        ("OPENAI_PROJECT_ID", project),
    ):
        if environ.get(name) and environ[name].rstrip("/") != configured:
            found.add(name)
    return tuple(sorted(found))


def without_overrides(environ: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """The environment without those variables: what `serve` hands to its workers."""
    return {name: value for name, value in environ.items() if name not in names}


def unused(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Variables about certificates that are set and not used."""
    return tuple(name for name in _UNUSED if environ.get(name))
