"""`ratchet job`: have tasks run later or elsewhere, and look at what has come of it."""

from __future__ import annotations

import sys
import time

import typer

from ratchet.cli.application import make_app
from ratchet.cli.completion import complete_words
from ratchet.cli.connect_option import CONNECT
from ratchet.cli.execution_report import print_console
from ratchet.cli.input_value import INPUT, SET, read_input
from ratchet.cli.job_report import exit_code_of, print_job, print_jobs
from ratchet.cli.jobs import open_asking, say_if_nobody_works
from ratchet.cli.output import print_id, print_json
from ratchet.cli.talk import print_hint
from ratchet.cli.usage import refuse_unknown
from ratchet.errors import NotFound
from ratchet.jobs.words import ENDED, STATUSES

app = make_app()
_LOOK_SECONDS = 0.3
_MOST = 1000
_ID = typer.Argument(metavar="ID", help="Id of the job, or its beginning")
_JSON = typer.Option(False, "--json", help="Print the job as JSON")


@app.callback()
def job() -> None:
    """Have tasks run later or elsewhere, and look at what has come of it."""


@app.command()
def create(
    context: typer.Context,
    task: str = typer.Argument(metavar="TASK", help="Name of a task, with a source or a version where those matter"),
    input_text: str | None = INPUT,
    settings: list[str] = SET,
    priority: str = typer.Option(
        "normal", "--priority", metavar="PRIORITY", help="low, normal, high, urgent, or a number from 1 to 100"
    ),
    queue: str = typer.Option("default", "--queue", metavar="NAME", help="The queue to wait in"),
    at: str = typer.Option("", "--at", metavar="TIME", help="When it may run, as in RFC 3339", show_default="at once"),
    max_retries: int | None = typer.Option(
        None,
        "--max-retries",
        metavar="COUNT",
        help="Retries of failures that may pass",
        show_default="jobs.max_retries",
    ),
    key: str | None = typer.Option(
        None, "--key", metavar="KEY", help="Asking again with the same key makes no second job", show_default=False
    ),
    record: bool = typer.Option(False, "--record", help="Keep what is needed to replay its executions"),
    as_json: bool = _JSON,
    connect: str = CONNECT,
) -> None:
    """Make a job, and print its id."""
    value = read_input(input_text, settings)
    with open_asking(context, connect) as asking:
        from ratchet.jobs.asked import Asked
        from ratchet.jobs.priority import parse_priority
        from ratchet.store.fields import read_moment

        due = read_moment(at, "--at") if at else None
        asked = Asked(
            task, value, parse_priority(priority), queue, due, max_retries, idempotency_key=key, record=record
        )
        print_id(asking.jobs.create(asked), as_json=as_json)
        say_if_nobody_works(asking)


@app.command("list")
def list_(
    context: typer.Context,
    status: str = typer.Option(
        "",
        "--status",
        metavar="STATUS",
        help=f"Only those that are {', '.join(STATUSES[:-1])} or {STATUSES[-1]}",
        show_default=False,
        autocompletion=complete_words(lambda: STATUSES),
    ),
    task: str = typer.Option("", "--task", metavar="NAME", help="Only those of a task", show_default=False),
    queue: str = typer.Option("", "--queue", metavar="NAME", help="Only those of a queue", show_default=False),
    schedule: str = typer.Option("", "--schedule", metavar="NAME", help="Only those of a schedule", show_default=False),
    after: str = typer.Option(
        "", "--after", metavar="ID", help="Go on after a job, the last of the page before", show_default=False
    ),
    limit: int = typer.Option(50, "--limit", metavar="COUNT", min=1, max=_MOST, help="How many at most"),
    as_json: bool = typer.Option(False, "--json", help="Print the jobs as JSON"),
    connect: str = CONNECT,
) -> None:
    """List jobs, the newest first."""
    if status:
        refuse_unknown("--status", status, STATUSES)
    with open_asking(context, connect) as asking:
        schedule_id = asking.schedules.get(schedule)["id"] if schedule else ""
        wanted = {"status": status, "task": task, "queue": queue, "schedule_id": schedule_id, "after": after}
        given = {name: text for name, text in wanted.items() if text}
        page = asking.jobs.page({**given, "limit": str(limit)})
    if as_json:
        print_json(list(page.items))
        return
    print_jobs(page.items)
    if page.following:
        print_hint(f"`--after {page.following}` shows the next ones")


@app.command()
def show(context: typer.Context, identity: str = _ID, as_json: bool = _JSON, connect: str = CONNECT) -> None:
    """Show a job: how it stands, what has come of it, and each attempt."""
    with open_asking(context, connect) as asking:
        found = asking.jobs.get(identity)
    if as_json:
        print_json(found)
    else:
        print_job(found)


@app.command()
def cancel(context: typer.Context, identity: str = _ID, as_json: bool = _JSON, connect: str = CONNECT) -> None:
    """Take a job out of the line, or stop the execution that it has come to."""
    with open_asking(context, connect) as asking:
        print_id(asking.jobs.cancel(identity), as_json=as_json)


@app.command()
def retry(context: typer.Context, identity: str = _ID, as_json: bool = _JSON, connect: str = CONNECT) -> None:
    """Run a job again that has ended, with the task as it is now."""
    with open_asking(context, connect) as asking:
        print_id(asking.jobs.retry(identity), as_json=as_json)
        say_if_nobody_works(asking)


@app.command()
def logs(context: typer.Context, identity: str = _ID, connect: str = CONNECT) -> None:
    """Print what the last attempt of a job has written to its console."""
    with open_asking(context, connect) as asking:
        found = asking.jobs.get(identity)
        if found["execution_id"] is None or found["status"] == "running":
            raise NotFound(f"No attempt of the job `{found['id']}` has ended", hint="`ratchet job watch` waits for it")
        lines, dropped = asking.find_console(found["execution_id"])
    print_console(lines, dropped)


@app.command()
def watch(context: typer.Context, identity: str = _ID, as_json: bool = _JSON, connect: str = CONNECT) -> int:
    """Wait until a job has ended, say how it stands meanwhile, and end with the exit code of its failure."""
    with open_asking(context, connect) as asking:
        seen = ""
        while (found := asking.jobs.get(identity))["status"] not in ENDED:
            stands = f"{found['status']}, attempt {found['attempts']}"
            if stands != seen:
                print(stands, file=sys.stderr)
                seen = stands
            time.sleep(_LOOK_SECONDS)
    if as_json:
        print_json(found)
    else:
        print_job(found)
    return exit_code_of(found)


@app.command()
def stats(context: typer.Context, connect: str = CONNECT) -> None:
    """Print, as JSON, how many jobs there are of each status and in each queue."""
    with open_asking(context, connect) as asking:
        print_json(asking.jobs.stats())
