"""Requests over the network: checked, bounded, within a deadline, over connections that are kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Literal, NamedTuple

from ratchet.gateway.deadline import Cancellation, Deadline, Watchdog
from ratchet.gateway.failures import ConnectionLost, HostNotPermitted, RedirectRefused
from ratchet.gateway.foreign_errors import FOREIGN, failure_of
from ratchet.gateway.message import HttpRequest, HttpResponse
from ratchet.gateway.opener import Opener
from ratchet.gateway.pool import ConnectionPool, Line
from ratchet.gateway.proxy import Proxy, parse_proxy
from ratchet.gateway.redirects import next_url, redirected
from ratchet.gateway.request_headers import check_headers, check_method
from ratchet.gateway.resolve import AllowAddress, Resolve, Resolver, resolve_by_system
from ratchet.gateway.settings import HttpSettings
from ratchet.gateway.stopwatch import Stopwatch
from ratchet.gateway.url import Url, parse_url

Admit = Callable[[HttpRequest, Url], HttpRequest]
"""Raise the refusal of a request, or return it as it is to be sent, which may differ in all but the origin of its URL.

It is called for the first request and for that of each redirect, before anything is looked up.
"""
Redirect = Literal["follow", "manual", "error"]

_DEFAULTS = HttpSettings()
_SAFE = {"GET", "HEAD", "OPTIONS"}
_SAFE_TO_REPEAT = {*_SAFE, "PUT", "DELETE"}


def admit_unchanged(request: HttpRequest, url: Url) -> HttpRequest:
    """Send every request as it is."""
    return request


class _Call(NamedTuple):
    """What holds for a whole call, over all of its redirects."""

    admit: Admit
    allow_address: AllowAddress
    deadline: Deadline
    redirect: Redirect
    most_bytes: int
    begun: float
    repeat: bool


class _Outgoing(NamedTuple):
    """A request as it is written.

    Args:
        notes: A sentence for each header that is not written.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None
    notes: tuple[str, ...]


class Transport:
    """Sends requests, from any number of threads, until it is closed.

    Args:
        resolve: Who knows the addresses of names.
    """

    def __init__(self, settings: HttpSettings = _DEFAULTS, *, resolve: Resolve = resolve_by_system) -> None:
        self._settings = settings
        self._proxy: Proxy | None = None if settings.proxy is None else parse_proxy(settings.proxy)
        self._opener = Opener(settings, self._proxy, Resolver(resolve))
        self._pool = ConnectionPool(settings.pool_size)
        self._watchdog = Watchdog()

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection, and cancel each request that is under way or comes later."""
        self._watchdog.close()
        self._pool.close()

    def send(
        self,
        request: HttpRequest,
        *,
        allow_address: AllowAddress,
        admit: Admit = admit_unchanged,
        deadline: float | None = None,
        redirect: Redirect = "follow",
        max_body_bytes: int | None = None,
        cancellation: Cancellation | None = None,
        repeat: bool = True,
    ) -> HttpResponse:
        """Send a request and return its complete answer, after any redirects.

        Args:
            allow_address: Asked for every address of each host, also of those of redirects.
            deadline: As `time.monotonic` counts; the settings' time from now without one.
            redirect: What becomes of a redirect: `manual` returns it, `error` raises RedirectRefused.
            max_body_bytes: That of the settings without one.
            repeat: Whether a request that does the same when sent twice is sent again where its connection was lost;
                without it, only one that changes nothing is.

        Raises:
            GatewayFailure: There is no answer; its class says why.
        """
        now = time.monotonic()
        url = parse_url(request.url)
        clock = Deadline(now + self._settings.timeout_seconds if deadline is None else deadline, url.host)
        most_bytes = self._settings.max_body_bytes if max_body_bytes is None else max_body_bytes
        call = _Call(admit, allow_address, clock, redirect, most_bytes, now, repeat)
        self._watchdog.watch(clock)
        try:
            with nullcontext() if cancellation is None else cancellation.on_cancel(lambda: clock.end("cancelled")):
                clock.check()
                return self._follow(request._replace(method=check_method(request.method)), url, call)
        finally:
            self._watchdog.forget(clock)

    def _follow(self, request: HttpRequest, url: Url, call: _Call) -> HttpResponse:
        for count in range(self._settings.max_redirects + 1):
            call.deadline.host = url.host
            admitted, url = _admit(request, url, call.admit)
            response = self._exchange(admitted, url, call)._replace(redirected=count > 0)
            if call.redirect == "manual":
                return response
            target = next_url(response, url)
            if target is None:
                return response
            if call.redirect == "error":
                raise RedirectRefused(f"`{url.host}` redirects to `{target.host}`")
            request = redirected(request, response.status, url, target)
            url = target
        raise RedirectRefused(f"More than {self._settings.max_redirects} redirects, the last to `{url.host}`")

    def _exchange(self, request: HttpRequest, url: Url, call: _Call) -> HttpResponse:
        """Send one request, over a line that is open already where there is one."""
        outgoing = self._outgoing(request, url)
        watch = Stopwatch()
        line = self._pool.take(url, lambda line: _allows(line, url, call.allow_address))
        if line is not None:
            try:
                return self._talk(line, outgoing, url, call, watch)
            except ConnectionLost:
                # The server may have closed it just as the request was sent, before it saw any of it (RFC 9110, 9.2.2).
                if line.wire.answered or outgoing.method not in (_SAFE_TO_REPEAT if call.repeat else _SAFE):
                    raise
        line = self._opener.open(url, call.allow_address, call.deadline, watch)
        return self._talk(line, outgoing, url, call, watch)

    def _talk(self, line: Line, outgoing: _Outgoing, url: Url, call: _Call, watch: Stopwatch) -> HttpResponse:
        keep = False
        try:
            call.deadline.hold(line.wire.socket)
            response = _read_answer(line, outgoing, url, call, watch)
            # What the deadline has cut may look complete.
            call.deadline.check()
            keep = line.wire.is_kept
            return response
        except FOREIGN as error:
            raise call.deadline.failure() or failure_of(error, url.host) from error
        finally:
            call.deadline.release()
            if keep:
                self._pool.give(line)
            else:
                line.wire.close()

    def _outgoing(self, request: HttpRequest, url: Url) -> _Outgoing:
        """Return what is written for a request, checked before anything is opened for it."""
        sendable = check_headers(request.headers)
        added = {"Host": url.authority, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
        added["User-Agent"] = self._settings.user_agent
        forwarded = self._proxy is not None and url.scheme == "http"
        if forwarded and self._proxy is not None and self._proxy.authorization is not None:
            added["Proxy-Authorization"] = self._proxy.authorization
        headers = {name: value for name, value in added.items() if name.lower() not in sendable.headers}
        headers.update(sendable.headers.values())
        target = str(url) if forwarded else url.target
        return _Outgoing(request.method, target, headers, request.body, sendable.notes)


def _admit(request: HttpRequest, url: Url, admit: Admit) -> tuple[HttpRequest, Url]:
    admitted = admit(request, url)
    if admitted.url == request.url:
        return admitted, url
    changed = parse_url(admitted.url)
    if changed.origin != url.origin:
        raise HostNotPermitted(f"A request to `{url.origin}` may not become one to `{changed.origin}`")
    return admitted, changed


def _allows(line: Line, url: Url, allow_address: AllowAddress) -> bool:
    """Tell whether a line that was opened for another request may serve this one."""
    return line.address is None or allow_address(line.address, url.host, url.port)


def _read_answer(line: Line, outgoing: _Outgoing, url: Url, call: _Call, watch: Stopwatch) -> HttpResponse:
    with watch.measure("send"):
        line.wire.send(*outgoing[:4], call.deadline.remaining)
    with watch.measure("wait"):
        head = line.wire.read_head()
    with watch.measure("receive"):
        body = line.wire.read_body(head, call.most_bytes)
    return HttpResponse(
        head.status,
        head.reason,
        head.headers,
        body,
        url=str(url),
        redirected=False,
        timings=watch.timings((time.monotonic() - call.begun) * 1000),
        wire_bytes=line.wire.received,
        http_version=head.http_version,
        address=None if line.address is None else str(line.address),
        notes=outgoing.notes,
    )
