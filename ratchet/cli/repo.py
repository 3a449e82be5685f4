"""`ratchet repo`: the sources of tasks, and repositories that are one."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

import ratchet
from ratchet.cli.application import Session, make_app
from ratchet.cli.configured import load_for
from ratchet.cli.repo_report import exit_code_of, print_report, report_of
from ratchet.cli.report import inert_line
from ratchet.cli.sources import open_catalogue, open_lock, open_store
from ratchet.cli.talk import print_hint, print_warning
from ratchet.config.configuration import Configuration
from ratchet.errors import NotFound, Unavailable
from ratchet.registry.catalogue import Offer
from ratchet.registry.lock import Lock, save_lock
from ratchet.task.text import nearest, printable
from ratchet.values import JsonObject

_FORMATS = ("table", "json", "yaml")

app = make_app()

_REPOSITORY = typer.Option("", "--repository", metavar="NAME", help="One source", show_default=False)
_FORMAT = typer.Option("table", "--format", metavar="FORMAT", help=", ".join(_FORMATS))
_AS_JSON = typer.Option(False, "--json", help="The same as `--format json`")
_DETAILED = typer.Option(False, "--detailed", help="Show revisions, times and every problem")
_LIST_TASKS = typer.Option(False, "--list-tasks", help="Show the tasks of each source")
_OFFLINE = typer.Option(False, "--offline", help="Ask no server; show what was fetched before")


@app.callback()
def repo() -> None:
    """Manage the sources that tasks come from."""


@app.command()
def init(
    folder: str = typer.Argument(..., metavar="DIR", help="Folder to make"),
    name: str = typer.Option("", "--name", metavar="NAME", help="Its name", show_default="from the folder"),
    description: str = typer.Option("", "--description", metavar="TEXT", help="What it holds", show_default=False),
    version: str = typer.Option("1.0.0", "--version", metavar="X.Y.Z", help="Its version"),
    ratchet_version: str = typer.Option(
        "", "--ratchet-version", metavar="X.Y.Z", help="The Ratchet it is made for", show_default="this one"
    ),
    force: bool = typer.Option(False, "--force", help="Take a folder that is not empty"),
) -> None:
    """Make a repository of tasks that others can add as a source."""
    from ratchet.registry.repository import create_repository

    paths = create_repository(
        folder,
        name=name or None,
        description=description or None,
        version=version,
        ratchet_version=ratchet_version or ratchet.__version__,
        force=force,
    )
    for path in paths:
        print(inert_line(path))


@app.command(name="refresh-metadata")
def refresh_metadata(folder: str = typer.Argument(".", metavar="DIR", help="The repository")) -> None:
    """Write the index of a repository anew."""
    from ratchet.registry.repository import write_index

    count, problems = write_index(folder)
    for problem in problems:
        print_warning(inert_line(problem.message))
    print(f"{count} task{'' if count == 1 else 's'}")


@app.command()
def status(
    context: typer.Context,
    repository: str = _REPOSITORY,
    detailed: bool = _DETAILED,
    list_tasks: bool = _LIST_TASKS,
    offline: bool = _OFFLINE,
    form: str = _FORMAT,
    as_json: bool = _AS_JSON,
) -> int:
    """Show the sources and whether they can be used."""
    return _report(context.obj, repository, form, as_json, detailed, list_tasks, offline, verify=False)


@app.command()
def verify(
    context: typer.Context,
    repository: str = _REPOSITORY,
    detailed: bool = _DETAILED,
    list_tasks: bool = _LIST_TASKS,
    offline: bool = _OFFLINE,
    form: str = _FORMAT,
    as_json: bool = _AS_JSON,
) -> int:
    """Ask every source, check the digest of every task, and compare with `ratchet.lock`."""
    return _report(context.obj, repository, form, as_json, detailed, list_tasks, offline, verify=True)


def _report(
    session: Session,
    repository: str,
    form: str,
    as_json: bool,
    detailed: bool,
    list_tasks: bool,
    offline: bool,
    *,
    verify: bool,
) -> int:
    if form not in _FORMATS:
        raise typer.BadParameter(f"`--format {inert_line(form)}` is none of {', '.join(_FORMATS)}")
    configuration = load_for(session, {})
    chosen = _sources_named(configuration, [repository] if repository else [])
    catalogue = open_catalogue(configuration, offline=offline)
    offers = [offer for offer in catalogue.read(fresh=verify, only=repository or None) if offer.source.name in chosen]
    lock = catalogue.lock if verify else None
    reports = [report_of(offer, lock, with_tasks=list_tasks) for offer in offers]
    print_report(reports, "json" if as_json else form, detailed=detailed)
    if not offers:
        print("There are no sources", file=sys.stderr)
        print_hint("`ratchet repo add URI` adds one")
    return exit_code_of(reports)


@app.command()
def refresh(
    context: typer.Context,
    sources: list[str] = typer.Argument(None, metavar="[SOURCE]...", help="Sources to ask", show_default="all"),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON"),
) -> int:
    """Fetch what sources offer now, and accept it in `ratchet.lock`."""
    configuration = load_for(context.obj, {})
    chosen = _sources_named(configuration, sources or [])
    catalogue = open_catalogue(configuration)
    lock = catalogue.lock
    if not sources:
        for gone in set(lock.sources) - set(chosen):
            lock = lock.without_source(gone)
    reports = []
    for name in chosen:
        (offer,) = catalogue.read(fresh=True, only=name)
        reports.append(report_of(offer, lock if lock.covers(name) and not offer.source.watch else None))
        if offer.contents.state == "current":
            lock = _accept(lock, offer)
    if lock != catalogue.lock or reports:
        save_lock(lock)
    print_report(reports, "json" if as_json else "table", detailed=True)
    # What has changed is accepted; only what could not be asked is a failure.
    return Unavailable.exit_code if any(report["state"] != "current" for report in reports) else 0


def _accept(lock: Lock, offer: Offer) -> Lock:
    """Return a lock that pins what a source offers; one that is watched is not pinned."""
    if offer.source.watch:
        return lock.without_source(offer.source.name)
    return lock.with_source(offer.source.name, offer.contents.entries)


def _sources_named(configuration: Configuration, names: Sequence[str]) -> list[str]:
    """Return the names of the sources to work on.

    Raises:
        NotFound: There is no such source.
    """
    known = [source.name for source in configuration.sources()]
    for name in names:
        if name not in known:
            match = nearest(name, known)
            hint = f"Did you mean `{match}`?" if match else "`ratchet repo status` shows the sources"
            raise NotFound(f"There is no source `{printable(name)}`", hint=hint)
    return list(names) or known


@app.command()
def add(
    context: typer.Context,
    uri: str = typer.Argument(..., metavar="URI", help="A folder, a ZIP, an index or a repository"),
    name: str = typer.Option("", "--name", metavar="NAME", help="Its name", show_default="from the URI"),
    kind: str = typer.Option(
        "", "--type", metavar="TYPE", help="filesystem, zip, http or git", show_default="from the URI"
    ),
    branch: str = typer.Option("", "--branch", metavar="NAME", help="Branch of a repository", show_default=False),
    ref: str = typer.Option("", "--ref", metavar="NAME", help="Branch, tag or commit", show_default=False),
    subdirectory: str = typer.Option(
        "", "--subdirectory", metavar="PATH", help="Where its tasks are", show_default=False
    ),
    whole_history: bool = typer.Option(False, "--no-shallow", help="Fetch the whole history of a repository"),
    watch: bool = typer.Option(False, "--watch", help="Take edits as they come, and pin nothing"),
    auth: str = typer.Option(
        "", "--auth", metavar="REFERENCE", help="Where the token is: env:NAME or file:PATH", show_default=False
    ),
) -> int:
    """Add a source to the configuration, and accept its tasks in `ratchet.lock`."""
    from ratchet.cli.repo_change import add_source

    configuration = load_for(context.obj, {})
    given = {"name": name, "uri": uri, "type": kind, "branch": branch, "ref": ref, "subdirectory": subdirectory}
    given["auth"] = auth
    entry: JsonObject = {key: value for key, value in given.items() if value}
    if whole_history:
        entry["shallow"] = False
    if watch:
        entry["watch"] = True
    offer, file = add_source(configuration, entry, open_store(configuration))
    lock = _accept(open_lock(configuration._replace(source=configuration.source._replace(path=file))), offer)
    save_lock(lock)
    print_report([report_of(offer, None)], "table", detailed=False)
    return 0


@app.command()
def remove(
    context: typer.Context,
    name: str = typer.Argument(..., metavar="NAME", help="The source"),
) -> None:
    """Take a source out of the configuration and out of `ratchet.lock`."""
    from ratchet.cli.repo_change import remove_source

    configuration = load_for(context.obj, {})
    remove_source(configuration, name)
    lock = open_lock(configuration)
    if lock.covers(name):
        save_lock(lock.without_source(name))
    print(inert_line(name))
