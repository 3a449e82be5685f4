"""Prompts that the conformance suite asks for."""

from __future__ import annotations

from typing import Any

from fixture_tools import PNG, ask, elicitation
from mcp import types

_ARGUMENTS = {
    "test_simple_prompt": (),
    "test_prompt_with_arguments": ("arg1", "arg2"),
    "test_prompt_with_embedded_resource": ("resourceUri",),
    "test_prompt_with_image": (),
    "test_input_required_result_prompt": (),
}
PROMPTS = [
    types.Prompt(
        name=name,
        description=f"The prompt {name} of the suite",
        arguments=[types.PromptArgument(name=each, required=True) for each in arguments],
    )
    for name, arguments in _ARGUMENTS.items()
]


async def get(context: Any, params: types.GetPromptRequestParams) -> Any:
    """Return a prompt of the suite; None for others."""
    if params.name not in _ARGUMENTS:
        return None
    given = params.arguments or {}
    if params.name == "test_input_required_result_prompt" and not params.input_responses:
        return ask({"user_context": elicitation("Which context", context={"type": "string"})})
    contents: list[Any] = [types.TextContent(type="text", text=f"The prompt {params.name} with {given}")]
    if params.name == "test_prompt_with_image":
        contents.insert(0, types.ImageContent(type="image", data=PNG, mime_type="image/png"))
    if params.name == "test_prompt_with_embedded_resource":
        text = types.TextResourceContents(uri=given["resourceUri"], mime_type="text/plain", text="Embedded")
        contents.insert(0, types.EmbeddedResource(type="resource", resource=text))
    return types.GetPromptResult(messages=[types.PromptMessage(role="user", content=each) for each in contents])


async def complete(context: Any, params: types.CompleteRequestParams) -> types.CompleteResult | None:
    """Complete arguments of the suite's prompts with nothing."""
    if isinstance(params.ref, types.PromptReference) and params.ref.name in _ARGUMENTS:
        return types.CompleteResult(completion=types.Completion(values=[]))
    return None
