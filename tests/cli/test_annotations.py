"""What GitHub Actions is told, and that nobody else can tell it anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask


@pytest.fixture(autouse=True)
def in_github_actions(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program believe that it runs there."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder))


def test_problems_are_shown_beside_their_lines(ratchet: Command, make_task: MakeTask) -> None:
    make_task("() => {\n  return 1 +;\n}\n", metadata={"colour": "red"})
    assert ratchet("validate", "total") == snapshot("""\
exit 3
--- stdout
total: 2 problems
error: Syntax error: Unexpected token `;`
  --> total/main.js:2:13
   |
 2 |   return 1 +;
   |             ^
warning: `colour` is not a metadata key that Ratchet knows
  --> total/metadata.json:6:3
   |
 6 |   "colour": "red"
   |   ^
--- stderr
::error file=total/main.js,line=2,col=13::Syntax error: Unexpected token `;`
::warning file=total/metadata.json,line=6,col=3::`colour` is not a metadata key that Ratchet knows
0 valid, 1 not
""")
    assert "::" not in ratchet("validate", "total", "--json")


def test_a_failed_run_is_shown_beside_its_line(ratchet: Command, make_task: MakeTask) -> None:
    make_task('() => {\n  throw new Error("50% off,\\nfile: a")\n}\n')
    assert ratchet("run-once", "total") == snapshot("""\
exit 1
--- stderr
Error: The task threw `Error: 50% off,
  file: a`
  --> total/main.js:2:3
   |
 2 |   throw new Error("50% off,\\nfile: a")
   |   ^
::error file=total/main.js,line=2,col=3::The task threw `Error: 50%25 off,%0Afile: a`
""")
    assert "::" not in ratchet("run-once", "total", "--json")
    assert ratchet("run-once", "nothing") == snapshot("""\
exit 3
--- stderr
Error: `nothing` is not there
Hint: `ratchet list` shows the tasks below this folder
::error::`nothing` is not there%0AHint: `ratchet list` shows the tasks below this folder
""")


def test_a_mistake_in_the_configuration_is_shown_beside_its_line(ratchet: Command, folder: Path) -> None:
    (folder / "ratchet.yaml").write_text("execution:\n  timeout_secnds: 5\n")
    assert ratchet("config", "validate").splitlines()[-2:] == snapshot(
        [
            "::error file=ratchet.yaml,line=2,col=3::`execution` has no key `timeout_secnds`"
            "%0AHint: Did you mean `timeout_seconds`?",
            "Hint: `ratchet config schema` says what each key takes",
        ]
    )


def test_files_are_named_from_where_the_repository_is(
    ratchet: Command, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    make_task("() => {", name="deep/total")
    monkeypatch.chdir(folder / "deep")
    assert ratchet("validate", "total").splitlines()[-2] == snapshot(
        "::error file=deep/total/main.js,line=1,col=8::Syntax error: Unexpected end of the file"
    )


def test_a_path_cannot_end_its_property(ratchet: Command, make_task: MakeTask) -> None:
    make_task("() => {", name="a,line=9::x%0Ay\n::error::z")
    annotation = ratchet("validate").splitlines()[-2]
    assert annotation == snapshot(
        "::error file=a%2Cline=9%3A%3Ax%250Ay%0A%3A%3Aerror%3A%3Az/main.js,line=1,col=8::"
        "Syntax error: Unexpected end of the file"
    )


def test_a_task_cannot_give_a_command(ratchet: Command, make_task: MakeTask) -> None:
    make_task(
        r"""() => {
  console.log("::add-mask::a");
  console.log("one\n  ::set-output name=x::y\r::error::z ##[add-path]/tmp");
  throw new Error("no\n::stop-commands::token\r\n##[error]x");
}
""",
    )
    reply = ratchet("run-once", "total")
    assert reply == snapshot("""\
exit 1
--- stderr
\\x3a:add-mask::a
one
  \\x3a:set-output name=x::y\\r::error::z \\x23#[add-path]/tmp
Error: The task threw `Error: no
  \\x3a:stop-commands::token\\r
  \\x23#[error]x`
  --> total/main.js:4:3
   |
 4 |   throw new Error("no\\n::stop-commands::token\\r\\n\\x23#[error]x");
   |   ^
::error file=total/main.js,line=4,col=3::The task threw `Error: no%0A::stop-commands::token%0D%0A\\x23#[error]x`
""")
    commands = [line for line in reply.splitlines() if line.lstrip().startswith("::")]
    assert len(commands) == 1
