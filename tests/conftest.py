"""What tests of every layer share: workers that are warm, tasks made from texts, and databases."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from ratchet import Limits, Runtime, Task, load_task, run
from ratchet.engine import ENGINES
from ratchet.execution.document import Execution
from ratchet.sandbox.pool import Pool
from tests.postgres import Postgres, make_database_url, start_postgres

MakeTask = Callable[..., Task]
RunSource = Callable[..., Execution]
METADATA: dict[str, Any] = {
    "uuid": "5f8d1c7e-93a4-4c1b-8f57-2b6a7c1d9e30",
    "version": "1.0.0",
    "label": "Probe",
}

# Whoever starts the tests in the background has it ignored, and so would all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
# A slow machine, or a busy one, is no failure.
settings.register_profile("ratchet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ratchet")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of a module that says `ON_EACH_ENGINE = True` once on every engine.

    `tests.engine.differences` holds what is not the same.
    """
    if "engine" in metafunc.fixturenames and getattr(metafunc.module, "ON_EACH_ENGINE", False):
        metafunc.parametrize("engine", ENGINES, indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """Return the engine that tasks run on: the default, or each in turn."""
    name: str = getattr(request, "param", ENGINES[0])
    return name


@pytest.fixture(scope="session")
def runtime(engine: str) -> Iterator[Runtime]:
    """Return a runtime whose workers are forked from one zygote."""
    with Runtime(pool=Pool(engine=engine)) as shared:
        yield shared


@pytest.fixture
def make_task(tmp_path: Path) -> MakeTask:
    """Return a function that writes a task folder and loads it.

    The files are texts or bytes by path; a text alone is `main.js`, and what is no text is written as JSON.
    """

    def make(files: str | Mapping[str, Any], *, name: str = "probe", **metadata: Any) -> Task:
        root = tmp_path / name
        texts = {"main.js": files} if isinstance(files, str) else files
        for path, content in {"metadata.json": {**METADATA, **metadata}, **texts}.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            text = content if isinstance(content, str | bytes) else json.dumps(content)
            file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        return load_task(str(root))

    return make


@pytest.fixture
def run_source(runtime: Runtime, make_task: MakeTask) -> RunSource:
    """Return a function that writes a task, runs it on a value and returns the execution."""

    def run_it(files: str | Mapping[str, Any], value: Any = None, limits: Limits | None = None) -> Execution:
        return run(runtime, make_task(files), value, limits=limits)

    return run_it


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Return a PostgreSQL that is started once for all tests of this process."""
    with start_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database, once of each kind."""
    return make_database_url(request, tmp_path)
