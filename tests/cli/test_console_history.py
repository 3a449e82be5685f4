"""What the console's history leaves out."""

from __future__ import annotations

import pytest

from ratchet.cli.console_history import is_kept


@pytest.mark.parametrize(
    "line",
    [
        "run-once total --set name=Ada",
        "set TOKEN=$OTHER",
        'run-once total --input {"token": "$TOKEN", "n": 1}',
        "run-once total --secret KEY=@key.txt",
        "run-once total --secret KEY=$KEY",
        "run-once total --set url=https://example.com:8080/a@b",
        "run-once total --set tokens 5",
        "list secrets",
    ],
)
def test_a_line_is_kept(line: str) -> None:
    assert is_kept(line)


@pytest.mark.parametrize(
    "line",
    [
        " list",
        "set API_TOKEN=abc",
        "set 'password=abc'",
        'run-once total --input {"apiKey": "abc"}',
        'run-once total --input {\n  "client_secret":\n  "abc"}',
        "run-once total --secret KEY=abc",
        "run-once total --secret=KEY=abc",
        "run-once total --set 'header=Bearer abc'",
        "run-once total --set url=https://ada:abc@example.com/",
    ],
)
def test_a_line_is_left_out(line: str) -> None:
    assert not is_kept(line)
