"""What can go wrong in the release room. Each message says what to do; the exit code is mapped in `cli`.

UserError (analytics_dash.errors)
└── ReleaseError          a release that does not exist, cannot be built, or may not be read
    ├── PeriodError       a month that is not closed yet, or without data
    ├── MonthFormError    a text that is no month (also a UsageError)
    ├── ExportError       an export that cannot be written
    ├── ScopeError        a reader asked for rows that the role may not see
    ├── SignatureError    a release, or a file of one, is not what was built and signed
    ├── OvertakenError    the register changed while a release was attacked
    └── LeakError         publication refused: the attacker pinned a hidden cell
        └── RuleError     publication refused: a cell that the disclosure rule cannot have made
"""

from __future__ import annotations

from analytics_dash.errors import UsageError, UserError


class ReleaseError(UserError):
    """A release does not exist, cannot be built, or may not be read."""


class PeriodError(ReleaseError):
    """The month is not closed yet, or has no data."""


class MonthFormError(ReleaseError, UsageError):
    """What was given is not a month of the form YYYY-MM."""


class TitlesError(ReleaseError):
    """A file of titles cannot be read, or is something else."""


class ExportError(ReleaseError):
    """An export cannot be written: the folder, the format or the disk does not allow it."""


class ScopeError(ReleaseError):
    """The reader's role does not cover the rows asked for."""


class OvertakenError(ReleaseError):
    """The register changed while a release was attacked; it must be attacked again."""


class LeakError(ReleaseError):
    """The attacker could pin a hidden cell more narrowly than the rule allows; nothing was published."""


class RuleError(LeakError):
    """A cell that the disclosure rule cannot have made; nothing was published."""


class SignatureError(ReleaseError):
    """A release is not what was built and signed: other cells, another manifest, another key, or no signature."""
