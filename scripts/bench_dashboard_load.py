"""Viewers: many at once, each with its own connection, on one event loop. For bench-dashboard."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from analytics_dash.questions import QUESTIONS

PAGES = ["/", *(f"/{key}" for key in QUESTIONS)]


@dataclass
class Asked:
    """What the viewers saw: the time of each answer in milliseconds, and what did not answer with 200."""

    times: list[float] = field(default_factory=list)
    failed: int = 0
    bytes: int = 0
    seconds: float = 0.0


async def ask(port: int, request: bytes, seen: Asked) -> None:
    """One request on one connection."""
    began = time.perf_counter()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        answer = await reader.read()
        writer.close()
    except OSError:
        seen.failed += 1
        return
    seen.times.append((time.perf_counter() - began) * 1000)
    seen.bytes += len(answer)
    if b" 200 " not in answer[:20]:
        seen.failed += 1


def get(path: str, cookie: str = "", **headers: str) -> bytes:
    """A GET as bytes."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", "Accept-Encoding: gzip"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(path: str, body: bytes, cookie: str = "", **headers: str) -> bytes:
    """A POST of JSON as bytes."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Length: {len(body)}"]
    lines += ["Content-Type: application/json", "Accept-Encoding: gzip"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def callback(page: str, search: str) -> bytes:
    """What the browser posts when the address of a page has changed to `search`."""
    outputs = [("status", "children"), ("view", "children"), ("shown", "data")]
    return json.dumps(
        {
            "output": ".." + "...".join(".".join(output) for output in outputs) + "..",
            "outputs": [{"id": name, "property": prop} for name, prop in outputs],
            "inputs": [{"id": "url", "property": "search", "value": search}],
            "changedPropIds": ["url.search"],
            "state": [
                {"id": "url", "property": "pathname", "value": page},
                {"id": "shown", "property": "data", "value": "-"},
            ],
        }
    ).encode()


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks: the session, the departments among which they choose, and how long they read on average."""

    cookie: str
    departments: list[str]
    think: float

    async def look(self, port: int, until: float, seen: Asked) -> None:
        """Opens a page, reads, chooses a department, reads, chooses another, reads; and then another page."""
        cookie = f"adoption_session={self.cookie}"
        await asyncio.sleep(random.uniform(0, 2 * self.think))
        while time.perf_counter() < until:
            page = random.choice(PAGES)
            await ask(port, get(page, cookie), seen)
            await ask(port, get("/_dash-layout", cookie, Referer=f"http://localhost{page}"), seen)
            for _ in range(2):
                await asyncio.sleep(random.expovariate(1 / self.think))
                body = callback(page, f"?department={quote_plus(random.choice(self.departments))}")
                await ask(port, post("/_dash-update-component", body, cookie), seen)
            await asyncio.sleep(random.expovariate(1 / self.think))


def look(port: int, viewers: list[Viewer], *, seconds: float) -> Asked:
    """All these viewers at once, for so long."""
    seen, began = Asked(), time.perf_counter()

    async def all_of_them() -> None:
        await asyncio.gather(*(each.look(port, began + seconds, seen) for each in viewers))

    asyncio.run(all_of_them())
    seen.seconds = time.perf_counter() - began
    return seen


def flood(port: int, request: Callable[[int], bytes], *, at_once: int, seconds: float) -> Asked:
    """The same request again and again, so many at once: how much one core carries."""
    seen, began = Asked(), time.perf_counter()

    async def one(number: int) -> None:
        while time.perf_counter() < began + seconds:
            await ask(port, request(number), seen)

    async def all_of_them() -> None:
        await asyncio.gather(*(one(number) for number in range(at_once)))

    asyncio.run(all_of_them())
    seen.seconds = time.perf_counter() - began
    return seen
