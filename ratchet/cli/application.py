"""The commands and what they share, imported one by one as they are called."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_command

import ratchet
from ratchet.cli.completion import complete_words, prepare_options, share_options
from ratchet.cli.shared_options import SHARED_OPTIONS

COMMANDS = {
    "run-once": ("run_once", "Run one task and print its output as JSON."),
    "validate": ("validate", "Report every problem of tasks, without running them."),
    "test": ("test", "Run the cases of tasks."),
    "permissions": ("permissions", "Find out what a task needs to reach."),
    "replay": ("replay", "Run a recording again, without the network, and say what differs."),
    "list": ("list_", "List the tasks in a folder, or all there are."),
    "repo": ("repo", "Manage the sources that tasks come from."),
    "generate": ("generate", "Write new tasks, and entries for MCP clients."),
    "config": ("config", "Check, write and show the configuration."),
    "console": ("console", "Type commands at a prompt, or run a script of them."),
    "serve": ("serve", "Serve tasks over HTTP."),
    "mcp": ("mcp", "Serve tasks to language models over the Model Context Protocol."),
    "mcp-serve": ("mcp", "Another name for `ratchet mcp`."),
    "job": ("job", "Have tasks run later or elsewhere, and look at what has come of it."),
    "schedule": ("schedule", "Have tasks run again and again, at the times of a cron rule."),
    "worker": ("worker", "Work on the jobs of a shared database, beside a server or another worker."),
    "execution": ("execution", "Look at executions, run them again, and remove old ones."),
    "db": ("db", "Look after the database that holds executions."),
    "cache": ("cache", "Show or clear what is kept to save time."),
    "doctor": ("doctor", "Say what works on this machine, what does not, and how to mend it."),
}
"""The module of each command, and its sentence in the list of commands, which is shown without importing it."""


class Session(NamedTuple):
    """What a command finds in `typer.Context.obj`.

    Args:
        started: A worker that waits already: process id, descriptor to read, descriptor to write.
        config: The file that `--config` names; None to look for one.
        log_level, log_format: What the options say; None for what the configuration says.
        in_console: The command line is one of the console's.
    """

    started: tuple[int, int, int] | None = None
    config: str | None = None
    log_level: str | None = None
    log_format: str | None = None
    in_console: bool = False


class LazyGroup(TyperGroup):
    """A group that imports the module of a command when that command is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the documentation."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import a command's module and return the command; None for a name nobody knows."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            module = importlib.import_module(f"ratchet.cli.{COMMANDS[cmd_name][0]}")
            # Once: in a process that lives on, what is garbage by now would be kept for ever.
            if not gc.isenabled():
                gc.freeze()
                gc.enable()
            self.commands[cmd_name] = get_command(module.app)
            self.commands[cmd_name].name = cmd_name
            if ctx.resilient_parsing:  # A shell asks what may come next.
                shared = [each for each in ctx.find_root().command.params if each.opts[0] in SHARED_OPTIONS]
                share_options(self.commands[cmd_name], shared)
        return self.commands[cmd_name]

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Return the commands that begin like a word, from the table, and the options."""
        from typer.core import CompletionItem  # type: ignore[attr-defined]

        names = [name for name in COMMANDS if name.startswith(incomplete)]
        options = super(TyperGroup, self).shell_complete(ctx, incomplete)
        return [*(CompletionItem(name, help=COMMANDS[name][1]) for name in names), *options]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


def make_app(**options: Any) -> typer.Typer:
    """Return an application whose help and errors stay plain text: Rich costs half of the start-up."""
    return typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, **{"add_completion": False, **options})


def build_application() -> Any:
    """Return the command to run."""
    app = make_app(cls=LazyGroup, add_completion=True)

    @app.callback(invoke_without_command=True)
    def root(
        ctx: typer.Context,
        version: bool = typer.Option(False, "--version", help="Show the version and exit"),
        config: str | None = typer.Option(
            None, "--config", metavar="FILE", help="Configuration file", show_default="looked for"
        ),
        log_level: str | None = typer.Option(
            None,
            "--log-level",
            metavar="LEVEL",
            help="Log of executions: debug, info, warning or error",
            show_default="warning",
            autocompletion=complete_words(lambda: _words_of("logging.level")),
        ),
        log_format: str | None = typer.Option(
            None,
            "--log-format",
            metavar="FORMAT",
            help="Form of that log: text or json",
            show_default="text",
            autocompletion=complete_words(lambda: _words_of("logging.format")),
        ),
    ) -> None:
        """Run small, schema-checked JavaScript tasks in a sandbox that can be trusted.

        The options stand before or after the command.
        """
        session: Session = ctx.obj
        # Whoever runs many command lines may have given them options for all.
        ctx.obj = session._replace(
            config=session.config if config is None else config,
            log_level=session.log_level if log_level is None else log_level,
            log_format=session.log_format if log_format is None else log_format,
        )
        if version:
            print(f"ratchet {ratchet.__version__}")
            raise typer.Exit
        if ctx.invoked_subcommand is None:
            print(ctx.get_help())

    return prepare_options(get_command(app))


def _words_of(key: str) -> Sequence[str]:
    """Return the words that a setting takes."""
    from ratchet.config.settings import SETTINGS

    return SETTINGS[key].words
