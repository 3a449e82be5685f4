"""A task as JSON, the same on every surface."""

from __future__ import annotations

from ratchet.task.model import Task
from ratchet.values import JsonObject


def task_json(task: Task) -> JsonObject:
    """Return what a task says about itself, with its schemas."""
    metadata = task.metadata
    return {
        "name": task.name,
        "label": metadata.label,
        "version": task.version,
        "uuid": metadata.uuid,
        "description": metadata.description,
        "tags": list(metadata.tags),
        "category": metadata.category,
        "deprecated": metadata.deprecated,
        "deprecation_message": metadata.deprecation_message,
        "location": task.location,
        "digest": task.digest,
        "timeout_seconds": metadata.timeout_seconds,
        "memory_bytes": metadata.memory_bytes,
        "permissions": metadata.permissions._asdict(),
        "annotations": metadata.annotations._asdict(),
        "input_schema": task.input_schema,
        "output_schema": task.output_schema,
    }
