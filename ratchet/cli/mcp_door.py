"""How clients reach `ratchet mcp`: over stdin and stdout, or over HTTP with a token, its own or one of OAuth."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

import typer

from ratchet.cli.extras import need_extra
from ratchet.cli.mcp_oauth import check_oauth, open_oauth
from ratchet.cli.paths import state_folder
from ratchet.cli.report import inert_line
from ratchet.cli.talk import print_warning
from ratchet.cli.usage import refuse_unknown
from ratchet.config import moved
from ratchet.config.settings import SETTINGS
from ratchet.errors import InvalidConfig, NotPermitted
from ratchet.task.text import printable

if TYPE_CHECKING:
    from ratchet.config.configuration import Configuration
    from ratchet.mcp_server.credentials import OwnToken
    from ratchet.mcp_server.protocol import TaskServer

    Door = Callable[[TaskServer], None]

TRANSPORTS = SETTINGS["mcp.transport"].words


def choose_transport(
    configuration: Configuration, named: str, *, of_http: Mapping[str, bool], of_stdio: Mapping[str, bool] | None = None
) -> str:
    """Return the transport that was named, in the words of today, else the configured one.

    Args:
        of_http, of_stdio: The options that are for one of them alone, and whether each was given.
    """
    today = moved.WORDS["mcp.transport"].get(named, named)
    if today != named:
        print_warning(f"`--transport {named}` is `--transport {today}` now")
    refuse_unknown("--transport", today or "stdio", TRANSPORTS)
    transport = today or str(configuration.values["mcp.transport"])
    for owner, options in (("http", of_http), ("stdio", of_stdio or {})):
        for option, given in options.items():
            if given and transport != owner:
                raise typer.BadParameter(f"`{option}` is for `--transport {owner}`")
    return transport


def open_door(
    configuration: Configuration, transport: str, host: str | None, port: int | None, *, no_auth: bool
) -> Door:
    """Return what serves, until the client is gone or a signal ends it.

    Args:
        host, port: Where to listen, in place of the configured ones.

    Raises:
        MissingExtra: The protocol is not installed.
        NotPermitted: Nobody would have to show a token, and others than this machine could come in.
        Refused: There is no such host, or the token cannot be kept.
    """
    if transport == "http":
        need_extra("mcp", "mcp", "`ratchet mcp`")
        return _open_http_door(configuration, host, port, no_auth=no_auth)
    from ratchet.mcp_server.client_watch import ClientWatch
    from ratchet.mcp_server.pipes import take_pipes

    incoming, outgoing = take_pipes()
    client = ClientWatch(outgoing.fileno())
    need_extra("mcp", "mcp", "`ratchet mcp`")
    from ratchet.mcp_server.stdio import serve_stdio
    from ratchet.mcp_server.wire import Wire

    return functools.partial(serve_stdio, wire=Wire(incoming, outgoing), client=client)


def _open_http_door(configuration: Configuration, host: str | None, port: int | None, *, no_auth: bool) -> Door:
    from ratchet.mcp_server.addresses import is_loopback, names_of, open_sockets, url_host
    from ratchet.mcp_server.http import PATH, create_http_app
    from ratchet.mcp_server.listen import serve_http

    values = configuration.values
    address: str = values["mcp.host"] if host is None else host
    local = is_loopback(address)
    if no_auth and not local:
        hint = "Leave `--no-auth` away, or listen on 127.0.0.1"
        raise NotPermitted(f"Without a token, only this machine may reach it, and others reach `{address}`", hint=hint)
    takes_oauth = not no_auth and check_oauth(configuration, f"http://{url_host(address)}{PATH}") is not None
    own = None if no_auth or takes_oauth else _own_token(configuration)
    if no_auth:
        print_warning("Every program on this machine may run and write tasks here")
    if not local:
        print_warning("Tokens and tasks cross the network in the clear; let a proxy with TLS stand in front")

    def serve(server: TaskServer) -> None:
        with ExitStack() as opened:
            sockets = open_sockets(address, values["mcp.port"] if port is None else port)
            for each in sockets:
                opened.enter_context(each)
            url = f"http://{url_host(address)}:{sockets[0].getsockname()[1]}{PATH}"
            oauth = open_oauth(configuration, url) if takes_oauth else None
            _say(f"Serving {url}")
            app = create_http_app(
                server,
                check=server.check,
                credentials=own if oauth is None else oauth.credentials,
                hosts=names_of(address, [*values["mcp.hosts"], *([] if oauth is None else [oauth.host])]),
                documents={} if oauth is None else oauth.documents,
            )
            serve_http(app, sockets)

    return serve


def token_file() -> str:
    """Return the file that keeps the token."""
    return os.path.join(state_folder(), "mcp-token")


def _own_token(configuration: Configuration) -> OwnToken:
    from ratchet.mcp_server.credentials import OwnToken
    from ratchet.mcp_server.scopes import parse_scopes
    from ratchet.mcp_server.token import is_token_of

    return OwnToken(is_token_of(_token(configuration)), parse_scopes(configuration.values["mcp.token_scopes"]))


def _token(configuration: Configuration) -> str:
    """Return the token that is configured, else the one that is kept, and say where a client's user finds it."""
    from ratchet.config.secrets import SHORTEST_TOKEN, read_secret
    from ratchet.mcp_server.token import keep_token

    configured: str | None = configuration.values["mcp.token"]
    if configured is not None:
        token = read_secret(configured, configuration.source.environment)
        if len(token) < SHORTEST_TOKEN:
            raise InvalidConfig(f"`mcp.token` has fewer than {SHORTEST_TOKEN} characters", hint="Take a longer one")
        return token
    token, is_new = keep_token(token_file())
    shown = f"`{printable(token_file(), 1000)}`"
    _say(f"Token: {token}\nIt is shown this once and kept in {shown}" if is_new else f"The token is kept in {shown}")
    return token


def _say(text: str) -> None:
    for line in text.splitlines():
        print(inert_line(line), file=sys.stderr, flush=True)
