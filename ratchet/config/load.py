"""Load the configuration: flags before the environment before the file before the defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ratchet.config.configuration import Configuration
from ratchet.config.declaration import fits
from ratchet.config.discover import VARIABLE, find_file
from ratchet.config.settings import FLAGS, SETTINGS, default_values
from ratchet.config.source import Source
from ratchet.errors import InvalidConfig
from ratchet.values import Json, Problem


def load_configuration(
    *,
    file: str | None = None,
    flags: Mapping[str, Json] | None = None,
    cache_folder: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Configuration:
    """Return the configuration in force, checked.

    Args:
        file: The file that `--config` names; without it, one is looked for.
        flags: Values of the options of a command that stand for a setting, by the name of the option.
        cache_folder: Where checked values are kept between commands; None keeps none.
        environment: The variables to read; without it, those of the process.

    Raises:
        InvalidConfig: With every problem of the file and the environment.
        NotFound: The file that was named is not there.
    """
    variables = os.environ if environment is None else environment
    found = find_file(file, variables)
    source = Source(found.path, found.content, variables, flags or {}, found.named)
    values, warnings = _values_of(source, cache_folder)
    _put_flags(values, source.flags)
    return Configuration(values, (*found.warnings, *warnings), source)


def _values_of(source: Source, cache_folder: str | None) -> tuple[dict[str, Json], tuple[Problem, ...]]:
    """Return what file and environment say, from the cache where nothing has changed."""
    if source.path is None and not any(name.startswith("RATCHET_") and name != VARIABLE for name in source.environment):
        return default_values(), ()
    from ratchet.config.kept import digest_of, load_values, save_values

    digest = digest_of(source)
    kept = load_values(cache_folder, digest) if cache_folder else None
    if kept is not None:
        return kept
    from ratchet.config.layers import read_layers

    # What is kept is what the next command finds too; flags are of this one alone.
    layers = read_layers(source._replace(flags={}))
    if cache_folder and layers.values["cache.enabled"]:
        save_values(cache_folder, digest, layers.values, layers.warnings)
    return layers.values, layers.warnings


def _put_flags(values: dict[str, Json], flags: Mapping[str, Json]) -> None:
    for flag, value in flags.items():
        setting = SETTINGS[FLAGS[flag]]
        if not fits(setting, value):
            from ratchet.config.wording import misfit

            message, hint = misfit(setting, value)
            raise InvalidConfig(f"`{flag}` {message}", hint=hint)
        values[FLAGS[flag]] = value
    # Who asks for more time on the command line wants all of it for computing too.
    if "--timeout" in flags:
        values["execution.cpu_seconds"] = max(values["execution.cpu_seconds"], flags["--timeout"])
