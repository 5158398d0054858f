"""What can go wrong when the demonstration government is built or prepared.

DemonstrationError (an `AdoptionError`, so `analytics_dash.cli` turns it into a sentence and an exit code)
├── OutputFolderError     the folder holds somebody else's files (also a `UsageError`)
└── PreparationError      the pipeline did not take the demonstration data as it should have
"""

from __future__ import annotations

from analytics_dash.errors import AdoptionError, UsageError


class DemonstrationError(AdoptionError):
    """The demonstration government could not be built or prepared; the message says what to do."""


class OutputFolderError(DemonstrationError, UsageError):
    """The output folder holds files that were not made here."""


class PreparationError(DemonstrationError):
    """The pipeline did not take the demonstration data as expected."""
