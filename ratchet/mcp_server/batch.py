"""Requests of one batch: which need which, what an input takes from another's output, and when each may start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ratchet.errors import InvalidInput
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject, Problem

OUTPUT = "$output"


class Request(NamedTuple):
    """One execution of a batch.

    Args:
        needs: The requests that must have completed before.
    """

    id: str
    task: str
    input: Json
    needs: tuple[str, ...]


def parse_requests(entries: Sequence[JsonObject], mode: str) -> list[Request]:
    """Return the requests, in an order in which each comes after those that it needs.

    Args:
        mode: In `dependency` each needs what it says; in `sequential` the one before too; in `parallel` none needs any.

    Raises:
        InvalidInput: Two have one id, one needs another that is not there, or they need each other.
    """
    requests: list[Request] = []
    for entry in entries:
        needs = [*entry.get("depends_on", []), *references_in(entry["input"])]
        if mode == "sequential" and requests:
            needs.append(requests[-1].id)
        requests.append(Request(entry["id"], entry["task"], entry["input"], tuple(dict.fromkeys(needs))))
    _check_needs(requests, mode)
    return _ordered(requests)


def _check_needs(requests: Sequence[Request], mode: str) -> None:
    problems = []
    ids = [request.id for request in requests]
    for index, request in enumerate(requests):
        if request.id in ids[:index]:
            problems.append(Problem("Another request has this id", pointer=f"/requests/{index}/id"))
        if mode == "parallel" and request.needs:
            problems.append(Problem("It needs another, and the mode is `parallel`", pointer=f"/requests/{index}"))
        for need in request.needs:
            if need not in ids:
                message = f"It needs `{printable(need)}`, which is no request of the batch"
                problems.append(Problem(message, pointer=f"/requests/{index}"))
    if problems:
        raise InvalidInput("The batch cannot be run", problems=problems)


def _ordered(requests: Sequence[Request]) -> list[Request]:
    waiting, placed = list(requests), dict[str, Request]()
    while waiting:
        ready = [request for request in waiting if all(need in placed for need in request.needs)]
        if not ready:
            names = ", ".join(f"`{printable(request.id)}`" for request in waiting)
            raise InvalidInput(f"These requests need each other: {names}", hint="Take one of the dependencies away")
        placed.update((request.id, request) for request in ready)
        waiting = [request for request in waiting if request.id not in placed]
    return list(placed.values())


def references_in(value: Json) -> list[str]:
    """Return the ids of the requests whose outputs a value takes."""
    if _is_reference(value):
        return [value[OUTPUT]]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [found for each in inner for found in references_in(each)]


def fill_in(value: Json, outputs: Mapping[str, Json]) -> Json:
    """Return a value with each reference replaced by the output, or the part of it, that it names.

    Raises:
        InvalidInput: The output has no such part.
    """
    if _is_reference(value):
        return _part(outputs[value[OUTPUT]], value.get("pointer", ""), value[OUTPUT])
    if isinstance(value, dict):
        return {key: fill_in(each, outputs) for key, each in value.items()}
    return [fill_in(each, outputs) for each in value] if isinstance(value, list) else value


def _is_reference(value: Json) -> bool:
    if not isinstance(value, dict) or not {OUTPUT} <= value.keys() <= {OUTPUT, "pointer"}:
        return False
    return all(isinstance(part, str) for part in value.values())


def _part(output: Json, pointer: str, identity: str) -> Json:
    """Return what a JSON Pointer (RFC 6901) names."""
    found = output
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and key in found:
            found = found[key]
        elif isinstance(found, list) and key.isdecimal() and int(key) < len(found):
            found = found[int(key)]
        else:
            raise InvalidInput(f"The output of `{printable(identity)}` has nothing at `{printable(pointer)}`")
    return found
