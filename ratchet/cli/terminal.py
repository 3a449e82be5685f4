"""Who looks at a stream, and so whether it is in colour, laid out for people, and how much is said."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

Paint = Callable[[str, str], str]
"""Takes a role of `_CODES` and a text, and returns the text for the screen."""

_CODES = {
    "error": "1;31",
    "warning": "1;33",
    "hint": "1;36",
    "ok": "32",
    "place": "34",
    "caret": "1;31",
}
AGENTS = (
    "AGENT",
    "AI_AGENT",
    "CLAUDECODE",
    "CODEX_SANDBOX",
    "CODEX_THREAD_ID",
    "CURSOR_AGENT",
    "GEMINI_CLI",
    "OPENCODE",
)
"""The variables by which programs that drive a shell make themselves known."""


def has_colour(stream: IO[str]) -> bool:
    """Tell whether what goes to a stream is in colour: `NO_COLOR`, then `FORCE_COLOR`, then `TERM` and the terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR")
    if forced:
        return not _is_off(forced)
    # The old console of Windows shows the codes themselves; the new one says that it is there.
    understood = sys.platform != "win32" or "WT_SESSION" in os.environ
    return understood and _draws(stream)


def has_person(stream: IO[str]) -> bool:
    """Tell whether somebody looks at a stream who likes a table or a bar better than stable lines."""
    return _draws(stream) and not is_agent()


def is_agent() -> bool:
    """Tell whether an agent drives the shell, which is to read failures and the summary only."""
    return any(not _is_off(os.environ.get(name, "")) for name in AGENTS)


def in_github_actions() -> bool:
    """Tell whether GitHub Actions reads what is printed, and acts on lines that look like its commands."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def paint_for(stream: IO[str]) -> Paint:
    """Return what colours the parts of a text that goes to a stream."""
    return paint if has_colour(stream) else plain


def paint(role: str, text: str) -> str:
    """Return a text in the colour of its role."""
    return f"\x1b[{_CODES[role]}m{text}\x1b[0m"


def plain(role: str, text: str) -> str:
    """Return a text as it is."""
    return text


def uncoloured(text: str) -> str:
    """Return a text without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def open_console(stream: IO[str]) -> Console:
    """Return a console of Rich that decides nothing itself."""
    from rich.console import Console

    coloured = has_colour(stream)
    # Rich would look at the same variables, and read them in its own way.
    return Console(
        file=stream,
        force_terminal=stream.isatty(),
        color_system="standard" if coloured else None,
        no_color=not coloured,
        highlight=False,
        _environ={name: value for name, value in os.environ.items() if name in ("COLUMNS", "LINES", "TERM")},
    )


def _draws(stream: IO[str]) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _is_off(value: str) -> bool:
    return value.lower() in ("", "0", "false", "no", "off")
