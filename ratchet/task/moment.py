"""Moments as text: RFC 3339, in UTC and with milliseconds wherever Ratchet writes one."""

from __future__ import annotations

from datetime import UTC, datetime


def render_moment(moment: datetime | float) -> str:
    """Return the text of a moment.

    Args:
        moment: With its offset, or as seconds since 1970.
    """
    utc = moment.astimezone(UTC) if isinstance(moment, datetime) else datetime.fromtimestamp(moment, UTC)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_moment(text: str) -> datetime:
    """Return the moment that a text names, in UTC; without an offset it is in UTC already.

    Raises:
        ValueError: It names none.
    """
    moment = datetime.fromisoformat(text)
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text} is out of range") from None
