"""The headers that answers get whatever they hold: for every browser, and for a page of a configured LMS."""

from __future__ import annotations

from collections.abc import Collection


def every_answer() -> tuple[tuple[str, str], ...]:
    """Nothing is kept, shown in a frame, or taken for something else than it says."""
    return (
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    )


def cross_origin(origin: str, allowed: Collection[str]) -> list[tuple[str, str]]:
    """Let a page of an `allowed` origin read the answer, and no other. No cookies are used, so none are allowed."""
    vary = ("Vary", "Origin")
    return [vary, ("Access-Control-Allow-Origin", origin)] if origin in allowed else [vary]
