"""The method and the headers of a request: what cannot be sent, what is not, and what is added.

Implements the checks of the Fetch Standard, sections 2.2.1 and 2.2.2.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ratchet.gateway.failures import InvalidRequest
from ratchet.gateway.message import Headers
from ratchet.task.text import printable

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_MOST_BYTES = 256 * 1024
_FORBIDDEN_METHODS = {"CONNECT", "TRACE", "TRACK"}
_NORMALISED = {"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"}
_OWN = {
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
}
"""What the connection is made of, which is the gateway's to say."""
_METADATA = {"metadata", "metadata-flavor", "x-google-metadata-request"}
_METADATA_PREFIXES = ("x-aws-ec2-metadata-", "x-aliyun-ecs-metadata-")
"""What a cloud's metadata service asks for as a sign that no browser or proxy was tricked into the request."""
CREDENTIALS = {"authorization", "cookie", "proxy-authorization"}
"""What is meant for one origin alone."""


class Sendable(NamedTuple):
    """The headers that are sent, by their name in small letters, and a sentence for each that is not."""

    headers: dict[str, tuple[str, str]]
    notes: tuple[str, ...]


def check_method(method: str) -> str:
    """Return a method as it is sent."""
    if not _TOKEN.fullmatch(method):
        raise InvalidRequest(f"`{printable(method)}` is no HTTP method")
    upper = method.upper()
    if upper in _FORBIDDEN_METHODS:
        raise InvalidRequest(f"The method `{printable(method)}` is not allowed")
    return upper if upper in _NORMALISED else method


def check_headers(headers: Headers) -> Sendable:
    """Return what is sent of headers that somebody has written."""
    sent: dict[str, tuple[str, str]] = {}
    notes: list[str] = []
    if sum(len(name) + len(value) for name, value in headers) > _MOST_BYTES:
        raise InvalidRequest(f"The headers have more than {_MOST_BYTES // 1024} KB")
    for name, written in headers:
        value = _check_header(name, written)
        key = name.lower()
        if _is_forbidden(key):
            notes.append(f"The header `{name}` was not sent: the gateway sets or forbids it")
        elif key in sent:
            joint = "; " if key == "cookie" else ", "
            sent[key] = (sent[key][0], sent[key][1] + joint + value)
        else:
            sent[key] = (name, value)
    return Sendable(sent, tuple(notes))


def _check_header(name: str, value: str) -> str:
    if not _TOKEN.fullmatch(name):
        raise InvalidRequest(f"`{printable(name)}` is no header name")
    stripped = value.strip(" \t\r\n")
    if any(character in stripped for character in "\r\n\0"):
        raise InvalidRequest(f"The value of the header `{name}` holds a line break or a zero byte")
    try:
        stripped.encode("latin-1")
    except UnicodeEncodeError:
        raise InvalidRequest(f"The value of the header `{name}` holds a character above U+00FF") from None
    return stripped


def _is_forbidden(key: str) -> bool:
    return key in _OWN | _METADATA or key.startswith(("proxy-", *_METADATA_PREFIXES))
