"""No stop-watch on generated examples, as a busy machine is no defect (claims about time have tests of their own)."""

from __future__ import annotations

from hypothesis import settings

from tests.support import quiet_xblock  # noqa: F401

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
