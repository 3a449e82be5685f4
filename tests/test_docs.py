"""The docs say what is so: generated parts are current, console blocks give what they show, nothing is left out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ratchet
from ratchet.cli.application import COMMANDS
from ratchet.config.settings import SECTIONS, SETTINGS, variable_of
from ratchet.engine.prelude import host_globals
from ratchet.errors import error_classes
from ratchet.execution.run import run
from ratchet.execution.runtime import Runtime
from ratchet.task.contents import find_entrypoint, find_schema
from ratchet.task.load import load_task
from ratchet.task.metadata import read_metadata
from ratchet.task.model import Annotations, Permissions
from ratchet.task.reader import MetadataReader
from tests.docs_session import DOCS, ROOT, Block, Step, blocks_of, matches, run_document, steps_of

REFERENCE = ROOT / "docs" / "reference"
WITH_CONSOLE = [path for path in DOCS if any(block.language == "console" for block in blocks_of(path))]
WITH_PYTHON = [path for path in DOCS if any(block.language == "python" for block in blocks_of(path))]


def name_of(path: Path) -> str:
    """Return a document's path as people write it."""
    return path.relative_to(ROOT).as_posix()


def headings_of(path: Path) -> set[str]:
    """Return the headings of a document without marks."""
    return {
        line.lstrip("#").strip().replace("`", "") for line in path.read_text("utf-8").splitlines() if line[:1] == "#"
    }


def described_in(path: Path) -> set[str]:
    """Return every name that stands in backticks in the first cell of a table of a document."""
    cells = re.findall(r"^\| ([^|]+) \|", path.read_text("utf-8"), re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_the_generated_parts_are_current() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / ".ci" / "docs.py", "--check"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert checked.returncode == 0, f"run `python .ci/docs.py`\n{checked.stdout}{checked.stderr}"


@pytest.mark.skipif(sys.platform == "win32", reason="the blocks are written for a POSIX shell")
@pytest.mark.parametrize("document", WITH_CONSOLE, ids=name_of)
def test_every_console_block_gives_what_it_shows(document: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sample_tasks", tmp_path / "sample_tasks")
    for written, came in run_document(document, tmp_path):
        assert matches(written.output, came.output), f"$ {written.command}\n{came.output}"


@pytest.mark.parametrize("document", WITH_PYTHON, ids=name_of)
def test_every_python_block_runs(document: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sample_tasks", tmp_path / "sample_tasks")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for block in blocks_of(document):
        if block.language == "python":
            command = [sys.executable, "-P", "-c", block.body]
            subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)


def test_an_ellipsis_stands_for_whole_lines_only() -> None:
    assert matches("a\n...\nc\n", "a\nb\nb\nc\n")
    assert matches("a\n...\n", "a\n")
    assert not matches("a\n...\nc\n", "a\nb\nbc\n")
    assert not matches("a\n", "a\nb\n")


def test_a_command_may_go_on_over_several_lines() -> None:
    block = Block("console", "$ cat <<X\n> a\n> X\na\n$ true\n", None)
    assert steps_of(block) == [Step("cat <<X\na\nX", "a\n"), Step("true", "")]


def test_every_command_has_its_heading() -> None:
    assert {f"ratchet {name}" for name in COMMANDS} <= headings_of(REFERENCE / "cli.md")


def test_every_error_has_its_heading() -> None:
    named = {kind.__name__ for kind in error_classes()}
    assert named <= headings_of(REFERENCE / "errors.md")


def test_every_global_of_a_task_is_described(tmp_path: Path) -> None:
    (tmp_path / "metadata.json").write_text('{"name": "globals", "version": "1.0.0"}')
    (tmp_path / "main.js").write_text("() => Object.getOwnPropertyNames(globalThis)")
    with Runtime() as runtime:
        found = set(run(runtime, load_task(tmp_path), {}).output)
    described = described_in(REFERENCE / "javascript-api.md")
    # What the language itself brings, and the names under which the engine hides its own.
    internal = {"InternalError", "call_python", "dukpy", "ratchet:require"}
    assert found - LANGUAGE - internal <= described
    assert host_globals() <= described
    assert host_globals() <= found


def test_every_metadata_key_is_described() -> None:
    reader = MetadataReader({}, "{}", "metadata.json")
    find_entrypoint(reader, {}, "task")
    find_schema(reader, {}, "input", "task")
    find_schema(reader, {}, "output", "task")
    read_metadata(reader, file="metadata.json", folder="task")
    inner = {f"permissions.{name}" for name in Permissions._fields}
    inner |= {f"annotations.{name}" for name in Annotations._fields}
    assert reader.taken | inner <= described_in(REFERENCE / "metadata.md")


def test_every_setting_and_its_variable_are_described() -> None:
    described = described_in(REFERENCE / "configuration.md")
    assert described >= SETTINGS.keys()
    assert {section.name for section in SECTIONS} <= headings_of(REFERENCE / "configuration.md")
    text = (REFERENCE / "configuration.md").read_text("utf-8")
    assert [key for key in SETTINGS if f"`{variable_of(key)}`" not in text] == []


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) < 150


def test_links_between_documents_lead_somewhere() -> None:
    for document in DOCS:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8")):
            assert (document.parent / link).exists(), f"{name_of(document)}: {link}"


def test_the_newest_version_in_the_changelog_is_this_one() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## \[?(\d+\.\d+\.\d+)\]?", text, re.MULTILINE)
    assert versions[0] == ratchet.__version__


LANGUAGE = frozenset(
    "Object Function Error EvalError RangeError ReferenceError SyntaxError TypeError URIError AggregateError Iterator "
    "Array parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent escape "
    "unescape Infinity NaN undefined Number Boolean String Math Reflect Symbol eval globalThis Date RegExp JSON Proxy "
    "Map Set WeakMap WeakSet ArrayBuffer Uint8ClampedArray Int8Array Uint8Array Int16Array Uint16Array Int32Array "
    "Uint32Array BigInt64Array BigUint64Array Float16Array Float32Array Float64Array DataView Promise BigInt".split()
)
"""The globals of ECMAScript 2025 that the engine has."""
