"""What every answer of the demonstration LMS carries: a strict Content-Security-Policy and its companions.

Strict on purpose: a block that works here needs no inline script, no inline style and no other host than its gateway.
`unsafe-eval` is for browser drivers alone: they wait for a condition by evaluating its text in the page. A test of the
scripts sees to it that ours evaluate none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings


class SecurityHeaders:
    """Django middleware; the outermost one."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self._get_response = get_response
        self._policy = settings.CSP or "; ".join(
            [
                "default-src 'none'",
                "script-src 'self' 'unsafe-eval'",
                "style-src 'self'",
                "img-src 'self'",
                f"connect-src 'self' {settings.GATEWAY_ORIGIN}".rstrip(),
                "form-action 'self'",
                "base-uri 'none'",
                "frame-ancestors 'self'",
            ]
        )

    def __call__(self, request: Any) -> Any:
        """Add the headers to the answer."""
        response = self._get_response(request)
        response["Content-Security-Policy"] = self._policy
        response["X-Content-Type-Options"] = "nosniff"
        response["Referrer-Policy"] = "same-origin"
        return response
