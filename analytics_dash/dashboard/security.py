"""Security headers of every response. What a page may load and where it may send is decided here and nowhere else.

`script-src` has no `unsafe-inline` and no `unsafe-eval`, and no script stands in a page: Dash's one is a file here.
`style-src` needs `unsafe-inline`: Plotly writes its own <style> elements and style attributes and shows misplaced
charts without them (tried with Plotly 7.1). Nothing may be sent anywhere but to this origin.
"""

from __future__ import annotations

from flask import Flask, Response, request

from analytics_dash.api import PREFIX
from analytics_dash.dashboard import own_files
from analytics_dash.dashboard.compression import FILES

API = f"{PREFIX}/"


def policy() -> str:
    """The Content-Security-Policy."""
    directives = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def init_headers(app: Flask) -> None:
    """Put the headers on every response; data is never stored by a browser or a proxy on the way."""

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = policy()
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        if request.is_secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        # The layout request tells its page by the referrer (see app.py); other origins get none.
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        # An error under these addresses is a page of this reader's session, not a file.
        # The API says itself what may be kept: answers that a caller asks again about each time.
        if own_files.is_for_good(request.path, request.query_string.decode("ascii", "replace")):
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        says_itself = request.path.startswith(API) and "Cache-Control" in headers
        if not says_itself and (not request.path.startswith(FILES) or response.status_code >= 400):
            headers["Cache-Control"] = "no-store"
        return response
