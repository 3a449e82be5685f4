"""`ratchet db`: look after the database that holds executions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from ratchet.cli.application import make_app
from ratchet.cli.configured import load_for
from ratchet.cli.extras import need_extra
from ratchet.cli.keeping import connection_options, file_url
from ratchet.cli.output import print_json
from ratchet.cli.paths import data_folder
from ratchet.cli.report import inert_line
from ratchet.cli.terminal import has_person
from ratchet.errors import NotFound

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ratchet.config.configuration import Configuration
    from ratchet.store.copying import Copied, Progress

app = make_app()
_WIDTH = len("disabled_tasks")
_JSON = typer.Option(False, "--json", help="Print the figures as JSON")


@app.callback()
def db() -> None:
    """Look after the database that holds executions."""


@app.command()
def status(context: typer.Context, as_json: bool = _JSON) -> None:
    """Show which database it is, whether its tables are up to date, and how many rows they have."""
    with _open(load_for(context.obj, {})) as engine:
        from ratchet.store.address import render_address
        from ratchet.store.migrate import read_schema, schema_json
        from ratchet.store.rows import count, plain_tables

        with engine.connect() as connection:
            schema = read_schema(connection)
            rows = {table.name: count(connection, table) for table in plain_tables()} if schema.is_current else {}
    shown = render_address(engine.url)
    if as_json:
        print_json({"database": shown, **schema_json(schema), "rows": rows})
        return
    state = "current" if schema.is_current else "newer than this version" if schema.is_foreign else "to be upgraded"
    print(f"{inert_line(shown)}\nTables at {schema.revision or 'nothing'}: {state}")
    for name, number in rows.items():
        print(f"{name:<{_WIDTH}} {number:>10,}")


@app.command()
def upgrade(context: typer.Context, as_json: bool = _JSON) -> None:
    """Bring the tables up to date, or make them."""
    with _open(load_for(context.obj, {}), make=True) as engine:
        from ratchet.store.migrate import schema_json
        from ratchet.store.migrate import upgrade as upgrade_tables

        before = upgrade_tables(engine)
    if as_json:
        print_json(schema_json(before))
    elif before.is_current:
        print(f"The tables are up to date, at {before.newest}")
    else:
        print(f"The tables are at {before.newest} now, after {', '.join(before.waiting)}")


@app.command()
def copy(
    context: typer.Context,
    to: str = typer.Option(
        ..., "--to", metavar="URL", help="The other database; `env:NAME` or `file:PATH` where its URL stands there"
    ),
    force: bool = typer.Option(False, "--force", help="Replace what the other database holds"),
    as_json: bool = _JSON,
) -> None:
    """Copy everything to another database, and compare the two.

    What was interrupted goes on where it was when the same command is given again.
    """
    configuration = load_for(context.obj, {})
    with _open(configuration) as source:
        from ratchet.config.secrets import read_url
        from ratchet.jobs.idle import kept_idle
        from ratchet.store.address import render_address
        from ratchet.store.copying import copy_store

        with (
            _opened(configuration, read_url(to, configuration.source.environment)) as target,
            kept_idle(source, target),
            _progress() as progress,
        ):
            copied = copy_store(source, target, origin=render_address(source.url), force=force, progress=progress)
    _report(copied, as_json)


@app.command()
def backup(
    context: typer.Context,
    file: str = typer.Argument(metavar="FILE", help="File to write"),
    force: bool = typer.Option(False, "--force", help="Replace a file that is there"),
) -> None:
    """Write everything to one file, while others go on working."""
    with _open(load_for(context.obj, {})) as engine:
        from ratchet.store.backup import backup_store

        backup_store(engine, file, force=force)
    print(inert_line(file))


@app.command()
def restore(
    context: typer.Context,
    file: str = typer.Argument(metavar="FILE", help="File that `ratchet db backup` wrote"),
    force: bool = typer.Option(False, "--force", help="Replace what the database holds"),
    as_json: bool = _JSON,
) -> None:
    """Read a backup into the database, whichever kind of database it is of."""
    with _open(load_for(context.obj, {}), make=True) as engine:
        from ratchet.jobs.idle import kept_idle
        from ratchet.store.backup import restore_store

        with kept_idle(engine), _progress() as progress:
            restored = restore_store(file, engine, force=force, progress=progress)
    _report(restored, as_json)


@contextmanager
def _open(configuration: Configuration, *, make: bool = False) -> Iterator[Engine]:
    """Lend the database that the configuration names, else the one in the data folder.

    Args:
        make: Whether a file that is not there is made.

    Raises:
        NotFound: The file is not there.
    """
    folder: str = configuration.values["data.folder"] or data_folder()
    with _opened(configuration, configuration.database_url() or file_url(folder), make=make) as engine:
        yield engine


@contextmanager
def _opened(configuration: Configuration, url: str, *, make: bool = True) -> Iterator[Engine]:
    need_extra("server", "alembic", "A database")
    from ratchet.store.address import is_there, parse_address
    from ratchet.store.engine import open_engine
    from ratchet.store.reach import reached

    if not make and not is_there(parse_address(url)):
        raise NotFound("There is no database yet", hint="`ratchet db upgrade` makes it")
    engine = open_engine(url, **connection_options(configuration))
    try:
        with reached(engine):
            yield engine
    finally:
        engine.dispose()


@contextmanager
def _progress() -> Iterator[Progress]:
    """Lend what shows on a terminal how far a copy is."""
    shown = has_person(sys.stderr)

    def show(done: int, total: int) -> None:
        if shown:
            print(f"\r{done:,} of {total:,} rows", end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _report(copied: Copied, as_json: bool) -> None:
    tables = {name: summary._asdict() for name, summary in copied.tables.items()}
    if as_json:
        print_json({"tables": tables, "written": copied.rows, "resumed": copied.resumed})
        return
    for name, summary in copied.tables.items():
        print(f"{name:<{_WIDTH}} {summary.rows:>10,}  {summary.digest[:16]}")
    rest = ", the rest was there" if copied.resumed else ""
    print(f"{copied.rows:,} rows written{rest}; both databases hold the same")
