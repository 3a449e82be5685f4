"""`batch_execute`: several executions in one call, each after those whose outputs it takes."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, wait

from ratchet.errors import RatchetError
from ratchet.execution.running import Running
from ratchet.mcp_server.batch import Request, fill_in, parse_requests
from ratchet.mcp_server.execution_resources import output_uri
from ratchet.mcp_server.failure import error_json
from ratchet.mcp_server.questions import check_confirmed
from ratchet.mcp_server.schemas import MAX_TOKENS, TASK
from ratchet.mcp_server.tool import WAIT_SECONDS, Answer, Call, Tool
from ratchet.task.schema_words import ANYTHING, COUNT, FLAG, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.values import Json, JsonObject

MOST_REQUESTS = 100
_LOOK_SECONDS = 0.1
_PARALLEL = 8


class _Batch:
    """What has become of each request so far."""

    def __init__(self, call: Call, requests: list[Request]) -> None:
        self._call = call
        self._waiting = requests
        self._most = call.arguments.get("max_parallel", _PARALLEL)
        self._stops = call.arguments.get("stop_on_error", False)
        self._total = len(requests)
        self._running: dict[str, Running] = {}
        self._outputs: dict[str, Json] = {}
        self.rows: dict[str, JsonObject] = {}
        self.drafts: list[str] = []

    def run(self) -> None:
        """Run every request that can be run, as long as the client waits."""
        ends = time.monotonic() + self._call.wait_seconds
        while self._waiting or self._running:
            self._start_ready()
            if not self._running:
                break
            wait([each.future for each in self._running.values()], _LOOK_SECONDS, FIRST_COMPLETED)
            self._collect()
            if self._call.cancellation.cancelled or time.monotonic() > ends:
                break
        for identity, running in self._running.items():
            if self._call.cancellation.cancelled:
                running.cancellation.cancel()
            self.rows[identity] = _row(identity, running)
        for request in self._waiting:
            self.rows[request.id] = _skipped(request.id)

    def _start_ready(self) -> None:
        failed = any(row["error"] is not None for row in self.rows.values())
        for request in list(self._waiting):
            if len(self._running) >= self._most or (failed and self._stops):
                return
            if all(need in self._outputs for need in request.needs):
                self._waiting.remove(request)
                self._start(request)

    def _start(self, request: Request) -> None:
        workshop = self._call.workshop
        try:
            task, source = workshop.to_run.find(request.task)
            check_confirmed(task, needed=workshop.confirm)
            value = fill_in(request.input, self._outputs)
            finder = workshop.to_run.finder(source)
            self._running[request.id] = workshop.executions.start(task, value, find_task=finder)
            if workshop.shelf.standing(source, task).draft:
                self.drafts.append(request.id)
        except RatchetError as error:
            self.rows[request.id] = _refused(request.id, error)

    def _collect(self) -> None:
        for identity, running in list(self._running.items()):
            if not running.future.done():
                continue
            del self._running[identity]
            self.rows[identity] = _row(identity, running)
            if self.rows[identity]["status"] == "completed":
                self._outputs[identity] = self.rows[identity]["output"]
            self._call.heard(
                {"fraction": len(self.rows) / self._total, "step": f"{len(self.rows)}/{self._total}", "message": None}
            )


def _row(identity: str, running: Running) -> JsonObject:
    try:
        execution = running.look()
    except RatchetError as error:
        return _refused(identity, error)
    document = execution.to_json()
    return {
        "id": identity,
        "status": execution.status,
        "execution_id": execution.id,
        "output": document["output"],
        "error": document["error"],
    }


def _refused(identity: str, error: RatchetError) -> JsonObject:
    return {**_skipped(identity), "status": "refused", **error_json(error)}


def _skipped(identity: str) -> JsonObject:
    return {"id": identity, "status": "skipped", "execution_id": None, "output": None, "error": None}


def _batch_execute(call: Call) -> Answer:
    requests = parse_requests(call.arguments["requests"], call.arguments.get("mode", "dependency"))
    batch = _Batch(call, requests)
    batch.run()
    rows = [batch.rows[entry["id"]] for entry in call.arguments["requests"]]
    completed = sum(row["status"] == "completed" for row in rows)
    value = {"all_completed": completed == len(rows), "completed": completed, "results": rows, "drafts": batch.drafts}
    resources = {
        f"/results/{index}/output": output_uri(row["execution_id"])
        for index, row in enumerate(rows)
        if row["status"] == "completed"
    }
    return Answer(value, resources=resources)


BATCH_EXECUTE = Tool(
    "batch_execute",
    "Run several tasks",
    'Run up to 100 tasks in one call. Anywhere in an input, `{"$output": "ID", "pointer": "/total"}` stands for that '
    "part of the output of the request ID, which is then run before. After "
    f"{WAIT_SECONDS} seconds the answer tells what is still `running`, and what was `skipped`.",
    {
        "requests": [
            {"id": "sum", "task": "total", "input": {"items": [1, 2]}},
            {"id": "twice", "task": "double", "input": {"value": {"$output": "sum", "pointer": "/total"}}},
        ]
    },
    record(
        {
            "requests": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_REQUESTS,
                "items": record(
                    {"id": TEXT, "task": TASK, "input": ANYTHING},
                    {"depends_on": described(listed(TEXT), "Requests that must have completed before")},
                ),
                "description": "Each with an `id` of its own",
            }
        },
        {
            "mode": {"enum": ["dependency", "parallel", "sequential"]},
            "max_parallel": {"type": "integer", "minimum": 1, "maximum": 32, "description": f"{_PARALLEL} without it"},
            "stop_on_error": described(FLAG, "Whether to start no more after the first that fails; false without it"),
            "max_tokens": MAX_TOKENS,
        },
    ),
    record(
        {
            "all_completed": FLAG,
            "completed": COUNT,
            "drafts": described(listed(TEXT), "Requests whose task was run though it has not been tested as it is"),
            "results": listed(
                record(
                    {
                        "id": TEXT,
                        "status": described(TEXT, "Of the execution, or `refused`, or `skipped`"),
                        "execution_id": TEXT_OR_NULL,
                        "output": ANYTHING,
                        "error": {"type": ["object", "null"]},
                    }
                )
            ),
        }
    ),
    _batch_execute,
    read_only=False,
    open_world=True,
    needs=("run",),
)
