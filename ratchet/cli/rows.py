"""A list: a table for people, columns in line for everything else."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ratchet.cli.output import to_json
from ratchet.cli.report import inert_line
from ratchet.cli.terminal import has_person
from ratchet.values import Json


def print_rows(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print one line for each row, with columns as wide as their longest cell."""
    if rows and has_person(sys.stdout):
        from ratchet.cli.table import Cell, print_table

        print_table(headings, [list(map(Cell, row)) for row in rows])
        return
    shown = [[inert_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def print_facts(facts: Sequence[tuple[str, str | None]]) -> None:
    """Print names and what they stand for, but for those that stand for nothing."""
    known = [(name, inert_line(text)) for name, text in facts if text]
    width = max((len(name) for name, _ in known), default=0)
    for name, text in known:
        print(f"{name.ljust(width)}  {text}")


def print_value(name: str, value: Json) -> None:
    """Print a JSON value under its name."""
    print(name)
    for line in to_json(value).splitlines():
        print(f"  {line}")
