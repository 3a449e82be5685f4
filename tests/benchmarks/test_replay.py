"""Many recordings, replayed: the same bytes each time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ratchet import Runtime, load_task, run
from ratchet.execution.recorded import load_recording
from ratchet.execution.recording import open_recorder
from ratchet.execution.replay import replay
from ratchet.gateway.gateway import Gateway
from ratchet.gateway.policy import Policy
from tests.benchmarks.conftest import Results
from tests.conftest import MakeTask
from tests.execution.test_recording import BUSY
from tests.gateway.http_server import HttpServer

pytestmark = pytest.mark.benchmark
_RECORDINGS = 1000


def test_a_thousand_recordings_replay_to_the_same_bytes(make_task: MakeTask, tmp_path: Path, results: Results) -> None:
    task = make_task(BUSY)
    recorder = open_recorder(str(tmp_path / "kept"))
    policy = Policy(private_networks=("127.0.0.0/8",))
    with HttpServer() as server, Runtime(gateway=Gateway(policy=policy)) as online, Runtime() as offline:

        def differs(n: int) -> bool:
            execution = run(online, task, {"at": server.url(""), "n": n}, recorder=recorder)
            assert execution.recording is not None
            again = replay(offline, load_recording(execution.recording), load_task(f"{execution.recording}/task"))
            return again.changes != () or again.execution.output_json != execution.output_json

        with ThreadPoolExecutor(4) as threads:
            different = sum(threads.map(differs, range(_RECORDINGS)))
    results.record(f"replays of {_RECORDINGS:,} that differ", different, 0, "recordings")
