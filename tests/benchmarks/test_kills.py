"""Servers that are killed at random moments while clients ask them for jobs: none is lost, none is finished twice."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from sqlalchemy import ColumnElement, func, select

from ratchet.store.job_models import AttemptRow, JobRow, NodeRow
from ratchet.store.models import ExecutionRow
from ratchet.store.store import Store, open_store
from tests.benchmarks.conftest import Results
from tests.jobs.tasks import write_tasks
from tests.postgres import Postgres
from tests.server.conftest import Served, start_server

pytestmark = pytest.mark.benchmark
_ROUNDS = 100
_CLIENTS = 3
_PAUSE_SECONDS = 1.0
# Less than the servers can do between two kills: what waits in the end would take longer than the rounds.
_LONGEST_MS = 500
_LONGEST_LIFE_SECONDS = 6.0
_LOOK_SECONDS = 0.1
_PATIENCE_SECONDS = 120.0
_TAKEOVER_SECONDS = 30.0


class Kill(NamedTuple):
    """A server that was killed."""

    process: int
    at: datetime


class Cluster:
    """Servers on one database, each of which is started again after it was killed."""

    def __init__(self, homes: Sequence[Path]) -> None:
        self._homes = homes
        self._stacks = [ExitStack() for _ in homes]
        self.servers = [self._start(number) for number in range(len(homes))]
        self.kills: list[Kill] = []

    def _start(self, number: int) -> Served:
        environment = {"RATCHET_CONFIG": "ratchet.yaml"}
        server = start_server(self._homes[number], "--tasks", "tasks", environment=environment)
        return self._stacks[number].enter_context(server)

    def kill(self, number: int) -> Kill:
        """Kill a server as the system does when memory runs out."""
        process = self.servers[number].process
        process.kill()
        kill = Kill(process.pid, datetime.now(UTC))
        self.kills.append(kill)
        self._stacks[number].close()
        return kill

    def start_again(self, number: int) -> None:
        """Start a server that was killed."""
        self.servers[number] = self._start(number)

    def close(self) -> None:
        """End every server."""
        for stack in self._stacks:
            stack.close()


class Clients:
    """Ask for jobs, each by a key of its own and again until it is accepted, by whichever server answers."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._stopped = threading.Event()
        self._threads = ThreadPoolExecutor(_CLIENTS)
        self._asking = [self._threads.submit(self._ask_on, number) for number in range(_CLIENTS)]
        self.accepted: dict[str, str] = {}
        self.again = 0

    def _ask_on(self, client: int) -> None:
        chance = random.Random(client)
        number = 0
        while not self._stopped.wait(chance.uniform(0, 2 * _PAUSE_SECONDS)):
            number += 1
            key = f"client-{client}-{number}"
            body = {"task": "wait", "input": {"ms": chance.randrange(_LONGEST_MS)}}
            while (job_id := self._ask(chance.choice(self._cluster.servers), key, body)) is None:
                self.again += 1
                self._stopped.wait(_LOOK_SECONDS)
            self.accepted[key] = job_id

    def _ask(self, server: Served, key: str, body: object) -> str | None:
        """Return the id of the job, or None where the server has died."""
        with suppress(requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            answer = server.ask("POST", "/api/v1/jobs", body, headers={"Idempotency-Key": key})
            assert answer.status_code in (200, 202), answer.text
            return str(answer.json()["id"])
        return None

    def stop(self) -> None:
        """Ask for no more, once what is asked for is accepted."""
        self._stopped.set()
        with self._threads:
            for each in self._asking:
                each.result(_PATIENCE_SECONDS)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_hundred_kills_lose_no_job(kind: str, postgres: Postgres, tmp_path: Path, results: Results) -> None:
    count = 1 if kind == "sqlite" else 2
    url = f"sqlite:{tmp_path / 'ratchet.db'}" if kind == "sqlite" else postgres.make_database()
    with open_store(url) as store:
        with started([make_home(tmp_path / f"node-{number}", url) for number in range(count)]) as cluster:
            clients = Clients(cluster)
            try:
                kill_again_and_again(cluster, store)
            finally:
                clients.stop()
            until_none(store, JobRow.dispatch != "done")
        check_jobs(store, clients)
        taken_over, worked_on_again = waits(store, cluster.kills)
        print(f"\n{kind}: {len(cluster.kills)} kills, {clients.again} requests again, {counts(store)}")
        print(f"worked on again after {worked_on_again:.1f} s at most")
    results.record(f"takeover from a server that was killed, {kind}, the worst", taken_over, _TAKEOVER_SECONDS, "s")


def make_home(home: Path, url: str) -> Path:
    """Write what a server needs."""
    write_tasks(home / "tasks")
    server = {"require_key": False, "database": {"url": url}}
    # JSON is YAML; what the server writes to stderr nobody reads.
    (home / "ratchet.yaml").write_text(json.dumps({"server": server, "logging": {"level": "error"}}))
    return home


@contextmanager
def started(homes: Sequence[Path]) -> Iterator[Cluster]:
    """Lend servers."""
    cluster = Cluster(homes)
    try:
        yield cluster
    finally:
        cluster.close()


def kill_again_and_again(cluster: Cluster, store: Store) -> None:
    """Kill a server, start it again, and see that it is found to be dead, so many times."""
    chance = random.Random(7)
    for number in range(_ROUNDS):
        # A moment that nobody knows beforehand is what is tested.
        threading.Event().wait(chance.uniform(0, _LONGEST_LIFE_SECONDS))
        victim = chance.randrange(len(cluster.servers))
        kill = cluster.kill(victim)
        cluster.start_again(victim)
        until_none(store, NodeRow.pid == kill.process)
        took = (datetime.now(UTC) - kill.at).total_seconds()
        print(f"round {number + 1}: a server is found to be dead after {took:.1f} s", flush=True)


def until_none(store: Store, condition: ColumnElement[bool]) -> None:
    """Wait until no row fits."""
    ends = datetime.now(UTC) + timedelta(seconds=_PATIENCE_SECONDS)
    while store_count(store, condition):
        assert datetime.now(UTC) < ends, condition
        threading.Event().wait(_LOOK_SECONDS)


def store_count(store: Store, condition: ColumnElement[bool]) -> int:
    """Return how many rows fit."""
    with store.reading() as session:
        return session.scalar(select(func.count()).where(condition)) or 0


def check_jobs(store: Store, clients: Clients) -> None:
    """See that each job that was accepted is there, and has been finished once."""
    with store.reading() as session:
        jobs = session.scalars(select(JobRow)).all()
        finished = session.scalars(select(AttemptRow.job_id).where(AttemptRow.status == "completed")).all()
        kept = session.scalars(select(ExecutionRow.job_id).where(ExecutionRow.status == "completed")).all()
    assert {job.idempotency_key: job.id for job in jobs} == clients.accepted
    completed = sorted(job.id for job in jobs if job.status == "completed")
    assert sorted(finished) == sorted(map(str, kept)) == completed
    # A job of which five servers died is given up, and stands among the dead letters.
    assert all(job.deaths == 5 for job in jobs if job.status != "completed")


def waits(store: Store, kills: Sequence[Kill]) -> tuple[float, float]:
    """Return how long after the death of its server a job was back in line at most, and worked on again."""
    with store.reading() as session:
        attempts = session.scalars(select(AttemptRow)).all()
    began = {(each.job_id, each.number): each.started_at for each in attempts}
    back, again = [0.0], [0.0]
    for each in attempts:
        if each.status == "lost" and each.finished_at is not None:
            killed = next(kill.at for kill in kills if kill.at > each.started_at and is_of(each, kill))
            back.append((each.finished_at - killed).total_seconds())
            # Without another attempt it was cancelled, or has been given up.
            next_began = began.get((each.job_id, each.number + 1), each.finished_at)
            again.append((next_began - killed).total_seconds())
    return max(back), max(again)


def is_of(attempt: AttemptRow, kill: Kill) -> bool:
    """Tell whether it was the server of an attempt that was killed; on SQLite there is only one."""
    return attempt.node_id == "local" or attempt.node_id.split("-")[-2] == str(kill.process)


def counts(store: Store) -> str:
    """Return what became of the jobs, in words."""
    with store.reading() as session:
        jobs = session.scalars(select(JobRow)).all()
    waited = max((job.finished_at - job.created_at).total_seconds() for job in jobs if job.finished_at)
    by_status = Counter(job.status for job in jobs)
    return f"{dict(by_status)}, {sum(job.deaths for job in jobs)} deaths, {waited:.1f} s from asking to the end at most"
