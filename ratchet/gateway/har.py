"""HTTP Archives: what an execution exchanged, in a form that browsers and other tools open.

Implements HAR 1.2 (W3C Web Performance Working Group, "HTTP Archive (HAR) format"). What has no place there stands in
fields that begin with `_ratchet`, as the format asks of its users.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from urllib.parse import parse_qsl, unquote_plus

import ratchet
from ratchet.gateway.exchange import Exchange
from ratchet.gateway.message import Headers, HttpRequest, HttpResponse
from ratchet.task.moment import render_moment
from ratchet.values import JsonObject

_FORM = "application/x-www-form-urlencoded"
_NO_TIME = -1
"""What the format says of a phase that did not happen."""


def render_har(exchanges: Sequence[Exchange]) -> JsonObject:
    """Return the archive of exchanges, in the order that the task made them."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "Ratchet", "version": ratchet.__version__},
            "entries": [_render_entry(exchange) for exchange in exchanges],
        }
    }


def _render_entry(exchange: Exchange) -> JsonObject:
    response = exchange.response
    timings = _render_timings(exchange)
    entry: JsonObject = {
        "startedDateTime": render_moment(exchange.started_at),
        # The handshake is part of connecting.
        "time": sum(value for name, value in timings.items() if value != _NO_TIME and name != "ssl"),
        "request": _render_request(exchange.request, response),
        "response": _no_response() if response is None else _render_response(response),
        "cache": {},
        "timings": timings,
        "_ratchet": {"number": exchange.number, "from": exchange.source},
    }
    if response is not None:
        entry["_ratchet"].update({"url": response.url, "redirected": response.redirected})
        if response.address is not None:
            entry["serverIPAddress"] = response.address
    if exchange.failure is not None:
        failure = exchange.failure
        entry["_ratchet"]["failure"] = {"kind": failure.kind, "message": failure.message, "hint": failure.hint}
    return entry


def _render_request(request: HttpRequest, response: HttpResponse | None) -> JsonObject:
    rendered: JsonObject = {
        "method": request.method,
        "url": request.url,
        "httpVersion": "HTTP/1.1" if response is None else response.http_version,
        "cookies": [],
        "headers": _pairs(request.headers),
        "queryString": _query_of(request.url),
        "headersSize": -1,
        "bodySize": len(request.body or b""),
    }
    if request.body is not None:
        rendered["postData"] = _render_body(request.body, _header(request.headers, "content-type"))
    return rendered


def _render_body(body: bytes, content_type: str) -> JsonObject:
    """Return the body of a request; the format has no base64 here, so bytes that are no text get a field of ours."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"mimeType": content_type, "text": "", "_ratchet": {"base64": b64encode(body).decode()}}
    rendered: JsonObject = {"mimeType": content_type, "text": text}
    if content_type.startswith(_FORM):
        rendered["params"] = [{"name": name, "value": value} for name, value in parse_qsl(text, keep_blank_values=True)]
    return rendered


def _render_response(response: HttpResponse) -> JsonObject:
    content: JsonObject = {"size": len(response.body), "mimeType": response.header("content-type") or "x-unknown"}
    try:
        content["text"] = response.body.decode()
    except UnicodeDecodeError:
        content.update({"text": b64encode(response.body).decode(), "encoding": "base64"})
    if response.wire_bytes < len(response.body):
        content["compression"] = len(response.body) - response.wire_bytes
    return {
        "status": response.status,
        "statusText": response.reason,
        "httpVersion": response.http_version,
        "cookies": [],
        "headers": _pairs(response.headers),
        "content": content,
        "redirectURL": response.header("location") or "",
        "headersSize": -1,
        "bodySize": response.wire_bytes,
    }


def _no_response() -> JsonObject:
    """Return what browsers write for a request without an answer: status 0."""
    return {
        "status": 0,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": "x-unknown"},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _render_timings(exchange: Exchange) -> dict[str, float]:
    timings = exchange.response.timings if exchange.response else None
    if timings is None:
        return {
            "blocked": 0,
            "dns": _NO_TIME,
            "connect": _NO_TIME,
            "send": 0,
            "wait": exchange.duration_ms,
            "receive": 0,
        }
    connect = None if timings.connect is None else timings.connect + (timings.tls or 0)
    parts = {
        "dns": timings.dns,
        "connect": connect,
        "ssl": timings.tls,
        "send": timings.send,
        "wait": timings.wait,
        "receive": timings.receive,
    }
    return {"blocked": _NO_TIME, **{name: _NO_TIME if part is None else round(part, 3) for name, part in parts.items()}}


def _pairs(headers: Headers) -> list[JsonObject]:
    return [{"name": name, "value": value} for name, value in headers]


def _query_of(url: str) -> list[JsonObject]:
    query = url.partition("#")[0].partition("?")[2]
    pairs = (part.partition("=") for part in query.split("&") if part)
    return [{"name": unquote_plus(name), "value": unquote_plus(value)} for name, _, value in pairs]


def _header(headers: Headers, wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")
