"""`ratchet config`: check, write and show the configuration."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from ratchet.cli.annotations import annotate
from ratchet.cli.application import Session, make_app
from ratchet.cli.completion import complete_words
from ratchet.cli.configured import load_for
from ratchet.cli.output import print_json, print_text, to_json, write_output
from ratchet.cli.report import inert_line, render_count, render_problem
from ratchet.cli.talk import print_hint
from ratchet.cli.terminal import paint_for
from ratchet.cli.usage import refuse_unknown
from ratchet.config.load import load_configuration
from ratchet.errors import Conflict, InvalidConfig
from ratchet.task.problem_document import problem_json
from ratchet.values import Problem

_FORMATS = ("yaml", "json")
_TYPES = ("minimal", "dev", "production", "enterprise", "claude")

app = make_app()


def _section_names() -> list[str]:
    from ratchet.config.settings import SECTIONS

    return [section.name for section in SECTIONS]


@app.callback()
def config() -> None:
    """Check, write and show the configuration."""


@app.command()
def validate(
    context: typer.Context,
    file: str = typer.Argument("", metavar="[FILE]", help="File to check", show_default="the one in force"),
    config_file: str = typer.Option(
        "", "--config-file", metavar="FILE", help="Another way to name it", show_default=False
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON"),
) -> int:
    """Report every problem of the configuration."""
    session: Session = context.obj
    named = [name for name in (file, config_file, session.config) if name]
    if len(named) > 1:
        raise typer.BadParameter("Name one file")
    path, problems = _check(named[0] if named else None)
    valid = not any(problem.severity == "error" for problem in problems)
    if as_json:
        print_json({"file": path, "valid": valid, "problems": [problem_json(problem) for problem in problems]})
    else:
        _print_report(path, problems, valid)
    return 0 if valid else InvalidConfig.exit_code


def _check(named: str | None) -> tuple[str | None, Sequence[Problem]]:
    """Return the file that was checked and what is wrong or odd."""
    from ratchet.cli.client_file import check_client_file, read_client_file
    from ratchet.cli.database_check import check_database
    from ratchet.config.discover import find_file
    from ratchet.config.existing import check_existing

    found = find_file(named, os.environ)
    path = found.path
    client = read_client_file(found.content) if path is not None else None
    if client is not None and path is not None:
        return path, check_client_file(client, path)
    try:
        configuration = load_configuration(file=named)
    except InvalidConfig as error:
        return path, error.problems or [Problem(error.message, error.place, hint=error.hint)]
    return path, [*configuration.warnings, *check_existing(configuration), *check_database(configuration)]


def _print_report(path: str | None, problems: Sequence[Problem], valid: bool) -> None:
    subject = "No configuration file" if path is None else inert_line(path)
    count = len(problems)
    paint = paint_for(sys.stdout)
    print(f"{subject}: {render_count(count, paint)}")
    for problem in problems:
        print("\n".join(render_problem(problem, paint)))
    annotate(problems)
    if not valid:
        print_hint("`ratchet config schema` says what each key takes")


@app.command()
def generate(
    context: typer.Context,
    kind: str = typer.Option(
        "minimal",
        "--type",
        "--config-type",
        metavar="TYPE",
        help=", ".join(_TYPES),
        autocompletion=complete_words(lambda: _TYPES),
    ),
    form: str = typer.Option(
        "yaml",
        "--format",
        metavar="FORMAT",
        help="yaml, with comments, or json",
        autocompletion=complete_words(lambda: _FORMATS),
    ),
    output: str = typer.Option(
        "", "--output", metavar="FILE", help="Write to a file, not to stdout", show_default=False
    ),
    force: bool = typer.Option(False, "--force", help="Write over a file that is there"),
) -> None:
    """Write a configuration to start from; `claude` is the file that starts `ratchet mcp` from Claude Desktop."""
    refuse_unknown("--type", kind, _TYPES)
    refuse_unknown("--format", form, _FORMATS)
    text = _generated(context.obj, kind, form)
    if not output:
        print_text(text)
        return
    if os.path.isfile(output) and not force:
        raise Conflict(f"`{inert_line(output)}` is there already", hint="`--force` writes over it")
    write_output(text, output)
    print(inert_line(output))


def _generated(session: Session, kind: str, form: str) -> str:
    """Return the text of a file; what a client reads is JSON, whatever the form of the others."""
    if kind == "claude":
        from ratchet.cli.client_file import client_file

        return to_json(client_file(session.config, load_for(session, {}).values["mcp.transport"]))
    from ratchet.config.generate import generate_json, generate_yaml

    return generate_yaml(kind) if form == "yaml" else generate_json(kind)


@app.command()
def show(
    context: typer.Context,
    origin: bool = typer.Option(False, "--origin", help="Say where each value comes from"),
    form: str = typer.Option(
        "yaml",
        "--format",
        metavar="FORMAT",
        help="yaml or json",
        autocompletion=complete_words(lambda: _FORMATS),
    ),
    section: str | None = typer.Option(
        None,
        "--section",
        metavar="NAME",
        help="One section",
        show_default=False,
        autocompletion=complete_words(_section_names),
    ),
    mcp_only: bool = typer.Option(False, "--mcp-only", help="The section `mcp` alone"),
) -> None:
    """Show the configuration in force."""
    from ratchet.config.show import render_yaml, to_document

    if mcp_only:
        if section is not None:
            raise typer.BadParameter("`--mcp-only` names a section already")
        section = "mcp"

    refuse_unknown("--format", form, _FORMATS)
    configuration = load_for(context.obj, {})
    if form == "yaml":
        print_text(render_yaml(configuration, section=section, origin=origin))
    else:
        print_text(to_json(to_document(configuration, section=section, origin=origin)))


@app.command()
def trust(
    context: typer.Context,
    file: str = typer.Argument("", metavar="[FILE]", help="File to trust", show_default="the one that is found"),
    revoke: bool = typer.Option(False, "--revoke", help="Trust it no more"),
    as_list: bool = typer.Option(False, "--list", help="List the files that are trusted, and change nothing"),
) -> None:
    """Trust a configuration file that was found, as it is now, with secrets and private networks."""
    from ratchet.cli.config_trust import list_trusted, revoke_file, trust_file

    session: Session = context.obj
    named = file or session.config
    if as_list:
        if file or revoke:
            raise typer.BadParameter("`--list` stands alone")
        list_trusted()
    elif revoke:
        revoke_file(named)
    else:
        trust_file(named)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the configuration file."""
    from ratchet.config.schema import json_schema

    print_json(json_schema())
