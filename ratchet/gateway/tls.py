"""TLS to a host by its name, over a socket that is connected to its address."""

from __future__ import annotations

import socket
import ssl
from typing import cast

import certifi
from urllib3.util.ssltransport import SSLTransport

from ratchet.gateway.deadline import Deadline
from ratchet.gateway.failures import TlsFailed
from ratchet.gateway.settings import HttpSettings
from ratchet.task.text import printable


def make_context(settings: HttpSettings) -> ssl.SSLContext:
    """Return what is trusted: a file of the operator's, or the certificates that browsers trust."""
    try:
        context = ssl.create_default_context(cafile=settings.ca_bundle or certifi.where())
    except OSError as error:
        raise TlsFailed(f"The certificates in `{settings.ca_bundle}` cannot be read: {error}") from None
    context.set_alpn_protocols(["http/1.1"])
    if not settings.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def wrap_in_tls(sock: socket.socket, host: str, context: ssl.SSLContext, deadline: Deadline) -> socket.socket:
    """Shake hands as a client that asks for the host by name, and return the socket to go on with."""
    # A certificate has no trailing dot, which a name in a URL may have.
    name = host.rstrip(".")
    try:
        if isinstance(sock, ssl.SSLSocket):
            # TLS to the proxy and TLS to the host inside it, which the standard library's sockets cannot do.
            return cast(socket.socket, SSLTransport(sock, context, server_hostname=name))
        wrapped = context.wrap_socket(sock, server_hostname=name, do_handshake_on_connect=False)
    except (OSError, ValueError) as error:
        raise _failure(error, host, deadline) from None
    try:
        deadline.hold(wrapped)
        wrapped.do_handshake()
    except (OSError, ValueError) as error:
        wrapped.close()
        raise _failure(error, host, deadline) from None
    except BaseException:
        wrapped.close()
        raise
    return wrapped


def underlying(sock: socket.socket) -> socket.socket:
    """Return the socket of the operating system, which is inside of one that is TLS inside TLS."""
    return cast(socket.socket, sock.socket) if isinstance(sock, SSLTransport) else sock


def _failure(error: Exception, host: str, deadline: Deadline) -> Exception:
    if isinstance(error, ssl.SSLCertVerificationError):
        words = f"The certificate of `{host}` is not trusted: {printable(error.verify_message)}"
        return deadline.failure() or TlsFailed(words, hint="`http.ca_bundle` names a file of further certificates")
    reason = getattr(error, "reason", None) or error.__class__.__name__
    return deadline.failure() or TlsFailed(f"No TLS with `{host}`: {printable(str(reason))}")
