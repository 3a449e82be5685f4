"""`ratchet schedule`: have tasks run again and again, at the times of a cron rule."""

from __future__ import annotations

import typer

from ratchet.cli.application import make_app
from ratchet.cli.connect_option import CONNECT
from ratchet.cli.input_value import INPUT, SET, read_input
from ratchet.cli.jobs import open_asking, say_if_nobody_works
from ratchet.cli.output import print_id, print_json
from ratchet.cli.rows import print_facts, print_rows, print_value
from ratchet.values import Json, JsonObject

app = make_app()
_NAME = typer.Argument(metavar="NAME", help="Name or id of the schedule")
_JSON = typer.Option(False, "--json", help="Print the schedule as JSON")
_PRIORITY = typer.Option(
    None, "--priority", metavar="PRIORITY", help="low, normal, high, urgent, or a number from 1 to 100",
    show_default="normal",
)  # fmt: skip
_QUEUE = typer.Option(None, "--queue", metavar="NAME", help="The queue of its jobs", show_default="default")
_ZONE = typer.Option(
    None, "--time-zone", metavar="NAME", help="Where the times are those of the clock, such as Europe/Berlin",
    show_default="UTC",
)  # fmt: skip
_RETRIES = typer.Option(
    None, "--max-retries", metavar="COUNT", help="Retries of failures that may pass", show_default="jobs.max_retries"
)
_OVERLAP = typer.Option(
    None, "--overlap", metavar="POLICY", show_default="skip",
    help="A tick while an earlier job has not ended: skip, queue or parallel",
)  # fmt: skip
_MISFIRE = typer.Option(
    None, "--misfire", metavar="POLICY", show_default="skip",
    help="Ticks at which no node was up: skip, run_once or run_all",
)  # fmt: skip
_MOST = typer.Option(None, "--max-executions", metavar="COUNT", help="Jobs that it may make", show_default="any number")
_RECORD = typer.Option(
    None, "--record/--no-record", help="Keep what is needed to replay the executions of its jobs",
    show_default="no-record",
)  # fmt: skip


@app.callback()
def schedule() -> None:
    """Have tasks run again and again, at the times of a cron rule."""


@app.command()
def create(
    context: typer.Context,
    name: str = typer.Argument(metavar="NAME", help="What the schedule is called"),
    task: str = typer.Argument(metavar="TASK", help="Name of a task, with a source or a version where those matter"),
    cron: str = typer.Argument(
        metavar="CRON", help="When: five fields, six with seconds first, seven with a year last"
    ),
    input_text: str | None = INPUT,
    settings: list[str] = SET,
    time_zone: str | None = _ZONE,
    priority: str | None = _PRIORITY,
    queue: str | None = _QUEUE,
    max_retries: int | None = _RETRIES,
    overlap: str | None = _OVERLAP,
    misfire: str | None = _MISFIRE,
    max_executions: int | None = _MOST,
    record: bool | None = _RECORD,
    as_json: bool = _JSON,
    connect: str = CONNECT,
) -> None:
    """Make a schedule, and print its id."""
    value = read_input(input_text, settings)
    with open_asking(context, connect) as asking:
        from ratchet.jobs.asked_schedule import AskedSchedule

        given = _given(
            time_zone=time_zone, queue=queue, max_retries=max_retries, overlap=overlap, misfire=misfire,
            max_executions=max_executions, record=record, priority=_priority(priority),
        )  # fmt: skip
        made = asking.schedules.create(AskedSchedule(name, task, cron, value)._replace(**given))
        print_id(made, as_json=as_json)
        say_if_nobody_works(asking)


@app.command()
def update(
    context: typer.Context,
    name: str = _NAME,
    task: str | None = typer.Option(None, "--task", metavar="TASK", help="Another task", show_default=False),
    cron: str | None = typer.Option(None, "--cron", metavar="CRON", help="Other times", show_default=False),
    input_text: str | None = INPUT,
    settings: list[str] = SET,
    time_zone: str | None = _ZONE,
    priority: str | None = _PRIORITY,
    queue: str | None = _QUEUE,
    max_retries: int | None = _RETRIES,
    overlap: str | None = _OVERLAP,
    misfire: str | None = _MISFIRE,
    max_executions: int | None = _MOST,
    record: bool | None = _RECORD,
    as_json: bool = _JSON,
    connect: str = CONNECT,
) -> None:
    """Change what is given of a schedule, and nothing else of it."""
    value = read_input(input_text, settings) if input_text is not None or settings else None
    with open_asking(context, connect) as asking:
        given = _given(
            task=task, cron=cron, input=value, time_zone=time_zone, queue=queue, max_retries=max_retries,
            overlap=overlap, misfire=misfire, max_executions=max_executions, record=record,
            priority=_priority(priority),
        )  # fmt: skip
        asked = asking.schedules.asked(name)._replace(**given)
        print_id(asking.schedules.replace(name, asked), as_json=as_json)


def _given(**values: object) -> JsonObject:
    """Return the values that were given."""
    return {name: value for name, value in values.items() if value is not None}


def _priority(text: str | None) -> int | None:
    from ratchet.jobs.priority import parse_priority

    return None if text is None else parse_priority(text)


@app.command("list")
def list_(
    context: typer.Context,
    as_json: bool = typer.Option(False, "--json", help="Print the schedules as JSON"),
    connect: str = CONNECT,
) -> None:
    """List schedules by their names."""
    with open_asking(context, connect) as asking:
        found = list(asking.schedules.all())
    if as_json:
        print_json(found)
    else:
        print_rows(("Name", "Next", "Cron", "Task", "Jobs"), [_cells_of(each) for each in found])


def _cells_of(document: JsonObject) -> tuple[str, ...]:
    when = document["next_at"] or ("disabled" if not document["enabled"] else "")
    rule = f"{document['cron']} {document['time_zone']}"
    return document["name"], when, rule, document["task"], f"{document['fired']:,}"


@app.command()
def show(context: typer.Context, name: str = _NAME, as_json: bool = _JSON, connect: str = CONNECT) -> None:
    """Show a schedule."""
    with open_asking(context, connect) as asking:
        found = asking.schedules.get(name)
    if as_json:
        print_json(found)
        return
    print_facts([(name, _text_of(value)) for name, value in found.items() if name != "input"])
    print_value("input", found["input"])


def _text_of(value: Json) -> str | None:
    if value is None:
        return None
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@app.command()
def delete(context: typer.Context, name: str = _NAME, connect: str = CONNECT) -> None:
    """Remove a schedule; its jobs stay."""
    with open_asking(context, connect) as asking:
        asking.schedules.delete(name)


@app.command()
def enable(context: typer.Context, name: str = _NAME, as_json: bool = _JSON, connect: str = CONNECT) -> None:
    """Let a schedule make jobs again, from its next tick on."""
    with open_asking(context, connect) as asking:
        print_id(asking.schedules.enable(name), as_json=as_json)


@app.command()
def disable(context: typer.Context, name: str = _NAME, as_json: bool = _JSON, connect: str = CONNECT) -> None:
    """Let a schedule make no jobs."""
    with open_asking(context, connect) as asking:
        print_id(asking.schedules.enable(name, enabled=False), as_json=as_json)


@app.command()
def trigger(
    context: typer.Context,
    name: str = _NAME,
    as_json: bool = typer.Option(False, "--json", help="Print the job as JSON"),
    connect: str = CONNECT,
) -> None:
    """Make a job of a schedule now, beside its ticks, and print the id of the job."""
    with open_asking(context, connect) as asking:
        print_id(asking.schedules.trigger(name), as_json=as_json)
        say_if_nobody_works(asking)


@app.command()
def preview(
    context: typer.Context,
    name: str = _NAME,
    count: int = typer.Option(5, "--count", metavar="COUNT", min=1, max=100, help="How many"),
    as_json: bool = typer.Option(False, "--json", help="Print the times as JSON"),
    connect: str = CONNECT,
) -> None:
    """Print the next times of a schedule, whether it is enabled or not."""
    with open_asking(context, connect) as asking:
        times = list(asking.schedules.preview(name, count))
    if as_json:
        print_json(times)
        return
    for each in times:
        print(each)
