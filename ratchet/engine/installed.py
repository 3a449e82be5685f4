"""Which engines are installed."""

from __future__ import annotations

from importlib import metadata

from ratchet.errors import MissingExtra

PACKAGES = {"dukpy": "dukpy", "wasm": "quickjs-rs"}
"""The distribution that each engine comes in."""

EXTRAS = {"wasm": "pip install 'ratchet-js[wasm]'"}
"""What installs the engines that do not come with Ratchet."""


def installed_version(engine: str) -> str | None:
    """Return the version of an engine's package, None when it is not there."""
    try:
        return metadata.version(PACKAGES[engine])
    except metadata.PackageNotFoundError:
        return None


def check_installed(engine: str) -> None:
    """Make sure that an engine which comes in an extra is there.

    Raises:
        MissingExtra: It is not.
    """
    if installed_version(engine) is None:
        raise MissingExtra(f"The engine `{engine}` is not installed", hint=f"Run `{EXTRAS[engine]}`")
