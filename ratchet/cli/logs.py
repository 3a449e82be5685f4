"""Logging as configured: text or JSON lines, to stderr and rotating files, each with the id of its execution.

Imported only when the configuration asks for more than warnings in plain words: `logging` takes its time to import.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from ratchet.cli.listener import TerminalListener
from ratchet.cli.report import inert, inert_line
from ratchet.config.configuration import Logging, LogTarget
from ratchet.errors import Refused
from ratchet.execution.document import ConsoleLine, Execution
from ratchet.task.model import Task
from ratchet.values import JsonObject, Problem

_CONSOLE_LEVELS = {"debug": "DEBUG", "log": "INFO", "info": "INFO", "warn": "WARNING", "error": "ERROR"}


class TextFormatter(logging.Formatter):
    """Time, level, execution and message on one line, inert on a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        execution = getattr(record, "execution_id", "-")
        line = f"{_timestamp(record)} {record.levelname.lower():7} {execution} {inert_line(record.getMessage())}"
        return line if record.exc_info is None else f"{line}\n{inert(self.formatException(record.exc_info))}"


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields: Mapping[str, Any] = getattr(record, "fields", {})
        line = {
            "time": _timestamp(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "execution_id": getattr(record, "execution_id", None),
            "message": record.getMessage(),
            **fields,
        }
        if record.exc_info is not None:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _timestamp(record: logging.LogRecord) -> str:
    """Return the time of a record, RFC 3339 in UTC with milliseconds."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z"


def open_logger(settings: Logging) -> logging.Logger:
    """Return a logger with a handler for each target.

    Raises:
        Refused: A log file cannot be written.
    """
    logger = logging.Logger("ratchet", settings.level.upper())
    for target in settings.targets:
        try:
            handler = _open_target(target)
        except Refused:
            close_logger(logger)
            raise
        handler.setFormatter(JsonFormatter() if settings.format == "json" else TextFormatter())
        if target.level is not None:
            handler.setLevel(target.level.upper())
            # What one target wants to see must get past the level of all.
            logger.setLevel(min(logger.level, handler.level))
        else:
            handler.setLevel(settings.level.upper())
        logger.addHandler(handler)
    return logger


@contextmanager
def taking_modules(logger: logging.Logger) -> Iterator[None]:
    """Have what the modules of Ratchet log, and what uvicorn warns of, go to the targets of a logger."""
    with _taken("ratchet", logger, logger.level), _taken("uvicorn", logger, max(logger.level, logging.WARNING)):
        yield


@contextmanager
def _taken(name: str, logger: logging.Logger, level: int) -> Iterator[None]:
    taken = logging.getLogger(name)
    before = taken.handlers, taken.level, taken.propagate
    taken.handlers, taken.level, taken.propagate = logger.handlers, level, False
    try:
        yield
    finally:
        taken.handlers, taken.level, taken.propagate = before


@contextmanager
def log_of_modules(settings: Logging) -> Iterator[None]:
    """Have what the modules of Ratchet log by themselves go where the configuration says.

    Raises:
        Refused: A log file cannot be written.
    """
    logger = open_logger(settings)
    try:
        with taking_modules(logger):
            yield
    finally:
        close_logger(logger)


def close_logger(logger: logging.Logger) -> None:
    """Close the files of a logger."""
    for handler in logger.handlers:
        handler.close()


def _open_target(target: LogTarget) -> logging.Handler:
    if target.path is None:
        return logging.StreamHandler(sys.stderr)
    try:
        return logging.handlers.RotatingFileHandler(
            target.path, maxBytes=target.max_bytes, backupCount=target.backup_count, encoding="utf-8"
        )
    except OSError as error:
        raise Refused(f"The log file `{target.path}` cannot be written: {error.strerror}") from None


class LoggedExecution(TerminalListener):
    """Logs an execution from its start to its end.

    A task's console stays plain text on stderr, unless the lines there are to be JSON.
    """

    def __init__(self, settings: Logging, execution_id: str, task: Task) -> None:
        super().__init__()
        self._logger = open_logger(settings)
        self._console_as_json = settings.format == "json" and any(target.path is None for target in settings.targets)
        self._id = execution_id
        self._task = task

    def __enter__(self) -> LoggedExecution:
        self._write(logging.INFO, "Execution started", task=self._task.name, version=self._task.version)
        self._write(logging.DEBUG, f"Task loaded from {self._task.location}", digest=self._task.digest)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if error is not None:
            self._write(logging.ERROR, f"Execution refused: {error}")
            close_logger(self._logger)

    def warning(self, problem: Problem) -> None:
        """Log something odd about the task's metadata or the input."""
        place = problem.place
        fields: JsonObject = {"pointer": problem.pointer}
        if place is not None:
            fields |= {"file": place.file, "line": place.line, "column": place.column}
        self._write(
            logging.WARNING, problem.message, **{key: value for key, value in fields.items() if value is not None}
        )

    def console(self, line: ConsoleLine) -> None:
        """Show a line of the task's console."""
        if not self._console_as_json:
            super().console(line)
            return
        level = logging.getLevelNamesMapping()[_CONSOLE_LEVELS[line.level]]
        # A task's own words are for whoever runs it, whatever the level of Ratchet's.
        record = self._record(level, line.text, {"time_ms": line.time_ms})
        record.name = "ratchet.console"
        for handler in self._logger.handlers:
            if not isinstance(handler, logging.FileHandler):
                handler.handle(record)

    def finished(self, execution: Execution) -> None:
        """Log how the execution ended, and close the log."""
        fields: JsonObject = {"status": execution.status, "duration_ms": execution.duration_ms, **execution.used}
        self._write(logging.DEBUG, "Worker", engine=execution.engine)
        if execution.error is None:
            self._write(logging.INFO, "Execution completed", **fields)
        else:
            self._write(logging.ERROR, execution.error.sentence, code=execution.error.code, **fields)
        close_logger(self._logger)

    def _write(self, level: int, message: str, **fields: Any) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.handle(self._record(level, message, fields))

    def _record(self, level: int, message: str, fields: JsonObject) -> logging.LogRecord:
        extra = {"execution_id": self._id, "fields": fields}
        return self._logger.makeRecord(self._logger.name, level, "", 0, message, (), None, extra=extra)
