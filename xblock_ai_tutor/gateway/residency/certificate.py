"""Looking at an endpoint's certificate: one TLS connection, verified as the model's are. `check` calls it."""

from __future__ import annotations

import datetime as dt
import hashlib
import socket
import ssl
from dataclasses import dataclass

from xblock_ai_tutor.gateway.errors import GatewayError
from xblock_ai_tutor.gateway.models.trust import trust


class CertificateError(GatewayError):
    """The certificate is not to be believed, or (`refused` false) could not be looked at just now."""

    def __init__(self, message: str, *, refused: bool) -> None:
        super().__init__(message)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Certificate:
    """A verified certificate: its SHA-256 (hex), until when it holds (UTC), and the TLS version spoken."""

    sha256: str
    not_after: dt.datetime
    protocol: str


def look(host: str, port: int, *, ca_file: str, seconds: float) -> Certificate:
    """The certificate of `host`: chain, name and dates are verified. Raises `CertificateError`."""
    try:
        context = trust(ca_file)
    except OSError:
        raise CertificateError("TUTOR_MODEL_CA_FILE cannot be read.", refused=True) from None
    try:
        with (
            socket.create_connection((host, port), timeout=seconds) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            der = secure.getpeercert(binary_form=True) or b""
            names = secure.getpeercert() or {}
            protocol = secure.version() or ""
    except ssl.SSLCertVerificationError as error:
        raise CertificateError(f"The certificate is not accepted: {error.verify_message}.", refused=True) from None
    except ssl.SSLError as error:
        raise CertificateError(f"TLS failed ({error.reason}).", refused=True) from None
    except OSError as error:
        raise CertificateError(f"The endpoint cannot be reached ({type(error).__name__}).", refused=False) from None
    not_after = dt.datetime.fromtimestamp(ssl.cert_time_to_seconds(str(names["notAfter"])), dt.UTC)
    return Certificate(hashlib.sha256(der).hexdigest(), not_after, protocol)
