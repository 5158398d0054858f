"""What docs/intruder-test.md says of a stolen warehouse: no dictionary finds anyone without the key."""

from __future__ import annotations

import hashlib
from pathlib import Path

from analytics_dash.home import key_path
from analytics_dash.keys import load_key
from analytics_dash.warehouse.load import load
from tests.evaluation.intruder import attack
from tests.evaluation.kill import write_feeds


def test_without_the_key_a_dictionary_finds_nobody_and_with_it_everybody(tmp_path: Path, url: str) -> None:
    write_feeds(tmp_path / "feeds", people=30)
    load(url, kind="openedx-log", paths=[tmp_path / "feeds" / "tracking"], roster=tmp_path / "feeds" / "roster.csv")
    load(url, kind="gateway-ledger", paths=[tmp_path / "feeds" / "ledger.jsonl"])
    directory = []
    for n in range(30):
        directory += [("email", f"p{n}@canals.example"), ("lms_username", f"user{n}"), ("lms_user_id", str(1000 + n))]
        directory.append(("lms_learner", f"{n:032x}"))
        directory.append(("email_sha1", hashlib.sha1(f"p{n}@canals.example".encode()).hexdigest()))
    found = {
        finding.attack.split(";")[0].split(":")[0]: finding
        for finding in attack(Path(url[10:]), directory, load_key(key_path()))
    }
    assert found["Dictionary of every address, user name and id"].found == 0
    assert found["The same under guessed keys"].found == 0
    control = found["Control"]
    assert (control.found, control.of) == (150, 150)
    # And what the document says cannot be prevented: who has other facts about people can match them.
    exact = found["Kind, course and time of one event known to the microsecond (the raw log)"]
    assert exact.found > 0
