"""What a running gateway is made of: settings, model, seal, how its residency stands, kill switch, lessons."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Flask

from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.lessons import Shelf
from xblock_ai_tutor.gateway.models import Model
from xblock_ai_tutor.gateway.residency.standing import Standings
from xblock_ai_tutor.gateway.sealing import Seal
from xblock_ai_tutor.gateway.switches import Switchboard

_NAME = "xblock_ai_tutor.gateway"


@dataclass(frozen=True, slots=True)
class Services:
    """One for each app; handed to whatever needs it, so that nothing reaches for a global."""

    settings: Settings
    model: Model
    seal: Seal
    residency: Standings
    switches: Switchboard = field(default_factory=Switchboard)
    lessons: Shelf = field(default_factory=Shelf)

    def encrypt(self, text: str) -> bytes:
        return self.seal.encrypt(text.encode("utf-8", errors="surrogatepass"))

    def decrypt(self, cipher: bytes | None) -> str:
        """The text, or an empty string when there is none."""
        return self.seal.decrypt(cipher).decode("utf-8", errors="surrogatepass") if cipher else ""


def attach(app: Flask, services: Services) -> None:
    app.extensions[_NAME] = services


def services_of(app: Flask) -> Services:
    found = app.extensions[_NAME]
    if not isinstance(found, Services):
        raise TypeError("This Flask app was not made by create_app.")
    return found
