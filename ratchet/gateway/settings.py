"""How requests are made, as the operator sets it."""

from __future__ import annotations

from typing import NamedTuple

import ratchet


class HttpSettings(NamedTuple):
    """What holds for every request.

    Args:
        timeout_seconds: The time for a whole request, redirects and body included.
        ca_bundle: A file of certificates that are trusted in place of those of `certifi`.
        proxy: The URL of an HTTP or HTTPS proxy that every request goes through.
        pool_size: Connections that are kept open without a request.
        max_body_bytes: The size of a body once it is decoded.
    """

    timeout_seconds: float = 20.0
    max_redirects: int = 5
    user_agent: str = f"ratchet/{ratchet.__version__}"
    verify_ssl: bool = True
    ca_bundle: str | None = None
    proxy: str | None = None
    pool_size: int = 16
    max_body_bytes: int = 5 * 1024 * 1024
