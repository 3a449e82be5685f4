"""`ratchet run-once`: run one task, print its output."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from ratchet.cli.application import Session, make_app
from ratchet.cli.completion import complete_task
from ratchet.cli.configured import load_for, open_runtime
from ratchet.cli.input_value import SET, read_input
from ratchet.cli.one_run import run_shown, run_to_end
from ratchet.cli.output import check_output
from ratchet.engine import ENGINES, MOST_MEMORY_BYTES
from ratchet.errors import InvalidInput, NotFound
from ratchet.execution.calls import FindTask
from ratchet.execution.document import Execution
from ratchet.execution.surroundings import Recorder
from ratchet.sandbox.pool import SOURCES, Pool
from ratchet.task.load import load_task
from ratchet.task.model import Task
from ratchet.task.quantity import parse_size
from ratchet.task.text import printable

if TYPE_CHECKING:
    from ratchet.config.configuration import Configuration
    from ratchet.gateway.secret import ReadValue

_DAY = 86_400

app = make_app()


@app.command()
def run_once(
    context: typer.Context,
    task: str = typer.Argument(
        "", metavar="TASK", help="Folder, ZIP or name of the task", show_default=False, autocompletion=complete_task
    ),
    input_text: str | None = typer.Option(
        None, "--input", "--input-json", metavar="JSON", help="Input as JSON, @FILE, or - for stdin", show_default=False
    ),
    settings: list[str] = SET,
    from_fs: str = typer.Option(
        "",
        "--from-fs",
        metavar="PATH",
        help="Another way to name the task",
        show_default=False,
        autocompletion=complete_task,
    ),
    timeout: float | None = typer.Option(
        None, "--timeout", metavar="SECONDS", help="Wall-clock limit", show_default="30"
    ),
    memory: str | None = typer.Option(
        None, "--memory", metavar="SIZE", help="Memory limit, such as 64MB", show_default="96MB"
    ),
    engine: str | None = typer.Option(
        None, "--engine", metavar="NAME", help="JavaScript engine: dukpy or wasm", show_default=ENGINES[0]
    ),
    output: str = typer.Option(
        "", "--output", metavar="FILE", help="Write to a file, not to stdout", show_default=False
    ),
    record: str = typer.Option(
        "",
        "--record",
        metavar="PATH",
        help="Keep the execution in a folder, or in a file that ends in .ratchet",
        show_default=False,
    ),
    plan: bool = typer.Option(False, "--plan", help="Send nothing that changes something: show it as a plan"),
    apply: str = typer.Option(
        "", "--apply", metavar="PLAN", help="Send exactly the requests of a plan", show_default=False
    ),
    recording: str = typer.Option(
        "", "--recording", metavar="PATH", help="With --plan, take answers from a recording", show_default=False
    ),
    allow_hosts: list[str] = typer.Option(
        [], "--allow-host", metavar="HOST", help="Host that the task may reach, this once; repeatable"
    ),
    secret: list[str] = typer.Option(
        [], "--secret", metavar="NAME=@FILE", help="Secret for the task, or NAME=env:VARIABLE; repeatable"
    ),
    offline: bool = typer.Option(False, "--offline", help="Reach nothing: no host, and sources from the cache alone"),
    watch: bool = typer.Option(False, "--watch", help="Run again whenever a file of the task changes"),
    as_json: bool = typer.Option(False, "--json", help="Print the whole execution"),
) -> int:
    """Run one task and print its output as JSON."""
    path = task or from_fs
    if not path or (task and from_fs):
        raise typer.BadParameter("Name one task: a folder, a ZIP or a name")
    if watch and input_text == "-":
        raise typer.BadParameter("`--watch` cannot read stdin a second time")
    _check_hosts(allow_hosts)
    if plan or apply or recording:
        from ratchet.cli.planning import check_options

        check_options(plan=plan, apply=apply, recording=recording, watch=watch, record=record)
    flags = {"--timeout": _seconds(timeout), "--memory": _bytes(memory), "--engine": _engine(engine)}
    if output:
        check_output(output)
    _open_recorder(record)  # Refuses a path that cannot be written before the task runs in vain.
    session: Session = context.obj
    configuration = load_for(session, flags)
    _check_memory(memory, configuration.engine)
    secrets = _read_secrets(secret)
    pool = _open_pool(session, configuration.engine, watch=watch)
    with open_runtime(configuration, pool, allow_hosts=allow_hosts, offline=offline) as runtime:

        def run_it() -> int:
            loaded, find_task = _load(path, configuration, offline=offline)
            _check_declared(loaded, secrets)
            value = read_input(input_text, settings)
            recorder = _open_recorder(record)
            run_task: Callable[..., Execution] = functools.partial(
                run_shown, runtime, configuration, loaded, value, find_task, secrets, recorder=recorder
            )
            if not plan and _is_kept(configuration):
                from ratchet.cli.keeping import keep_run

                run_task = keep_run(run_task, configuration, recorder)
            if not plan and not apply:
                return run_to_end(run_task, output, as_json=as_json, recorded=bool(record))
            from ratchet.cli.planning import apply_plan, plan_run

            if plan:
                return plan_run(run_task, loaded, value, recording=recording, output=output, as_json=as_json)
            return run_to_end(lambda: apply_plan(run_task, loaded, value, apply), output, as_json=as_json)

        if not watch:
            return run_it()
        from ratchet.cli.watch import run_and_watch

        inputs = [input_text[1:]] if input_text is not None and input_text.startswith("@") else []
        logs = [target.path for target in configuration.logging.targets if target.path is not None]
        return run_and_watch([path, *inputs], run_it, written=[*logs, *([output] if output else [])])


def _is_kept(configuration: Configuration) -> bool:
    return any(configuration.values[key] is not None for key in ("data.folder", "server.database.url"))


def _open_recorder(path: str) -> Recorder | None:
    if not path:
        return None
    from ratchet.execution.recording import open_recorder

    return open_recorder(path)


def _read_secrets(options: Sequence[str]) -> Mapping[str, ReadValue]:
    if not options:
        return {}
    from ratchet.cli.secret_option import read_secrets

    return read_secrets(options)


def _check_declared(task: Task, secrets: Mapping[str, ReadValue]) -> None:
    if secrets:
        from ratchet.cli.secret_option import check_declared

        check_declared(task, secrets)


def _open_pool(session: Session, engine: str, *, watch: bool) -> Pool:
    # The first source takes longer to start, and then gives one worker after the other sooner.
    pool = Pool(SOURCES[0 if watch else -1], engine=engine, maximum=1)
    if session.started is not None:
        from ratchet.sandbox.spawned import SpawnedWorker

        pool.add(SpawnedWorker(session.started), ENGINES[0])
    return pool


def _load(text: str, configuration: Configuration, *, offline: bool) -> tuple[Task, FindTask | None]:
    """Return the task at a path, else of a name, and where it may find others to call: beside itself."""
    try:
        task = load_task(text)
    except NotFound as missing:
        if not configuration.values["registry.sources"]:
            raise
        from ratchet.cli.sources import find_named

        return find_named(configuration, text, missing, offline=offline)
    if not task.metadata.permissions.tasks:
        return task, None
    from ratchet.task.siblings import sibling_finder

    return task, sibling_finder(task.location)


def _check_hosts(hosts: Sequence[str]) -> None:
    if not hosts:
        return
    from ratchet.gateway.host_patterns import parse_pattern

    for host in hosts:
        try:
            parse_pattern(host)
        except ValueError as error:
            raise typer.BadParameter(f"`--allow-host {printable(host)}` {error}") from None


def _seconds(timeout: float | None) -> float | None:
    if timeout is not None and not 0 < timeout <= _DAY:
        raise typer.BadParameter(f"`--timeout` takes seconds, more than 0 and at most {_DAY}")
    return timeout


def _bytes(memory: str | None) -> int | None:
    if memory is None:
        return None
    size = parse_size(memory)
    if size is None:
        raise typer.BadParameter("`--memory` takes a size such as `64MB` or a number of bytes")
    return size


def _check_memory(memory: str | None, engine: str) -> None:
    """Refuse more than the engine in force can use; what it cannot use at all is refused with the other values."""
    size, most = _bytes(memory), MOST_MEMORY_BYTES[engine]
    if size is not None and size > most:
        raise InvalidInput(
            f"`--memory {memory}` is above the {most >> 20} MB that the {engine} engine can use",
            hint="Work on smaller pieces, or add `--engine wasm`",
        )


def _engine(name: str | None) -> str | None:
    if name is not None and name not in ENGINES:
        raise typer.BadParameter(f"`--engine` takes {' or '.join(f'`{known}`' for known in ENGINES)}")
    return name
