"""Find the exchange that answers a request, in mocks and in recordings alike; else the nearest, and what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from ratchet.gateway.message import HttpRequest
from ratchet.gateway.url import Url, parse_url
from ratchet.gateway.url_pattern import UrlPattern
from ratchet.task.difference import differences
from ratchet.values import Json


class Absent:
    """Says that a body is not looked at, which null, a JSON value, cannot say."""


ABSENT = Absent()


class ExpectedRequest(NamedTuple):
    """What a request must be like.

    Args:
        method: In capitals; None for any.
        headers: Values by their name in small letters; others may be there too.
        body: A JSON value, for a body that is JSON or a form; a text or bytes, for one that is the same; None for a
            request without one; ABSENT for any.
    """

    method: str | None
    url: UrlPattern
    headers: Mapping[str, str] = {}
    body: Json | bytes | Absent = ABSENT


class Mismatch(NamedTuple):
    """What differs between a request and the one that was expected.

    Args:
        matcher: method, url, query, header or body.
        pointer: JSON Pointer into the body or the name of a header; empty where there is no part to name.
        expected, actual: As they are shown.
    """

    matcher: str
    pointer: str
    expected: str
    actual: str

    @property
    def sentence(self) -> str:
        """What follows the name of the exchange."""
        where = f" at `{self.pointer}`" if self.pointer else ""
        return f"its {self.matcher} differs{where}: expected {self.expected}, sent {self.actual}"


_MOST_SHOWN = 200


def mismatches(expected: ExpectedRequest, request: HttpRequest) -> list[Mismatch]:
    """Return what differs; nothing where the request is the one that was expected."""
    url = parse_url(request.url)
    found = [*_differing_url(expected.url, url), *_differing_headers(expected.headers, request)]
    if expected.method not in (None, request.method):
        found.insert(0, Mismatch("method", "", f"`{expected.method}`", f"`{request.method}`"))
    return found + list(_differing_body(expected.body, request))


def distance(found: Sequence[Mismatch]) -> tuple[int, int]:
    """Return how far a request is from the expected one: another place counts more than anything else."""
    kinds = {mismatch.matcher for mismatch in found}
    return ("url" in kinds) * 8 + ("method" in kinds) * 4 + len(kinds), len(found)


def _differing_url(pattern: UrlPattern, url: Url) -> Iterator[Mismatch]:
    if not pattern.names_place(url):
        yield Mismatch("url", "", f"`{pattern.text}`", f"`{url}`")
    elif not pattern.names_query(url):
        wanted = pattern.text.partition("?")[2]
        yield Mismatch("query", "", f"`{wanted}`" if wanted else "none", f"`{url.query[1:]}`" if url.query else "none")


def _differing_headers(expected: Mapping[str, str], request: HttpRequest) -> Iterator[Mismatch]:
    sent: dict[str, str] = {}
    for name, value in request.headers:
        key = name.lower()
        sent[key] = f"{sent[key]}, {value}" if key in sent else value
    for name, value in expected.items():
        if sent.get(name) != value:
            yield Mismatch("header", name, f"`{value}`", f"`{sent[name]}`" if name in sent else "none")


def _differing_body(expected: Json | bytes | Absent, request: HttpRequest) -> Iterator[Mismatch]:
    if isinstance(expected, Absent):
        return
    sent = request.body
    if expected is None or sent is None:
        if (expected is None) != (sent is None):
            yield Mismatch("body", "", _shown(expected), "none" if sent is None else _shown(sent))
    elif isinstance(expected, bytes):
        if expected != sent:
            yield from _differing_values(read_body(expected, request), read_body(sent, request))
    elif isinstance(expected, str):
        text = sent.decode("utf-8", "replace")
        if expected != text:
            yield from _differing_values(_json_or_text(expected), _json_or_text(text))
    else:
        yield from _differing_values(expected, read_body(sent, request))


def _differing_values(expected: Json, actual: Json) -> Iterator[Mismatch]:
    """Yield what differs; two texts of one JSON value are the same body."""
    for difference in differences(expected, actual):
        present = difference.change != "removed"
        wanted = "none" if difference.change == "added" else _shown(difference.expected)
        yield Mismatch("body", difference.pointer, wanted, _shown(difference.actual) if present else "none")


def read_body(body: bytes, request: HttpRequest) -> Json:
    """Return a body as a JSON value: what it says where it is JSON or a form, else its text."""
    text = body.decode("utf-8", "replace")
    content_type = next((value for name, value in request.headers if name.lower() == "content-type"), "")
    if content_type.startswith("application/x-www-form-urlencoded"):
        return _form_of(text)
    return _json_or_text(text)


def _form_of(text: str) -> Json:
    fields: dict[str, Json] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name in fields:
            before = fields[name]
            fields[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            fields[name] = value
    return fields


def _json_or_text(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def read_json_or_text(body: bytes) -> Json:
    """Return a body as the JSON value that it is, else as its text."""
    return _json_or_text(body.decode("utf-8", "replace"))


def _shown(value: Json | bytes) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + '…'}`"
