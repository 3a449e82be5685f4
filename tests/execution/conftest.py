"""What executions reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gateway.http_server import HttpServer


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    """Return a server on loopback."""
    with HttpServer() as running:
        yield running
