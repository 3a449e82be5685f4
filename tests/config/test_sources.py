"""The sources of tasks in the configuration: what may stand together, secrets, and the original's keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from ratchet.config.existing import check_existing
from ratchet.config.load import load_configuration
from ratchet.config.show import render_yaml
from ratchet.errors import InvalidConfig
from ratchet.registry.source import Source
from tests.config.conftest import Load, Refuse


@pytest.fixture
def load(load: Load) -> Load:
    """Return a function that loads a text as a file that the user has named, which may hold secrets."""
    return lambda text=None, **given: load(text, **{**given, "named": True})


def text_of(*entries: dict[str, Any]) -> str:
    """Return a file with sources, one a line."""
    return "registry:\n  sources:\n" + "".join(f"    - {json.dumps(entry)}\n" for entry in entries)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"uri": "x"}, "`registry.sources[0]` has no `name`"),
        ({"name": "x"}, "`registry.sources[0]` has no `uri`"),
        ({"name": "X Y", "uri": "x"}, "`registry.sources[0].name` is not a slug: `[a-z0-9][a-z0-9_-]{0,63}`"),
        ({"uri": "ftp://x"}, "`registry.sources[0].uri` has a scheme that no source has"),
        ({"uri": "ext::sh -c x"}, "`registry.sources[0].uri` is not a URI that is fetched from"),
        ({"uri": "https://u:p@x/"}, "`registry.sources[0].uri` holds a password; it stands in `auth`"),
        (
            {"uri": "x", "type": "http"},
            "`registry.sources[0].type` is `http`, which needs an `http://` or `https://` URI",
        ),
        (
            {"uri": "https://x/", "type": "filesystem"},
            "`registry.sources[0].type` is `filesystem`, which needs a path or a `file://` URI",
        ),
        (
            {"uri": "x", "branch": "main"},
            "`registry.sources[0].branch` is for repositories; this source is of type `filesystem`",
        ),
        (
            {"uri": "x.git", "branch": "a", "ref": "b"},
            "`registry.sources[0].ref` stands beside `branch`, and one of them is enough",
        ),
        ({"uri": "x.git", "ref": "--x"}, "`registry.sources[0].ref` begins with a dash, as an option of git does"),
        ({"uri": "x", "subdirectory": "../y"}, "`registry.sources[0].subdirectory` leads out of the source"),
        (
            {"uri": "https://x/", "watch": True},
            "`registry.sources[0].watch` is for folders and ZIPs on this machine; "
            "others are asked at their polling interval",
        ),
        ({"uri": "x.git", "auth": "env:T"}, "`registry.sources[0].auth` is shown to an `https://` server only"),
        ({"uri": "http://x/", "auth": "env:T"}, "`registry.sources[0].auth` is shown to an `https://` server only"),
        (
            {"uri": "https://x/", "auth": "********"},
            "`registry.sources[0].auth` is the mask that is shown for a secret, not the secret",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(refuse: Refuse, entry: dict[str, Any], problem: str) -> None:
    named = entry if problem.endswith(("`name`", "`uri`")) else {"name": "x", **entry}
    (found,) = refuse(text_of(named))
    place, _, sentence = found.partition(" ")
    assert sentence == problem
    assert place.startswith("3:")


def test_two_sources_of_one_name_are_refused_at_the_second(refuse: Refuse) -> None:
    assert refuse(text_of({"name": "x", "uri": "a"}, {"name": "x", "uri": "b"})) == [
        "4:16 `registry.sources[1].name` is `x`, as another source is"
    ]


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("tasks", "filesystem"),
        ("file://./tasks", "filesystem"),
        ("tasks.zip", "zip"),
        ("https://x.example/tasks.zip?v=1", "zip"),
        ("https://x.example/tasks/", "http"),
        ("https://x.example/tasks.git", "git"),
        ("git@x.example:tasks", "git"),
        ("ssh://x.example/tasks", "git"),
        ("../tasks.git/", "git"),
    ],
)
def test_the_type_is_told_from_the_uri(load: Load, uri: str, kind: str) -> None:
    (source,) = load(text_of({"name": "x", "uri": uri})).sources()
    assert source.type == kind


def test_a_source_has_what_the_file_says(load: Load, folder: Path) -> None:
    entry = {"ref": "v1", "shallow": False, "subdirectory": "y", "polling_interval_seconds": 5, "auth": "env:T"}
    git, folder_source = load(
        text_of(
            {"name": "x", "uri": "https://x.example/x.git", **entry},
            {"name": "off", "uri": "z", "enabled": False},
            {"name": "y", "uri": "./tasks", "watch": True},
        ),
        T="s3cret",
    ).sources()
    assert git.secret is not None
    assert git.secret() == "s3cret"
    assert git._replace(secret=None) == Source(
        "x", "https://x.example/x.git", "git", ref="v1", shallow=False, subdirectory="y", polling_seconds=5
    )
    assert folder_source == Source("y", str(folder / "tasks"), "filesystem", watch=True)


def test_secrets_are_masked_and_references_stand(load: Load, folder: Path) -> None:
    (folder / "token").write_text("from a file\n")
    auths = ["s3cret", "env:TOKEN", "file:token", "${TOKEN}", "${TOKEN:-s3cret}", "pre${TOKEN}"]
    entries = [{"name": f"x{index}", "uri": "https://x.example/", "auth": auth} for index, auth in enumerate(auths)]
    configuration = load(text_of(*entries), TOKEN="value")
    shown = render_yaml(configuration, section="registry")
    lines = [line.strip().removeprefix("auth: ") for line in shown.splitlines() if "auth: " in line]
    assert [line.replace(str(folder), "WORK") for line in lines] == snapshot(
        ['"********"', '"env:TOKEN"', '"file:WORK/token"', '"${TOKEN}"', '"********"', '"********"']
    )
    secrets = [source.secret() for source in configuration.sources() if source.secret]
    assert secrets == ["s3cret", "value", "from a file", "value", "value", "prevalue"]
    assert "s3cret" not in shown


def test_what_is_shown_gives_the_same_configuration_or_is_refused_at_the_secret(
    load: Load, refuse: Refuse, folder: Path
) -> None:
    entry = {"name": "x", "uri": "./tasks", "polling_interval_seconds": 5}
    first = load(text_of(entry, {"name": "y", "uri": "https://x.example/", "auth": "env:T"}))
    assert load(render_yaml(first)).values == first.values
    literal = load(text_of({"name": "y", "uri": "https://x.example/", "auth": "s3cret"}))
    (problem,) = refuse(render_yaml(literal))
    assert problem.endswith("`registry.sources[0].auth` is the mask that is shown for a secret, not the secret")


def test_a_secret_is_not_kept_in_the_cache(folder: Path, tmp_path: Path) -> None:
    for auth, kept in {"env:TOKEN": 1, "s3cret": 0, "${TOKEN}": 0}.items():
        (folder / "ratchet.yaml").write_text(text_of({"name": "x", "uri": "https://x.example/", "auth": auth}))
        cache = tmp_path / "cache" / auth.strip("${}:")
        configuration = load_configuration(file="ratchet.yaml", cache_folder=str(cache), environment={"TOKEN": "value"})
        assert len([path for path in cache.rglob("*") if path.is_file()]) == kept
        (source,) = configuration.sources()
        assert source.secret is not None
        assert source.secret() in ("value", "s3cret")


def test_what_sources_name_must_be_there(load: Load, folder: Path) -> None:
    (folder / "tasks").mkdir()
    (folder / "lines").write_text("a\nb\n")
    configuration = load(
        text_of(
            {"name": "a", "uri": "tasks"},
            {"name": "b", "uri": "none"},
            {"name": "c", "uri": "https://x.example/", "auth": "env:NOT_SET"},
            {"name": "d", "uri": "https://x.example/", "auth": "file:gone"},
            {"name": "e", "uri": "https://x.example/", "auth": "file:lines"},
            {"name": "f", "uri": "none", "enabled": False},
        )
    )
    problems = [
        f"{problem.place.line if problem.place else 0} {problem.message.replace(str(folder), 'WORK')}".replace(
            "No such file or directory", "REASON"
        )
        for problem in check_existing(configuration)
    ]
    assert problems == snapshot(
        [
            "4 `registry.sources[1].uri` is `WORK/none`, which is not there",
            "5 `registry.sources[2].auth` cannot be used: the variable `NOT_SET` is not set",
            "6 `registry.sources[3].auth` cannot be used: the file `WORK/gone` cannot be read: REASON",
            "7 `registry.sources[4].auth` cannot be used: the file `WORK/lines` does not hold one line of ASCII text",
        ]
    )


def test_the_keys_of_the_original_are_taken_with_a_warning(load: Load, folder: Path) -> None:
    text = """\
registry:
  auth:
    company: {type: bearer, token: "${TOKEN}"}
    other: env:OTHER
  sources:
    - name: git
      uri: https://git.example.com/tasks.git
      source_type: git
      polling_interval: 60
      auth_name: company
      config: {git_ref: v1, subdirectory: tasks, shallow: true}
    - name: local
      uri: file://./tasks
      source_type: filesystem
      enabled: true
      config: {watch_changes: true}
"""
    configuration = load(text, TOKEN="s3cret")
    git, local = configuration.sources()
    assert git.secret is not None
    assert git.secret() == "s3cret"
    assert git._replace(secret=None) == Source(
        "git", "https://git.example.com/tasks.git", "git", ref="v1", subdirectory="tasks", polling_seconds=60
    )
    assert local == Source("local", str(folder / "tasks"), "filesystem", watch=True)
    warnings = [f"{warning.place.line if warning.place else 0} {warning.message}" for warning in configuration.warnings]
    assert warnings == snapshot(
        [
            "2 `registry.auth` is `auth` in `registry.sources` now",
            "6 `source_type` in `registry.sources` is `type` now",
            "6 `polling_interval` in `registry.sources` is `polling_interval_seconds` now",
            "6 `auth_name` in `registry.sources` is `auth` now",
            "6 `config.git_ref` in `registry.sources` is `ref` now",
            "6 `config.subdirectory` in `registry.sources` is `subdirectory` now",
            "6 `config.shallow` in `registry.sources` is `shallow` now",
            "6 `source_type` in `registry.sources` is `type` now",
            "6 `config.watch_changes` in `registry.sources` is `watch` now",
        ]
    )


def test_a_credential_that_is_not_there_is_refused(refuse: Refuse) -> None:
    text = "registry:\n  auth: {company: x}\n  sources: [{name: a, uri: 'https://x.example/', auth_name: compny}]\n"
    assert refuse(text) == ["3:61 `registry.sources[0].auth_name` names no token of `registry.auth`"]


def test_a_wrong_secret_is_not_shown(load: Load) -> None:
    with pytest.raises(InvalidConfig) as caught:
        load(text_of({"name": "x", "uri": "https://x.example/", "auth": "a\0s3cret"}))
    assert "s3cret" not in caught.value.message
