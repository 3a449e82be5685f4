"""The documentation page: one page of HTML made of the OpenAPI document, without a script."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Iterator

from ratchet.values import JsonObject

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { background: var(--soft); padding: .75rem; overflow-x: auto; border-radius: 6px; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .4rem .75rem; }
summary { cursor: pointer; }
summary b { display: inline-block; min-width: 4.5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem; border-bottom: 1px solid var(--line); }
"""
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; frame-ancestors 'none'"
"""Lets the page have its own style, and nothing else."""


def render_page(document: JsonObject) -> str:
    """Return the page for an OpenAPI document."""
    info = document["info"]
    parts = [
        "<!doctype html>",
        f'<html lang="en"><meta charset="utf-8"><title>{_text(info["title"])} {_text(info["version"])}</title>',
        '<meta name="viewport" content="width=device-width">',
        f"<style>{STYLE}</style>",
        f"<h1>{_text(info['title'])} {_text(info['version'])}</h1>",
        f"<p>{_text(info['summary'])}.</p>",
        "<p>Requests carry the key of the server: <code>Authorization: Bearer KEY</code>. Every failure is "
        "<code>application/problem+json</code>. The same for programs: "
        '<a href="openapi.json">openapi.json</a>, OpenAPI 3.1.</p>',
        *_groups(document),
        "<h2>Schemas</h2>",
        *(_schema(name, schema) for name, schema in sorted(document["components"]["schemas"].items())),
    ]
    return "\n".join(parts) + "\n"


def _groups(document: JsonObject) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(path, method, operation))
    for name, operations in groups.items():
        yield f"<h2>{_text(name.capitalize())}</h2>"
        yield from operations


def _operation(path: str, method: str, operation: JsonObject) -> str:
    parts = [
        f'<details id="{_text(operation["operationId"])}"><summary><b>{method.upper()}</b> '
        f"<code>{_text(path)}</code> {_text(operation['summary'])}</summary>",
        f"<p>{_text(operation.get('description', ''))}</p>",
    ]
    if operation.get("parameters"):
        rows = [_parameter(each) for each in operation["parameters"]]
        parts += ["<h4>Parameters</h4>", _table(("Name", "In", "Value", "What it is"), rows)]
    if "requestBody" in operation:
        ((_, content),) = operation["requestBody"]["content"].items()
        parts += ["<h4>Body</h4>", f"<p>{_shape(content['schema'])}</p>"]
    rows = [_answer(status, each) for status, each in sorted(operation["responses"].items())]
    return "\n".join([*parts, "<h4>Answers</h4>", _table(("Status", "Body", "What it is"), rows), "</details>"])


def _parameter(parameter: JsonObject) -> tuple[str, ...]:
    name = f"<code>{_text(parameter['name'])}</code>"
    return name, _text(parameter["in"]), _shape(parameter["schema"]), _text(parameter.get("description", ""))


def _answer(status: str, answer: JsonObject) -> tuple[str, ...]:
    bodies = [
        f"{_shape(content.get('schema', {}))} as <code>{_text(kind)}</code>"
        for kind, content in answer.get("content", {}).items()
    ]
    return _text(status), ", ".join(bodies), _text(answer["description"])


def _shape(schema: JsonObject) -> str:
    if "$ref" in schema:
        name = _text(schema["$ref"].rpartition("/")[2])
        return f'<a href="#schema-{name}">{name}</a>'
    return f"<code>{_text(json.dumps(schema))}</code>"


def _schema(name: str, schema: JsonObject) -> str:
    shown = _text(json.dumps(schema, indent=2))
    return f'<details id="schema-{_text(name)}"><summary>{_text(name)}</summary><pre>{shown}</pre></details>'


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>{cells}</table>"


def _text(text: str) -> str:
    return html.escape(str(text))
