"""Releases: immutable, protected aggregates, and the register that keeps them.

The front door for the dashboard and the reports. Nothing in this room reads person-level data but `build`, which is
imported by the command line alone.
"""

from analytics_dash.releases.dao import (
    audit,
    audit_entries,
    latest_published,
    learning,
    list_releases,
    release_info,
)
from analytics_dash.releases.errors import LeakError, PeriodError, ReleaseError, ScopeError
from analytics_dash.releases.figures import FormattedCell, format_cell
from analytics_dash.releases.readers import (
    audit_actions,
    audit_log,
    audit_page,
    cells,
    cells_from,
    departments,
    learning_figures,
    published,
    published_releases,
)
from analytics_dash.releases.register import init_register, opened_register, register_app
from analytics_dash.releases.types import ROLES, AuditEntry, Cell, LearningFigure, ReleaseInfo, Role, Scope

__all__ = [
    "ROLES",
    "AuditEntry",
    "Cell",
    "FormattedCell",
    "LeakError",
    "LearningFigure",
    "PeriodError",
    "ReleaseError",
    "ReleaseInfo",
    "Role",
    "Scope",
    "ScopeError",
    "audit",
    "audit_actions",
    "audit_entries",
    "audit_log",
    "audit_page",
    "cells",
    "cells_from",
    "departments",
    "format_cell",
    "init_register",
    "latest_published",
    "learning",
    "learning_figures",
    "list_releases",
    "opened_register",
    "published",
    "published_releases",
    "register_app",
    "release_info",
]
