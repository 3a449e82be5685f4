"""The settings as a pydantic model, which reads the environment, converts and checks values, and is the JSON Schema."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, cast

from ratchet.config.declaration import MASK, NAME, Section, Setting
from ratchet.config.settings import SECTIONS, SETTINGS
from ratchet.config.wording import misfit, shown
from ratchet.task.fields import DIALECT
from ratchet.task.reader import nearest_hint
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_settings import BaseSettings

_TYPES: dict[str, Any] = {"flag": bool, "whole": int, "number": float}
_TEXTS = ("text", "secret", "path", "uri")
_TEXT: dict[str, Any] = {"min_length": 1, "pattern": "^[^\0]+$"}
_REFERENCE = {"type": "string", "pattern": r"\$\{.+\}"}


class Fault(NamedTuple):
    """A value that does not fit.

    Args:
        inside: The steps from the value of the setting to the part that is wrong.
        message: A sentence that follows the name.
    """

    key: str
    inside: tuple[str | int, ...]
    message: str
    hint: str | None = None
    unknown_key: bool = False


@functools.cache
def settings_model() -> type[BaseSettings]:
    """Return the model of all sections, made from their declarations."""
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Sections(BaseSettings):
        """The configuration of Ratchet."""

        model_config = SettingsConfigDict(extra="forbid", env_prefix="RATCHET_", env_nested_delimiter="__")

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: Any,
            init_settings: Any,
            env_settings: Any,
            dotenv_settings: Any,
            file_secret_settings: Any,
        ) -> tuple[Any, ...]:
            """Take values from the caller alone, who tells the sources apart."""
            return (init_settings,)

    fields = {section.name: _section(section) for section in SECTIONS}
    return _create("Configuration", fields, Sections)


def _section(section: Section) -> tuple[Any, Any]:
    """Return the field of a section, which may be one map."""
    if section.settings[0].name == "":
        return _field(section.settings[0]._replace(name=section.name, description=section.description))
    return _group(section.name, section.description, section.settings)


def _create(name: str, fields: Mapping[str, Any], base: type[Any] | None = None) -> type[Any]:
    from pydantic import ConfigDict, create_model

    if base is not None:
        return create_model(name, __base__=base, **fields)
    model: type[Any] = create_model(name, __config__=ConfigDict(extra="forbid", allow_inf_nan=False), **fields)
    return model


def _group(name: str, description: str, settings: Iterable[Setting]) -> tuple[Any, Any]:
    """Return the field of a section or group; what stands in a group of it becomes a model of its own."""
    from pydantic import Field

    fields: dict[str, Any] = {}
    inner: dict[str, list[Setting]] = {}
    for setting in settings:
        head, _, rest = setting.name.partition(".")
        if rest:
            inner.setdefault(head, []).append(setting._replace(name=rest))
        else:
            fields[head] = _field(setting)
    for head, members in inner.items():
        fields[head] = _group(head, "", members)
    model = _create(name.title(), fields)
    return model, Field(default_factory=model, description=description or None)


def _field(setting: Setting) -> tuple[Any, Any]:
    from pydantic import AfterValidator, BeforeValidator, Field

    kind = _type_of(setting)
    if setting.kind in ("flag", "whole", "number"):
        kind = Annotated[kind, BeforeValidator(_refuse_other_scalars(setting))]
    facts: dict[str, Any] = {"description": setting.description, "gt": setting.above, "ge": setting.least}
    facts["le"] = setting.most
    if setting.kind in _TEXTS:
        facts |= _TEXT
    if setting.kind == "secret":
        kind = Annotated[kind, AfterValidator(_refuse_mask)]
    facts = {name: value for name, value in facts.items() if value is not None}
    if setting.default is not None or setting.optional:
        facts["default"] = setting.default
    return (kind | None if setting.optional else kind), Field(**facts)


def _type_of(setting: Setting) -> Any:
    if setting.kind == "word":
        return cast(Any, Literal)[setting.words]
    if setting.kind == "list":
        entry = _create(setting.name.removesuffix("s").title(), {field.name: _field(field) for field in setting.fields})
        return cast(Any, list)[entry]
    if setting.kind == "map":
        return _map_of(setting)
    if setting.kind == "texts":
        from pydantic import Field

        return cast(Any, list)[Annotated[str, Field(**_TEXT)]]
    return str if setting.kind in _TEXTS else _TYPES[setting.kind]


def _map_of(setting: Setting) -> Any:
    from pydantic import Field

    entry = _create(setting.name.removesuffix("s").title(), {field.name: _field(field) for field in setting.fields})
    return cast(Any, dict)[Annotated[str, Field(pattern=f"^{NAME.pattern}$")], entry]


def _refuse_mask(value: str) -> str:
    if value == MASK:
        raise ValueError("the mask")
    return value


def _refuse_other_scalars(setting: Setting) -> Callable[[Json], Json]:
    """Return a check that keeps pydantic from taking true for 1, and 1 for true; a text may be either."""

    def check(value: Json) -> Json:
        if isinstance(value, str | None) or isinstance(value, bool) is (setting.kind == "flag"):
            return value
        raise ValueError("another type")

    return check


def check_values(values: Mapping[str, Json]) -> tuple[dict[str, Json], list[Fault]]:
    """Return the values that fit, converted, and what is wrong with the others."""
    from pydantic import ValidationError

    faults = list(_entry_faults(values))
    try:
        model = settings_model().model_validate(_nest(values))
    except ValidationError as error:
        found = [_fault_of(part["loc"], part["type"], part["input"]) for part in error.errors(include_url=False)]
        known = {fault[:2] for fault in faults}
        faults += [fault for fault in dict.fromkeys(found) if fault[:2] not in known]
        wrong = {fault.key for fault in faults}
        sound = {key: value for key, value in values.items() if key not in wrong}
        return check_values(sound)[0], faults
    wrong = {fault.key for fault in faults}
    return {key: _value_of(model, key) for key in values if key not in wrong}, faults


def _entry_faults(values: Mapping[str, Json]) -> Iterable[Fault]:
    """Yield what is wrong with entries of lists and maps as a whole."""
    for key, value in values.items():
        check = SETTINGS[key].check
        if check is None or not isinstance(value, list | dict):
            continue
        for step, entry in value.items() if isinstance(value, dict) else enumerate(value):
            fault = check(entry) if isinstance(entry, dict) else None
            if fault is not None:
                yield Fault(key, (step, fault[0]), fault[1])


def _nest(values: Mapping[str, Json]) -> JsonObject:
    tree: JsonObject = {}
    for key, value in values.items():
        *above, name = key.split(".")
        group = tree
        for step in above:
            group = group.setdefault(step, {})
        group[name] = value
    return tree


def _value_of(model: BaseModel, key: str) -> Json:
    value: Any = model
    for step in key.split("."):
        value = getattr(value, step)
    if SETTINGS[key].kind == "map":
        return {name: entry.model_dump(exclude_none=True) for name, entry in value.items()}
    if SETTINGS[key].fields:
        return [entry.model_dump(exclude_none=True) for entry in value]
    return value


def _fault_of(location: tuple[str | int, ...], kind: str, value: Json) -> Fault:
    """Return one error of pydantic in the words of Ratchet."""
    length = next(size for size in range(1, len(location) + 1) if ".".join(map(str, location[:size])) in SETTINGS)
    key, inside = ".".join(map(str, location[:length])), location[length:]
    setting = SETTINGS[key]
    names = tuple(field.name for field in setting.fields)
    if not inside:
        return Fault(key, (), *misfit(setting, value))
    if setting.kind == "texts":
        return Fault(key, inside, f"is {shown(value)}, not a text")
    if inside[1:] == ("[key]",):
        return Fault(key, inside[:1], "is not a name: letters, digits and `_`", unknown_key=True)
    if len(inside) == 1 and setting.kind == "map":
        # What stands there may be the secret.
        return Fault(key, inside, "is not an object", nearest_hint("", names))
    if len(inside) == 1:
        return Fault(key, inside, f"is {shown(value)}, not an object", nearest_hint("", names))
    name = str(inside[1])
    if kind == "missing":
        return Fault(key, inside[:1], f"has no `{name}`")
    if name not in names:
        return Fault(key, inside[:2], f"is no key that `{key}` has", nearest_hint(printable(name), names), True)
    return Fault(key, inside[:2], *misfit(next(field for field in setting.fields if field.name == name), value))


def json_schema() -> JsonObject:
    """Return the JSON Schema of the file, for editors."""
    schema = settings_model().model_json_schema()
    for definition in schema["$defs"].values():
        properties = definition["properties"]
        for name, facts in properties.items():
            properties[name] = _with_references(facts)
    schema["properties"] = {"$schema": {"type": "string"}, **schema["properties"]}
    return {"$schema": DIALECT, **schema}


def _with_references(facts: JsonObject) -> JsonObject:
    """Return the schema of a value that may be a reference to a variable instead."""
    if facts.get("type") not in ("boolean", "integer", "number") and "enum" not in facts and "const" not in facts:
        return facts
    about = {name: value for name, value in facts.items() if name in ("title", "description", "default")}
    value = {name: fact for name, fact in facts.items() if name not in about}
    return {**about, "anyOf": [value, _REFERENCE]}
