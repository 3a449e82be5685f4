"""What each metadata field may be."""

from __future__ import annotations

from typing import Any

import pytest

from ratchet.errors import InvalidTask
from ratchet.task.load import load_task
from ratchet.task.model import Annotations, Limits, Permissions
from ratchet.task.naming import is_slug, slug_of
from ratchet.task.quantity import parse_size
from tests.task.conftest import WriteTask


def problems_of(write_task: WriteTask, metadata: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidTask) as caught:
        load_task(write_task(metadata))
    return [problem.message for problem in caught.value.problems]


def warnings_of(write_task: WriteTask, metadata: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(problem.message, problem.hint) for problem in load_task(write_task(metadata)).warnings]


def test_optional_texts_are_read(write_task: WriteTask) -> None:
    keys = ("description", "documentation", "author", "category", "deprecation_message")
    task = load_task(write_task({**{key: key.upper() for key in keys}, "tags": ["a", "b"], "deprecated": True}))
    assert [getattr(task.metadata, key) for key in keys] == [key.upper() for key in keys]
    assert task.metadata.tags == ("a", "b")
    assert task.metadata.deprecated is True


@pytest.mark.parametrize("key", ["description", "documentation", "author", "category", "label", "name", "entrypoint"])
def test_a_text_of_another_kind_is_refused(write_task: WriteTask, key: str) -> None:
    assert problems_of(write_task, {key: ["x"]}) == [f"`{key}` is a list, not a string"]


def test_null_counts_as_absent(write_task: WriteTask) -> None:
    text = '{"label": "Total", "version": "1.0.0", "tags": null, "description": null, "deprecated": null}'
    task = load_task(write_task(files={"metadata.json": text}))
    assert (task.metadata.tags, task.metadata.description, task.metadata.deprecated) == ((), None, False)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("total", "total"),
        ("Fetch Weather", "fetch-weather"),
        ("ÄÖ-übung 1", "ao-ubung-1"),
        ("_-x", "x"),
        ("日本", "task"),
        ("a" * 80, "a" * 64),
    ],
)
def test_a_missing_name_is_made_from_the_folder(write_task: WriteTask, folder: str, name: str) -> None:
    assert load_task(write_task(name=folder)).name == name
    assert is_slug(slug_of(folder))


def test_a_label_falls_back_to_the_name(write_task: WriteTask) -> None:
    task = load_task(write_task({"label": None, "name": "sum-up"}))
    assert (task.name, task.metadata.label) == ("sum-up", "sum-up")


@pytest.mark.parametrize("name", ["Sum Up", "-x", "a" * 65, "ä", "a.b"])
def test_a_name_beside_a_label_must_be_a_slug(write_task: WriteTask, name: str) -> None:
    with pytest.raises(InvalidTask, match="is not a slug") as caught:
        load_task(write_task({"name": name}))
    assert caught.value.hint == f'Write `"{slug_of(name)}"`'


def test_a_name_alone_may_be_free_text_as_in_the_original(write_task: WriteTask) -> None:
    task = load_task(write_task({"label": None, "name": "Async Fetch"}))
    assert (task.name, task.metadata.label) == ("async-fetch", "Async Fetch")
    assert [problem.severity for problem in task.warnings] == ["warning"]


@pytest.mark.parametrize("name", ["", " ", "a\nb"])
def test_a_name_without_anything_to_show_is_refused(write_task: WriteTask, name: str) -> None:
    with pytest.raises(InvalidTask, match="is not a slug"):
        load_task(write_task({"label": None, "name": name}))


@pytest.mark.parametrize("version", ["1", "1.2", "v1.2.3", "01.2.3", "1.2.3.4", "", "latest", 1.0, 2, True, ["1.2.3"]])
def test_a_version_must_be_semantic(write_task: WriteTask, version: object) -> None:
    (message,) = problems_of(write_task, {"version": version})
    assert message.endswith("not a semantic version")


def test_a_missing_version_is_a_warning(write_task: WriteTask) -> None:
    assert load_task(write_task({"version": None})).version == "0.0.0"
    assert [message for message, _ in warnings_of(write_task, {"version": None})] == ["There is no `version`"]


def test_a_uuid_that_is_none_is_a_warning(write_task: WriteTask) -> None:
    assert [message for message, _ in warnings_of(write_task, {"uuid": "addition-1"})] == ["`addition-1` is not a UUID"]
    assert warnings_of(write_task, {"uuid": None}) == []


@pytest.mark.parametrize(
    ("metadata", "seconds"),
    [
        ({"timeout_seconds": 1.5}, 1.5),
        ({"timeout_ms": 1500}, 1.5),
        ({"timeout": 5}, 5.0),
        ({"timeout": 999}, 999.0),
        ({"timeout": 1000}, 1.0),
        ({"timeout": 30000}, 30.0),
        ({"timeout_ms": 2000, "timeout_seconds": 2}, 2.0),
        ({}, None),
    ],
)
def test_a_timeout_is_seconds_or_milliseconds(
    write_task: WriteTask, metadata: dict[str, Any], seconds: float | None
) -> None:
    assert load_task(write_task(metadata)).metadata.timeout_seconds == seconds


def test_a_bare_timeout_of_milliseconds_is_warned_about(write_task: WriteTask) -> None:
    assert warnings_of(write_task, {"timeout": 5000}) == [
        ("`timeout` is taken as 5000 milliseconds", 'Write `"timeout_ms": 5000`')
    ]
    assert warnings_of(write_task, {"timeout": 5}) == []


@pytest.mark.parametrize("timeout", [0, -1, True, "30s", [], 10**400])
def test_a_timeout_that_is_no_time_is_refused(write_task: WriteTask, timeout: object) -> None:
    assert problems_of(write_task, {"timeout_ms": timeout}) == ["`timeout_ms` is not a number above zero"]


def test_timeouts_that_contradict_each_other_are_refused(write_task: WriteTask) -> None:
    assert problems_of(write_task, {"timeout_seconds": 1, "timeout_ms": 2000}) == [
        "`timeout_seconds`, `timeout_ms` say different things"
    ]


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ("64MB", 64 << 20),
        ("64 MiB", 64 << 20),
        ("64m", 64 << 20),
        ("1.5GB", 3 << 29),
        ("512k", 512 << 10),
        ("1000", 1000),
        ("10 B", 10),
        (4096, 4096),
        (4096.0, 4096),
    ],
)
def test_sizes_are_read(value: object, size: int) -> None:
    assert parse_size(value) == size


@pytest.mark.parametrize(
    "value", [0, -1, True, None, "", "MB", "64XB", "-1MB", "1e3", "64iB", "0", 1.5, [], float("inf")]
)
def test_what_is_no_size_is_none(value: object) -> None:
    assert parse_size(value) is None


def test_a_memory_limit_is_read_and_a_wrong_one_refused(write_task: WriteTask) -> None:
    assert load_task(write_task({"memory_limit": "64MB"})).metadata.memory_bytes == 64 << 20
    assert problems_of(write_task, {"memory_limit": "lots"}) == ["`memory_limit` is not a size"]


def test_a_task_lowers_limits_and_never_raises_them() -> None:
    ceiling = Limits()
    assert ceiling.lowered() == ceiling
    assert ceiling.lowered(timeout_seconds=100, memory_bytes=1 << 40) == ceiling
    lower = ceiling.lowered(timeout_seconds=1.5, memory_bytes=1 << 20)
    assert (lower.timeout_seconds, lower.memory_bytes) == (1.5, 1 << 20)
    assert lower.output_bytes == ceiling.output_bytes


def test_permissions_are_read(write_task: WriteTask) -> None:
    net = ["api.example.com", "example.com:8443", "*.example.com", "https://example.com/v1/", "[::1]:80", "127.0.0.1"]
    section = {"net": net, "methods": ["get", "POST"], "secrets": ["API_KEY"], "tasks": ["other"]}
    assert load_task(write_task({"permissions": section})).metadata.permissions == Permissions(
        net=tuple(net), methods=("GET", "POST"), secrets=("API_KEY",), tasks=("other",)
    )


def test_absent_and_empty_net_are_told_apart(write_task: WriteTask) -> None:
    assert load_task(write_task()).metadata.permissions.net is None
    assert load_task(write_task({"permissions": {}})).metadata.permissions.net is None
    assert load_task(write_task({"permissions": {"net": []}})).metadata.permissions.net == ()
    assert problems_of(write_task, {"permissions": {"net": None}}) == ["`permissions.net` is empty"]


@pytest.mark.parametrize(
    "host",
    ["", "a b", "http//x", "ftp://x", "*", "a.*.b", "host/path", "user@host", "x:port", "https://", "a\nb", "x" * 3000],
)
def test_what_is_no_host_is_refused(write_task: WriteTask, host: str) -> None:
    (message,) = problems_of(write_task, {"permissions": {"net": [host]}})
    assert "`permissions.net`" in message


@pytest.mark.parametrize(
    ("key", "entry"), [("secrets", "no-dash"), ("tasks", "No Slug"), ("methods", "GE T"), ("net", 1)]
)
def test_what_is_no_permission_is_refused(write_task: WriteTask, key: str, entry: object) -> None:
    assert len(problems_of(write_task, {"permissions": {key: [entry]}})) == 1


def test_a_misspelt_permission_is_refused_because_it_would_widen(write_task: WriteTask) -> None:
    with pytest.raises(InvalidTask) as caught:
        load_task(write_task({"permissions": {"nets": []}}))
    assert caught.value.message == "`permissions` has no key `nets`"
    assert caught.value.hint == "Did you mean `net`?"


def test_annotations_are_read(write_task: WriteTask) -> None:
    section = {"read_only": True, "destructive": False}
    task = load_task(write_task({"annotations": section}))
    assert task.metadata.annotations == Annotations(read_only=True, destructive=False)
    assert problems_of(write_task, {"annotations": {"read_only": "yes"}}) == [
        "`annotations.read_only` is a string, not true or false"
    ]


def test_test_cases_are_kept_as_they_are(write_task: WriteTask) -> None:
    cases = [{"name": "one", "input": {"a": 1}}, {"input": {}}]
    assert list(load_task(write_task({"test_cases": cases})).metadata.cases) == cases
    assert problems_of(write_task, {"test_cases": [1]}) == ["A test case is a number, not an object"]
    assert problems_of(write_task, {"test_cases": {}}) == ["`test_cases` is an object, not a list"]


def test_unknown_keys_are_kept_and_warned_about(write_task: WriteTask) -> None:
    metadata = {"owner": {"team": 1}, "desciption": "x"}
    assert load_task(write_task(metadata)).metadata.extra == metadata
    assert warnings_of(write_task, metadata) == [
        ("`owner` is not a metadata key that Ratchet knows", None),
        ("`desciption` is not a metadata key that Ratchet knows", "Did you mean `description`?"),
    ]


def test_thousands_of_unknown_keys_are_not_all_reported(write_task: WriteTask) -> None:
    task = load_task(write_task({f"k{number}": 1 for number in range(5000)}))
    assert len(task.metadata.extra) == 5000
    assert len(task.warnings) == 100


def test_inputs_and_outputs_make_schemas(write_task: WriteTask) -> None:
    files = {"input.schema.json": None, "output.schema.json": None}
    metadata = {
        "inputs": {
            "city": {"type": "string", "description": "Where", "required": True},
            "days": {"type": "int", "default": 1, "required": False},
            "extra": "object",
            "free": {},
        },
        "outputs": {"sum": {"type": "number"}},
    }
    task = load_task(write_task(metadata, files))
    assert task.input_schema == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Where"},
            "days": {"type": "integer", "default": 1},
            "extra": {"type": "object"},
            "free": {},
        },
        "required": ["city"],
    }
    assert task.output_schema["properties"] == {"sum": {"type": "number"}}
    assert task.warnings == ()


@pytest.mark.parametrize("inputs", [[], {"a": 1}, {"a": {"type": "strin"}}, {"a": {"required": "yes"}}])
def test_inputs_that_make_no_schema_are_refused(write_task: WriteTask, inputs: object) -> None:
    with pytest.raises(InvalidTask):
        load_task(write_task({"inputs": inputs}, {"input.schema.json": None}))
