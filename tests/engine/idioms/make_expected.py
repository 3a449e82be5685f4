"""Run every idiom in Node and write what it logged; needed only after the idioms changed.

Run from the root of the repository: `python -m tests.engine.idioms.make_expected`.
"""

from __future__ import annotations

import json
import subprocess

from tests.engine.idioms.idiom_files import EXPECTED_FILE, as_program, load_idioms


def main() -> None:
    """Write `expected.json`."""
    lines = ",\n".join(f"    {json.dumps(name)}: {_run(as_program(text))}" for name, text in load_idioms().items())
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    EXPECTED_FILE.write_text(f'{{\n  "node": "{version}",\n  "lines": {{\n{lines}\n  }}\n}}\n', encoding="utf-8")


def _run(program: str) -> str:
    command = ["node", "--input-type=module", "-"]
    ran = subprocess.run(command, input=program, capture_output=True, encoding="utf-8", check=True)
    return ran.stdout.strip()


if __name__ == "__main__":
    main()
