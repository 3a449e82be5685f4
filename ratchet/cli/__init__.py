"""The command line: one file a command, one place where errors become words and a number."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

import typer

from ratchet.cli.application import Session, build_application
from ratchet.cli.completion import VARIABLE
from ratchet.cli.shared_options import put_first
from ratchet.cli.streams import discard_stdout
from ratchet.cli.terminal import has_colour, paint_for
from ratchet.errors import RatchetError, Unavailable

_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
_BROKEN_PIPE = 141
_INTERRUPTED = 130
_BUG = 70


def run_command_line(arguments: Sequence[str], session: Session | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        session: What is there already: a worker that waits, see `ratchet.__main__`, or the options of a console.
    """
    try:
        command = build_application()
        result = command.main(
            args=put_first(arguments),
            prog_name="ratchet",
            standalone_mode=False,
            obj=session or Session(),
            # What Typer prints itself.
            color=has_colour(sys.stdout),
        )
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except (BrokenPipeError, SystemExit) as end:
        if isinstance(end, SystemExit) and (VARIABLE in os.environ or not end.code):
            return int(end.code or 0)  # A shell was answered, or completion set up.
        # Typer makes the second out of the first, and of nothing else.
        discard_stdout()
        return _BROKEN_PIPE
    except OSError as error:
        if error.errno != errno.ENOSPC:
            return _report_bug()
        discard_stdout()
        _say(f"The output cannot be written: {error.strerror}")
        return Unavailable.exit_code
    except (KeyboardInterrupt, typer.Abort):
        _say("Interrupted")
        return _INTERRUPTED
    except RatchetError as error:
        from ratchet.cli.talk import print_error

        return print_error(error)
    except _UsageError as error:
        from ratchet.cli.usage import render_usage_error

        print(render_usage_error(error, arguments, paint_for(sys.stderr)), file=sys.stderr)
        return 2
    except Exception:
        return _report_bug()


def _report_bug() -> int:
    import traceback

    traceback.print_exc()
    _say("This is a bug in Ratchet", "Report it with the lines above")
    return _BUG


def _say(message: str, hint: str | None = None) -> None:
    paint = paint_for(sys.stderr)
    print(f"{paint('error', 'Error:')} {message}", file=sys.stderr)
    if hint:
        print(f"{paint('hint', 'Hint:')} {hint}", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line in this process; for tests and for programs that embed it."""
    return run_command_line(sys.argv[1:] if arguments is None else arguments)
