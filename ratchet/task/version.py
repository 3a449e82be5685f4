"""Compare versions as Semantic Versioning 2.0.0 does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import total_ordering

_NUMBER = r"(0|[1-9][0-9]*)"
_IDENTIFIER = r"(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
_VERSION = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-({_IDENTIFIER}(?:\.{_IDENTIFIER})*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?"
)
_LONGEST = 256


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A semantic version; equality and order ignore the build (semver.org 2.0.0, section 11)."""

    major: int
    minor: int
    patch: int
    prerelease: tuple[str, ...] = ()
    build: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        text = f"{self.major}.{self.minor}.{self.patch}"
        if self.prerelease:
            text += "-" + ".".join(self.prerelease)
        if self.build:
            text += "+" + ".".join(self.build)
        return text

    def __lt__(self, other: Version) -> bool:
        return precedence(self) < precedence(other)


Precedence = tuple[int, int, int, int, tuple[tuple[int, int, str], ...]]


def precedence(version: Version) -> Precedence:
    """Return the key that sorts versions by precedence: builds of one version are equal."""
    identifiers = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in version.prerelease)
    return (version.major, version.minor, version.patch, 0 if version.prerelease else 1, identifiers)


def parse_version(text: str) -> Version | None:
    """Return the version that a text names, None when it is not a semantic version."""
    match = _VERSION.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    major, minor, patch, prerelease, build = match.groups()
    return Version(
        int(major),
        int(minor),
        int(patch),
        tuple(prerelease.split(".")) if prerelease else (),
        tuple(build.split(".")) if build else (),
    )


def nearest_version(text: str) -> str | None:
    """Return the semantic version that somebody who wrote `v1.2` most likely meant."""
    numbers = re.fullmatch(r"[vV=\s]*([0-9]{1,9})(?:\.([0-9]{1,9}))?(?:\.([0-9]{1,9}))?\s*", text[:_LONGEST])
    return ".".join(str(int(number or 0)) for number in numbers.groups()) if numbers else None
