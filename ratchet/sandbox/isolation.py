"""Say how well a worker is confined."""

from __future__ import annotations

from collections.abc import Callable, Iterable

LEVELS = ("none", "partial", "full")
"""How well a worker can be confined, the least first."""


Measure = tuple[str, Callable[[], str]]
"""A name, and a function that returns what was applied or raises `NotApplied`."""


class NotApplied(Exception):
    """Tell why a measure could not be taken.

    Args:
        reason: One sentence for a person, without a full stop, with the remedy where there is one.
        partly: What holds all the same, such as `rlimits:cpu`.
    """

    def __init__(self, reason: str, *, partly: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.partly = partly


# A frozen dataclass would cost every worker the import of `dataclasses`, `inspect` and `re`.
class Isolation:
    """Hold the measures that confine a worker, and those that are missing.

    Args:
        applied: Names of measures, such as `seccomp`; a detail follows a colon, as in `landlock:7`.
        missing: Pairs of a measure and the reason why it is missing.
    """

    __slots__ = ("applied", "missing")

    applied: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]

    def __init__(self, *, applied: Iterable[str] = (), missing: Iterable[tuple[str, str]] = ()) -> None:
        object.__setattr__(self, "applied", tuple(applied))
        object.__setattr__(self, "missing", tuple(missing))

    @property
    def level(self) -> str:
        """Return `full` when nothing is missing, `none` when nothing was applied, `partial` between."""
        if not self.applied:
            return "none"
        return "partial" if self.missing else "full"

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot assign to field {name!r}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Isolation) and (self.applied, self.missing) == (other.applied, other.missing)

    def __hash__(self) -> int:
        return hash((self.applied, self.missing))

    def __repr__(self) -> str:
        return f"Isolation(applied={self.applied!r}, missing={self.missing!r})"

    def to_json(self) -> dict[str, object]:
        """Return the JSON form, as frames and reports carry it."""
        missing = [{"measure": measure, "reason": reason} for measure, reason in self.missing]
        return {"level": self.level, "applied": list(self.applied), "missing": missing}


def parse_isolation(value: object) -> Isolation:
    """Turn the JSON form back into a value; the level is worked out again, not believed.

    Raises:
        ValueError: The value does not have the form that `Isolation.to_json` gives.
    """
    match value:
        case {"applied": list(applied), "missing": list(missing)}:
            return Isolation(applied=map(_parse_name, applied), missing=map(_parse_missing, missing))
    raise ValueError("an isolation has two lists, `applied` and `missing`")


def gather(measures: Iterable[Measure]) -> Isolation:
    """Take each named measure in turn and record what became of it."""
    applied: list[str] = []
    missing: list[tuple[str, str]] = []
    for measure, take in measures:
        try:
            applied.append(take())
        except NotApplied as failure:
            missing.append((measure, failure.reason))
            if failure.partly:
                applied.append(failure.partly)
    return Isolation(applied=applied, missing=missing)


def _parse_name(value: object) -> str:
    match value:
        case str():
            return value
    raise ValueError("a measure of an isolation is named by a string")


def _parse_missing(value: object) -> tuple[str, str]:
    match value:
        case {"measure": str(measure), "reason": str(reason)}:
            return measure, reason
    raise ValueError("a missing measure of an isolation has a name and a reason")
