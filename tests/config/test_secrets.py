"""The section `secrets`: what binds a secret, where its value is read, and what is never repeated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jsonschema
import keyring
import keyring.backend
import keyring.errors
import pytest

from ratchet.config.existing import check_existing
from ratchet.config.schema import json_schema
from ratchet.config.show import render_yaml
from ratchet.errors import InvalidConfig
from tests.config.conftest import Load, Refuse

FULL = """\
secrets:
  A:
    env: THE_A
    hosts:
      - api.example.com
      - "*.example.org"
    use:
      - sign
  B:
    file: /run/secrets/b
    hosts:
      - "${HOST}"
  C:
    keyring: service/with/name
    use:
      - sign"""


class Ring(keyring.backend.KeyringBackend):
    """A keyring with one entry."""

    priority = 1
    locked = False

    def get_password(self, service: str, username: str) -> str | None:
        """Return it."""
        if self.locked:
            raise keyring.errors.KeyringLocked("it is locked")
        return "from the keyring" if (service, username) == ("service/with", "name") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep nothing."""

    def delete_password(self, service: str, username: str) -> None:
        """Keep everything."""


@pytest.fixture
def ring() -> Iterator[Ring]:
    """Return the keyring of this process for as long as a test runs."""
    before, ring = keyring.get_keyring(), Ring()  # type: ignore[no-untyped-call]
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_what_is_bound_is_what_the_gateway_is_given(load: Load, ring: Ring, folder: Path) -> None:
    text = FULL.replace("/run/secrets/b", "b.txt")
    (folder / "b.txt").write_text("from the file\r\n")
    first, second, third = load(text, named=True, THE_A="from the variable", HOST="b.test").secrets()
    assert (first.name, first.hosts, first.may_sign) == ("A", ("api.example.com", "*.example.org"), True)
    assert (second.name, second.hosts, second.may_sign) == ("B", ("b.test",), False)
    assert (third.name, third.hosts, third.may_sign) == ("C", (), True)
    assert [secret.read() for secret in (first, second, third)] == [
        "from the variable", "from the file", "from the keyring"
    ]  # fmt: skip


def test_a_value_is_read_when_it_is_needed(load: Load, ring: Ring, folder: Path) -> None:
    secrets = load(FULL, named=True, HOST="b.test").secrets()
    ring.locked = True
    messages = []
    for secret in secrets:
        with pytest.raises(InvalidConfig) as caught:
            secret.read()
        messages.append(caught.value.message)
    assert messages == [
        "The variable `THE_A` is not set",
        "The file `/run/secrets/b` cannot be read: No such file or directory",
        "The keyring cannot be read: it is locked",
    ]
    (other,) = load("secrets: {D: {keyring: other/name, use: [sign]}}", named=True).secrets()
    ring.locked = False
    with pytest.raises(InvalidConfig, match="There is no `other/name` in the keyring") as caught:
        other.read()
    assert caught.value.hint == "`keyring set other name` puts it there"


def test_the_section_is_shown_as_it_is_written(load: Load) -> None:
    configuration = load(FULL, named=True, HOST="b.test", THE_A="a value that nobody sees")
    assert render_yaml(configuration, section="secrets") == FULL
    assert render_yaml(load(""), section="secrets") == "secrets: {}"


def test_a_wrong_entry_is_named_and_what_may_be_the_secret_never_repeated(refuse: Refuse) -> None:
    text = """\
secrets:
  A: hunter2hunter2
  B-C: {env: X, use: [sign]}
  D: {env: X, file: y, use: [sign]}
  E: {env: HOME}
  F: {env: "hunter2 hunter2", hosts: [a.test]}
  G: {value: hunter2hunter2, hosts: [a.test]}
  H: {env: HOME, hosts: ["*"]}
  I: {env: HOME, use: [sing]}
  J: {keyring: hunter2hunter2, hosts: a.test}
  K: {hosts: [5], env: HOME}
"""
    problems = refuse(text, named=True)
    nobody = "is missing, and so is `use: [sign]`: nobody could use the secret"
    assert problems == [
        "2:6 `secrets.A` is not an object",
        "3:3 `secrets.B-C` is not a name: letters, digits and `_`",
        "4:21 `secrets.D.file` stands beside `env`, and one of them is enough",
        f"5:6 `secrets.E.hosts` {nobody}",
        "6:12 `secrets.F.env` is not the name of a variable",
        "7:6 `secrets.G.env` is missing, and so are `file` and `keyring`: one of them says where the value is",
        "7:7 `secrets.G.value` is no key that `secrets` has",
        "8:25 `secrets.H.hosts` holds `*`, which is not `host`, `host:port`, `*.host` or `https://host/path`",
        "9:23 `secrets.I.use` holds `sing`, and `sign` is all there is",
        "10:16 `secrets.J.keyring` is not `SERVICE/NAME`",
        '10:39 `secrets.J.hosts` is `"a.test"`, not a list of texts, or null',
        "11:14 `secrets.K.hosts` is `5`, not a list of texts, or null",
    ]
    assert refuse("secrets: hunter2hunter2", named=True) == [
        "1:10 `secrets` is not an object with an entry for each name"
    ]
    assert refuse("", RATCHET_SECRETS='{"A": "hunter2hunter2"}') == ["`RATCHET_SECRETS.A` is not an object"]


def test_no_line_of_the_section_is_shown_with_a_problem(load: Load) -> None:
    with pytest.raises(InvalidConfig) as caught:
        load("secrets:\n  G: {value: hunter2hunter2}\n", named=True)
    assert [problem.place and problem.place.text for problem in caught.value.problems] == [None, None]


def test_a_variable_binds_secrets_too(load: Load) -> None:
    (secret,) = load("", RATCHET_SECRETS='{"A": {"env": "THE_A", "use": ["sign"]}}', THE_A="a value").secrets()
    assert (secret.name, secret.read()) == ("A", "a value")


def test_a_file_that_was_found_binds_none_before_it_is_trusted(refuse: Refuse, load: Load) -> None:
    text = "secrets: {A: {env: HOME, hosts: [evil.example]}}"
    assert refuse(text) == ["1:1 `secrets` may not stand in a file that is not trusted"]
    assert load(text, named=True).secrets()[0].name == "A"


def test_values_that_are_not_there_are_a_problem(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    def problems(**variables: str) -> list[tuple[str, int | None]]:
        found = check_existing(load(FULL, named=True, HOST="b.test", **variables))
        return [(problem.message, problem.place.line if problem.place else None) for problem in found]

    gone = "`secrets.B.file` cannot be used: the file `/run/secrets/b` cannot be read: No such file or directory"
    assert problems() == [("`secrets.A.env` cannot be used: the variable `THE_A` is not set", 3), (gone, 10)]
    short = "`secrets.A.env` holds fewer than 8 characters, too few to be told from other text"
    assert problems(THE_A="7 chars") == [(short, 3), (gone, 10)]
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    extra = "`secrets.C.keyring` cannot be used: the keyring needs `keyring`, which is not installed"
    assert problems(THE_A="a longer value") == [(gone, 10), (extra, 14)]


def test_the_json_schema_takes_what_is_taken(load: Load) -> None:
    good = {"secrets": {"A": {"env": "X", "hosts": ["a.test"]}}}
    jsonschema.validate(good, json_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"secrets": {"A": "literal"}}, json_schema())
