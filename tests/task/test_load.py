"""Loading a task from a folder."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ratchet.errors import InvalidTask, NotFound
from ratchet.task.load import load_task
from tests.task.conftest import METADATA, WriteTask


def test_a_sound_task_is_loaded_without_a_warning(write_task: WriteTask) -> None:
    folder = write_task()
    task = load_task(folder)
    assert (task.name, task.version) == ("total", "1.2.3")
    assert (task.metadata.label, task.metadata.uuid) == ("Total", METADATA["uuid"])
    assert task.entrypoint == "main.js"
    assert task.location == str(folder)
    assert task.input_schema == {"type": "object"}
    assert task.output_schema is True
    assert (task.input_schema_file, task.output_schema_file) == ("input.schema.json", "output.schema.json")
    assert task.warnings == ()
    assert task.path_of("lib/x.js") == f"{folder}/lib/x.js"


def test_files_are_every_file_by_its_posix_path(write_task: WriteTask) -> None:
    task = load_task(write_task(files={"lib/deep/data.bin": b"\x00\xff", "tests/one.json": "{}"}))
    assert sorted(task.files) == [
        "input.schema.json",
        "lib/deep/data.bin",
        "main.js",
        "metadata.json",
        "output.schema.json",
        "tests/one.json",
    ]
    assert task.files["lib/deep/data.bin"] == b"\x00\xff"


def test_digest_is_the_sha256_of_the_sorted_lines_of_all_files(write_task: WriteTask) -> None:
    folder = write_task(files={"tests/ä.json": "{}"})
    lines = sorted(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in folder.rglob("*")
        if path.is_file()
    )
    expected = "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()
    assert load_task(folder).digest == expected
    (folder / "tests" / "ä.json").write_text("[]")
    assert load_task(folder).digest != expected


def test_version_control_and_desktop_files_are_no_part_of_the_task(write_task: WriteTask) -> None:
    bare = load_task(write_task())
    littered = load_task(write_task(files={".git/HEAD": "ref", ".DS_Store": "x"}))
    assert littered.files == bare.files
    assert littered.digest == bare.digest


def test_a_path_object_and_a_trailing_slash_are_fine(write_task: WriteTask) -> None:
    folder = write_task()
    assert load_task(f"{folder}/").name == load_task(folder).name == "total"
    assert load_task(f"{folder}/").path_of("main.js") == f"{folder}/main.js"


def test_a_dot_is_named_by_the_folder_it_means(write_task: WriteTask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_task(name="Weather Report"))
    task = load_task(".")
    assert task.name == "weather-report"
    assert task.path_of("main.js") == "./main.js"


def test_every_problem_is_reported_at_once_with_its_place(write_task: WriteTask) -> None:
    text = '{\n  "label": 3,\n  "version": "1.0",\n  "timeout_seconds": -1,\n  "tags": ["a", 1]\n}'
    folder = write_task(files={"metadata.json": text, "main.js": "", "input.schema.json": '{"type": }'})
    with pytest.raises(InvalidTask) as caught:
        load_task(folder)
    where = {
        problem.message: (problem.place.file, problem.place.line, problem.place.column)
        for problem in caught.value.problems
        if problem.place
    }
    metadata = f"{folder}/metadata.json"
    assert where == {
        f"`{folder}/main.js` is empty": (f"{folder}/main.js", 1, 1),
        "Unexpected `}`": (f"{folder}/input.schema.json", 1, 10),
        "`label` is a number, not a string": (metadata, 2, 12),
        "`version` is `1.0`, not a semantic version": (metadata, 3, 14),
        "`timeout_seconds` is not a number above zero": (metadata, 4, 22),
        "An entry of `tags` is a number, not a string": (metadata, 5, 17),
    }
    assert caught.value.message == f"The task `{folder}` has 6 problems"


def test_one_problem_lends_the_error_its_place_and_hint(write_task: WriteTask) -> None:
    folder = write_task({"version": "v1.2"})
    with pytest.raises(InvalidTask) as caught:
        load_task(folder)
    assert caught.value.message == "`version` is `v1.2`, not a semantic version"
    assert caught.value.hint == 'Write `"1.2.0"`, in quotes'
    assert caught.value.place is not None
    assert (caught.value.place.line, caught.value.place.column) == (3, 14)
    assert caught.value.place.text == '  "version": "v1.2",'


def test_a_missing_path_suggests_the_nearest_name(write_task: WriteTask) -> None:
    folder = write_task()
    with pytest.raises(NotFound) as caught:
        load_task(folder.parent / "totla")
    assert caught.value.hint == f"Did you mean `{folder}`?"


def test_a_folder_without_metadata_says_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "main.js").write_text("x")
    with pytest.raises(InvalidTask) as caught:
        load_task(tmp_path)
    assert caught.value.message == f"`{tmp_path}` is not a task: it has no metadata"
    assert caught.value.hint is not None
    assert "`metadata.json`" in caught.value.hint
    assert "`task.yaml`" in caught.value.hint


def test_metadata_that_cannot_be_looked_at_are_not_said_to_be_missing(tmp_path: Path) -> None:
    (tmp_path / "metadata.json").symlink_to("metadata.json")
    with pytest.raises(InvalidTask) as failure:
        load_task(tmp_path)
    assert str(failure.value).startswith(f"`{tmp_path / 'metadata.json'}` cannot be read: ")


def test_a_folder_of_tasks_names_the_nearest_ones(write_task: WriteTask, tmp_path: Path) -> None:
    for name in ("two", "group/three", "one"):
        write_task(name=name)
    with pytest.raises(InvalidTask) as caught:
        load_task(tmp_path)
    nearest = f"`{tmp_path}/one`, `{tmp_path}/two`, `{tmp_path}/group/three`"
    assert caught.value.hint == f"There are tasks below it: {nearest}"


def test_a_file_of_a_task_leads_to_its_folder(write_task: WriteTask) -> None:
    folder = write_task()
    with pytest.raises(InvalidTask) as caught:
        load_task(folder / "main.js")
    assert caught.value.hint == f"Name its folder: `{folder}`"


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "task.zip")
    with pytest.raises(InvalidTask):
        load_task(tmp_path / "task.zip")


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 5000])
def test_a_path_that_cannot_be_is_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        load_task(path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xef\xbb\xbf{}", "starts with a byte order mark"),
        (b"\xff\xfe{\x00}\x00", "is UTF-16"),
        (b'{"label": "\xe4"}', "is not UTF-8: byte 0xe4 at offset 11"),
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (b"[]", "holds a list, not an object"),
    ],
)
def test_metadata_that_is_no_json_text_is_refused(write_task: WriteTask, data: bytes, message: str) -> None:
    with pytest.raises(InvalidTask, match=message):
        load_task(write_task(files={"metadata.json": data}))


def test_an_oversized_metadata_file_is_refused_before_it_is_parsed(write_task: WriteTask) -> None:
    with pytest.raises(InvalidTask, match="is larger than 4 MB"):
        load_task(write_task(files={"metadata.json": b"[" * (4 * 1024 * 1024 + 1)}))


def test_the_first_metadata_file_wins_with_a_warning(write_task: WriteTask) -> None:
    task = load_task(write_task(files={"task.yaml": "label: Other\n"}))
    assert task.metadata.label == "Total"
    assert [problem.message for problem in task.warnings] == ["`metadata.json` is read, not `task.yaml`"]


@pytest.mark.parametrize("name", ["metadata.yaml", "meta.yaml", "task.yaml"])
def test_metadata_may_be_yaml(write_task: WriteTask, name: str) -> None:
    yaml = "name: total\nversion: '1.0.0'\ninput_schema: {type: object}\noutput_schema:\n  type: object\n"
    task = load_task(write_task(files={"metadata.json": None, name: yaml, "input.schema.json": None}))
    assert task.metadata.metadata_file == name
    assert task.input_schema == {"type": "object"}
    assert task.input_schema_file is None


def test_problems_in_yaml_have_places_too(write_task: WriteTask) -> None:
    yaml = "label: Total\nversion: 1.0\npermissions:\n  net:\n    - not a host\n"
    with pytest.raises(InvalidTask) as caught:
        load_task(write_task(files={"metadata.json": None, "meta.yaml": yaml}))
    places = [(problem.place.line, problem.place.column) for problem in caught.value.problems if problem.place]
    assert places == [(2, 10), (5, 7)]


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (("main.mjs",), "main.mjs"),
        (("main.ts", "task.js"), "main.ts"),
        (("task.js",), "task.js"),
        (("main.js", "main.ts"), "main.js"),
    ],
)
def test_the_default_entry_point_is_the_first_that_is_there(
    write_task: WriteTask, present: tuple[str, ...], expected: str
) -> None:
    task = load_task(write_task(files={"main.js": None, **dict.fromkeys(present, "1")}))
    assert task.entrypoint == expected
    assert len(task.warnings) == len(present) - 1


def test_the_entry_point_may_be_named(write_task: WriteTask) -> None:
    assert load_task(write_task({"entrypoint": "./src/../src/go.ts"}, {"src/go.ts": "1"})).entrypoint == "src/go.ts"


@pytest.mark.parametrize(
    "entrypoint", ["../main.js", "/etc/passwd", "..", "", ".", "src\\go.js", "C:main.js", "a\nb.js"]
)
def test_an_entry_point_outside_the_task_is_refused(write_task: WriteTask, entrypoint: str) -> None:
    with pytest.raises(InvalidTask, match="is not a file inside the task"):
        load_task(write_task({"entrypoint": entrypoint}))


def test_an_entry_point_that_is_not_there_suggests_the_nearest(write_task: WriteTask) -> None:
    with pytest.raises(InvalidTask) as caught:
        load_task(write_task({"entrypoint": "mian.js"}))
    assert caught.value.hint == "Did you mean `main.js`?"


def test_an_entry_point_that_is_no_script_is_refused(write_task: WriteTask) -> None:
    with pytest.raises(InvalidTask, match="neither JavaScript nor TypeScript"):
        load_task(write_task({"entrypoint": "metadata.json"}))


def test_a_task_without_any_script_is_refused(write_task: WriteTask) -> None:
    with pytest.raises(InvalidTask, match="has no entry point"):
        load_task(write_task(files={"main.js": None}))


def test_a_script_that_is_not_utf8_is_refused_with_its_place(write_task: WriteTask) -> None:
    with pytest.raises(InvalidTask, match="is not UTF-8") as caught:
        load_task(write_task(files={"main.js": b"// one\n//\xff"}))
    assert caught.value.place is not None
    assert (caught.value.place.line, caught.value.place.column) == (2, 3)


def test_schemas_may_stand_in_the_metadata_or_be_named_there(write_task: WriteTask) -> None:
    task = load_task(
        write_task({"input_schema": {"type": "array"}, "output_schema": "lib/out.json"}, {"lib/out.json": '{"a": 1}'})
    )
    assert task.input_schema == {"type": "array"}
    assert (task.output_schema, task.output_schema_file) == ({"a": 1}, "lib/out.json")
    assert [problem.message for problem in task.warnings] == ["`input_schema` is used, not `input.schema.json`"]


def test_a_named_schema_that_is_not_there_is_refused(write_task: WriteTask) -> None:
    with pytest.raises(InvalidTask, match="is not a file of the task"):
        load_task(write_task({"input_schema": "../../etc/passwd"}))


def test_missing_schemas_are_warned_about(write_task: WriteTask) -> None:
    task = load_task(write_task(files={"input.schema.json": None, "output.schema.json": None}))
    assert task.input_schema is None
    assert [problem.message for problem in task.warnings] == [
        "There is no input schema: any input is accepted",
        "There is no output schema: any output is accepted",
    ]


def test_a_schema_that_is_no_schema_is_refused(write_task: WriteTask) -> None:
    with pytest.raises(InvalidTask, match="holds a list, not a JSON Schema"):
        load_task(write_task(files={"input.schema.json": "[]"}))


def test_loading_a_json_task_imports_nothing_heavy(write_task: WriteTask) -> None:
    script = (
        "import sys; import ratchet.task.load, ratchet.task.find, ratchet.task.schema, ratchet.task.scaffold\n"
        "ratchet.task.load.load_task(sys.argv[1])\n"
        "heavy = ('yaml', 'jsonschema', 'jsonschema_rs', 'zipfile', 'difflib', 'unicodedata', 'urllib')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, str(write_task())], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout == "[]\n"


def test_a_metadata_key_named_proto_is_only_an_unknown_key(write_task: WriteTask) -> None:
    text = json.dumps({**METADATA, "__proto__": {"polluted": True}})
    task = load_task(write_task(files={"metadata.json": text}))
    assert task.metadata.extra == {"__proto__": {"polluted": True}}
