"""One seeded generator behind `Math.random` and `crypto`, so that a recording needs only its seed."""

from __future__ import annotations

import hashlib


class SeededRandom:
    """SHA-256 in counter mode over a 32-byte seed: unpredictable without the seed, the same with it."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._counter = 0
        self._rest = b""

    def bytes(self, count: int) -> bytes:
        """Return the next bytes."""
        blocks = [self._rest]
        missing = count - len(self._rest)
        while missing > 0:
            block = hashlib.sha256(self._seed + self._counter.to_bytes(8, "big")).digest()
            self._counter += 1
            missing -= len(block)
            blocks.append(block)
        data = b"".join(blocks)
        self._rest = data[count:]
        return data[:count]

    def fractions(self, count: int) -> list[float]:
        """Return numbers in [0, 1) with 53 random bits each."""
        data = self.bytes(8 * count)
        return [(int.from_bytes(data[i : i + 8], "big") >> 11) / (1 << 53) for i in range(0, len(data), 8)]
