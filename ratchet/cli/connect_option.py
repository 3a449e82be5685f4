"""The option by which a command asks a server, not this machine."""

from __future__ import annotations

import typer

CONNECT = typer.Option(
    "", "--connect", metavar="URL", help="Ask a server, with the key in `server.api_key`", show_default=False
)
