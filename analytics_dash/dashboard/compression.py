"""Scripts, styles and drawn pages' trees go compressed: what is the same for every reader of a view, once for all.

Pages with a form are left as they are: a compressed answer with a secret in it tells its length to who can add to it.
"""

from __future__ import annotations

import gzip
import hashlib
from typing import Final, Protocol, runtime_checkable

from flask import Flask, Response, request

from analytics_dash.dashboard.own_files import PREFIX
from analytics_dash.releases.kept import Kept

FILES: Final = ("/_dash-component-suites/", PREFIX)
PATHS: Final = (*FILES, "/_dash-layout", "/_dash-dependencies", "/_dash-update-component")
TYPES: Final = frozenset({"text/javascript", "application/javascript", "text/css", "image/svg+xml", "application/json"})
LEAST: Final = 1_000


@runtime_checkable
class Closable(Protocol):
    """A body that holds a file."""

    def close(self) -> None: ...


_KEPT: Final[Kept[bytes]] = Kept(32_000_000, len)


def init_compression(app: Flask) -> None:
    """Compress after each request what may be."""

    @app.after_request
    def compress(response: Response) -> Response:
        if not request.path.startswith(PATHS) or response.mimetype not in TYPES:
            return response
        response.vary.add("Accept-Encoding")
        if response.status_code != 200 or not request.accept_encodings["gzip"] or request.method == "HEAD":
            return response
        response.direct_passthrough = False
        source = response.response
        data = response.get_data()
        if isinstance(source, Closable):
            source.close()  # a file that was to be passed through; who hangs up now leaves none open
        if len(data) >= LEAST:
            name = hashlib.blake2b(data, digest_size=16).digest()
            hard = 9 if request.path.startswith(FILES) else 6  # somebody waits for a page's tree the first time
            response.set_data(_KEPT.get(name, lambda: gzip.compress(data, hard, mtime=0)))
            response.headers["Content-Encoding"] = "gzip"
            if etag := response.get_etag()[0]:
                response.set_etag(f"{etag}-gzip")
        return response
