"""What every list says of itself."""

from __future__ import annotations

from ratchet.server.schemas.failures import PROBLEMS
from ratchet.task.schema_words import COUNT, COUNT_OR_NULL, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.values import JsonObject

_META: JsonObject = {
    "page": described(COUNT_OR_NULL, "Null where entries are counted, not pages"),
    "limit": COUNT,
    "next": described(TEXT_OR_NULL, "The address of the next page"),
}
_TOTAL: JsonObject = {"total": described(COUNT, "With `count=exact`")}

SCHEMAS: JsonObject = {
    "ListMeta": record(_META, _TOTAL),
    "TaskListMeta": record(
        {
            **_META,
            "left_out": described(PROBLEMS, "Tasks that cannot be loaded, and why"),
            "unusable_sources": listed(record({"source": TEXT, "reason": TEXT})),
        },
        _TOTAL,
    ),
}
