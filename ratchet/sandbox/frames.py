"""The protocol between the host and a worker: a letter, a length, a payload.

Numbers are big-endian; the length counts the payload's bytes. Both sides read and write file descriptors. Nothing a
worker sends is believed: the host checks every field and ends the execution at the first frame that does not fit.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from typing import Any

HEADER_BYTES = 5
MOST_TO_WORKER = 32 * 1024 * 1024

# To the worker.
CONFINE = b"B"
LIMITS = b"L"
REQUEST = b"Q"
ANSWER = b"F"
# From the worker.
READY = b"I"
CONSOLE = b"C"
PROGRESS = b"P"
ASK = b"A"
ABANDON = b"B"
TRACE = b"T"
RAN = b"N"
RESULT = b"R"
ERROR = b"E"
REPORT = b"J"

_LONGEST_EVENT = 20

LEVELS = ("debug", "log", "info", "warn", "error")


class ProtocolViolation(Exception):
    """A frame that the other side can never send; the text says what was wrong."""


class Disconnected(Exception):
    """The other side is gone."""


def pack(kind: bytes, payload: bytes) -> bytes:
    """Return one frame."""
    return kind + len(payload).to_bytes(4, "big") + payload


def pack_request(header: Mapping[str, Any], body: bytes = b"") -> bytes:
    """Return the payload of a request: a line of JSON, and behind it what is too large to be escaped once more."""
    return json.dumps(header).encode() + b"\n" + body


def unpack_request(payload: bytes) -> tuple[dict[str, Any], bytes]:
    """Return header and body of a request."""
    header, _, body = payload.partition(b"\n")
    return json.loads(header), body


def pack_answer(identity: int, answer: Mapping[str, Any]) -> bytes:
    """Return the payload of an answer: the number of the question, and behind a line feed a `value` or an `error`."""
    return f"{identity}\n{json.dumps(answer)}".encode()


def unpack_answer(payload: bytes) -> tuple[int, str]:
    """Return the number of a question and the text of its answer, unread."""
    identity, _, text = payload.partition(b"\n")
    return int(identity), text.decode()


def unpack_header(header: bytes, allowed: bytes, limit: int) -> tuple[bytes, int]:
    """Return kind and payload length of a header.

    Raises:
        ProtocolViolation: The kind is not among the allowed letters, or the length is above the limit.
    """
    kind, length = header[:1], int.from_bytes(header[1:HEADER_BYTES], "big")
    if kind not in allowed:
        raise ProtocolViolation(f"a frame of unknown kind {kind!r}")
    if length > limit:
        raise ProtocolViolation(f"a frame of {length} bytes, more than {limit}")
    return kind, length


def read_exactly(descriptor: int, count: int) -> bytes:
    """Read this many bytes from a blocking descriptor.

    Raises:
        Disconnected: The stream ended first.
    """
    chunks = []
    while count > 0:
        chunk = os.read(descriptor, min(count, 1 << 20))
        if not chunk:
            raise Disconnected
        chunks.append(chunk)
        count -= len(chunk)
    return b"".join(chunks)


def refuse_constant(name: str) -> Any:
    """Refuse NaN and the infinities, which Python reads though they are no JSON."""
    raise ValueError(f"{name} is not JSON")


def parse_float(digits: str) -> float:
    """Return a number; refuse one that is infinite for Python, which would write it down as what is no JSON."""
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"the number {digits[:40]} is too large")
    return number


read_json = json.JSONDecoder(parse_constant=refuse_constant, parse_float=parse_float).decode
"""Reads a text that is JSON, and nothing that is none; made once, for each reading would make it again."""


def parse_json(payload: bytes) -> Any:
    """Return a worker's JSON.

    Raises:
        ProtocolViolation: It is not JSON, nested too deeply, or holds a number beyond what Python reads.
    """
    try:
        return read_json(payload.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise ProtocolViolation(f"a frame that is not JSON: {error}") from None


def parse_console(payload: bytes) -> tuple[str, int, str]:
    """Return level, time in milliseconds and text of a console frame."""
    value = parse_json(payload)
    if not (isinstance(value, list) and len(value) == 3):
        raise ProtocolViolation("a console frame of another shape")
    level, time_ms, text = value
    if level not in LEVELS or type(time_ms) is not int or not 0 <= time_ms < 1 << 53 or type(text) is not str:
        raise ProtocolViolation("a console frame with a field that does not fit")
    return level, time_ms, text


def parse_progress(payload: bytes) -> dict[str, Any]:
    """Return a progress report: fraction (0 to 1 or None), step, message (text or None) and data."""
    value = parse_json(payload)
    if not isinstance(value, dict) or set(value) != {"fraction", "step", "message", "data"}:
        raise ProtocolViolation("a progress frame of another shape")
    fraction = value["fraction"]
    if fraction is not None and not (type(fraction) in (int, float) and 0 <= fraction <= 1):
        raise ProtocolViolation("a progress frame whose fraction is not between 0 and 1")
    if not all(value[name] is None or type(value[name]) is str for name in ("step", "message")):
        raise ProtocolViolation("a progress frame with a field that does not fit")
    return value


def parse_object(payload: bytes) -> dict[str, Any]:
    """Return a frame that holds a JSON object."""
    value = parse_json(payload)
    if not isinstance(value, dict):
        raise ProtocolViolation("a frame that is no object")
    return value


def parse_count(payload: bytes) -> int:
    """Return a number from 0 that JavaScript can hold."""
    value = parse_json(payload)
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise ProtocolViolation("a frame that is no number")
    return value


def parse_trace(payload: bytes) -> dict[str, Any]:
    """Return what a recorded execution saw: `clock`, pairs of milliseconds and readings, and `events`, texts."""
    value = parse_object(payload)
    clock, events = value.get("clock"), value.get("events")
    if set(value) != {"clock", "events"} or not isinstance(clock, list) or not isinstance(events, list):
        raise ProtocolViolation("a trace of another shape")
    for run in clock:
        if not (isinstance(run, list) and len(run) == 2 and all(type(number) is int for number in run)):
            raise ProtocolViolation("a trace whose clock does not fit")
    if not all(type(event) is str and len(event) <= _LONGEST_EVENT for event in events):
        raise ProtocolViolation("a trace whose events do not fit")
    return value


def parse_ran(payload: bytes) -> frozenset[int]:
    """Return the numbers of the statements that have run."""
    value = parse_json(payload)
    if not isinstance(value, list) or not all(type(number) is int and number >= 0 for number in value):
        raise ProtocolViolation("a count of statements of another shape")
    return frozenset(value)


def parse_question(payload: bytes) -> tuple[int, str, Any]:
    """Return identity, kind and payload of something a task asks its host for."""
    value = parse_object(payload)
    identity, kind = value.get("id"), value.get("kind")
    if type(identity) is not int or not 0 <= identity < 1 << 53 or type(kind) is not str or "payload" not in value:
        raise ProtocolViolation("a question of another shape")
    return identity, kind, value["payload"]
