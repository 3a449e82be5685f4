"""Write what the tasks of failing cases gave back into the files of the cases."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ratchet.cases.model import Result, Written
from ratchet.errors import InvalidTask
from ratchet.task.contents import parse_file
from ratchet.task.difference import Difference, equal
from ratchet.task.places import is_yaml
from ratchet.task.pointer import path_of_pointer, pointer_of
from ratchet.task.positions import Node, locate, walk_json
from ratchet.values import Json


def is_updatable(result: Result) -> bool:
    """Tell whether a case failed for its output alone, which every run gave the same."""
    causes = {reason.cause for reason in result.reasons}
    return result.status == "failed" and causes == {"output"} and result.failures == result.runs


def update_text(text: str, result: Result) -> str:
    """Return the text of a file of cases with the output of an execution in place of the expected one.

    What differs is written alone where the rest can stay, so that the file keeps its form and its comments.
    """
    assert result.execution is not None
    written, output = result.case.written, result.execution.output
    steps = (*written.steps, result.case.output_key)
    wanted = _with_value(_parse(text, written), steps, output)
    for candidate in _candidates(text, written, steps, result.reasons[0].differences, output):
        try:
            if equal(wanted, _parse(candidate, written)):
                return candidate
        except InvalidTask:
            continue  # It has become something else in the form of this file; the next is plainer.
    return text


def _candidates(
    text: str, written: Written, steps: Sequence[str | int], differences: Sequence[Difference], output: Json
) -> Iterator[str]:
    yaml = is_yaml(written.file)
    if all(difference.change in ("value", "type") for difference in differences):
        spans = [(span_of(text, pointer_of(steps) + one.pointer, yaml), one.actual) for one in differences]
        yield _replaced(text, [(start, end, _restyled(text, start, end, value)) for (start, end), value in spans])
    start, end = span_of(text, pointer_of(steps), yaml)
    if yaml:
        yield _replaced(text, [(start, end, _as_block(text, start, end, output))])
    yield _replaced(text, [(start, end, _restyled(text, start, end, output))])
    yield _replaced(text, [(start, end, json.dumps(output))])


def span_of(text: str, pointer: str, yaml: bool) -> tuple[int, int]:
    """Return where a value begins and ends in a text."""
    if yaml:
        return _yaml_span(text, pointer)
    node = locate(walk_json(text), pointer)
    assert node is not None
    return node.offset, node.end if node.scalar else _json_end(text, node)


def _json_end(text: str, node: Node) -> int:
    return node.offset + json.JSONDecoder().raw_decode(text[node.offset :])[1]


def _yaml_span(text: str, pointer: str) -> tuple[int, int]:
    import yaml

    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for step in path_of_pointer(pointer):
        if isinstance(node, yaml.MappingNode):
            node = next(value for key, value in node.value if key.value == step)
        else:
            node = node.value[int(step)]
    last = node
    # A block goes on to the next token; what it holds ends before the comments behind it.
    while isinstance(last, yaml.CollectionNode) and not last.flow_style and last.value:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    start = node.start_mark.index
    # A text in lines of its own takes the line feed behind it in.
    return start, start + len(text[start : last.end_mark.index].rstrip())


def _replaced(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _restyled(text: str, start: int, end: int, value: Json) -> str:
    """Return a value as JSON in the form of the text that it replaces."""
    before = text[start:end]
    if not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False)
    if "\n" not in before:
        flat = json.dumps(value, ensure_ascii=False)
        return f"{{ {flat[1:-1]} }}" if before.startswith("{ ") and isinstance(value, dict) else flat
    indent = re.search(r"\n([ \t]*)", before)
    line = text[text.rfind("\n", 0, start) + 1 : start]
    outer = line[: len(line) - len(line.lstrip(" \t"))]
    unit = indent[1].removeprefix(outer) if indent else "  "
    return json.dumps(value, ensure_ascii=False, indent=unit or "  ").replace("\n", f"\n{outer}")


def _as_block(text: str, start: int, end: int, value: Json) -> str:
    """Return a value as YAML in the form of the text that it replaces."""
    import yaml

    flow = text[start : start + 1] in "{["
    dumped = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True, sort_keys=False, width=10**6)
    column = start - (text.rfind("\n", 0, start) + 1)
    return dumped.removesuffix("\n").removesuffix("\n...").replace("\n", "\n" + " " * column)


def _parse(text: str, written: Written) -> Json:
    return parse_file(text.encode("utf-8", "surrogatepass"), path=written.path)[0]


def _with_value(document: Json, steps: Sequence[str | int], value: Json) -> Json:
    """Return a document in which one value is another."""
    first, *rest = steps
    copy: Json = list(document) if isinstance(document, list) else dict(document)
    copy[first] = _with_value(copy[first], rest, value) if rest else value
    return copy
