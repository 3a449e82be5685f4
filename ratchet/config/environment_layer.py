"""What variables of the environment say."""

from __future__ import annotations

from collections.abc import Mapping

from ratchet.config import moved
from ratchet.config.discover import VARIABLE
from ratchet.config.layer import Entry, Layer
from ratchet.config.schema import settings_model
from ratchet.config.settings import SETTINGS, variable_of
from ratchet.errors import RatchetError
from ratchet.task.parse import parse_json
from ratchet.task.text import nearest, printable
from ratchet.values import Json

_PREFIX = "RATCHET_"
_KEYS = {variable_of(key): key for key in SETTINGS}


def read_environment(environment: Mapping[str, str]) -> Layer:
    """Return what the variables that begin with `RATCHET_` say; one that is set to nothing says nothing."""
    layer = Layer("environment")
    names = [name for name in sorted(environment) if name.startswith(_PREFIX) and environment[name]]
    given: dict[str, str] = {}
    # The names of today come first and win.
    for name in sorted(names, key=lambda name: name in moved.VARIABLES):
        key = _key_of(name, layer, given)
        if key is not None and _is_readable(name, key, environment[name], layer):
            given[key] = name
    tree = _read_nested({variable_of(key).lower(): environment[name] for key, name in given.items()})
    for key, name in given.items():
        value = _value_at(tree, key)
        layer.add(key, Entry(value, value, name))
    return layer


def _key_of(name: str, layer: Layer, given: Mapping[str, str]) -> str | None:
    """Return the setting that a variable stands for; None, and a warning, where there is none."""
    if name == VARIABLE or name in _KEYS:
        return _KEYS.get(name)
    if name in moved.RETIRED_VARIABLES:
        layer.warn(f"`{name}` does nothing any more: {moved.RETIRED_VARIABLES[name]}", (), "Unset it")
        return None
    if name not in moved.VARIABLES:
        match = nearest(name[len(_PREFIX) :], [known[len(_PREFIX) :] for known in (*_KEYS, VARIABLE)])
        hint = f"Did you mean `{_PREFIX}{match}`?" if match else "`ratchet config show` lists every setting"
        layer.warn(f"`{printable(name)}` stands for no setting", (), hint)
        return None
    key = moved.VARIABLES[name]
    today = variable_of(key)
    if key in given:
        layer.warn(f"`{name}` is ignored, for `{today}` is set too", (), "Unset it")
        return None
    layer.warn(f"`{name}` is `{today}` now", (), f"Set `{today}`")
    return key


def _is_readable(name: str, key: str, text: str, layer: Layer) -> bool:
    """Tell whether a list is JSON; what is wrong with it is noted."""
    if SETTINGS[key].kind not in ("list", "texts", "map"):
        return True
    try:
        parse_json(text, file=name)
    except RatchetError as error:
        layer.refuse(
            f"`{name}` is not JSON: {error}",
            (),
            "Write an object, such as `{}`" if SETTINGS[key].kind == "map" else "Write a list, such as `[]`",
        )
        return False
    return True


def _read_nested(variables: Mapping[str, str]) -> Json:
    """Return the variables as the tree of sections that pydantic-settings makes of them."""
    from pydantic_settings import EnvSettingsSource

    source = EnvSettingsSource(settings_model())
    # In place of those of this process: the caller may have given others, and the names have been brought up to date.
    source.env_vars = variables
    return source()


def _value_at(tree: Json, key: str) -> Json:
    for step in key.split("."):
        tree = tree[step]
    return tree
