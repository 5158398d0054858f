"""`tutor-gateway engine`: serve the offline engine."""

from __future__ import annotations

import signal

import click

from xblock_ai_tutor.gateway.commands.common import EXIT_CODES, check_port


@click.command(epilog=EXIT_CODES)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8101, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option(
    "--pace", default=20, show_default=True, type=click.IntRange(0, 10_000), help="Milliseconds between pieces of text."
)
def engine(host: str, port: int, pace: int) -> None:
    """Run the offline engine: a local server that speaks the Responses API.

    It answers from the lesson that it is sent, cites passages, gives hints, and says that it is not a language model.
    It keeps nothing and needs no key and no network. Point the gateway at it with
    TUTOR_MODEL_BASE_URL=http://127.0.0.1:8101/v1 and TUTOR_OPERATOR_COUNTRY=GB.
    """
    import gevent  # noqa: PLC0415 - a second of imports that `--help` and `redact` need not wait for
    from gevent.pywsgi import WSGIServer  # noqa: PLC0415

    from xblock_ai_tutor.gateway.models.offline.server import create_engine  # noqa: PLC0415

    check_port(host, port)
    app = create_engine(pace_s=pace / 1000, sleep=gevent.sleep)
    # No access log: what is asked of a model is nobody's business.
    server = WSGIServer((host, port), app, log=None)
    server.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, server.stop)
    click.echo(f"Offline engine ready on http://{host}:{server.server_port}/v1")
    server.serve_forever()
