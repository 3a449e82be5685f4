"""The OpenAPI document holds: whatever may be asked is answered as it says, and nothing is a bug."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.server.conftest import Served


def test_every_answer_is_in_the_document_and_none_is_a_bug(server: Served, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/openapi.json"]
    # A document cannot say what input each task takes, so that sound requests are refused too.
    command += ["--checks=all", "--exclude-checks=positive_data_acceptance", "--phases=coverage,fuzzing"]
    command += ["--max-examples=2", "--request-timeout=60", "--generation-database=none", "--seed=1", "--no-color"]
    command += ["--header", f"Authorization: Bearer {server.key}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout[-4000:]


def test_the_document_is_of_3_1_and_says_who_may_ask(server: Served) -> None:
    document = server.get("/openapi.json")
    assert document["openapi"].startswith("3.1.")
    secured = {path for path, methods in document["paths"].items() for each in methods.values() if "security" in each}
    assert document["paths"].keys() - secured == {"/docs", "/health", "/openapi.json", "/ready"}


def test_the_page_shows_every_route_and_loads_nothing(server: Served) -> None:
    answer = server.ask("GET", "/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    for path, methods in server.get("/openapi.json")["paths"].items():
        assert f"<code>{path}</code>" in answer.text
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in answer.text
    assert "<script" not in answer.text
    assert "src=" not in answer.text
