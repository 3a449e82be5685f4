"""The calls behind `crypto`, given what a hostile task could send."""

from __future__ import annotations

import base64
import hashlib

import pytest

from ratchet.engine.crypto import CALLS, RANDOM_BYTES_MAX, random_call
from ratchet.values import Json

EMPTY_KEY = {"algorithm": "SHA-256", "key": "", "data": ""}


def _zeros(count: int) -> bytes:
    return bytes(count)


@pytest.mark.parametrize("payload", [None, [], "x", {}, {"algorithm": "SHA-256"}, {"data": ""}])
@pytest.mark.parametrize("name", sorted(CALLS))
def test_call_without_its_fields_is_refused(name: str, payload: Json) -> None:
    with pytest.raises(ValueError, match="the call needs a field"):
        CALLS[name](payload)


@pytest.mark.parametrize("data", [None, 5, ["YQ=="], "YQ", "Y Q=", "YQ==YQ==", "ä", "\ud800"])
def test_data_that_is_not_base64_is_refused(data: Json) -> None:
    with pytest.raises(ValueError, match="`data` must be base64"):
        CALLS["crypto.digest"]({"algorithm": "SHA-256", "data": data})


@pytest.mark.parametrize("algorithm", [None, "", "MD5", "sha256", "shake_128", ["SHA-1"], {"name": "SHA-1"}])
@pytest.mark.parametrize("name", sorted(CALLS))
def test_other_algorithms_are_refused(name: str, algorithm: Json) -> None:
    with pytest.raises(ValueError, match="`algorithm` must be one of"):
        CALLS[name]({**EMPTY_KEY, "algorithm": algorithm, "signature": ""})


def test_digest_is_base64_of_the_digest() -> None:
    expected = base64.b64encode(hashlib.sha256(b"a").digest()).decode()
    assert CALLS["crypto.digest"]({"algorithm": "SHA-256", "data": "YQ=="}) == expected


def test_signature_verifies_and_a_changed_one_does_not() -> None:
    signature = CALLS["crypto.hmac"](EMPTY_KEY)
    assert CALLS["crypto.verify"]({**EMPTY_KEY, "signature": signature}) is True
    assert CALLS["crypto.verify"]({**EMPTY_KEY, "signature": "AAAA"}) is False


@pytest.mark.parametrize("count", [None, -1, RANDOM_BYTES_MAX + 1, 1.0, True, "5", 10**30])
def test_count_of_random_bytes_that_makes_no_sense_is_refused(count: Json) -> None:
    with pytest.raises(ValueError, match="`bytes` must be a whole number"):
        random_call(_zeros)({"bytes": count})


def test_random_bytes_come_from_the_source() -> None:
    assert random_call(_zeros)({"bytes": 3}) == "AAAA"
