"""How well somebody tells what is wrong from what is sound: hits, false alarms, d′ and criterion. Pure.

`spot` reports it, so that flagging everything does not pay. d′ is z(hit rate) less z(false-alarm rate), criterion is
minus half their sum (Stanislaw & Todorov 1999, Behavior Research Methods, Instruments, & Computers 31, 137–149). Rates
of 0 and 1 have no z, so each count gets 0.5 and each total 1 first: the log-linear correction (Hautus 1995, same
journal, 27, 46–51).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

_Z = NormalDist().inv_cdf


@dataclass(frozen=True, slots=True)
class Detection:
    """Counts of one attempt: `hits` of `targets` (what is wrong) and `false_alarms` of `non_targets` were flagged."""

    hits: int
    false_alarms: int
    targets: int
    non_targets: int

    @property
    def _rates(self) -> tuple[float, float]:
        """The corrected hit rate and false-alarm rate, both between 0 and 1 and never either."""
        return (self.hits + 0.5) / (self.targets + 1), (self.false_alarms + 0.5) / (self.non_targets + 1)

    @property
    def sensitivity(self) -> float:
        """d′: 0 is guessing, and the more the better."""
        hit, false = self._rates
        return _Z(hit) - _Z(false)

    @property
    def criterion(self) -> float:
        """Below 0: flags readily. Above 0: flags reluctantly."""
        hit, false = self._rates
        return -(_Z(hit) + _Z(false)) / 2

    def to_json(self) -> dict[str, int]:
        """The four counts."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Detection | None:
        """Read what `to_json` wrote; None for None. Raises `KeyError`, `TypeError` or `ValueError` for else."""
        if data is None:
            return None
        found = cls(*(int(data[name]) for name in ("hits", "false_alarms", "targets", "non_targets")))
        if not (0 <= found.hits <= found.targets and 0 <= found.false_alarms <= found.non_targets):
            raise ValueError("more was flagged than there is")
        return found
