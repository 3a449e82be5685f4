from __future__ import annotations

import json

import pytest

from ratchet.sandbox.isolation import Isolation, NotApplied, gather, parse_isolation


def _refuse() -> str:
    raise NotApplied("not here")


def _half_refuse() -> str:
    raise NotApplied("only a part", partly="rlimits:core")


def test_level_is_full_only_when_nothing_is_missing() -> None:
    assert gather([("seccomp", lambda: "seccomp")]).level == "full"
    assert gather([("seccomp", lambda: "seccomp"), ("landlock", _refuse)]).level == "partial"
    assert gather([("rlimits", _half_refuse)]).level == "partial"
    assert gather([("landlock", _refuse)]).level == "none"


def test_every_measure_is_tried_and_its_failure_recorded() -> None:
    isolation = gather([("landlock", _refuse), ("rlimits", _half_refuse), ("seccomp", lambda: "seccomp")])
    assert isolation.applied == ("rlimits:core", "seccomp")
    assert isolation.missing == (("landlock", "not here"), ("rlimits", "only a part"))


def test_json_form_leads_back_to_the_same_value() -> None:
    isolation = Isolation(applied=("seccomp",), missing=(("landlock", "not here"),))
    again = parse_isolation(json.loads(json.dumps(isolation.to_json())))
    assert again == isolation
    assert hash(again) == hash(isolation)
    assert repr(again) == "Isolation(applied=('seccomp',), missing=(('landlock', 'not here'),))"


def test_level_in_the_json_form_is_not_believed() -> None:
    assert parse_isolation({"level": "full", "applied": [], "missing": []}).level == "none"


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"applied": "seccomp", "missing": []},
        {"applied": [1], "missing": []},
        {"applied": [], "missing": ["landlock"]},
        {"applied": [], "missing": [{"measure": "landlock", "reason": None}]},
    ],
)
def test_other_json_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="isolation"):
        parse_isolation(value)


def test_isolation_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Isolation().applied = ("seccomp",)
