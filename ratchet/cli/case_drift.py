"""`ratchet test --drift`: what has changed in the answers of the services that cases have mocks of."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from ratchet.cases.drift import CaseDrift, Drift, ExchangeDrift, Kind, find_drift
from ratchet.cases.report_text import place_text
from ratchet.cases.run import Planned
from ratchet.cases.wording import shown
from ratchet.cli.interruption import cancel_on_interrupt
from ratchet.cli.output import print_text, to_json, write_output
from ratchet.cli.report import inert_line
from ratchet.cli.talk import print_error
from ratchet.cli.terminal import Paint, is_agent, paint_for
from ratchet.errors import Mismatch, RatchetError, Unavailable
from ratchet.execution.runtime import Runtime
from ratchet.sandbox.cancellation import Cancellation
from ratchet.values import JsonObject

_ROLES: dict[Kind, str] = {"removed": "error", "type": "error", "unreachable": "error", "value": "warning"}


def report_drift(runtime: Runtime, planned: Sequence[Planned], jobs: int, *, as_json: bool, file: str) -> int:
    """Ask the services, report and return the exit code.

    Args:
        file: Where the report goes as JSON too; "" for nowhere.
    """
    cancellation = Cancellation()
    found = []
    with cancel_on_interrupt(cancellation):
        for drift in find_drift(runtime, planned, jobs, cancellation):
            found.append(drift)
            if not as_json and (drift.exchanges or not is_agent()):
                print("\n".join(_lines(drift, paint_for(sys.stdout))), flush=True)
    document = to_json({"drift": [_case_json(drift) for drift in found]})
    if file:
        write_output(document, file)
    if as_json:
        print_text(document)
    failure = _failure(found)
    if failure is not None:
        print_error(failure)
    return 0 if failure is None else failure.exit_code


def _failure(found: Sequence[CaseDrift]) -> RatchetError | None:
    if not found:
        return Mismatch("No case has mocks to compare with the service")
    broken = sum(drift.breaking for drift in found)
    if broken:
        return Mismatch(f"The service no longer answers as the mocks of {broken} of {len(found)} cases say")
    if any(drift.unreachable for drift in found):
        return Unavailable("A service could not be reached", hint="The lines above say why")
    if not any(drift.asked for drift in found):
        return Mismatch("No case asks the service for anything")
    return None


def _lines(drift: CaseDrift, paint: Paint) -> Iterator[str]:
    counts = Counter(one.kind for exchange in drift.exchanges for one in exchange.drifts)
    requests = f"{drift.asked} request{'s' if drift.asked != 1 else ''}"
    told = ", ".join([requests, *(f"{count} {_WORDS[kind]}" for kind, count in counts.items())])
    word = paint("error", "changed") + " " if counts else paint("ok", "ok") + "      "
    yield f"{word}{inert_line(drift.task.location)}: {inert_line(drift.case.name)} ({told})"
    for exchange in drift.exchanges:
        yield f"  {exchange.label}, {exchange.method} {inert_line(exchange.url)}"
        yield f"  {paint('place', '-->')} {inert_line(place_text(exchange.place))}"
        for one in exchange.drifts:
            yield f"    {paint(_ROLES.get(one.kind, 'hint'), _WORDS[one.kind])}: {inert_line(_change(one))}"


_WORDS: dict[Kind, str] = {
    "removed": "removed",
    "type": "type changed",
    "value": "value changed",
    "added": "added",
    "unreachable": "unreachable",
}


def _change(drift: Drift) -> str:
    if drift.kind == "unreachable":
        return str(drift.after)
    where = "status" if drift.pointer is None else drift.pointer or "the whole body"
    if drift.kind in ("added", "removed"):
        return f"{where} {shown(drift.after if drift.kind == 'added' else drift.before)}"
    return f"{where} {shown(drift.before)} → {shown(drift.after)}"


def _case_json(drift: CaseDrift) -> JsonObject:
    return {
        "task": drift.task.location,
        "case": drift.case.name,
        "requests": drift.asked,
        "exchanges": [_exchange_json(exchange) for exchange in drift.exchanges],
    }


def _exchange_json(exchange: ExchangeDrift) -> JsonObject:
    return {
        "method": exchange.method,
        "url": exchange.url,
        "mock": exchange.label,
        "file": exchange.place.file,
        "line": exchange.place.line,
        "changes": [drift._asdict() for drift in exchange.drifts],
    }
