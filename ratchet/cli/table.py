"""A table for people: columns with headings, as wide as the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ratchet.cli.report import inert_line
from ratchet.cli.terminal import open_console

if TYPE_CHECKING:
    from rich.text import Text

_STYLES = {"ok": "green", "warning": "bold yellow", "error": "bold red", "name": "bold", "aside": "dim"}


class Cell(NamedTuple):
    """One cell of a table.

    Args:
        style: A key of `_STYLES`; "" for plain text.
        aside: A second line that explains the first.
    """

    text: str
    style: str = ""
    aside: str | None = None


def print_table(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Print a table to stdout; the last column takes what room is left, and wraps."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        # A path that is cut into two lines cannot be copied.
        table.add_column(heading, no_wrap=heading != headings[-1])
    for row in rows:
        table.add_row(*map(_to_text, row))
    open_console(sys.stdout).print(table)


def _to_text(cell: Cell) -> Text:
    from rich.text import Text

    text = Text(inert_line(cell.text), _STYLES.get(cell.style, ""))
    if cell.aside:
        text.append(f"\n{inert_line(cell.aside)}", _STYLES["aside"])
    return text
