"""What commands make from the configuration."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ratchet.cli.interruption import let_interrupt_end
from ratchet.cli.listener import TerminalListener
from ratchet.cli.paths import cache_folder
from ratchet.cli.terminal import paint_for
from ratchet.config.configuration import LogTarget
from ratchet.config.load import load_configuration
from ratchet.execution.runtime import Runtime
from ratchet.gateway.gateway import Gateway
from ratchet.sandbox.pool import Pool
from ratchet.values import Json

if TYPE_CHECKING:
    from ratchet.cli.application import Session
    from ratchet.config.configuration import Configuration
    from ratchet.task.model import Task


def load_for(session: Session, flags: Mapping[str, Json | None]) -> Configuration:
    """Return the configuration in force for a command, and print what is odd about it.

    Args:
        flags: The command's own options that stand for a setting; None for one that was not given.

    Raises:
        InvalidConfig, NotFound: See `load_configuration`.
    """
    given = {**flags, "--log-level": session.log_level, "--log-format": session.log_format}
    configuration = load_configuration(
        file=session.config,
        flags={flag: value for flag, value in given.items() if value is not None},
        cache_folder=cache_folder(),
    )
    if configuration.warnings:
        from ratchet.cli.report import render_warning

        for problem in configuration.warnings:
            print(render_warning(problem, paint_for(sys.stderr)), file=sys.stderr)
    return configuration


def open_runtime(
    configuration: Configuration, pool: Pool, *, allow_hosts: Sequence[str] = (), offline: bool = False
) -> Runtime:
    """Return a runtime that holds tasks to the configuration.

    Args:
        allow_hosts: Hosts that the user allows this once.
        offline: Whether nothing may be reached, whatever the configuration says.
    """
    policy = configuration.policy
    if allow_hosts or offline:
        policy = policy.allowing(tuple(allow_hosts))._replace(offline=offline)
    return Runtime(
        limits=configuration.limits,
        pool=pool,
        cache=configuration.cache(cache_folder()),
        engine_by_task=configuration.engine_by_task,
        require_isolation=configuration.require_isolation,
        validate_schemas=configuration.validate_schemas,
        gateway=Gateway(configuration.http, policy, configuration.secrets()),
        around_checks=let_interrupt_end,
    )


def open_pool(configuration: Configuration) -> Pool:
    """Return a pool of as many workers as the configuration says."""
    minimum, maximum = configuration.worker_counts
    return Pool(engine=configuration.engine, minimum=minimum, maximum=maximum)


def open_listener(configuration: Configuration, execution_id: str, task: Task) -> TerminalListener:
    """Return who shows an execution: with a log where the configuration asks for more than warnings in words."""
    settings = configuration.logging
    if settings.level == "warning" and settings.format == "text" and settings.targets == (LogTarget(),):
        return TerminalListener()
    from ratchet.cli.logs import LoggedExecution

    return LoggedExecution(settings, execution_id, task)
