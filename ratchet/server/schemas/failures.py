"""What every failure answers."""

from __future__ import annotations

from ratchet.server.describe import ref
from ratchet.task.problem_document import PROBLEM
from ratchet.task.schema_words import COUNT_OR_NULL, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.values import JsonObject

PROBLEMS = listed(ref("ProblemEntry"))

SCHEMAS: JsonObject = {
    "Problem": described(
        record(
            {
                "type": TEXT,
                "title": TEXT,
                "status": {"type": "integer"},
                "detail": TEXT,
                "code": described(TEXT, "Stable, such as `invalid_input`"),
                "hint": described(TEXT_OR_NULL, "The next step"),
                "file": TEXT_OR_NULL,
                "line": COUNT_OR_NULL,
                "column": COUNT_OR_NULL,
                "problems": PROBLEMS,
            },
            {"execution": ref("Execution")},
        ),
        "Why a request failed (RFC 9457)",
    ),
    "ProblemEntry": PROBLEM,
}
