"""The command line `tutor-gateway`. It needs nothing but the standard library until the extra is known to be there.

The commands are in `commands`, which imports click and the rooms; this module only says what to do without them.
"""

from __future__ import annotations

import sys
from typing import Final

MISSING_EXTRA: Final = 5


def main() -> None:
    """Run `tutor-gateway`; exit 5 when the gateway's packages are not installed."""
    try:
        from xblock_ai_tutor.gateway.commands import tutor_gateway  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("xblock_ai_tutor"):
            raise
        print(
            f"tutor-gateway needs the package {missing.name}, which comes with the gateway extra: "
            "pip install 'xblock-ai-tutor[gateway]'",
            file=sys.stderr,
        )
        sys.exit(MISSING_EXTRA)
    tutor_gateway.main()
