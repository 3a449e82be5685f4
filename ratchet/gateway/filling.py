"""Put the values of secrets into a request, each escaped for the place where it lands."""

from __future__ import annotations

import html
import json
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from urllib.parse import quote

from ratchet.gateway.message import HttpRequest
from ratchet.gateway.placeholders import names_in, replace_in

ValueOf = Callable[[str], str]
Escape = Callable[[str], str]
_BASIC = re.compile(r"(?P<scheme>Basic +)(?P<credentials>[A-Za-z0-9+/]+={0,2})", re.IGNORECASE)


def fill(request: HttpRequest, value_of: ValueOf) -> HttpRequest:
    """Return a request with the value of a secret in place of each placeholder.

    Args:
        value_of: Takes the name of a secret; what it raises is passed on.
    """
    headers = tuple((name, _fill_header(name, value, value_of)) for name, value in request.headers)
    return request._replace(
        url=_fill_text(request.url, value_of, _for_url), headers=headers, body=_fill_body(request, value_of)
    )


def _fill_text(text: str, value_of: ValueOf, escape: Escape) -> str:
    def value_at(name: str, layers: int) -> str:
        value = value_of(name)
        # Who encoded the placeholder has encoded what it stands for.
        if layers == 0:
            return escape(value)
        for _ in range(layers):
            value = _for_url(value)
        return value

    return replace_in(text, value_at)


def _fill_header(name: str, value: str, value_of: ValueOf) -> str:
    basic = _BASIC.fullmatch(value.strip()) if name.lower() == "authorization" else None
    if basic is None:
        return _fill_text(value, value_of, _as_it_is)
    try:
        credentials = b64decode(basic["credentials"], validate=True).decode("latin-1")
    except Base64Error:
        return value
    if next(names_in(credentials), None) is None:
        return value
    filled = _fill_text(credentials, value_of, _as_it_is)
    return basic["scheme"] + b64encode(filled.encode("latin-1")).decode()


def _fill_body(request: HttpRequest, value_of: ValueOf) -> bytes | None:
    body = request.body
    if body is None or b"secret" not in body:
        return body
    # Of bytes that are no text, those around a placeholder stay as they are.
    text = body.decode("latin-1")
    return _fill_text(text, value_of, _escape_for(request, text)).encode("latin-1")


def _escape_for(request: HttpRequest, text: str) -> Escape:
    """Return how a value is written in a body: by its type, and as JSON wherever it is JSON."""
    kind = next((value for name, value in request.headers if name.lower() == "content-type"), "")
    kind = kind.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return _for_url
    if kind.endswith(("json", "xml")):
        return _for_json if kind.endswith("json") else html.escape
    return _for_json if _is_json(text) else _as_it_is


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] not in ("{", "[", '"'):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _as_it_is(value: str) -> str:
    return value


def _for_url(value: str) -> str:
    return quote(value, safe="")


def _for_json(value: str) -> str:
    return json.dumps(value)[1:-1]
