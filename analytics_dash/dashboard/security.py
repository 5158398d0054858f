"""Security headers of every response. What a page may load and where it may send is decided here and nowhere else.

`script-src` has no `unsafe-inline` and no `unsafe-eval`: Dash's one inline script is admitted by its hash.
`style-src` needs `unsafe-inline`: Plotly writes its own <style> elements and style attributes and shows misplaced
charts without them (tried with Plotly 7.1). Nothing may be sent anywhere but to this origin.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Flask, Response, request

from analytics_dash.api import PREFIX

API = f"{PREFIX}/"
CACHEABLE = ("/_dash-component-suites/", "/assets/")


def policy(script_hashes: Sequence[str]) -> str:
    """The Content-Security-Policy with the hashes of Dash's inline scripts."""
    directives = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *script_hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def init_headers(app: Flask, script_hashes: Callable[[], Sequence[str]]) -> None:
    """Put the headers on every response; data is never stored by a browser or a proxy on the way."""

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = policy(script_hashes())
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        # The layout request tells its page by the referrer (see app.py); other origins get none.
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        # An error under these addresses is a page of this reader's session, not a file.
        # The API says itself what may be kept: answers that a caller asks again about each time.
        says_itself = request.path.startswith(API) and "Cache-Control" in headers
        if not says_itself and (not request.path.startswith(CACHEABLE) or response.status_code >= 400):
            headers["Cache-Control"] = "no-store"
        return response
