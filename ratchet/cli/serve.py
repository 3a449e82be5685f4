"""`ratchet serve`: serve tasks over HTTP."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from ratchet.cli.application import make_app
from ratchet.cli.completion import complete_folder
from ratchet.cli.configured import load_for
from ratchet.cli.extras import need_extra
from ratchet.cli.task_folders import check_folders
from ratchet.errors import InvalidConfig, NotPermitted, class_of
from ratchet.task.text import printable

if TYPE_CHECKING:
    from ratchet.server.service import Service

app = make_app()
_FAILED = 400


@app.command()
def serve(
    context: typer.Context,
    host: str | None = typer.Option(
        None, "--host", metavar="ADDRESS", help="Address to listen on", show_default="127.0.0.1"
    ),
    port: int | None = typer.Option(
        None, "--port", metavar="N", min=0, max=65535, help="Port to listen on; 0 is any free one", show_default="8080"
    ),
    tasks: list[str] = typer.Option(
        [],
        "--tasks",
        metavar="DIR",
        help="Folder of tasks to offer beside the sources; repeatable",
        autocompletion=complete_folder,
    ),
    new_key: bool = typer.Option(False, "--new-key", help="Make a new API key, and forget the one before"),
    get: str = typer.Option(
        "", metavar="PATH", help="Answer one request in this process, and serve nothing", show_default=False
    ),
) -> int:
    """Serve tasks over HTTP.

    The API key is printed at the first start. Tasks are written to the first of the folders.
    """
    configuration = load_for(context.obj, {})
    settings = configuration.server
    if host is not None:
        settings = settings._replace(bind_address=host)
    if port is not None:
        settings = settings._replace(port=port)
    if settings.is_public and not settings.require_key:
        hint = "Set `server.require_key: true`, or listen on 127.0.0.1"
        raise NotPermitted(
            f"`{printable(settings.bind_address)}` can be reached from elsewhere, and no key is asked for", hint=hint
        )
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        raise InvalidConfig("`server.tls.certificate` and `server.tls.key` are both needed, or neither")
    folders = tasks or ([settings.tasks] if settings.tasks else [])
    check_folders(folders)
    need_extra("server", "fastapi", "`ratchet serve`")
    from ratchet.cli.serving import open_service, serve_clients

    with open_service(configuration, settings, folders) as service:
        if get:
            return _print_answer(service, get)
        serve_clients(service, configuration, new_key=new_key)
    return 0


def _print_answer(service: Service, path: str) -> int:
    """Print the body of one answer, and return the exit code of the error that it may tell of."""
    import json

    from ratchet.server.app import create_app
    from ratchet.server.in_process import get

    if not path.startswith("/"):
        raise typer.BadParameter("`--get` takes a path, such as `/api/v1/tasks`")
    reply = get(create_app(service, None), path)
    sys.stdout.flush()
    sys.stdout.buffer.write(reply.body)
    return class_of(json.loads(reply.body)["code"]).exit_code if reply.status >= _FAILED else 0
