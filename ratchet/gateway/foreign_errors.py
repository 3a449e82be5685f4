"""What the libraries below raise, in the words of the gateway."""

from __future__ import annotations

import http.client
import ssl

import urllib3.exceptions

from ratchet.gateway.failures import BadResponse, ConnectionLost, GatewayFailure, TimedOut, TlsFailed
from ratchet.task.text import printable

FOREIGN = (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError)
"""What reading and writing raise."""


_BROKEN_OFF = (ConnectionError, http.client.RemoteDisconnected, http.client.IncompleteRead)
_MALFORMED = (urllib3.exceptions.InvalidChunkLength, urllib3.exceptions.InvalidHeader)


def failure_of(error: BaseException, host: str) -> GatewayFailure:
    """Return the failure that an error of a library stands for."""
    for cause in _causes(error):
        if isinstance(cause, _MALFORMED):
            return BadResponse(f"The answer from `{host}` is not valid: {_reason(cause)}")
        if isinstance(cause, TimeoutError):
            return TimedOut(f"No complete answer from `{host}` in time")
        if isinstance(cause, ssl.SSLError):
            return TlsFailed(f"TLS with `{host}` failed: {printable(cause.reason or str(cause))}")
        if isinstance(cause, _BROKEN_OFF):
            return _lost(host)
    # It has no class of its own.
    if str(error) == "Response ended prematurely":
        return _lost(host)
    return BadResponse(f"The answer from `{host}` is not valid: {_reason(error)}")


def _lost(host: str) -> ConnectionLost:
    return ConnectionLost(f"`{host}` closed the connection before the answer was complete")


def _causes(error: BaseException | None) -> list[BaseException]:
    """Return an error and what it was made from, the last first."""
    causes: list[BaseException] = []
    while error is not None and error not in causes:
        causes.append(error)
        error = error.__cause__ or error.__context__
    return causes


def _reason(error: BaseException) -> str:
    words = str(error) or error.__class__.__name__
    return printable(words.partition("\n")[0])
