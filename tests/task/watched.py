"""Run foreign input through a parser that may touch nothing but one folder, and has little time and memory."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS = 3.0
"""Processor time, which a busy machine does not take away."""
MEMORY_BYTES = 512 << 20

_READS = frozenset(("open", "os.listdir", "os.scandir"))
_FORBIDDEN = tuple(
    (
        "socket. subprocess. os.exec os.fork os.posix_spawn os.spawn os.system os.startfile os.link os.symlink os.mkdir"
        " os.remove os.rename os.rmdir os.chmod os.chown os.truncate os.utime shutil. tempfile. urllib. http. ftplib."
        " smtplib. webbrowser. pickle.find_class"
    ).split()
)
# Modules are imported when they are first needed.
_OWN_CODE = tuple({str(Path(entry).resolve()) for entry in (sys.prefix, sys.base_prefix, Path(__file__).parents[2])})


class Forbidden(BaseException):
    """What the parser tried to do; nothing that catches errors catches it."""


class TooSlow(BaseException):
    """The parser has used up its time."""


class _Watch:
    """The one audit hook of this process, which nothing can take away again; it sleeps between the tests."""

    def __init__(self) -> None:
        self.folder = ""
        self.thread = 0
        self.seen: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.thread != threading.get_ident():
            return
        if (event in _READS and not self._may_read(event, arguments)) or event.startswith(_FORBIDDEN):
            self.seen.append(f"{event} {arguments!r}"[:300])
            raise Forbidden(self.seen[-1])

    def _may_read(self, event: str, arguments: tuple[Any, ...]) -> bool:
        path = arguments[0]
        if isinstance(path, int):
            return True
        if event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return False
        where = os.path.abspath(os.fsdecode(path))
        inside = (self.folder, *(_OWN_CODE if event != "open" or where.endswith((".py", ".pyc")) else ()))
        return where.startswith(inside)


_WATCH = _Watch()


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    """Let this thread read below one folder and nothing else, in bounded time and memory."""
    with _bounded_time(), _bounded_memory():
        _WATCH.folder, _WATCH.thread, _WATCH.seen = str(folder.resolve()), threading.get_ident(), []
        try:
            yield
        finally:
            _WATCH.thread = 0
    assert _WATCH.seen == []


@contextmanager
def _bounded_time() -> Iterator[None]:
    def give_up(_signal: int, _frame: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    # While C code runs no handler does; this clock ends the process.
    signal.setitimer(signal.ITIMER_PROF, 3 * SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def _bounded_memory() -> Iterator[None]:
    import resource

    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY_BYTES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
