"""What the configuration file says."""

from __future__ import annotations

from collections.abc import Mapping

from ratchet.config import moved
from ratchet.config.former_credentials import give_credentials
from ratchet.config.layer import Entry, Layer, Origin
from ratchet.config.references import BadReference, expand
from ratchet.config.settings import SECTIONS, SETTINGS
from ratchet.config.source import Source
from ratchet.config.wording import shown
from ratchet.errors import InvalidConfig, RatchetError
from ratchet.task.positions import Node, nodes_by_steps
from ratchet.task.text import decode_text, nearest, place_at, printable
from ratchet.task.yaml_text import read_yaml, walk_yaml
from ratchet.values import Json, JsonObject, Place

Steps = tuple[str | int, ...]
_GROUPS = {key.rpartition(".")[0] for key in SETTINGS} | {section.name for section in SECTIONS} | moved.GROUPS
_SCHEMA_KEY = "$schema"


class FileLayer(Layer):
    """The entries of a file, with their places.

    Args:
        path: The file as the user would type it.
    """

    def __init__(self, path: str, text: str, environment: Mapping[str, str]) -> None:
        super().__init__("file")
        self.path = path
        self.text = text
        self.environment = environment
        self._nodes: dict[Steps, Node] | None = None
        self._formers: list[tuple[str, Json, tuple[str, ...]]] = []

    def place(self, steps: Steps, *, key: bool = False) -> Place | None:
        """Return where a value or its key stands, else its nearest parent that is there."""
        node = self._find(steps)
        if node is None:
            return Place(self.path)
        place = place_at(self.path, self.text, node.key_offset if key else node.offset)
        return place._replace(text=None) if _may_hold_secret(steps) else place

    def origin(self, entry: Entry) -> Origin:
        """Return the file and the line."""
        place = self.place(entry.steps)
        return Origin("file", self.path, place.line if place else None)

    def _find(self, steps: Steps) -> Node | None:
        if self._nodes is None:
            self._nodes = nodes_by_steps(walk_yaml(self.text))
        while steps not in self._nodes and steps:
            steps = self._former(steps) or steps[:-1]
        return self._nodes.get(steps)

    def _former(self, steps: Steps) -> Steps | None:
        """Return where the original has the key of an entry of a list, None where it is not there either."""
        former = (
            (*steps[:-1], *old.split("."))
            for fields in moved.FIELDS.values()
            for old, new in fields.items()
            if new == steps[-1]
        )
        return next((path for path in former if path in (self._nodes or {})), None)

    def read(self, value: JsonObject, above: tuple[str, ...] = ()) -> None:
        """Take in every key of a section or group, and of those below it."""
        for name, child in value.items():
            steps = (*above, name)
            key = ".".join(steps)
            if key in moved.KEYS or key in moved.RETIRED_KEYS:
                self._formers.append((key, child, steps))
            elif "." in name or (key not in SETTINGS and key not in _GROUPS):
                self._refuse_unknown(steps)
            elif key in SETTINGS and not (isinstance(child, dict) and key in moved.GROUPS):
                self._take(key, child, steps)
            elif isinstance(child, dict):
                self.read(child, steps)
            elif child is not None:
                self.refuse(f"`{key}` is {shown(child)}, not a section of keys", steps)

    def read_former(self) -> None:
        """Take in the keys of the original, which give way to those of today."""
        for key, value, steps in self._formers:
            if key in moved.RETIRED_KEYS:
                self.warn(f"`{key}` does nothing any more: {moved.RETIRED_KEYS[key]}", steps, "Remove it")
                continue
            today = moved.KEYS[key]
            if today in self.entries:
                self.warn(f"`{key}` is ignored, for `{today}` is there too", steps, "Remove it")
            else:
                self.warn(f"`{key}` is `{today}` now", steps, f"Write `{today}`")
                self._take(today, value, steps)

    def _take(self, key: str, value: Json, steps: Steps) -> None:
        if value is None:
            return
        faults = len(self.problems)
        expanded = self._expand(value, key, steps)
        if len(self.problems) == faults:
            self.add(key, Entry(expanded, value, ".".join(map(str, steps)), steps))

    def _expand(self, value: Json, key: str, steps: Steps) -> Json:
        if isinstance(value, dict):
            return {name: self._expand(child, f"{key}.{name}", (*steps, name)) for name, child in value.items()}
        if isinstance(value, list):
            return [self._expand(child, key, (*steps, index)) for index, child in enumerate(value)]
        if not isinstance(value, str):
            return value
        try:
            return expand(value, self.environment)
        except BadReference as fault:
            self.refuse(f"`{printable(key)}` {fault.message}", steps, fault.hint)
            return value

    def _refuse_unknown(self, steps: tuple[str, ...]) -> None:
        name = steps[-1]
        above = ".".join(steps[:-1])
        start = f"{above}." if above else ""
        beside = list(dict.fromkeys(key[len(start) :].split(".")[0] for key in SETTINGS if key.startswith(start)))
        hint = nearest_key(name, above, beside)
        where = f"`{above}` has no key" if above else "There is no section"
        self.refuse(f"{where} `{printable(name)}`", steps, hint, key=True)


def _may_hold_secret(steps: Steps) -> bool:
    """Tell whether a line may hold one: whoever takes `secrets` for their place must not find them in a log either."""
    setting = SETTINGS.get(".".join(map(str, steps)))
    return steps[:1] == ("secrets",) or (setting is not None and setting.kind == "secret")


def nearest_key(name: str, above: str, beside: list[str]) -> str:
    """Return a hint with the known key that is nearest: beside, else anywhere, else all that stand beside."""
    if not beside:
        return f"`{above}` is one value"
    match = nearest(name, beside)
    if match:
        return f"Did you mean `{match}`?"
    elsewhere = {**{key.rpartition(".")[2]: key for key in reversed(SETTINGS)}, **{key: key for key in SETTINGS}}
    match = nearest(name, list(elsewhere), cutoff=0.8)
    if match:
        return f"Did you mean `{elsewhere[match]}`?"
    return ("It has " if above else "There are ") + ", ".join(f"`{word}`" for word in beside)


def read_file(source: Source) -> Layer:
    """Return what the file says; an empty layer where there is none."""
    if source.path is None:
        return Layer("file")
    path = source.path
    try:
        text = decode_text(source.content, file=path, kind=InvalidConfig)
        layer = FileLayer(path, text, source.environment)
        if all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines()):
            return layer
        value, layer.problems = read_yaml(text, file=printable(path), kind=InvalidConfig)
    except RatchetError as error:
        broken = Layer("file")
        broken.problems += error.problems
        return broken
    if isinstance(value, dict):
        value.pop(_SCHEMA_KEY, None)
        for credentials, users in moved.CREDENTIALS.items():
            give_credentials(layer, value, credentials, users)
        layer.read(value)
        layer.read_former()
    elif value is not None:
        layer.refuse(f"The configuration is {shown(value)}, not an object of sections", ())
    return layer
