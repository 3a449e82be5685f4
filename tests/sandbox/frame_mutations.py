"""Conversations of a worker, and what a worker that is no longer ours may make of them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from ratchet.sandbox import frames

Mutation = Callable[[random.Random, bytes, bytes], bytes]

READY = {"isolation": {"level": "full", "applied": [], "missing": []}, "engine": {"name": "fake", "version": "1"}}
_TALK: tuple[tuple[bytes, Any], ...] = (
    (frames.CONSOLE, ["log", 3, "hello"]),
    (frames.CONSOLE, ["error", 0, "\u202eh\u00e9llo\n\x1b[31m"]),
    (frames.PROGRESS, {"fraction": 0.5, "step": "1/2", "message": None, "data": {"a": [1, None]}}),
    (frames.PROGRESS, {"fraction": None, "step": None, "message": "half", "data": None}),
    (frames.CONSOLE, ["debug", 1 << 40, ""]),
    (frames.PROGRESS, {"fraction": 1, "step": "2/2", "message": "done", "data": "x" * 500}),
    (frames.ASK, {"id": 1, "kind": "call", "payload": {"task": "other", "input": {}}}),
    (frames.ASK, {"id": 2, "kind": "fetch", "payload": {"url": "http://127.0.0.1/"}}),
    (frames.ABANDON, 2),
    (frames.TRACE, {"clock": [[1700000000000, 2]], "events": ["timer 1", "answer 2"]}),
    (frames.RAN, [0, 3, 100000]),
    (frames.REPORT, {"cpu_ms": 5, "memory_peak_bytes": 7, "console_dropped": 2}),
)
_LAST: tuple[tuple[bytes, Any], ...] = (
    (frames.RESULT, {"total": 3, "items": [1, 2.5, "three", None, True]}),
    (frames.RESULT, "text"),
    (frames.ERROR, {"code": "script_error", "name": "TypeError", "message": "m", "stack": "    at f (main.js:1:2)"}),
    (frames.ERROR, {"code": "invalid_output", "pointer": "/a", "reason": "a cycle"}),
    (frames.ERROR, {"code": "count_limit", "what": "timers", "limit": 1000}),
    (frames.ERROR, {"code": "output_limit", "bytes": 5000000}),
    (frames.ERROR, {"code": "engine_crash", "reason": "The worker failed"}),
    (frames.ERROR, {"code": "time_limit"}),
)
_KINDS = b"BLQFICPATREJZ\0\xff"
_ODD: tuple[Any, ...] = (
    None, True, False, -1, 0, 1 << 53, 1 << 64, 10**40, 0.5, -0.0, 1e308, "", "x", "\0", "\ud800", "\x1b]0;t\x07",
    "x" * 3000, [], {}, [[]], {"": {}}, {"code": "cancelled"}, ["log", 1, "x"], "time_limit", [None] * 200,
)  # fmt: skip
_ODD_TEXTS = (
    b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"[" * 2000, b'{"a":' * 2000, b"[" * 600 + b"]" * 600, b'"\\ud800"',
    b'"\xff"', b"\xef\xbb\xbf1", b'"x"\0', "\"x\"".encode("utf-16"), b"", b" ", b"{", b'{"a":1,"a":2}', b"1 2", b"nul",
)  # fmt: skip


def conversation(choice: random.Random) -> list[tuple[bytes, bytes]]:
    """Return the frames of a worker that does all it may, kinds and payloads, the last one last."""
    talk = [choice.choice(_TALK) for _ in range(choice.randrange(4))]
    return [(kind, json.dumps(value).encode()) for kind, value in ((frames.READY, READY), *talk, choice.choice(_LAST))]


def mutate(choice: random.Random, kind: bytes, payload: bytes) -> bytes:
    """Return the bytes of one frame after one to three mutations."""
    frame = choice.choice(_MUTATIONS)(choice, kind, payload)
    for _ in range(choice.choice((0, 0, 0, 1, 2))):
        frame = choice.choice(_OF_BYTES)(choice, frame[:1], frame[frames.HEADER_BYTES :])
    return frame


def _flip(choice: random.Random, kind: bytes, payload: bytes) -> bytes:
    data = bytearray(frames.pack(kind, payload))
    for _ in range(choice.choice((1, 1, 2, 8))):
        data[choice.randrange(len(data))] ^= 1 << choice.randrange(8)
    return bytes(data)


def _change_kind(choice: random.Random, _kind: bytes, payload: bytes) -> bytes:
    return frames.pack(bytes([choice.choice(_KINDS)]), payload)


def _lie_about_length(choice: random.Random, kind: bytes, payload: bytes) -> bytes:
    length = choice.choice((0, 1, len(payload) - 1, len(payload) + 1, 1 << 16, 1 << 22, (1 << 22) + 1, (1 << 32) - 1))
    return kind + max(0, length).to_bytes(4, "big") + payload


def _cut(choice: random.Random, kind: bytes, payload: bytes) -> bytes:
    data = frames.pack(kind, payload)
    return data[: choice.randrange(len(data))]


def _repeat(choice: random.Random, kind: bytes, payload: bytes) -> bytes:
    return frames.pack(kind, payload) * choice.choice((2, 3, 30))


def _insert(choice: random.Random, kind: bytes, payload: bytes) -> bytes:
    where = choice.randrange(len(payload) + 1)
    junk = choice.randbytes(choice.choice((1, 4, 100)))
    return frames.pack(kind, payload[:where] + junk + payload[where:])


def _replace_text(choice: random.Random, kind: bytes, _payload: bytes) -> bytes:
    return frames.pack(kind, choice.choice(_ODD_TEXTS))


def _splice_text(choice: random.Random, kind: bytes, payload: bytes) -> bytes:
    """Put an odd text where a value of the payload ends."""
    ends = [place for place, byte in enumerate(payload) if byte in b",]}"] or [0]
    where = choice.choice(ends)
    return frames.pack(kind, payload[:where] + b"," + choice.choice(_ODD_TEXTS) + payload[where:])


def _change_value(choice: random.Random, kind: bytes, payload: bytes) -> bytes:
    """Replace, add or remove one value somewhere inside."""
    value = json.loads(payload)
    inside = [value] if isinstance(value, dict | list) else []
    for holder in inside:
        held = holder.values() if isinstance(holder, dict) else holder
        inside += [each for each in held if isinstance(each, dict | list)]
    part = choice.choice(inside) if inside else None
    if isinstance(part, dict):
        key = choice.choice([*part, "extra", "code", "message", "stack", "reason", "limit"])
        if choice.random() < 0.2:
            part.pop(key, None)
        else:
            part[key] = choice.choice(_ODD)
    elif isinstance(part, list) and part:
        part[choice.randrange(len(part))] = choice.choice(_ODD)
    else:
        value = choice.choice(_ODD)
    return frames.pack(kind, json.dumps(value).encode())


_OF_BYTES: tuple[Mutation, ...] = (_flip, _change_kind, _lie_about_length, _cut, _repeat, _insert, _replace_text)
_MUTATIONS: tuple[Mutation, ...] = (*_OF_BYTES, _splice_text, _change_value, _change_value, _change_value)
