"""Where an answer sends a request next, and what becomes of the request.

Implements HTTP-redirect fetch of the Fetch Standard, section 4.4, without what browsers add for pages.
"""

from __future__ import annotations

from ratchet.gateway.failures import BadResponse, InvalidUrl, RedirectRefused
from ratchet.gateway.message import HttpRequest, HttpResponse
from ratchet.gateway.request_headers import CREDENTIALS
from ratchet.gateway.url import Url, parse_url

_STATUSES = {301, 302, 303, 307, 308}
_ABOUT_THE_BODY = {"content-encoding", "content-language", "content-location", "content-type"}


def next_url(response: HttpResponse, url: Url) -> Url | None:
    """Return where the answer from a URL redirects to; None where it does not."""
    if response.status not in _STATUSES:
        return None
    locations = {value for name, value in response.headers if name.lower() == "location"}
    if not locations:
        return None
    if len(locations) > 1:
        raise BadResponse(f"`{url.host}` redirects to {len(locations)} places at once")
    try:
        target = parse_url(_as_utf8(locations.pop()), url)
    except InvalidUrl as error:
        raise RedirectRefused(f"`{url.host}` redirects to no place to go: {error.message}") from None
    if url.scheme == "https" and target.scheme == "http":
        raise RedirectRefused(f"`{url.host}` redirects from https to http at `{target.host}`")
    return target


def redirected(request: HttpRequest, status: int, url: Url, target: Url) -> HttpRequest:
    """Return the request that follows a redirect."""
    dropped: set[str] = set()
    becomes_get = (status == 303 and request.method not in ("GET", "HEAD")) or (
        status in (301, 302) and request.method == "POST"
    )
    if becomes_get:
        dropped |= _ABOUT_THE_BODY
    if url.origin != target.origin:
        dropped |= CREDENTIALS
    headers = tuple((name, value) for name, value in request.headers if name.lower() not in dropped)
    if becomes_get:
        return HttpRequest("GET", str(target), headers)
    return request._replace(url=str(target), headers=headers)


def _as_utf8(location: str) -> str:
    """Return a header in the encoding that its bytes are in."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location
