"""Errors that come out of the host's own JavaScript are located in the task's file."""

from __future__ import annotations

import pytest

from ratchet import Runtime, run
from tests.conftest import MakeTask

ON_EACH_ENGINE = True

FAILING = {
    "a typed error": "throw new RateLimitError('slow down');",
    "a web class": "new URL('x');",
}


@pytest.mark.parametrize("statement", FAILING.values(), ids=FAILING)
@pytest.mark.parametrize("file", ["main.js", "lib.js"])
def test_error_of_a_global_that_is_loaded_at_first_use_is_where_the_task_used_it(
    runtime: Runtime, make_task: MakeTask, file: str, statement: str
) -> None:
    failing = f"module.exports = () => {{\n  {statement}\n}};\n" + "// A longer file than the host's.\n" * 200
    files = {"main.js": "module.exports = require('./lib.js');\n" + "\n" * 200, file: failing}
    error = run(runtime, make_task(files), None).error
    assert error is not None
    assert error.place is not None
    assert (error.place.file.rpartition("/")[2], error.place.line, error.place.column) == (file, 2, 3)
