"""The lines of stdin as messages: those that are too large, or cut short."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest

from ratchet.mcp_server.wire import Wire

MOST_BYTES = 100
PING = b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}'


def read(data: bytes) -> tuple[int, list[str]]:
    """Return how many messages there are in the data, and what is answered to the rest."""
    outgoing = io.BytesIO()
    messages = list(Wire(io.BytesIO(data), outgoing, MOST_BYTES).read())
    return len(messages), [json.loads(line)["error"]["message"] for line in outgoing.getvalue().splitlines()]


@pytest.mark.parametrize("surplus", [0, 1, MOST_BYTES - 1, MOST_BYTES, 5 * MOST_BYTES])
def test_a_line_over_the_limit_is_refused_once_and_the_next_is_read(surplus: int) -> None:
    large = PING + b" " * (MOST_BYTES - len(PING) + surplus)
    assert read(large + b"\n" + PING + b"\n") == (1, ["The message is larger than 100 bytes"])
    assert read(large) == (0, ["The message is larger than 100 bytes"])


def test_a_line_at_the_limit_is_read() -> None:
    assert read(PING + b" " * (MOST_BYTES - len(PING) - 1) + b"\n" + PING + b"\n") == (2, [])


@pytest.mark.skipif(sys.platform == "win32", reason="all is written in a thread there")
def test_what_is_small_is_written_at_once_where_the_pipe_has_room() -> None:
    reading, writing = os.pipe()
    with open(reading, "rb", buffering=0) as client, open(writing, "wb", buffering=0) as pipe:
        wire = Wire(io.BytesIO(), pipe)
        assert wire.write_at_once(PING)
        assert client.read(1000) == PING
        os.set_blocking(writing, False)
        while pipe.write(bytes(4096)):
            pass
        assert not wire.write_at_once(PING)
        client.read(1 << 20)
        assert not wire.write_at_once(bytes(1 << 20))
        assert wire.write_at_once(PING)
        client.close()
        with pytest.raises(OSError, match="Broken pipe"):
            wire.write_at_once(PING)


def test_a_message_that_is_cut_short_is_none() -> None:
    assert read(PING + b"\n" + PING[:20]) == (1, ["The line is not JSON"])
