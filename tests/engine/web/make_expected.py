"""Run every case in Node and write what it gave; needed only after the cases changed.

Run from the root of the repository: `python -m tests.engine.web.make_expected`.
"""

from __future__ import annotations

import json
import subprocess
import sys

from tests.engine.web.case_files import EXPECTED_FILE, load_cases, program_of

# The cases run one after another, because some watch the clock.
DRIVER = """
const { readFileSync } = require("fs");
// Node does not wait for AbortSignal.timeout by itself.
const waiting = setInterval(() => {}, 1000);
(async () => {
  const results = {};
  for (const [name, program] of JSON.parse(readFileSync(0, "utf8"))) {
    try {
      results[name] = await new Function(`${program}; return main();`)();
    } catch (error) {
      console.error(`${name} cannot be run: ${error}`);
      process.exit(1);
    }
  }
  console.log(JSON.stringify(results));
  clearInterval(waiting);
})();
"""
# A listener that throws, as one case has it, would end the process.
KEEP_GOING = 'process.on("uncaughtException", () => {});'


def main() -> None:
    """Write `expected.json`."""
    programs = json.dumps([[case.name, program_of(case)] for case in load_cases()])
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    command = ["node", "--no-warnings", "-e", KEEP_GOING + DRIVER]
    ran = subprocess.run(command, input=programs, capture_output=True, encoding="utf-8", check=False)
    if ran.returncode:
        sys.exit(ran.stderr)
    results = json.loads(ran.stdout)
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(outcome)}" for name, outcome in results.items())
    text = f'{{\n  "node": {json.dumps(version)},\n  "results": {{\n{lines}\n  }}\n}}\n'
    EXPECTED_FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
