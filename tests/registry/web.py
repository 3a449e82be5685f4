"""A real HTTP server on loopback that serves a folder, with entity tags, and behind a token where one is set."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote


class Site:
    """What is served, and what was asked for.

    Attributes:
        asked: The path and the status of each answer.
        shown: The `Authorization` of each request.
        token: What has to be shown; None for nothing.
        redirects: Where a path leads instead.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self.asked: list[tuple[str, int]] = []
        self.shown: list[str | None] = []
        self.token: str | None = None
        self.redirects: dict[str, str] = {}


@contextmanager
def serve(folder: Path) -> Iterator[Site]:
    """Serve a folder as long as the block lasts."""
    site = Site(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Serve a file."""
            status, body = _answer(site, self.path, self.headers["Authorization"], self.headers["If-None-Match"])
            site.asked.append((self.path, status))
            site.shown.append(self.headers["Authorization"])
            self.send_response(status)
            if status == 302:
                self.send_header("Location", site.redirects[self.path])
            self.send_header("ETag", _tag(body))
            self.send_header("Content-Length", str(0 if status == 304 else len(body)))
            self.end_headers()
            self.wfile.write(b"" if status == 304 else body)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def _answer(site: Site, path: str, shown: str | None, known: str | None) -> tuple[int, bytes]:
    if site.token is not None and shown != f"Bearer {site.token}":
        return 401, b""
    if path in site.redirects:
        return 302, b""
    file = site.folder / unquote(path).lstrip("/")
    if not file.is_file():
        return 404, b""
    body = file.read_bytes()
    return (304, body) if known == _tag(body) else (200, body)


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:16]}"'
