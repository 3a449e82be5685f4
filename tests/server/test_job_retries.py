"""Which failures of a job are tried again, each seen over HTTP."""

from __future__ import annotations

from pathlib import Path

from inline_snapshot import snapshot

from tests.mcp_server.conftest import write_task
from tests.server.conftest import start_server
from tests.server.test_jobs import JOBS, wait_for_end

_FAILURES = {
    "error": "throw new Error('no')",
    "type-error": "const nothing = null; nothing.x",
    "network-error": "throw new NetworkError('down')",
    "timeout-error": "throw new TimeoutError('late')",
    "rate-limit": "throw new RateLimitError('busy')",
    "unavailable": "throw new ServiceUnavailableError('down')",
    "http-404": "throw new HttpError(404)",
    "http-429": "throw new HttpError(429)",
    "http-500": "throw new HttpError(500)",
    "http-503": "throw new HttpError(503)",
    "no-connection": "await fetch('http://127.0.0.1:1/')",
    "no-permission": "await fetch('http://192.0.2.1/')",
    "endless": "for (;;) {}",
    "never": "await new Promise(() => {})",
    "output-limit": "return 'x'.repeat(5_000_000)",
}
_SETTINGS = {
    "RATCHET_JOBS__BACKOFF_SECONDS": "0.05",
    "RATCHET_PERMISSIONS__PRIVATE_NETWORKS": '["127.0.0.0/8"]',
}


def test_what_may_pass_is_tried_again_and_nothing_else(tmp_path: Path) -> None:
    for name, body in _FAILURES.items():
        source = f"export default async () => {{ {body}; }};\n"
        # What ends by itself has the time for it on a busy machine.
        more = {"timeout_seconds": 1} if name == "endless" else {}
        write_task(tmp_path / "tasks", name, source, permissions={"net": ["127.0.0.1:1"]}, **more)
    with start_server(tmp_path, "--tasks", "tasks", environment=_SETTINGS) as served:
        made = [served.ask("POST", JOBS, {"task": name, "max_retries": 1}).json() for name in _FAILURES]
        ended = [wait_for_end(served, job) for job in made]
        seen = {job["task"]["name"]: (job["status"], job["attempts"], job["error"]["code"]) for job in ended}
        dead = served.get(f"{JOBS}?status=dead&limit=100")["data"]
    assert seen == snapshot(
        {
            "error": ("failed", 1, "script_error"),
            "type-error": ("failed", 1, "script_error"),
            "network-error": ("dead", 2, "script_error"),
            "timeout-error": ("dead", 2, "script_error"),
            "rate-limit": ("dead", 2, "script_error"),
            "unavailable": ("dead", 2, "script_error"),
            "http-404": ("failed", 1, "script_error"),
            "http-429": ("dead", 2, "script_error"),
            "http-500": ("failed", 1, "script_error"),
            "http-503": ("dead", 2, "script_error"),
            "no-connection": ("dead", 2, "script_error"),
            "no-permission": ("failed", 1, "script_error"),
            "endless": ("dead", 2, "time_limit"),
            "never": ("failed", 1, "never_settled"),
            "output-limit": ("failed", 1, "output_limit"),
        }
    )
    assert {job["task"]["name"] for job in dead} == {name for name, (status, *_) in seen.items() if status == "dead"}
