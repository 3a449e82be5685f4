"""Libraries that come with an extra of the package, and may not be there."""

from __future__ import annotations

import importlib
from typing import Any

from ratchet.errors import MissingExtra


def need_extra(extra: str, module: str, feature: str) -> Any:
    """Return a module of an extra.

    Args:
        feature: What needs it, as the subject of a sentence.

    Raises:
        MissingExtra: It is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        hint = f"`python -m pip install 'ratchet-js[{extra}]'` adds it"
        raise MissingExtra(f"{feature} needs `{module}`, which is not installed", hint=hint) from None
