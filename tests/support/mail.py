"""A real SMTP server on loopback, with STARTTLS or TLS, that takes mails over, refuses, delays or hangs up as told."""

from __future__ import annotations

import asyncio
import email
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "adoption", "a password"


@dataclass
class Post:
    """What the server got and how it behaves. `refuse`: the answer to an address; `after_data`: to the mail itself."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    after_data: str = "250 OK"
    hang_up: str = ""  # "data": in the middle of a mail; "taken": once it is taken over, before saying so
    silent: bool = False


class _Handler:
    def __init__(self, post: Post) -> None:
        self.post = post

    async def handle_RCPT(  # noqa: N802 (the names by which the library calls)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.post.refuse:
            return self.post.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.post.silent:
            await asyncio.sleep(30)
        if self.post.hang_up != "data" and self.post.after_data.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.post.mails.append(email.message_from_bytes(envelope.content, policy=default))
            self.post.to += envelope.rcpt_tos
        if self.post.hang_up:
            assert server.transport is not None
            server.transport.abort()
        return self.post.after_data


class _Controller(Controller):
    def __init__(self, post: Post, context: ssl.SSLContext | None, *, implicit: bool, login: bool) -> None:
        self.options: dict[str, Any] = {"hostname": "127.0.0.1", "ident": "test"}
        if context is not None and not implicit:
            self.options |= {"tls_context": context, "require_starttls": True}
        if login:
            self.options |= {"authenticator": _authenticate, "auth_required": True, "auth_require_tls": not implicit}
        super().__init__(_Handler(post), hostname="127.0.0.1", port=0, ssl_context=context if implicit else None)

    def factory(self) -> SMTP:
        return SMTP(self.handler, **self.options)

    def _trigger_server(self) -> None:
        """The base class knocks at the port that it was given, which is 0."""
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=good)


@contextmanager
def post_office(
    certificate: tuple[Path, Path] | None = None, *, implicit: bool = False, login: bool = False
) -> Iterator[Post]:
    """A server until the block ends. With a certificate (chain, key): STARTTLS, or TLS from the start (`implicit`)."""
    post, context = Post(), None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
    controller = _Controller(post, context, implicit=implicit, login=login)
    controller.start()
    post.port = controller.port
    try:
        yield post
    finally:
        controller.stop()
