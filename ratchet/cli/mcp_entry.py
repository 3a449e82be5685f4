"""The entry of the MCP server in a client's configuration."""

from __future__ import annotations

import os
from collections.abc import Sequence

import typer

from ratchet.cli.mcp_door import token_file
from ratchet.config.configuration import Configuration
from ratchet.config.settings import variable_of
from ratchet.task.text import printable
from ratchet.values import JsonObject

TOKEN_VARIABLE = variable_of("mcp.token")
"""Where clients look for the token; the server reads it too."""


def stdio_entry(
    configuration: Configuration, config: str | None, command: str, arguments: Sequence[str], variables: Sequence[str]
) -> JsonObject:
    """Return the entry of a server that the client starts.

    Args:
        config: The configuration file that the server reads; None to have it look for one.
        variables: Those of its environment, each as NAME=VALUE.
    """
    named = ["--config", os.path.abspath(config)] if config else []
    # The client talks to what it has started, whatever the configuration says about others.
    spoken = [] if configuration.values["mcp.transport"] == "stdio" else ["--transport", "stdio"]
    return {"command": command, "args": ["mcp", *named, *spoken, *arguments], "env": dict(map(_variable, variables))}


def http_entry(configuration: Configuration, host: str | None, port: int | None) -> JsonObject:
    """Return the entry of a server that listens already; the token stays out of the file, which may be shared."""
    host = configuration.values["mcp.host"] if host is None else host
    port = configuration.values["mcp.port"] if port is None else port
    url = f"http://[{host}]:{port}/mcp" if ":" in host else f"http://{host}:{port}/mcp"
    return {"type": "http", "url": url, "headers": {"Authorization": f"Bearer ${{{TOKEN_VARIABLE}}}"}}


def token_place(configuration: Configuration) -> str:
    """Return the part of a sentence that says where the token is."""
    if configuration.values["mcp.token"] is not None:
        return "`mcp.token` says where the token is"
    return f"`ratchet mcp` keeps the token in `{printable(token_file(), 1000)}`"


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise typer.BadParameter(f"`--env {text}` is not NAME=VALUE")
    return name, value
