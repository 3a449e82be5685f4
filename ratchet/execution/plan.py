"""Plan an execution, and run it again by the plan: the document of a plan, and what both runs find around them."""

from __future__ import annotations

import hashlib
import json
import re
import time
from base64 import b64decode, b64encode
from typing import NamedTuple

from ratchet.errors import InvalidInput, NotPermitted
from ratchet.execution.request import new_seed
from ratchet.execution.surroundings import Surroundings
from ratchet.gateway.checkpoint import Checkpoint
from ratchet.gateway.exchange import Answers
from ratchet.gateway.failures import InvalidUrl
from ratchet.gateway.plan import PlannedRequest
from ratchet.gateway.url import parse_url
from ratchet.task.model import Task
from ratchet.task.parse import parse_json
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject

SCHEMA = "ratchet.plan/1"
_MOST_BYTES = 64 * 1024 * 1024
_SEED = re.compile(r"[0-9a-f]{64}")
_LATEST = 8_640_000_000_000_000


class Basis(NamedTuple):
    """What a planned execution and the one that applies the plan share, so that both make the same requests.

    Args:
        start: What the clock says at the beginning, in milliseconds since 1970.
        execution_id: What the task finds as `context.executionId`.
    """

    seed: str
    start: int
    execution_id: str

    def surroundings(self, checkpoint: Checkpoint, answers: Answers | None = None) -> Surroundings:
        """Return what the task finds in either execution."""
        return Surroundings(
            answers=answers,
            time={"start": self.start, "paced": True},
            seed=self.seed,
            context={"executionId": self.execution_id},
            checkpoint=checkpoint,
        )


class Plan(NamedTuple):
    """The requests of one execution that would change something.

    Args:
        task: Name, version and digest of the task.
        input_digest: Of the input before its defaults are filled in.
        status: What became of the planned execution.
    """

    task: JsonObject
    input_digest: str
    status: str
    basis: Basis
    requests: tuple[PlannedRequest, ...]

    @property
    def digest(self) -> str:
        """What the plan is told by."""
        return _digest_of(self._document())

    def to_json(self) -> JsonObject:
        """Return the document that `--apply` takes."""
        return {**self._document(), "digest": self.digest}

    def _document(self) -> JsonObject:
        return {
            "schema": SCHEMA,
            "task": self.task,
            "input_digest": self.input_digest,
            "status": self.status,
            "basis": self.basis._asdict(),
            "requests": [_request_json(number, request) for number, request in enumerate(self.requests, 1)],
        }


def new_basis(execution_id: str) -> Basis:
    """Return what an execution that is planned now begins with."""
    return Basis(new_seed(), round(time.time() * 1000), execution_id)


def make_plan(task: Task, value: Json, status: str, basis: Basis, requests: tuple[PlannedRequest, ...]) -> Plan:
    """Return the plan of an execution that has ended."""
    return Plan(_reference(task), _digest_of(value), status, basis, requests)


def check_plan(plan: Plan, task: Task, value: Json) -> None:
    """Check that a plan is one of a task and an input.

    Raises:
        NotPermitted: It is of another.
    """
    hint = "Plan it again with `--plan`, and read the new plan"
    if plan.task != _reference(task):
        name, digest = printable(str(plan.task["name"])), printable(str(plan.task["digest"]))
        raise NotPermitted(f"The plan is of another task: `{name}`, {digest}, not {task.digest}", hint=hint)
    if plan.input_digest != _digest_of(value):
        raise NotPermitted("The plan is of another input", hint="Give the input that was planned, or plan this one")


def load_plan(path: str) -> Plan:
    """Return the plan in a file, which anybody may have written.

    Raises:
        InvalidInput: It cannot be read, is no plan, or has been changed.
    """
    shown = printable(path)
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise InvalidInput(f"The plan `{shown}` cannot be read: {reason}") from None
    if len(data) > _MOST_BYTES:
        raise InvalidInput(f"The plan `{shown}` is larger than {_MOST_BYTES >> 20} MB")
    document = parse_json(text, file=path)
    try:
        plan = _parse_plan(document)
    except (KeyError, TypeError, ValueError, InvalidUrl):
        raise InvalidInput(f"`{shown}` is no plan", hint="`--plan --output FILE` writes one") from None
    if document != plan.to_json():
        hint = "What is to be let through is what was shown: plan it again"
        raise InvalidInput(f"The plan `{shown}` has been changed since it was written", hint=hint)
    return plan


def _parse_plan(document: Json) -> Plan:
    """Return the plan that a document describes; whoever calls compares the two."""
    basis = Basis(**document["basis"])
    if not (isinstance(basis.seed, str) and _SEED.fullmatch(basis.seed) and isinstance(basis.execution_id, str)):
        raise ValueError
    if type(basis.start) is not int or not 0 <= basis.start <= _LATEST:
        raise ValueError
    task = {key: document["task"][key] for key in ("name", "version", "digest")}
    requests = tuple(_parse_request(entry) for entry in document["requests"])
    return Plan(task, document["input_digest"], document["status"], basis, requests)


def _parse_request(entry: Json) -> PlannedRequest:
    method, url, body = entry["method"], entry["url"], entry["body"]
    headers = tuple((name, value) for name, value in entry["headers"])
    if not all(isinstance(text, str) for text in (method, url, *(part for header in headers for part in header))):
        raise TypeError
    parse_url(url)
    return PlannedRequest(method, url, headers, _parse_body(body))


def _parse_body(body: Json) -> bytes | None:
    if body is None:
        return None
    if "text" in body:
        text: str = body["text"]
        return text.encode()
    return b64decode(body["base64"], validate=True)


def _request_json(number: int, request: PlannedRequest) -> JsonObject:
    return {
        "number": number,
        "digest": request.digest,
        "method": request.method,
        "url": request.url,
        "headers": [list(header) for header in request.headers],
        "body": _body_json(request.body),
    }


def _body_json(body: bytes | None) -> JsonObject | None:
    if body is None:
        return None
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": b64encode(body).decode()}


def _reference(task: Task) -> JsonObject:
    return {"name": task.name, "version": task.version, "digest": task.digest}


def _digest_of(value: Json) -> str:
    return "sha256:" + hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
