"""Nothing of an execution is there for the next one, wherever its worker comes from."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ratchet import Limits, Runtime, run
from ratchet.execution.document import ConsoleLine
from ratchet.execution.listener import Silent
from ratchet.sandbox.pool import SOURCES, Pool
from tests.conftest import MakeTask
from tests.sandbox.processes import children_of

LIMITS = Limits(timeout_seconds=90, cpu_seconds=60)
# Everything that can be reached from the global object, by name, kind and attributes.
WORLD = """() => {
  const lines = [];
  const seen = new Set();
  const visit = (value, path) => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
    seen.add(value);
    for (const key of Reflect.ownKeys(value)) {
      const own = Reflect.getOwnPropertyDescriptor(value, key);
      const where = `${path}.${String(key)}`;
      lines.push(`${where} ${typeof own.value} ${own.writable} ${own.enumerable} ${own.configurable}`);
      // The only value that is a time.
      if (/number|string/.test(typeof own.value) && key !== "timeOrigin") lines.push(`${where} = ${own.value}`);
      for (const part of [own.value, own.get, own.set]) visit(part, where);
    }
    visit(Reflect.getPrototypeOf(value), `${path}.__proto__`);
  };
  visit(globalThis, "");
  return lines;
}"""
PLANT = """
const lib = require("./lib.js");
module.exports = (input) => {
  const before = [lib.changed, typeof leaked, Symbol.for("leak") in globalThis, console.leaked, ({}).leaked];
  lib.changed = globalThis.leaked = console.leaked = Object.prototype.leaked = input;
  globalThis[Symbol.for("leak")] = Array.prototype.toJSON = () => "leaked";
  Promise.prototype.then = Date.now = Math.random = JSON.parse = null;
  Object.defineProperty(globalThis, "URL", { value: null });
  console.count("leak"); console.group(); console.time("leak");
  setInterval(() => console.log("leak"), 1);
  setTimeout(() => { throw new Error("leak") }, 1);
  return { __proto__: null, before: before.map(String).join() };
};
"""


@pytest.fixture(params=SOURCES)
def own_runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    """Return a runtime with one worker at a time, from every source in turn."""
    with Runtime(pool=Pool(request.param, maximum=1)) as runtime:
        yield runtime


class Heard(Silent):
    """Keeps every line."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def console(self, line: ConsoleLine) -> None:
        """Keep a line."""
        self.lines.append(line.text)


def test_the_world_is_the_same_for_every_execution(own_runtime: Runtime, make_task: MakeTask) -> None:
    world = make_task(WORLD, name="world")
    plant = make_task({"main.js": PLANT, "lib.js": "module.exports = {}"}, name="plant")
    before = run(own_runtime, world, None, limits=LIMITS)
    assert before.error is None
    assert len(before.output) > 2000
    for _ in range(2):
        heard = Heard()
        planted = run(own_runtime, plant, "x", limits=LIMITS, listener=heard)
        assert (planted.error, planted.output) == (None, {"before": "undefined,undefined,false,undefined,undefined"})
        after = run(own_runtime, world, None, limits=LIMITS)
        assert after.output == before.output
        assert heard.lines == ["leak: 1"]
        assert after.console == ()


def test_random_numbers_never_come_again(own_runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task("() => [Math.random(), Math.random(), crypto.randomUUID()]")
    numbers = [number for _ in range(8) for number in run(own_runtime, task, None, limits=LIMITS).output]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc, and only Linux has a zygote")
def test_input_is_not_in_the_memory_that_workers_are_forked_from(make_task: MakeTask) -> None:
    before = set(children_of(os.getpid()))
    # Put together here and now, so that it stands in no file that the zygote has read.
    secret = os.urandom(16).hex()
    with Runtime(pool=Pool("zygote", maximum=1)) as runtime:
        task = make_task("(input) => { globalThis.kept = [input, input + 1]; return kept }")
        assert run(runtime, task, secret, limits=LIMITS).output == [secret, secret + "1"]
        (zygote,) = set(children_of(os.getpid())) - before
        assert memory_holds(os.getpid(), secret)
        assert not memory_holds(zygote, secret)


def memory_holds(process: int, text: str) -> bool:
    """Tell whether a text is anywhere in the writable memory of a process."""
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            start, end = (int(number, 16) for number in span.split("-"))
            try:
                memory.seek(start)
                if text.encode() in memory.read(end - start):
                    return True
            except OSError:
                continue  # Unmapped since it was listed.
    return False
