"""The console blocks of the docs, run in a terminal as a reader would run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(
    r"(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<language>\w+)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE
)
_END_OF_OUTPUT = "\x1e"
_ANYTHING = "..."


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a Markdown file.

    Args:
        file: What the reader is told to save it as; a comment in front of the block says so.
    """

    language: str
    body: str
    file: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """A command and what it prints, both streams as a terminal mixes them."""

    command: str
    output: str


def blocks_of(document: Path) -> list[Block]:
    """Return the fenced blocks of a Markdown file, in order."""
    text = document.read_text("utf-8")
    return [Block(match["language"], match["body"], match["file"]) for match in _FENCE.finditer(text)]


def steps_of(block: Block) -> list[Step]:
    """Return the commands of a console block: lines after `$ `, continued on lines after `> `."""
    steps = []
    for part in re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]:
        lines = part.split("\n")
        last = next(number for number, line in enumerate(lines) if not lines[number + 1].startswith("> "))
        command = "\n".join([lines[0], *(line[2:] for line in lines[1 : last + 1])])
        steps.append(Step(command, "\n".join(lines[last + 1 :])))
    return steps


def run_document(document: Path, folder: Path) -> Iterator[tuple[Step, Step]]:
    """Run every console block of a file in one shell and yield what is written beside what came out."""
    script, steps = [], []
    for block in blocks_of(document):
        if block.file is not None:
            script.append(f"mkdir -p '{os.path.dirname(block.file)}'; cat > '{block.file}' <<'END_OF_FILE'")
            script.append(f"{block.body}END_OF_FILE\n(exit 0)")
        elif block.language == "console":
            for step in steps_of(block):
                steps.append(step)
                # The next command may ask for the status of this one.
                script.append(f"{step.command}\nlast=$?; printf '\\036'; (exit $last)")
    printed = _run_in_terminal("\n".join(script), folder).split(_END_OF_OUTPUT)
    assert len(printed) == len(steps) + 1, f"the shell ended early: {printed[-1]}"
    for step, output in zip(steps, printed, strict=False):
        yield step, Step(step.command, output)


def matches(expected: str, actual: str) -> bool:
    """Tell whether an output is the one that is written; a line `...` stands for any lines."""
    parts = [re.escape(part) for part in re.split(rf"^{re.escape(_ANYTHING)}\n", expected, flags=re.MULTILINE)]
    return re.fullmatch(r"(?:.*\n)*?".join(parts), actual) is not None


def _run_in_terminal(script: str, folder: Path) -> str:
    """Run a shell script in a pseudo-terminal and return what it prints."""
    # Not on Windows, where nobody calls this.
    import pty

    ours, theirs = pty.openpty()
    command = ["bash", "--norc", "-c", script]
    with subprocess.Popen(
        command, cwd=folder, env=_environment(folder), stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    ):
        os.close(theirs)
        printed = b"".join(_read_all(ours))
    os.close(ours)
    return printed.decode().replace("\r\n", "\n")


def _read_all(descriptor: int) -> Iterator[bytes]:
    while True:
        try:
            data = os.read(descriptor, 65536)
        except OSError:
            return  # Linux says so when the other end of a terminal is closed.
        if not data:
            return
        yield data


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment in which `ratchet` is this checkout, and nothing is kept outside the folder."""
    commands = folder / ".bin"
    commands.mkdir()
    launcher = commands / "ratchet"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m ratchet "$@"\n', "utf-8")
    launcher.chmod(0o755)
    return {
        "COLUMNS": "100",
        "HOME": str(folder / ".home"),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "TERM": "dumb",
    }
