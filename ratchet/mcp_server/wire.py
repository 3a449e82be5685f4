"""The two pipes to a client: one JSON-RPC message a line, and nothing else."""

from __future__ import annotations

import select
import sys
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO

from mcp.shared.message import SessionMessage
from mcp.types import INVALID_REQUEST, PARSE_ERROR, ErrorData, JSONRPCError, JSONRPCMessage, jsonrpc_message_adapter
from pydantic import ValidationError

MOST_BYTES = 64 * 1024 * 1024


class Wire:
    """Reads and writes messages; each side from a thread of its own.

    Args:
        incoming, outgoing: Binary files, the second without a buffer.
        most_bytes: The size of a message, its line feed included.
    """

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO, most_bytes: int = MOST_BYTES) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._most_bytes = most_bytes
        self._lock = threading.Lock()

    def read(self) -> Iterator[SessionMessage]:
        """Yield messages until there are no more; what is none is answered with an error and passed over."""
        while line := self._incoming.readline(self._most_bytes):
            if len(line) == self._most_bytes and not line.endswith(b"\n"):
                self._pass_over_line()
                self._refuse(INVALID_REQUEST, f"The message is larger than {self._most_bytes:,} bytes")
            elif line.strip():
                yield from self._parse(line)

    def _pass_over_line(self) -> None:
        while (rest := self._incoming.readline(self._most_bytes)) and not rest.endswith(b"\n"):
            pass

    def _parse(self, line: bytes) -> Iterator[SessionMessage]:
        try:
            yield SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
        except ValidationError as error:
            if any(detail["type"] == "json_invalid" for detail in error.errors(include_url=False)):
                self._refuse(PARSE_ERROR, "The line is not JSON")
            else:
                self._refuse(INVALID_REQUEST, "The line is not a JSON-RPC message")

    def _refuse(self, code: int, message: str) -> None:
        self.write(encode(JSONRPCError(jsonrpc="2.0", id=None, error=ErrorData(code=code, message=message))))

    def write(self, data: bytes) -> None:
        """Write an encoded message, however long that takes.

        Raises:
            OSError: Nobody reads any more.
        """
        with self._lock:
            self._write(data)

    def write_at_once(self, data: bytes) -> bool:
        """Write an encoded message if that is sure not to wait, and tell whether it was.

        Raises:
            OSError: Nobody reads any more.
        """
        if not self._lock.acquire(blocking=False):
            return False
        try:
            ready = _takes_at_once(self._outgoing, len(data))
            if ready:
                self._write(data)
            return ready
        finally:
            self._lock.release()

    def _write(self, data: bytes) -> None:
        rest: Any = memoryview(data)
        while rest:
            rest = rest[self._outgoing.write(rest) :]


def encode(message: JSONRPCMessage) -> bytes:
    """Return a message as its line."""
    return message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n"


def _takes_at_once(pipe: BinaryIO, size: int) -> bool:
    """Tell whether a pipe has room: one that is ready takes `PIPE_BUF` bytes, all of them, without a wait (POSIX)."""
    if sys.platform == "win32" or size > select.PIPE_BUF:
        return False
    poll = select.poll()
    poll.register(pipe, select.POLLOUT)
    return bool(poll.poll(0))
