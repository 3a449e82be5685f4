"""`--watch`: do it again whenever a file changes, until Ctrl-C."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence

from ratchet.cli.extras import need_extra
from ratchet.cli.report import inert_line
from ratchet.cli.talk import print_error
from ratchet.errors import Cancelled, NotFound, RatchetError
from ratchet.task.text import printable

_POLL_MILLISECONDS = 100
_QUIET_MILLISECONDS = 50
_LONGEST_WAIT_MILLISECONDS = 1000
_SHOWN_FILES = 3
_SKIPPED = frozenset({"node_modules", "__pycache__"})


def run_and_watch(paths: Sequence[str], run: Callable[[], int], *, written: Collection[str] = ()) -> int:
    """Run, and run again after every change of a file at or below the paths; return 130 at Ctrl-C.

    Args:
        run: What to do; an error that it raises is printed, and waits for a change like any other end.
        written: Files that `run` itself writes, which are no reason to run again.

    Raises:
        MissingExtra: The extra `watch` is not installed.
        NotFound: One of the paths is not there.
    """
    for path in paths:
        if not os.path.exists(path):
            raise NotFound(f"`{printable(path)}` is not there, so it cannot be watched")
    try:
        for changed in _changes(paths, {os.path.realpath(path) for path in written}):
            if changed:
                _separate(changed)
            if _attempt(run) == Cancelled.exit_code:
                return Cancelled.exit_code
            print("Waiting for a change; Ctrl-C ends", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        # The terminal has shown `^C` in the line of the cursor.
        print(file=sys.stderr)
    return Cancelled.exit_code


def _attempt(run: Callable[[], int]) -> int:
    try:
        return run()
    except RatchetError as error:
        return print_error(error)
    finally:
        sys.stdout.flush()


def _separate(changed: Sequence[str]) -> None:
    """Print a line between two runs: when, and what has changed."""
    more = f" and {len(changed) - _SHOWN_FILES} more" if len(changed) > _SHOWN_FILES else ""
    names = ", ".join(inert_line(os.path.relpath(path)) for path in changed[:_SHOWN_FILES])
    print(f"\n--- {time.strftime('%H:%M:%S')} {names}{more}", file=sys.stderr, flush=True)


def _changes(paths: Sequence[str], ignored: Collection[str]) -> Iterator[list[str]]:
    """Yield an empty list once watching has begun, then the files of every change."""
    watchfiles = need_extra("watch", "watchfiles", "`--watch`")
    roots = [os.path.realpath(path) for path in paths]
    # An editor that saves a file by putting a new one in its place would leave nothing to watch.
    folders = [root if os.path.isdir(root) else os.path.dirname(root) for root in roots]
    events = watchfiles.watch(
        *folders,
        watch_filter=lambda _, path: not _is_one_of(path, ignored) and any(_concerns(path, root) for root in roots),
        debounce=_LONGEST_WAIT_MILLISECONDS,
        step=_QUIET_MILLISECONDS,
        rust_timeout=_POLL_MILLISECONDS,
        # The first run comes when the watcher has looked once: a change during it must not be missed.
        yield_on_timeout=True,
        raise_interrupt=True,
        recursive=any(map(os.path.isdir, roots)),
        ignore_permission_denied=True,
    )
    next(events)
    yield []
    for event in events:
        if event:
            yield sorted({path for _, path in event})


def _is_one_of(path: str, files: Collection[str]) -> bool:
    """Tell whether a path is one of the files, or stands beside one for a while under a longer name."""
    return any(path == file or path.startswith(f"{file}.") for file in files)


def _concerns(path: str, root: str) -> bool:
    """Tell whether a path is the root or below it, and is not hidden there."""
    if path == root:
        return True
    if not path.startswith(root.rstrip(os.sep) + os.sep):
        return False
    inner = os.path.relpath(path, root).split(os.sep)
    return not any(name.startswith(".") or name in _SKIPPED or name.endswith("~") for name in inner)
