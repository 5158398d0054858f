"""The transport against a real server: where it connects, how long it waits, how much it holds, when it hangs up."""

from __future__ import annotations

import datetime as dt
import itertools
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.gateway import text_delta
from tests.support.wire import ANSWER, CHUNKED, LAST, Caller, RawEndpoint, chunk, until
from xblock_ai_tutor.gateway.models.transport import PinnedTransport
from xblock_ai_tutor.gateway.models.wire import READ_BYTES, deadline


@contextmanager
def transport_to(base_url: str, *, read_s: float = 5.0, ca_file: str | None = None) -> Iterator[PinnedTransport]:
    made = PinnedTransport(base_url, connect_s=2.0, read_s=read_s, check=lambda _request: None, ca_file=ca_file)
    before = deadline.set(float("inf"))
    try:
        yield made
    finally:
        made.close()
        deadline.reset(before)  # or the next test's wires would end at this one's


def ask(transport: PinnedTransport, base_url: str) -> httpx2.Response:
    return transport.handle_request(httpx2.Request("POST", f"{base_url}/responses", content=b"{}"))


def whole(caller: Caller) -> None:
    caller.write(ANSWER + LAST)
    while caller.next_request():
        caller.write(ANSWER + LAST)


def test_a_connection_is_kept_for_the_next_answer() -> None:
    with RawEndpoint(whole) as endpoint, transport_to(endpoint.base_url) as transport:
        for _ in range(3):
            answer = ask(transport, endpoint.base_url)
            for piece in answer.iter_raw():
                if b"response.completed" in piece:
                    break
            answer.close()
        assert (endpoint.connections, len(endpoint.requests)) == (1, 3)


def test_an_answer_that_is_closed_early_closes_its_connection() -> None:
    gone = threading.Event()

    def never_ending(caller: Caller) -> None:
        for number in itertools.count():
            caller.write((CHUNKED if number == 0 else b"") + chunk(text_delta("word ")))
            if caller.is_gone(0.01):
                gone.set()
                return

    with RawEndpoint(never_ending) as endpoint, transport_to(endpoint.base_url) as transport:
        answer = ask(transport, endpoint.base_url)
        next(answer.iter_raw())
        answer.close()
        assert gone.wait(2)


@pytest.mark.parametrize("cut", [1, 2, 10])
def test_an_answer_that_is_closed_where_a_chunk_has_not_ended_closes_its_connection(cut: int) -> None:
    """A chunk's line end, or its last bytes, have not come when nobody wants them any more."""
    gone = threading.Event()

    def silent_in_a_chunk(caller: Caller) -> None:
        caller.write(CHUNKED + chunk(text_delta("word "))[:-cut])
        until(lambda: caller.is_gone(0.01))
        gone.set()

    with RawEndpoint(silent_in_a_chunk) as endpoint, transport_to(endpoint.base_url) as transport:
        answer = ask(transport, endpoint.base_url)
        assert b"word" in next(answer.iter_raw())
        answer.close()
        assert gone.wait(2)


def test_a_connection_that_broke_is_not_used_again() -> None:
    def broken_once(caller: Caller) -> None:
        if len(endpoint.requests) > 1:
            whole(caller)
            return
        caller.write(CHUNKED + chunk(text_delta("word ")) + b"not a length\r\n")
        caller.is_gone(2)

    with RawEndpoint(broken_once) as endpoint, transport_to(endpoint.base_url) as transport:
        answer = ask(transport, endpoint.base_url)
        with pytest.raises(httpx2.RemoteProtocolError):
            list(answer.iter_raw())
        answer.close()
        again = ask(transport, endpoint.base_url)
        assert b"One whole sentence" in b"".join(again.iter_raw())
        again.close()
        assert endpoint.connections == 2


def test_it_never_reads_far_ahead_of_its_reader() -> None:
    written = [0]
    done = threading.Event()

    def flood(caller: Caller) -> None:
        caller.write(CHUNKED)
        part = chunk(b"x" * 8_000)
        try:
            while not done.is_set():
                caller.write(part)
                written[0] += len(part)
        finally:
            done.set()

    with RawEndpoint(flood) as endpoint, transport_to(endpoint.base_url) as transport:
        answer = ask(transport, endpoint.base_url)
        pieces = answer.iter_raw()
        largest = max(len(next(pieces)) for _ in range(20))
        time.sleep(0.3)  # the endpoint writes on until nobody takes more
        stalled = written[0]
        time.sleep(0.2)
        assert written[0] == stalled
        assert stalled < 20_000_000  # what the kernel's two buffers hold
        assert largest <= 2 * READ_BYTES
        answer.close()
        assert done.wait(15)


@pytest.mark.quiet
@pytest.mark.parametrize("part", [CHUNKED[:40], CHUNKED, CHUNKED + b"1f40\r\ndata: "])
def test_nothing_outlasts_the_turn_however_it_drips(part: bytes) -> None:
    def drip(caller: Caller) -> None:
        caller.write(part)
        caller.drip(iter(lambda: b"0", b""), 0.02)

    with RawEndpoint(drip) as endpoint, transport_to(endpoint.base_url) as transport:
        begun = time.monotonic()
        deadline.set(begun + 0.4)
        with pytest.raises(httpx2.ReadTimeout):  # noqa: PT012 - wherever it is when the time is over
            answer = ask(transport, endpoint.base_url)
            try:
                list(answer.iter_raw())
            finally:
                answer.close()
        assert 0.3 < time.monotonic() - begun < 1.5


def test_a_reader_that_is_slow_itself_is_not_called_late() -> None:
    with RawEndpoint(whole) as endpoint, transport_to(endpoint.base_url, read_s=0.2) as transport:
        answer = ask(transport, endpoint.base_url)
        pieces = answer.iter_raw()
        first = next(pieces)
        time.sleep(0.6)
        assert b"response.completed" in first + b"".join(pieces)
        answer.close()


def test_a_packed_answer_is_refused_and_a_packed_error_keeps_its_status() -> None:
    head = b"HTTP/1.1 %b\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
    for status, expected in ((b"200 OK", None), (b"401 Unauthorized", 401)):
        with (
            RawEndpoint(lambda caller, status=status: caller.write(head % status)) as endpoint,  # type: ignore[misc]
            transport_to(endpoint.base_url) as transport,
        ):
            if expected is None:
                with pytest.raises(httpx2.RemoteProtocolError):
                    ask(transport, endpoint.base_url)
            else:
                answer = ask(transport, endpoint.base_url)
                assert (answer.status_code, answer.read()) == (expected, b"")
                answer.close()


def test_of_an_endless_error_only_the_beginning_is_read() -> None:
    def endless(caller: Caller) -> None:
        caller.write(b"HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            caller.write(chunk(b"x" * 8_000))

    with RawEndpoint(endless) as endpoint, transport_to(endpoint.base_url) as transport:
        answer = ask(transport, endpoint.base_url)
        assert len(answer.read()) < 100_000
        answer.close()
        assert endpoint.hung_up.wait(15)


# ── TLS ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate for `name`, which is its own authority: its file, and a server that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "127.0.0.1":
        import ipaddress

        names = [x509.IPAddress(ipaddress.ip_address(name))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{name}.pem", folder / f"{name}.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context


def test_tls_answers_are_read_and_their_connections_kept(tmp_path: Path) -> None:
    trusted, server = certificate(tmp_path, "127.0.0.1")
    with (
        RawEndpoint(whole, tls=server) as endpoint,
        transport_to(endpoint.base_url, ca_file=str(trusted)) as transport,
    ):
        for _ in range(2):
            answer = ask(transport, endpoint.base_url)
            assert b"response.completed" in b"".join(answer.iter_raw())
            answer.close()
        assert endpoint.connections == 1


@pytest.mark.parametrize(("name", "trust"), [("127.0.0.1", False), ("other.example", True)])
def test_a_certificate_that_is_unknown_or_of_another_name_is_refused(tmp_path: Path, name: str, trust: bool) -> None:
    public, server = certificate(tmp_path, name)
    with (
        RawEndpoint(whole, tls=server) as endpoint,
        transport_to(endpoint.base_url, ca_file=str(public) if trust else None) as transport,
    ):
        with pytest.raises(httpx2.ConnectError):
            ask(transport, endpoint.base_url)
        assert endpoint.requests == []


def test_the_keys_of_a_session_are_not_written_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
    trusted, server = certificate(tmp_path, "127.0.0.1")
    with (
        RawEndpoint(whole, tls=server) as endpoint,
        transport_to(endpoint.base_url, ca_file=str(trusted)) as transport,
    ):
        ask(transport, endpoint.base_url).close()
    assert until(lambda: len(endpoint.requests) == 1)
    assert not keys.exists()
