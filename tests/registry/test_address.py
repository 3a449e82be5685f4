"""How tasks are asked for: names, sources, versions and ranges."""

from __future__ import annotations

import pytest

from ratchet.registry.address import Address, parse_address, parse_range
from ratchet.task.version import parse_version

VERSIONS = ["0.1.0", "0.1.5", "0.2.0", "1.0.0-rc.1", "1.0.0", "1.2.3", "1.2.9", "1.10.0", "2.0.0-rc.1", "2.0.0"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("total", Address("total")),
        ("shared/total", Address("total", "shared")),
        ("shared/total@^1.2", Address("total", "shared", "^1.2")),
        ("total@1.0.0-rc.1+build", Address("total", None, "1.0.0-rc.1+build")),
        ("a/b/c", None),
        ("./total", None),
        ("Total", None),
        ("total@", None),
        ("", None),
        ("../total", None),
    ],
)
def test_an_address_is_told_from_a_path(text: str, address: Address | None) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("1.2.3", ["1.2.3"]),
        ("1.0.0-rc.1", ["1.0.0-rc.1"]),
        ("1", ["1.0.0", "1.2.3", "1.2.9", "1.10.0"]),
        ("1.2", ["1.2.3", "1.2.9"]),
        ("^1.2.3", ["1.2.3", "1.2.9", "1.10.0"]),
        ("^1", ["1.0.0", "1.2.3", "1.2.9", "1.10.0"]),
        ("^0.1", ["0.1.0", "0.1.5"]),
        ("~1.2.4", ["1.2.9"]),
        (">=1.2.9", ["1.2.9", "1.10.0", "2.0.0"]),
        (">=2.0.0-rc.1", ["2.0.0-rc.1", "2.0.0"]),
    ],
)
def test_a_range_accepts_what_it_says(text: str, accepted: list[str]) -> None:
    accepts = parse_range(text)
    assert accepts is not None
    versions = {text: parsed for text in VERSIONS if (parsed := parse_version(text))}
    assert [text for text, version in versions.items() if accepts(version)] == accepted


@pytest.mark.parametrize("text", ["", "x", "1.2.3.4", "^", "^x", "=1", "latest", "01", ">=01"])
def test_what_is_no_range_is_none(text: str) -> None:
    assert parse_range(text) is None
