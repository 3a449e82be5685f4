"""A queue and a task have one ceiling each."""

from __future__ import annotations

import pytest

from tests.config.conftest import Refuse


@pytest.mark.parametrize("kind", ["queue", "task"])
def test_a_second_ceiling_of_the_same_is_refused(refuse: Refuse, kind: str) -> None:
    ceiling = f"{{concurrency: 1, {kind}: mail}}"
    assert refuse(f"jobs:\n  ceilings:\n    - {ceiling}\n    - {ceiling}\n") == [
        "4:21 `jobs.ceilings[1].concurrency` stands beside what has a ceiling already"
    ]
