"""What `./scripts/demo --check` drives, over HTTP and the command lines alone: one of everything, end to end.

Each check is one function that returns a sentence with what it saw, or raises `CheckError` with what was wrong.
They run in order, because each leaves what the next one needs: the learner's events, the gateway's ledger.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import requests
from demo_parts import BIN, Places

LEARNER = "student_1"
TIMEOUT_S = 30
QUESTION = "How can I tell whether a case in an AI-written note is real?"
# Characters of the gateway's answers that are counted as figures in a release: never from 1 to 9.
SMALL = range(1, 10)


class CheckError(Exception):
    """A part did not do what it is for; the message says which and what came instead."""


class Check:
    """The state that one check leaves to the next."""

    def __init__(self, places: Places, through: str) -> None:
        self.places = places
        self.through = through
        self.http = requests.Session()
        self.http.trust_env = False  # loopback only, whatever proxy the environment names
        self.page = ""
        self.usage = ""
        self.release: dict[str, Any] = {}

    # ── the learner ──

    def one_lesson_step(self) -> str:
        """The first lesson's page opens, and its first step can be done."""
        index = self.get(self.places.lms + "/").text
        scenario = must_find(
            r"/scenario/(\d\d-[\w.-]+)/student_view/", index, "a module on the learning platform's first page"
        )
        self.page = self.get(f"{self.places.lms}/scenario/{scenario}/student_view/?student={LEARNER}").text
        self.usage = must_find(r"data-usage=['\"]([^'\"]+)", self.page, "the block in the lesson's page")
        step = must_find(r'data-step="([\w-]+)"', self.page, "a step in the lesson")
        answer = self.handler("submit", {"step": step, "form": {}, "key": str(uuid.uuid4())})
        if not answer.get("progress"):
            raise CheckError(f"the block answered the step without progress: {sorted(answer)}")
        log = self.places.tracking_log.read_text()
        if "ai_tutor.step.submitted" not in log:
            raise CheckError(f"no ai_tutor.step.submitted event is in {self.places.tracking_log}")
        return f"step “{step}” done, its event is in the tracking log"

    def one_tutor_answer(self) -> str:
        """The block gets a ticket, the gateway streams an answer that cites a passage of this lesson."""
        ticket = self.handler("ticket", {})
        response = self.http.post(
            f"{ticket['url']}/turns",
            json={"text": QUESTION, "key": str(uuid.uuid4()), "step": ""},
            headers={"Authorization": f"Bearer {ticket['ticket']}"},
            stream=True,
            timeout=TIMEOUT_S,
        )
        if response.status_code != 200:
            raise CheckError(f"the gateway answered {response.status_code}: {response.text[:300]}")
        events = list(server_sent_events(response))
        kinds = [kind for kind, _ in events]
        if kinds.count("text") < 2 or kinds[-1] != "done":
            raise CheckError(f"expected several text events and then done, got {kinds}")
        cited = {data["passage"] for kind, data in events if kind == "citation"}
        unknown = {passage for passage in cited if f'data-passage="{passage}"' not in self.page}
        if not cited or unknown:
            raise CheckError(f"expected citations of this lesson's passages, got {sorted(cited)}")
        self.handler("receipt", {"receipt": events[-1][1]["receipt"]})
        return f"{kinds.count('text')} sentences, {len(cited)} passage(s) cited, receipt accepted"

    # ── the figures ──

    def one_load(self) -> str:
        """What the learner just did reaches the warehouse, every line accounted for, and twice is as once."""
        ledger = self.places.data / "ledger-live.jsonl"
        self.command("tutor-gateway", "ledger", "export", "--out", str(ledger))
        lines = 0
        for kind, feed in (("openedx-log", self.places.tracking_log), ("gateway-ledger", ledger)):
            first = self.load(kind, feed)
            again = self.load(kind, feed)
            if again["accepted"] or again["lines"] != first["lines"]:
                raise CheckError(f"loading {kind} a second time changed something: {again}")
            lines += first["lines"]
        return f"{lines} lines accounted for; a second load changes nothing"

    def one_release(self) -> str:
        """A release is built and published, and no cell of it is from 1 to 9."""
        built = self.command(
            *("adoption", "release", "build", "--warehouse", self.places.warehouse, "--through", self.through, "--json")
        )
        self.release = json.loads(built)
        self.release["id"] = self.release.get("id") or self.release.get("release")
        self.command("adoption", "release", "publish", str(self.release["id"]), "--json")
        out = self.places.data / "checked"  # apart from "exports", the dashboard's own, which no one else may read
        self.command("adoption", "export", "--release", str(self.release["id"]), "--format", "csv", "--out", str(out))
        rows = cells_in(out)
        small = [row for row in rows if any(row[name].isdigit() and int(row[name]) in SMALL for name in FIGURES)]
        if not rows or small:
            raise CheckError(
                f"the export of {self.release['id']} has {len(rows)} cells, {len(small)} of them from 1 to 9"
            )
        hidden = sum(row["status"] != "shown" for row in rows)
        return f"release {self.release['id']}: {len(rows)} cells exported, {hidden} of them hidden, none from 1 to 9"

    def one_dashboard_page(self) -> str:
        """A training manager signs in and sees the release with its figures."""
        address = self.places.dashboard
        page = self.get(f"{address}/sign-in").text
        form = must_find(
            r"(?s)<form[^>]*>(?:(?!</form>).)*training_manager.*?</form>", page, "the sign-in form", whole=True
        )
        action = re.search(r'action="([^"]+)"', form)
        fields = dict(re.findall(r'<(?:input|button)[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
        signed_in = self.http.post(f"{address}{action[1] if action else '/sign-in'}", data=fields, timeout=TIMEOUT_S)
        if signed_in.status_code != 200:
            raise CheckError(f"signing in answered {signed_in.status_code}")
        seen = self.get(address + "/").text
        if str(self.release["id"]) not in seen:
            raise CheckError(f"the dashboard's page does not name release {self.release['id']}")
        return f"the overview shows release {self.release['id']}"

    # ── helpers ──

    def get(self, url: str) -> requests.Response:
        response = self.http.get(url, timeout=TIMEOUT_S)
        if response.status_code != 200:
            raise CheckError(f"GET {url} answered {response.status_code}")
        return response

    def handler(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        response = self.http.post(
            f"{self.places.lms}/handler/{self.usage}/{name}/?student={LEARNER}",
            json=body,
            headers={"X-CSRFToken": self.http.cookies.get("csrftoken", ""), "Referer": self.places.lms + "/"},
            timeout=TIMEOUT_S,
        )
        if response.status_code != 200:
            raise CheckError(f"the block's handler {name} answered {response.status_code}: {response.text[:300]}")
        return dict(response.json())

    def load(self, kind: str, feed: Path) -> dict[str, Any]:
        counts = json.loads(
            self.command("adoption", "load", "--warehouse", self.places.warehouse, "--kind", kind, "--json", str(feed))
        )
        parts = [counts[name] for name in ("accepted", "ignored", "duplicates", "rejected")]
        if counts["lines"] != sum(parts):
            raise CheckError(f"loading {kind} does not account for every line: {counts}")
        return dict(counts)

    def command(self, program: str, *arguments: str) -> str:
        environment = os.environ | {
            "ADOPTION_HOME": str(self.places.data),
            "TUTOR_DATABASE_URL": f"sqlite:///{self.places.data / 'gateway.sqlite'}",
        }
        done = subprocess.run(
            [str(BIN / program), *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        if done.returncode:
            raise CheckError(f"{program} {arguments[0]} ended with {done.returncode}: {done.stderr.strip()[-400:]}")
        return done.stdout


FIGURES = ("numerator", "denominator")


def cells_in(folder: Path) -> list[dict[str, str]]:
    """The rows of the exported cells, whatever the file is called: the one that has numerators."""
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        if rows and set(FIGURES) <= set(rows[0]):
            return rows
    return []


def server_sent_events(response: requests.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """The stream's events as (type, data), in order."""
    kind = ""
    for line in response.iter_lines(decode_unicode=True):
        if line.startswith("event:"):
            kind = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            yield kind, json.loads(line.removeprefix("data:"))


def must_find(pattern: str, text: str, what: str, *, whole: bool = False) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise CheckError(f"{what} was not found")
    return found[0] if whole else found[1]


def run(places: Places, through: str) -> int:
    """Run every check; 0 when all pass, 1 and the name of the first that failed otherwise."""
    check = Check(places, through)
    steps: list[Callable[[], str]] = [
        check.one_lesson_step,
        check.one_tutor_answer,
        check.one_load,
        check.one_release,
        check.one_dashboard_page,
    ]
    for step in steps:
        name = step.__name__.replace("_", " ")
        try:
            print(f"  ok    {name}: {step()}", flush=True)
        except (CheckError, requests.RequestException, OSError, ValueError, KeyError) as error:
            print(f"  FAIL  {name}: {type(error).__name__}: {error}", flush=True)
            return 1
    return 0
