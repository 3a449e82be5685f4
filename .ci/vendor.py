"""Build the JavaScript bundles under `ratchet/engine/vendor`, or check that they are what the packages give.

Run `python .ci/vendor.py` after changing a version in `.ci/vendor/package.json`; `--check` compares byte for byte.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_RECIPES = Path(__file__).resolve().parent / "vendor"
_VENDOR = Path(__file__).resolve().parent.parent / "ratchet" / "engine" / "vendor"

# A bundle is one expression: its value is the module, and evaluating it leaves no global behind.
_OPENING = "(()=>{var module={exports:{}};"
_CLOSING = "\nreturn module.exports})()"


@dataclass(frozen=True, slots=True)
class _Package:
    """A package as npm installed it."""

    name: str
    version: str
    licence: str
    folder: Path


def main(arguments: list[str]) -> int:
    """Build into a temporary folder, then write or compare; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 when a file differs")
    check = parser.parse_args(arguments).check
    with tempfile.TemporaryDirectory() as folder:
        files = dict(_build(Path(folder)))
    if check:
        return _compare(files)
    shutil.rmtree(_VENDOR, ignore_errors=True)
    _VENDOR.mkdir(parents=True)
    for name, content in files.items():
        (_VENDOR / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")
    return 0


def _build(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the vendor folder, by name, made from freshly installed packages."""
    for path in _RECIPES.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    # Scripts of packages never run, and neither the lock file nor the output depends on where npm downloads from.
    npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved"]
    subprocess.run([*npm, "--loglevel=error"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    bundler = _installed(folder, "esbuild")
    entries = []
    for name in json.loads((folder / "package.json").read_text("utf-8"))["dependencies"]:
        package = _installed(folder, name)
        bundle = _bundle(folder, package)
        licence = (package.folder / "LICENSE").read_bytes()
        yield f"{name}.js", bundle
        yield f"{name}.LICENSE", licence
        entries.append(_entry(package, bundle))
    record = {"bundler": {"package": bundler.name, "version": bundler.version}, "bundles": entries}
    yield "VENDORED.json", (json.dumps(record, indent=2) + "\n").encode()


def _installed(folder: Path, name: str) -> _Package:
    """Read what npm installed under a name."""
    home = folder / "node_modules" / name
    described = json.loads((home / "package.json").read_text("utf-8"))
    return _Package(name, described["version"], described["license"], home)


def _bundle(folder: Path, package: _Package) -> bytes:
    """Bundle one package through its recipe into a single ASCII expression."""
    banner = f"/* {package.name} {package.version}, {package.licence} licence: {package.name}.LICENSE */"
    command = [
        "node_modules/.bin/esbuild",
        f"{package.name}.js",
        "--bundle",
        "--minify",
        "--format=cjs",
        "--platform=neutral",
        "--main-fields=module,main",
        "--target=es2022",
        "--charset=ascii",
        "--legal-comments=none",
        "--log-level=warning",
    ]
    built = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE).stdout.strip()
    return f"{banner}\n{_OPENING}".encode() + built + f"{_CLOSING}\n".encode()


def _entry(package: _Package, bundle: bytes) -> dict[str, str]:
    """Describe a bundle for VENDORED.json."""
    return {
        "package": package.name,
        "version": package.version,
        "licence": package.licence,
        "licence_file": f"{package.name}.LICENSE",
        "file": f"{package.name}.js",
        "sha256": hashlib.sha256(bundle).hexdigest(),
    }


def _compare(files: dict[str, bytes]) -> int:
    """Say which files of the vendor folder are not what was just built."""
    present = {path.name: path.read_bytes() for path in _VENDOR.iterdir() if path.is_file()}
    different = sorted(name for name in files.keys() | present.keys() if files.get(name) != present.get(name))
    for name in different:
        print(f"ratchet/engine/vendor/{name} is not what .ci/vendor.py builds", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
