"""What came of the mutants of a task, as lines for people."""

from __future__ import annotations

from ratchet.cases.mutate import Mutation, Unnoticed
from ratchet.cli.report import inert_line, render_problem
from ratchet.cli.terminal import Paint


def render_mutation(mutation: Mutation, paint: Paint) -> str:
    """Return the counts, and below them the mutants of which no case noticed."""
    word = paint("error", "vacuous") + " " if mutation.unnoticed else paint("ok", "ok") + "      "
    lines = [f"{word}{inert_line(mutation.task.location)}: {_counts(mutation)}"]
    for unnoticed in mutation.unnoticed:
        lines += _lines(unnoticed, paint)
    return "\n".join(lines)


def _counts(mutation: Mutation) -> str:
    mutants = f"{mutation.tried} mutant{'s' if mutation.tried != 1 else ''}"
    parts = [f"{mutation.noticed} noticed"]
    if mutation.unnoticed:
        parts.append(f"{len(mutation.unnoticed)} unnoticed")
    if mutation.indifferent:
        parts.append(f"{mutation.indifferent} without a difference")
    return f"{mutants}, {', '.join(parts)}"


def _lines(unnoticed: Unnoticed, paint: Paint) -> list[str]:
    mutant = unnoticed.mutant
    changed = [paint("error", f"  - {inert_line(mutant.before)}"), paint("ok", f"  + {inert_line(mutant.after)}")]
    return [*render_problem(unnoticed.to_problem(), paint), *changed]
