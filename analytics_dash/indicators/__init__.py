"""The catalogue of indicators: what each asks, how it is defined, and its known misuse. The room's front door.

Adding an indicator is one module with an `INDICATOR`, and one line here.
"""

from __future__ import annotations

from typing import Final

from analytics_dash.indicators.active_use import INDICATOR as ACTIVE_USE
from analytics_dash.indicators.competent import INDICATOR as COMPETENT
from analytics_dash.indicators.model import Indicator
from analytics_dash.indicators.redaction_rate import INDICATOR as REDACTION_RATE
from analytics_dash.indicators.trained_before_access import INDICATOR as TRAINED_BEFORE_ACCESS
from analytics_dash.indicators.window import MONTHS, MonthError, Window

CATALOGUE: Final[dict[str, Indicator]] = {
    indicator.id: indicator for indicator in (TRAINED_BEFORE_ACCESS, COMPETENT, ACTIVE_USE, REDACTION_RATE)
}

__all__ = ["CATALOGUE", "MONTHS", "Indicator", "MonthError", "Window"]
