"""`ratchet test --coverage`: which lines of a task ran."""

from __future__ import annotations

import json
from pathlib import Path

from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask
from tests.cli.test_mutants import timeless, write

SOURCE = """\
import { half } from './half.js';

const limit = 10;
export default ({ n, fail }) => {
  if (n > limit) {
    const big = n - limit;
    console.log(big);
    return big;
  } else if (n < 0) return 0;
  for (let i = 0; i < 2; i++) {
    n += i;
  }
  if (fail) throw new Error('asked for');
  const twice = (value) => value * 2;
  switch (n) {
    case 3:
      return half(n);
    default:
      return half(n, 1);
  }
};
"""
HALF = """\
'use strict'
export function half(n, more = 0) {
  return n / 2 + more
}
export function never() {
  return 1
}
"""


def test_lines_that_ran_are_told_in_every_report(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    cases = [{"input": {"n": 1}, "expected_output": 2}, {"input": {"n": 2}, "expected_output": 1.5}]
    write(make_task, "total", SOURCE, cases, files={"half.js": HALF, "unused.mjs": "export const a = 1;\n"})
    command = ["test", "total", "--coverage", "--coverage-lcov", "lines.info", "--report-json", "report.json"]
    assert timeless(ratchet(*command)) == snapshot("""\
exit 0
--- stdout
ok      total: 0
ok      total: 1
covered total/half.js: 50 %, 1 of 2 lines, not 6
covered total/main.js: 78.6 %, 11 of 14 lines, not 6-8
covered total/unused.mjs: 0 %, 0 of 1 line, not 1
--- stderr
2 passed in T s
""")
    assert json.loads((folder / "report.json").read_text())["coverage"] == snapshot(
        [
            {
                "task": "total",
                "files": [
                    {"file": "total/half.js", "lines": 2, "covered": 1, "percent": 50.0, "uncovered": [[6, 6]]},
                    {"file": "total/main.js", "lines": 14, "covered": 11, "percent": 78.6, "uncovered": [[6, 8]]},
                    {"file": "total/unused.mjs", "lines": 1, "covered": 0, "percent": 0.0, "uncovered": [[1, 1]]},
                ],
            }
        ]
    )
    assert (folder / "lines.info").read_text() == snapshot("""\
TN:
SF:total/half.js
DA:3,2
DA:6,0
LF:2
LH:1
end_of_record
TN:
SF:total/main.js
DA:3,2
DA:4,2
DA:5,2
DA:6,0
DA:7,0
DA:8,0
DA:9,2
DA:10,2
DA:11,2
DA:13,2
DA:14,2
DA:15,2
DA:17,1
DA:19,1
LF:14
LH:11
end_of_record
TN:
SF:total/unused.mjs
DA:1,0
LF:1
LH:0
end_of_record
""")


def test_lines_of_typescript_are_those_of_its_file(ratchet: Command, make_task: MakeTask) -> None:
    source = "interface A {\n  n: number;\n}\nexport default (a: A) => {\n  if (a.n) return 1;\n  return 2;\n};\n"
    files = {"main.js": None, "main.ts": source}
    write(make_task, "total", "", [{"input": {"n": 0}, "expected_output": 2}], files=files)
    assert timeless(ratchet("test", "total", "--coverage")) == snapshot("""\
exit 0
--- stdout
ok      total: 0
covered total/main.ts: 100 %, 3 of 3 lines
--- stderr
1 passed in T s
""")


def test_lines_before_a_failure_ran(ratchet: Command, make_task: MakeTask) -> None:
    source = "(input) => {\n  const a = input.a;\n  a.b.c();\n  return a;\n}\n"
    write(make_task, "total", source, [{"should_fail": True}])
    assert timeless(ratchet("test", "total", "--coverage")) == snapshot("""\
exit 0
--- stdout
ok      total: 0
covered total/main.js: 75 %, 3 of 4 lines, not 4
--- stderr
1 passed in T s
""")


def test_lines_of_an_endless_loop_ran(ratchet: Command, make_task: MakeTask) -> None:
    source = "function main() {\n  for (;;) {}\n  return 1;\n}\n"
    write(make_task, "total", source, [{"expected_error": {"code": "time_limit"}, "timeout_seconds": 0.3}])
    assert timeless(ratchet("test", "total", "--coverage")) == snapshot("""\
exit 0
--- stdout
ok      total: 0
covered total/main.js: 50 %, 1 of 2 lines, not 3
--- stderr
1 passed in T s
""")


def test_every_statement_can_be_counted(ratchet: Command, make_task: MakeTask) -> None:
    source = """\
#!/usr/bin/env node
'use strict';
var log = [], add = async x => (log.push(x), x), obj = y => ({ y }), nest = a => b => a + b
class P { static s = 1; static { log.push('static') } #z = 2; get z() { return this.#z } m(q = () => 3) { return q() } }
exports.main = async function () {
  outer: for (const a of [1, 2]) for (const b of [1, 2]) { if (b === 2) continue outer; else log.push(a + b) }
  do log.push('do'); while (false)
  if (!log) ; else if (log.length > 99) log.push('no')
  else { await add('é😀') }
  const f = function g() { return typeof g }, { k = 5, ...rest } = { r: 1 }
  try { null.x } catch { log.push('caught') } finally { log.push(f()) }
  for (const key in rest) log.push(key)
  label: { break label }
  return [log, obj(k).y, nest(1)(2), P.s, new P().z, new P().m(), `${obj`x`.y}`]
}
"""
    expected = [["static", 2, 3, "do", "é😀", "caught", "function", "r"], 5, 3, 1, 2, 3, "x"]
    write(make_task, "total", source, [{"expected_output": expected}])
    assert timeless(ratchet("test", "total", "--coverage")) == snapshot("""\
exit 0
--- stdout
ok      total: 0
covered total/main.js: 100 %, 12 of 12 lines
--- stderr
1 passed in T s
""")
