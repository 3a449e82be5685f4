"""Tools that the conformance suite asks for and that no task can be: they ask the client, or answer in rounds."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
from mcp import MCPError, types

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
_STRING = {"type": "string"}
_DEFAULTS = {
    "name": {"type": "string", "default": "John Doe"},
    "age": {"type": "integer", "default": 30},
    "score": {"type": "number", "default": 95.5},
    "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
    "verified": {"type": "boolean", "default": True},
}
_TITLED = [{"const": "value1", "title": "First"}, {"const": "value2", "title": "Second"}]
_ENUMS = {
    "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
    "titledSingle": {"type": "string", "oneOf": _TITLED},
    "legacyEnum": {"type": "string", "enum": ["opt1", "opt2"], "enumNames": ["One", "Two"]},
    "untitledMulti": {"type": "array", "items": {"type": "string", "enum": ["option1", "option2", "option3"]}},
    "titledMulti": {"type": "array", "items": {"anyOf": _TITLED}},
}
_FORMS: Mapping[str, Mapping[str, Any]] = {
    "test_elicitation": {"username": _STRING, "email": _STRING},
    "test_elicitation_sep1034_defaults": _DEFAULTS,
    "test_elicitation_sep1330_enums": _ENUMS,
}


def elicitation(message: str, **properties: Any) -> types.ElicitRequest:
    """Return a question for the user of a client."""
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return types.ElicitRequest(params=types.ElicitRequestFormParams(message=message, requested_schema=schema))


def ask(requests: dict[str, Any], state: str | None = None) -> types.InputRequiredResult:
    """Return questions that the client answers when it calls again."""
    return types.InputRequiredResult(input_requests=requests, request_state=state)


def _sampling(text: str) -> types.CreateMessageRequest:
    message = types.SamplingMessage(role="user", content=types.TextContent(type="text", text=text))
    return types.CreateMessageRequest(params=types.CreateMessageRequestParams(messages=[message], max_tokens=100))


_NAME = {"user_name": elicitation("What is your name", name=_STRING)}
_CONFIRM = {"confirm": elicitation("Do you agree", ok={"type": "boolean"})}
_QUESTION = {"capital_question": _sampling("What is the capital of France")}
_ROOTS = {"client_roots": types.ListRootsRequest()}
_ROUNDS: Mapping[str, list[dict[str, Any]]] = {
    "test_input_required_result_elicitation": [_NAME],
    "test_input_required_result_sampling": [_QUESTION],
    "test_input_required_result_list_roots": [_ROOTS],
    "test_input_required_result_request_state": [_CONFIRM],
    "test_input_required_result_tampered_state": [_CONFIRM],
    "test_input_required_result_multiple_inputs": [{**_NAME, **_QUESTION, **_ROOTS}],
    "test_input_required_result_multi_round": [_NAME, {"color": elicitation("Which color", color=_STRING)}],
    "test_input_required_result_capabilities": [{**_NAME, **_QUESTION}],
    "test_streaming_elicitation": [_NAME],
}
_NEEDED = {"elicitation/create": "elicitation", "sampling/createMessage": "sampling"}
_OTHERS = (
    "test_tool_with_logging",
    "test_logging_tool",
    "test_sampling",
    "test_missing_capability",
    "test_trigger_tool_change",
)
TOOLS = [
    types.Tool(name=name, description=f"The tool {name} of the suite", input_schema={"type": "object"})
    for name in (*_FORMS, *_ROUNDS, *_OTHERS)
]
# No task: one whose input schema has `allOf` at its root is not published, since some clients refuse the whole list.
TOOLS += [
    types.Tool(
        name="json_schema_2020_12_tool",
        description="A tool whose schema is listed as it is",
        input_schema=json.loads(Path(__file__).with_name("schema.json").read_text("utf-8")),
    )
]


async def call(context: Any, params: types.CallToolRequestParams) -> Any:
    """Answer for a tool of the suite; None for others."""
    name = params.name
    if name in _ROUNDS:
        return _round(name, params, _capabilities(context))
    if name in _FORMS:
        schema = {"type": "object", "properties": dict(_FORMS[name])}
        answer = await context.session.elicit_form("Fill it in", schema, related_request_id=context.request_id)
        return _text(f"The user: {answer.action}")
    if name in ("test_tool_with_logging", "test_logging_tool"):
        for step in ("started", "under way", "ended"):
            await context.session.send_log_message("info", f"It has {step}", related_request_id=context.request_id)
            await anyio.sleep(0.05)
        return _text("Logged")
    if name == "test_sampling":
        request = _sampling(str((params.arguments or {}).get("prompt"))).params
        answer = await context.session.create_message(
            request.messages, max_tokens=request.max_tokens, related_request_id=context.request_id
        )
        return _text(f"The model: {answer.content}")
    if name == "greet":
        return _text(f"Hello, {(params.arguments or {}).get('name')}!")
    if name == "test_trigger_tool_change":
        await anyio.to_thread.run_sync(_add_task)
        return _text("There is one tool more")
    if name == "test_missing_capability":
        if "sampling" in _capabilities(context):
            return _text("The client can be asked")
        data: dict[str, Any] = {"requiredCapabilities": {"sampling": {}}}
        raise MCPError(types.MISSING_REQUIRED_CLIENT_CAPABILITY, "The client has no model", data)
    return None


def _add_task() -> None:
    """Put one more task into the folder that is served; the server itself is to notice."""
    tasks = Path(os.environ["FIXTURE_TASKS"])
    name = f"copy_{uuid.uuid4().hex[:8]}"
    made = Path(shutil.copytree(tasks / "test_simple_text", tasks.parent / name))
    metadata = json.loads((made / "metadata.json").read_text("utf-8"))
    (made / "metadata.json").write_text(json.dumps({**metadata, "name": name}), "utf-8")
    made.rename(tasks / name)


def _round(name: str, params: types.CallToolRequestParams, capabilities: Mapping[str, Any]) -> Any:
    """Return the next questions, or the end when all have an answer."""
    rounds = _ROUNDS[name]
    number = int(params.request_state or 0)
    asked = {
        key: request
        for key, request in rounds[number].items()
        if _NEEDED.get(request.method, "") in ("", *capabilities)
    }
    missing = [key for key in asked if key not in (params.input_responses or {})]
    if missing:
        return ask(asked, str(number))
    if number + 1 < len(rounds):
        return ask(rounds[number + 1], str(number + 1))
    return _text("All is known: state-ok")


def _capabilities(context: Any) -> Mapping[str, Any]:
    declared: Mapping[str, Any] = (context.meta or {}).get(_CAPABILITIES, {})
    return declared


def _text(text: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)])
