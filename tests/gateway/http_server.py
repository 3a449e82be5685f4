"""A real HTTP/1.1 server on loopback, with every misbehaviour that a client has to live with.

What it does is in the path of the request; `ROUTES` lists it.
"""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import struct
import threading
import zlib
from collections import defaultdict
from collections.abc import Callable
from typing import IO, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.gateway.echoed import ECHOES

STEP_SECONDS = 0.02
"""Between two drops of a drip."""


class Received(NamedTuple):
    """A request as it came."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the value of a header; None where it was not sent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Answer:
    """What a route writes to."""

    def __init__(self, sock: socket.socket, request: Received, stopped: threading.Event) -> None:
        self.socket = sock
        self.request = request
        self.stopped = stopped
        self.keep = True
        self.query = {key: values[0] for key, values in parse_qs(urlsplit(request.target).query).items()}

    def head(self, status: str = "200 OK", *headers: str) -> None:
        """Write the status line and the headers."""
        self.socket.sendall("\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode("latin-1"))

    def full(self, body: bytes, *headers: str, status: str = "200 OK") -> None:
        """Write a complete answer."""
        lines = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""])
        self.socket.sendall(lines.encode("latin-1") + (b"" if self.request.method == "HEAD" else body))

    def drip(self, data: bytes) -> None:
        """Write bytes one at a time, again and again, until the other side or the server has had enough."""
        self.keep = False
        while True:
            for index in range(len(data)):
                if self.stopped.wait(STEP_SECONDS):
                    return
                self.socket.sendall(data[index : index + 1])


Route = Callable[[Answer], None]
ROUTES: dict[str, Route] = {}


def route(path: str) -> Callable[[Route], Route]:
    """Register what is done for a path, or for all that begin with it when it ends in a slash."""

    def register(function: Route) -> Route:
        ROUTES[path] = function
        return function

    return register


@route("/echo")
def _echo(answer: Answer) -> None:
    method, target, headers, body = answer.request
    shown = {"method": method, "target": target, "headers": headers, "body": body.decode("latin-1")}
    answer.full(json.dumps(shown).encode(), "Content-Type: application/json")


@route("/echo-as/")
def _echo_as(answer: Answer) -> None:
    """The token of the request in another form: in the body, a header, the reason and, compressed, once more."""
    form = urlsplit(answer.request.target).path.rpartition("/")[2]
    token = (answer.request.header("Authorization") or "").partition(" ")[2]
    shown = ECHOES[form](token).encode("latin-1")
    in_a_line = quote(shown, safe="".join(map(chr, range(32, 127)))).encode()
    answer.full(
        gzip.compress(shown),
        "Content-Encoding: gzip",
        f"X-Echo: {in_a_line.decode()}",
        f"Set-Cookie: t={in_a_line.decode()}",
        status=f"200 {in_a_line.decode()}",
    )


@route("/mirror")
def _mirror(answer: Answer) -> None:
    answer.full(answer.request.body)


@route("/status/")
def _status(answer: Answer) -> None:
    code = answer.request.target.rpartition("/")[2]
    if code in ("204", "304"):
        answer.head(f"{code} Bare")
    else:
        answer.full(f"status {code}".encode(), status=f"{code} Status")


@route("/redirect")
def _redirect(answer: Answer) -> None:
    """To `to`, with `status`; `times` counts down."""
    times = int(answer.query.get("times", "1"))
    to = answer.query["to"] if times == 1 else answer.request.target.replace(f"times={times}", f"times={times - 1}")
    location = to.encode().decode("latin-1")
    answer.full(b"moved", f"Location: {location}", status=answer.query.get("status", "302") + " Moved")


@route("/two-locations")
def _two_locations(answer: Answer) -> None:
    answer.full(b"", "Location: /echo", "Location: /status/200", status="302 Moved")


@route("/gzip")
def _gzip(answer: Answer) -> None:
    answer.full(gzip.compress(b"hello " * 100), "Content-Encoding: gzip")


@route("/deflate")
def _deflate(answer: Answer) -> None:
    answer.full(zlib.compress(b"hello " * 100), "Content-Encoding: deflate")


@route("/deflate-raw")
def _deflate_raw(answer: Answer) -> None:
    answer.full(zlib.compress(b"hello " * 100)[2:-4], "Content-Encoding: deflate")


@route("/deflate-gzip")
def _deflate_gzip(answer: Answer) -> None:
    answer.full(gzip.compress(zlib.compress(b"hello " * 100)), "Content-Encoding: deflate, gzip")


@route("/gzip-chunked")
def _gzip_chunked(answer: Answer) -> None:
    answer.head("200 OK", "Content-Encoding: gzip", "Transfer-Encoding: chunked")
    data = gzip.compress(b"hello " * 100)
    answer.socket.sendall(_chunk(data[:7]) + _chunk(data[7:]) + b"0\r\n\r\n")


@route("/bad-gzip")
def _bad_gzip(answer: Answer) -> None:
    answer.full(b"not gzip at all", "Content-Encoding: gzip")


@route("/bomb")
def _bomb(answer: Answer) -> None:
    answer.full(_bomb_of(1), "Content-Encoding: gzip")


@route("/bomb-twice")
def _bomb_twice(answer: Answer) -> None:
    answer.full(_bomb_of(2), "Content-Encoding: gzip, gzip")


@route("/bytes/")
def _bytes(answer: Answer) -> None:
    answer.full(b"x" * int(answer.request.target.rpartition("/")[2]))


@route("/chunked")
def _chunked(answer: Answer) -> None:
    answer.head("200 OK", "Transfer-Encoding: chunked")
    answer.socket.sendall(_chunk(b"one ") + _chunk(b"two") + b"0\r\nTrailer: x\r\n\r\n")


@route("/chunked-cut")
def _chunked_cut(answer: Answer) -> None:
    answer.head("200 OK", "Transfer-Encoding: chunked")
    answer.socket.sendall(_chunk(b"one "))
    answer.keep = False


@route("/chunked-negative")
def _chunked_negative(answer: Answer) -> None:
    answer.head("200 OK", "Transfer-Encoding: chunked")
    answer.socket.sendall(b"-5\r\n")
    answer.drip(b"x")


@route("/chunked-nonsense")
def _chunked_nonsense(answer: Answer) -> None:
    answer.head("200 OK", "Transfer-Encoding: chunked")
    answer.socket.sendall(b"zz\r\nabc\r\n0\r\n\r\n")
    answer.keep = False


@route("/until-close")
def _until_close(answer: Answer) -> None:
    answer.head("200 OK", "Connection: close")
    answer.socket.sendall(b"all there is")
    answer.keep = False


@route("/short")
def _short(answer: Answer) -> None:
    answer.head("200 OK", "Content-Length: 100")
    answer.socket.sendall(b"only this")
    answer.keep = False


@route("/two-lengths")
def _two_lengths(answer: Answer) -> None:
    answer.head("200 OK", "Content-Length: 4", "Content-Length: 9")
    answer.socket.sendall(b"only this")
    answer.keep = False


@route("/more")
def _more(answer: Answer) -> None:
    answer.head("200 OK", "Content-Length: 4")
    answer.socket.sendall(b"fourHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")


@route("/reset")
def _reset(answer: Answer) -> None:
    answer.head("200 OK", "Content-Length: 100")
    answer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    answer.keep = False


@route("/no-answer")
def _no_answer(answer: Answer) -> None:
    answer.keep = False


@route("/not-http")
def _not_http(answer: Answer) -> None:
    answer.socket.sendall(b"220 mail.example.com ESMTP\r\n")
    answer.keep = False


@route("/early-hints")
def _early_hints(answer: Answer) -> None:
    answer.head("103 Early Hints", "Link: </style.css>")
    answer.full(b"late")


@route("/continue")
def _continue(answer: Answer) -> None:
    answer.head("100 Continue")
    answer.full(b"after 100")


@route("/huge-header")
def _huge_header(answer: Answer) -> None:
    answer.full(b"", "X-Large: " + "x" * 100_000)


@route("/many-headers")
def _many_headers(answer: Answer) -> None:
    answer.full(b"", *(f"X-{index}: y" for index in range(200)))


@route("/large-headers")
def _large_headers(answer: Answer) -> None:
    answer.full(b"", *(f"X-{index}: {'y' * 60_000}" for index in range(10)))


@route("/too-much")
def _too_much(answer: Answer) -> None:
    answer.full(b"too much", "Connection: close", status="413 Too Much")
    answer.keep = False


@route("/silent")
def _silent(answer: Answer) -> None:
    answer.keep = False
    answer.stopped.wait()


@route("/slow")
def _slow(answer: Answer) -> None:
    """Answers after `ms`."""
    answer.stopped.wait(int(answer.query["ms"]) / 1000)
    answer.full(b"slow")


_TOGETHER: defaultdict[tuple[int, str], threading.Barrier] = defaultdict(lambda: threading.Barrier(3))


@route("/together")
def _together(answer: Answer) -> None:
    """Answers three requests with the same `of` once all of them are there."""
    try:
        _TOGETHER[answer.socket.getsockname()[1], answer.query["of"]].wait(20)
    except threading.BrokenBarrierError:
        answer.full(b"alone", status="504 Gateway Timeout")
    else:
        answer.full(b"together")


@route("/drip-status")
def _drip_status(answer: Answer) -> None:
    answer.drip(b"HTTP/1.1 200 " + b"O" * 10_000)


@route("/drip-headers")
def _drip_headers(answer: Answer) -> None:
    answer.socket.sendall(b"HTTP/1.1 200 OK\r\n")
    answer.drip(b"X-A: b\r\n")


@route("/drip-continue")
def _drip_continue(answer: Answer) -> None:
    answer.drip(b"HTTP/1.1 100 Continue\r\n\r\n")


@route("/drip-body")
def _drip_body(answer: Answer) -> None:
    answer.head("200 OK", "Content-Length: 100000")
    answer.drip(b"x")


@route("/drip-until-close")
def _drip_until_close(answer: Answer) -> None:
    answer.head("200 OK", "Connection: close")
    answer.drip(b"x")


@route("/drip-chunks")
def _drip_chunks(answer: Answer) -> None:
    answer.head("200 OK", "Transfer-Encoding: chunked")
    answer.drip(b"1\r\nx\r\n")


@route("/drip-trailers")
def _drip_trailers(answer: Answer) -> None:
    answer.head("200 OK", "Transfer-Encoding: chunked")
    answer.socket.sendall(b"0\r\n")
    answer.drip(b"A: b\r\n")


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _bomb_of(layers: int) -> bytes:
    data = gzip.compress(bytes(64 * 1024 * 1024), 9)
    return data if layers == 1 else gzip.compress(data, 9)


class HttpServer:
    """The server, which begins with `with` and ends with it, connections included.

    Args:
        tls: What its certificate is in; plain HTTP without it.
        on_connect: Called for each connection in place of HTTP, for servers that do not even get so far.

    Attributes:
        requests: Every request so far.
        connections: How many there were.
        asked: Set once there has been a request.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        on_connect: Callable[[socket.socket, threading.Event], None] | None = None,
    ) -> None:
        self.host = host
        self.requests: list[Received] = []
        self.connections = 0
        self.asked = threading.Event()
        self.stopped = threading.Event()
        self._tls = tls
        self._on_connect = on_connect
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> HttpServer:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listener.close()
        self.drop()
        for thread in self._threads[1:]:
            thread.join()

    def url(self, path: str, host: str | None = None) -> str:
        """Return the URL of a path, under another name of the host if one is given."""
        name = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{'http' if self._tls is None else 'https'}://{name}:{self.port}{path}"

    def drop(self) -> None:
        """Close every connection from this side."""
        with self._lock:
            for sock in self._open:
                try:
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
                except OSError:
                    pass  # The other side was faster.

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with self._lock:
            self._open.add(sock)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._on_connect is not None:
                self._on_connect(sock, self.stopped)
            elif self._tls is None:
                self._converse(sock)
            else:
                self._serve_tls(sock, self._tls)
        except (OSError, ValueError):
            pass  # The other side has gone, as many tests want it to.
        finally:
            with self._lock:
                self._open.discard(sock)
            sock.close()

    def _serve_tls(self, sock: socket.socket, tls: ssl.SSLContext) -> None:
        with tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False) as wrapped:
            with self._lock:
                self._open.add(wrapped)
            try:
                wrapped.do_handshake()
                self._converse(wrapped)
            finally:
                with self._lock:
                    self._open.discard(wrapped)

    def _converse(self, sock: socket.socket) -> None:
        with sock.makefile("rb") as stream:
            while (request := read_request(stream)) is not None:
                self.requests.append(request)
                self.asked.set()
                answer = Answer(sock, request, self.stopped)
                _find_route(request.target)(answer)
                if not answer.keep:
                    return


def _find_route(target: str) -> Route:
    path = unquote(urlsplit(target).path)
    exact = ROUTES.get(path)
    return exact or next((ROUTES[name] for name in ROUTES if name.endswith("/") and path.startswith(name)), _missing)


def _missing(answer: Answer) -> None:
    answer.full(b"nothing here", status="404 Not Found")


def read_request(stream: IO[bytes]) -> Received | None:
    """Read a request; None at the end of the connection."""
    first = stream.readline().decode("latin-1").split()
    if len(first) < 2:
        return None
    headers: list[tuple[str, str]] = []
    while (line := stream.readline().decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        headers.append((name, value.strip()))
    request = Received(first[0], first[1], headers, b"")
    if request.target == "/too-much":
        return request
    return request._replace(body=stream.read(int(request.header("content-length") or 0)))
