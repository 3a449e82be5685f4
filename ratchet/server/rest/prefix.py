"""What the addresses of these routes begin with."""

from __future__ import annotations

PREFIX = "/api/v1"
