"""The API does what its description says, whatever is asked of it: schemathesis against the real server.

It is run by its own command: that tries examples, borders and faults of every parameter, and holds each answer to the
description: statuses, types, schemas, headers, refused faults, accepted values, ignored credentials.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from analytics_dash.releases import Scope, dao, register_app
from analytics_dash.releases.access import create_token
from tests.support.api import served

PHASES = "examples,coverage,fuzzing"


def test_no_request_makes_the_server_break_its_description(register: str, log: Path, tmp_path: Path) -> None:
    with register_app(register).app_context():
        token = create_token("schemathesis", Scope("analyst"), days=1)
        dao.db.session.remove()
        dao.db.engine.dispose()
    with served(register, "--demo", log=log, ADOPTION_API_PER_MINUTE="100000") as address:
        tried = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{address}/api/v1/openapi.json"),
                *("--header", f"Authorization: Bearer {token}", "--checks", "all", "--phases", PHASES),
                *("--max-examples", "12", "--seed", "5", "--no-color", "--continue-on-failure"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=400,  # it takes 12 s of a processor, which may be shared
            check=False,
        )
    assert tried.returncode == 0, tried.stdout[-6000:] + tried.stderr[-2000:] + log.read_text()[-4000:]
    assert re.search(r"[1-9]\d* generated", tried.stdout), tried.stdout
    assert "Traceback" not in log.read_text()
