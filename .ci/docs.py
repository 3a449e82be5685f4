"""Write the generated parts of the docs again, or with `--check` say which of them are stale.

The parts stand between cog's marks in the Markdown files; `reference.py` beside this file makes their text.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cogapp import Cog

_ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Run cog over the README and the docs and return its exit code."""
    # The generators import the package of this checkout, wherever another one may be installed.
    sys.path.insert(0, str(_ROOT))
    files = [str(path) for path in [_ROOT / "README.md", *sorted((_ROOT / "docs").rglob("*.md"))]]
    mode = ["--check", "--diff"] if "--check" in arguments else ["-r"]
    generators = ["-I", str(_ROOT / ".ci"), "-p", "import reference"]
    exit_code: int = Cog().main(["cog", *generators, "--verbosity=1", *mode, *files])
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
