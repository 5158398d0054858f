"""`python -m xblock_ai_tutor.workbench`: prepare the data folder and serve the demonstration LMS on 127.0.0.1.

Prints the address once it answers. Ends with 0 on Ctrl-C or SIGTERM, 2 when the port is taken or an argument is wrong.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import warnings
from pathlib import Path
from types import FrameType


def main(arguments: list[str] | None = None) -> int:
    """Run it. The environment is set before Django reads its settings."""
    parser = argparse.ArgumentParser(
        prog="python -m xblock_ai_tutor.workbench",
        description="The demonstration LMS: the lessons, on this machine alone, with a tracking log.",
    )
    parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1; 0 takes a free one (8000)")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="where state is kept between starts")
    parser.add_argument(
        "--content", type=Path, metavar="DIR", help="folder with modules/*/lesson.md (the sample lesson)"
    )
    options = parser.parse_args(arguments)
    if options.content is not None and not options.content.is_dir():
        parser.error(f"--content: {options.content} is no folder. Name the one that holds modules/.")
    options.data.mkdir(parents=True, exist_ok=True)
    os.environ["AI_TUTOR_WORKBENCH_DATA"] = str(options.data.resolve())
    if options.content is not None:
        os.environ["AI_TUTOR_CONTENT"] = str(options.content.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "xblock_ai_tutor.workbench.settings"
    return serve(options.port)


def serve(port: int) -> int:
    """Prepare the database and the lessons, then serve until a signal comes."""
    # xblock-sdk and pyfilesystem still import pkg_resources; nothing to be done about it here.
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
    import django  # noqa: PLC0415  (the settings above must be set first)

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: PLC0415
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    from xblock_ai_tutor.workbench.lessons import load_lessons  # noqa: PLC0415

    class QuietHandler(WSGIRequestHandler):  # type: ignore[misc]  # Django ships no types
        """Django's handler, without a line a request: addresses name the learner."""

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class calls it so)
            pass

    settings.TRACKING_LOG.parent.mkdir(parents=True, exist_ok=True)
    call_command("migrate", run_syncdb=True, verbosity=0)
    load_lessons()
    try:
        server = ThreadedWSGIServer(("127.0.0.1", port), QuietHandler)
    except OSError as error:
        print(f"Port {port} cannot be used: {error.strerror}. Stop what uses it or pass --port.", file=sys.stderr)  # noqa: T201
        return 2
    server.daemon_threads = True
    server.set_app(get_wsgi_application())

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  (a signal handler's arguments)
        threading.Thread(target=server.shutdown).start()  # shutdown waits for the loop that this handler interrupts

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"Serving on http://127.0.0.1:{server.server_port}/", flush=True)  # noqa: T201
    try:
        server.serve_forever()
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
