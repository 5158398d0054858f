"""Whose certificates are believed, for the model, the Admin API and the residency check alike: one context."""

from __future__ import annotations

import ssl

import certifi


def trust(ca_file: str = "") -> ssl.SSLContext:
    """A verifying context with the authorities of `ca_file` (PEM), or those of certifi.

    With a file named, OpenSSL does not read SSL_CERT_FILE and SSL_CERT_DIR; a key log, which Python would begin where
    SSLKEYLOGFILE says, is not kept. Raises `OSError` (`ssl.SSLError` is one) when the file cannot be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies chain and name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cafile=ca_file or certifi.where())
    return context
