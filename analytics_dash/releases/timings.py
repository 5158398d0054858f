"""How long each stage of a build took, for whoever measures one; made by the command line and by benchmarks.

Wall-clock and processor seconds of this process, children not counted: an engine in another process (Spark) shows in
the first alone. Nothing of it goes into a release.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from analytics_dash.stages import Begun, quiet


@dataclass(slots=True)
class Timings:
    """Seconds by stage, in the order in which they began: (wall clock, processor). `begun` hears when one does."""

    begun: Begun = quiet
    stages: dict[str, tuple[float, float]] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time that the block takes to a stage."""
        self.begun(name)
        began, processor = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            wall, busy = self.stages.get(name, (0.0, 0.0))
            self.stages[name] = (
                wall + time.perf_counter() - began,
                busy + time.process_time() - processor,
            )
