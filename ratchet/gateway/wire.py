"""One request and its answer over an open connection, with everything that is read bounded."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from typing import IO, Any, NamedTuple

from urllib3.connection import HTTPConnection
from urllib3.response import HTTPResponse as RawResponse

from ratchet.gateway.failures import BadResponse, TooLarge
from ratchet.gateway.message import Headers
from ratchet.gateway.tls import underlying

_MOST_HEAD_BYTES = 256 * 1024
_STEP_BYTES = 64 * 1024


class Head(NamedTuple):
    """The first part of an answer, after which its body follows."""

    status: int
    reason: str
    headers: Headers
    http_version: str
    raw: RawResponse


class Wire:
    """A connection over a socket, which never opens another one by itself.

    Args:
        host: The name for messages.

    Attributes:
        answered: Whether anything has come back for the last request.
        received: The bytes of the answer that is being read, its head left out once that is complete.
    """

    def __init__(self, sock: socket.socket, host: str, port: int) -> None:
        self._host = host
        self._raw: RawResponse | None = None
        self.socket = underlying(sock)
        self.answered = False
        self.received = 0
        self._connection = HTTPConnection(host, port)
        self._connection.sock = sock
        self._connection.auto_open = 0
        # It is only ever called, with a socket and the method.
        self._connection.response_class = self._make_response  # type: ignore[assignment]

    @property
    def is_open(self) -> bool:
        """Tell whether a request can be sent: nothing has come, not even the end, since the last answer."""
        return self._connection.is_connected

    @property
    def is_kept(self) -> bool:
        """Tell whether the last answer has been read to its end and leaves the connection open."""
        return self._connection.sock is not None and self._raw is not None and self._raw.isclosed()

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None, timeout_seconds: float
    ) -> None:
        """Write a request."""
        self.answered = False
        self.received = 0
        self._connection.timeout = timeout_seconds
        try:
            self._connection.request(method, target, body=body, headers=headers, preload_content=False)
        except (BrokenPipeError, ConnectionResetError):
            pass  # A server that does not want the rest of a body may have answered already.

    def read_head(self) -> Head:
        """Read the status line and the headers of the answer."""
        raw = self._raw = self._connection.getresponse()
        if 100 <= raw.status < 200:
            raise BadResponse(f"`{self._host}` answered with status {raw.status}, after which more should follow")
        self.received = 0
        version = "HTTP/1.0" if raw.version == 10 else "HTTP/1.1"
        return Head(raw.status, raw.reason or "", tuple(raw.headers.iteritems()), version, raw)

    def read_body(self, head: Head, most_bytes: int) -> bytes:
        """Read the body, decoded on the way, up to a most size."""
        body = bytearray()
        self._check_size(head.raw.length_remaining or 0, most_bytes)
        for part in head.raw.stream(_STEP_BYTES, decode_content=True):
            body += part
            self._check_size(len(body), most_bytes)
        return bytes(body)

    def close(self) -> None:
        """Close the connection, whatever is still to be read."""
        if self._raw is not None:
            self._raw.close()
        self._connection.close()

    def _check_size(self, size: int, most_bytes: int) -> None:
        if size > most_bytes:
            raise TooLarge(f"The answer from `{self._host}` has more than {most_bytes:,} bytes")

    def _make_response(self, sock: socket.socket, **options: Any) -> http.client.HTTPResponse:
        response = http.client.HTTPResponse(sock, **options)
        response.fp = _BoundedStream(response.fp, self)  # type: ignore[assignment]
        return response


class _BoundedStream:
    """What an answer is read from: lines have a most sum, and no read is without a size.

    A chunk size below zero would be a read to the end of whatever the server sends.
    """

    def __init__(self, stream: IO[bytes], wire: Wire) -> None:
        self._stream = stream
        self._wire = wire
        self._line_bytes = 0

    def readline(self, size: int = -1) -> bytes:
        line = self._stream.readline(size)
        self._count(line)
        self._line_bytes += len(line)
        if self._line_bytes > _MOST_HEAD_BYTES:
            raise http.client.HTTPException(f"more than {_MOST_HEAD_BYTES // 1024} KB of headers")
        return line

    def read(self, size: int | None = None) -> bytes:
        if size is None or size < 0:
            raise http.client.HTTPException("a size below zero")
        # Lines between two chunks are as small as those are many, so they are only counted among themselves.
        self._line_bytes = 0
        data = self._stream.read(size)
        self._count(data)
        return data

    def _count(self, data: bytes) -> None:
        self._wire.received += len(data)
        self._wire.answered = self._wire.answered or data != b""

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        self._stream.close()

    @property
    def closed(self) -> bool:
        return self._stream.closed
