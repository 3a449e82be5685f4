"""Run the whole corpus as often as told and print what came of it; for a new engine or a new machine.

Run from the root of the repository: `python -m tests.sandbox.hostile.run_corpus 10`, with the name of an engine behind
it for another than the default.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections import Counter

from ratchet import Runtime, Task, load_task
from ratchet.engine import ENGINES
from ratchet.sandbox.pool import Pool
from tests.sandbox.hostile.corpus import load_scripts, run_scripts

_AT_ONCE = 4


def main(rounds: int, engine: str = ENGINES[0]) -> int:
    """Print a line for each round and every complaint; return 1 when there was any."""
    scripts = load_scripts(engine)
    failed = 0
    with tempfile.TemporaryDirectory() as folder, Runtime(pool=Pool(engine=engine, maximum=_AT_ONCE)) as runtime:
        for number in range(1, rounds + 1):
            started = time.monotonic()
            ended = run_scripts(runtime, lambda source, name: _make(folder, source, name), scripts, _AT_ONCE)
            complaints = [complaint for end in ended for complaint in end.complaints()]
            over = max(end.over_seconds for end in ended)
            print(
                f"round {number}: {len(ended)} scripts in {time.monotonic() - started:.1f} s, at most {over:.2f} s over"
                f" the wall, {len(complaints)} complaints; {dict(Counter(end.end for end in ended))}"
            )
            print(*complaints, sep="\n", end="\n" if complaints else "")
            failed += len(complaints)
    return 1 if failed else 0


def _make(folder: str, source: str, name: str) -> Task:
    place = os.path.join(folder, name)
    os.makedirs(place, exist_ok=True)
    metadata = {"uuid": "0d0c8a53-6a24-4b0e-9f3e-2d8f2f6a7c11", "version": "1.0.0", "label": name}
    for file, text in (("metadata.json", json.dumps(metadata)), ("main.js", source)):
        with open(os.path.join(place, file), "w", encoding="utf-8") as opened:
            opened.write(text)
    return load_task(place)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), *sys.argv[2:]))
