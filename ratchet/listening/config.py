"""How both servers are reached over HTTP: they tell little, and believe no proxy."""

from __future__ import annotations

from typing import Any

import uvicorn
from starlette.types import ASGIApp

from ratchet.listening.connection import Connection

_IDLE_SECONDS = 30


def listening_config(app: ASGIApp, **options: Any) -> uvicorn.Config:
    """Return how an app is served.

    Args:
        options: What the two servers do each in its own way.
    """
    return uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        # It would write addresses, in which somebody may put a token all the same.
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_IDLE_SECONDS,
        **options,
    )
