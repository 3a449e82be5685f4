"""What a client may send over a connection, and what becomes of the rest."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from tests.server.conftest import PATIENCE_SECONDS, Served

GET = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
MUCH = b"x" * 40_000
INVALID = b"HTTP/1.1 400 Bad Request\r\n"


@contextmanager
def connected(server: Served) -> Iterator[socket.socket]:
    """Lend a connection."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), PATIENCE_SECONDS) as connection:
        yield connection


def read_all(connection: socket.socket) -> bytes:
    """Return what is answered until the server closes the connection."""
    read = b""
    # It may be closed while something is on its way to it.
    with suppress(ConnectionResetError):
        while part := connection.recv(65536):
            read += part
    return read


def run_task(server: Served, more: bytes) -> bytes:
    """Return the head of a request to run a task, its last lines as they are said."""
    return (
        "POST /api/v1/tasks/total/execute HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {server.key}\r\n"
        "Content-Type: application/json\r\n"
    ).encode() + more


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + MUCH + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + MUCH + b"\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\n" + b"a:\r\n" * 10_000 + b"\r\n",
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_a_large_head_is_refused(server: Served, head: bytes, whole: bool) -> None:
    with connected(server) as connection:
        connection.sendall(head if whole else head[:-10])
        assert read_all(connection).startswith(INVALID)
    with connected(server) as connection:
        connection.sendall(GET + head)
        first, _, second = read_all(connection).partition(b"}\n")
        # The connection is closed after the answer to what was asked for before.
        assert (first[:15], second) == (b"HTTP/1.1 200 OK", b"")


@pytest.mark.parametrize("after", [b"a;", b"2\r\n{}\r\n0\r\nX: "])
def test_what_comes_with_a_body_and_is_none_of_it_is_bounded(server: Served, after: bytes) -> None:
    with connected(server) as connection:
        connection.sendall(run_task(server, b"Transfer-Encoding: chunked\r\n\r\n") + after)
        with suppress(ConnectionError):
            for _ in range(100):
                connection.sendall(MUCH)
        # What was on its way may have it thrown away.
        assert read_all(connection)[: len(INVALID)] in (INVALID, b"")


def test_a_trailer_is_no_header(server: Served) -> None:
    body = b'18\r\n{"input": {"items": []}}\r\n0\r\nIdempotency-Key: none such\r\n\r\n'
    with connected(server) as connection:
        connection.sendall(run_task(server, b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n") + body)
        assert read_all(connection).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("count", [2, 1000])
def test_what_is_asked_before_the_answer_is_to_be_asked_again(server: Served, count: int) -> None:
    with connected(server) as connection:
        connection.sendall(GET * count)
        answers = read_all(connection)
    assert answers.count(b"HTTP/1.1 ") == 1
    assert answers.startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    "body",
    [
        b'Content-Length: 24\r\n\r\n{"input": {"items": []}}',
        b'Transfer-Encoding: chunked\r\n\r\n18\r\n{"input": {"items": []}}\r\n0\r\n\r\n',
    ],
)
@pytest.mark.parametrize("parts", [1, 30])
def test_who_asks_for_another_protocol_is_answered_in_this_one(server: Served, body: bytes, parts: int) -> None:
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAA\r\n"
    sent = run_task(server, upgrade + body)
    with connected(server) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(3):
            for start in range(0, len(sent), len(sent) // parts):
                connection.sendall(sent[start : start + len(sent) // parts])
            answer = b""
            while not answer.endswith(b"}\n"):
                answer += connection.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200 OK")
            assert b'"output": {"total": 0}' in answer


@pytest.mark.parametrize("close", [b"Connection: close, upgrade\r\n", b"Connection: Upgrade\r\nConnection: Close\r\n"])
def test_who_asks_for_another_protocol_may_close(server: Served, close: bytes) -> None:
    with connected(server) as connection:
        connection.sendall(GET.replace(b"\r\n\r\n", b"\r\nUpgrade: h2c\r\n" + close + b"\r\n"))
        assert read_all(connection).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    ("line", "header"),
    [
        (b"CONNECT localhost:22 HTTP/1.1", b""),
        (b"GET /health HTTP/2.0", b""),
        (b"GET /health HTTP/0.9", b""),
        (b"BREW /health HTTP/1.1", b""),
        (b"GET /health HTTP/1.1", b"Transfer-Encoding: gzip, chunked\r\n"),
        (b"GET /health HTTP/1.1", b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
        (b"GET /health HTTP/1.1", b"Content-Length: 5\r\nContent-Length: 6\r\n"),
    ],
)
def test_what_could_be_read_in_two_ways_is_not_read(server: Served, line: bytes, header: bytes) -> None:
    with connected(server) as connection:
        connection.sendall(line + b"\r\nHost: localhost\r\n" + header + b"\r\n")
        assert read_all(connection).startswith(INVALID)


def test_blanks_are_no_part_of_a_header(server: Served) -> None:
    with connected(server) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: \tlocalhost \t\r\nConnection: Close\r\n\r\n")
        assert read_all(connection).startswith(b"HTTP/1.1 200 OK")
