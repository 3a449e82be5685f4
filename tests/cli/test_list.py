"""`ratchet list`: the tasks in a folder."""

from __future__ import annotations

import json
from pathlib import Path

from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask


def test_tasks_are_listed_in_columns(ratchet: Command, make_task: MakeTask) -> None:
    make_task(name="orders/total")
    make_task(name="greeting", metadata={"version": "1.10.0", "description": "Greets\nsomebody"})
    assert ratchet("list") == snapshot("""\
exit 0
--- stdout
greeting  1.10.0  greeting      Greets
total     1.2.3   orders/total  Adds up the items of an order
""")
    assert ratchet("list", "orders") == snapshot("""\
exit 0
--- stdout
total  1.2.3  orders/total  Adds up the items of an order
""")


def test_a_broken_task_is_mentioned_and_hides_no_other(ratchet: Command, make_task: MakeTask) -> None:
    make_task(name="a", files={"metadata.json": '{"label": }'})
    make_task(name="b")
    make_task(name="c", files={"main.js": None})
    assert ratchet("list") == snapshot("""\
exit 0
--- stdout
b  1.2.3  b  Adds up the items of an order
--- stderr
Warning: `a/metadata.json` is left out: Unexpected `}`
Warning: `c` is left out: The task has no entry point
Hint: `ratchet validate .` says more
""")


def test_names_cannot_act_on_the_terminal(ratchet: Command, make_task: MakeTask) -> None:
    make_task(name="to\ntal\x1b[2J", metadata={"description": "\x1b[31mred\u202e", "label": "x"})
    assert ratchet("list") == snapshot("""\
exit 0
--- stdout
to-tal-2j  1.2.3  to\\ntal\\x1b[2J  \\x1b[31mred\\u202e
""")


def test_a_folder_without_tasks_leads_to_the_first_one(ratchet: Command, folder: Path) -> None:
    (folder / "empty").mkdir()
    assert ratchet("list", "empty") == snapshot("""\
exit 0
--- stderr
There is no task in `empty`
Hint: `ratchet generate task empty/NAME` makes one
""")


def test_what_is_not_a_folder_is_refused(ratchet: Command, make_task: MakeTask) -> None:
    make_task()
    assert ratchet("list", "totl") == snapshot("""\
exit 3
--- stderr
Error: There is no folder `totl`
Hint: Did you mean `total`?
""")
    assert ratchet("list", "total/main.js") == snapshot("""\
exit 3
--- stderr
Error: `total/main.js` is not a folder
Hint: Name the folder that it is in
""")


def test_json_holds_the_schemas(ratchet: Command, make_task: MakeTask) -> None:
    make_task(metadata={"permissions": {"net": ["api.example.com"]}, "timeout_seconds": 5})
    make_task(name="broken", files={"main.js": None})
    code, _, text = ratchet("list", "--json").partition("--- stdout\n")
    text, _, talk = text.partition("--- stderr\n")
    (task,) = json.loads(text)
    assert code == "exit 0\n"
    assert "`broken` is left out" in talk
    assert task.pop("digest").startswith("sha256:")
    assert task == snapshot(
        {
            "name": "total",
            "label": "Total",
            "version": "1.2.3",
            "uuid": "4f0c6f2e-52a3-4d53-9c1f-0d6e9d6e3b11",
            "description": "Adds up the items of an order",
            "tags": [],
            "category": None,
            "deprecated": False,
            "deprecation_message": None,
            "location": "total",
            "timeout_seconds": 5.0,
            "memory_bytes": None,
            "permissions": {"net": ["api.example.com"], "methods": None, "secrets": [], "tasks": []},
            "annotations": {
                "read_only": None,
                "destructive": None,
                "idempotent": None,
                "open_world": None,
                "deterministic": None,
                "long_running": None,
            },
            "input_schema": {
                "type": "object",
                "properties": {"order": {"type": "object"}, "name": {"type": "string"}},
                "additionalProperties": False,
            },
            "output_schema": True,
            "source": None,
        }
    )
