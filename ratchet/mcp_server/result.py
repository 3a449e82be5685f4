"""The answer of a tool as clients get it: the same data twice, no larger than they can take."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mcp.types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from ratchet.errors import OutputLimit
from ratchet.mcp_server.failure import error_json
from ratchet.mcp_server.media import Media, text_at, without_media
from ratchet.mcp_server.schemas import BYTES_PER_TOKEN, SHORTENED
from ratchet.mcp_server.shortening import LeftOut, Shortened, shorten, size_of
from ratchet.mcp_server.tool import Answer, CheckedTool
from ratchet.mcp_server.uris import Uri, parse_uri
from ratchet.task.pointer import pointer_of
from ratchet.task.surrogates import replace_surrogates
from ratchet.values import JsonObject

_MOST_PARTS = 20
_ROOM_FOR_WORDS = 4_000
_LEAST_BYTES = 2_000


def room_of(arguments: Mapping[str, Any], inline_bytes: int) -> int:
    """Return how many bytes an answer may take: what the server gives, or what the caller asks for if that is less."""
    tokens = arguments.get("max_tokens")
    return inline_bytes if not isinstance(tokens, int) else min(inline_bytes, tokens * BYTES_PER_TOKEN)


def result_of(answer: Answer, tool: CheckedTool, most_bytes: int) -> CallToolResult:
    """Return an answer as text and as a structured value, shortened by its structure where it is too large."""
    size = size_of(answer.value)
    if size <= most_bytes:
        blocks = [_block(each, answer) for each in answer.media]
        return _result(
            tool, answer.value, blocks, failed=answer.failed, shown=without_media(answer.value, answer.media)
        )
    shortened = shorten(answer.value, max(_LEAST_BYTES, most_bytes - _ROOM_FOR_WORDS))
    parts = [_part(each, answer.resources) for each in shortened.left_out[:_MOST_PARTS]]
    told: JsonObject = {"bytes": size, "parts": parts, "more_parts": max(0, len(shortened.left_out) - _MOST_PARTS)}
    return _shortened_result(answer, tool, shortened, told)


def _shortened_result(answer: Answer, tool: CheckedTool, shortened: Shortened, told: JsonObject) -> CallToolResult:
    value = {**shortened.value, SHORTENED: told} if tool.tool.tells_left_out or answer.failed else shortened.value
    words: list[ContentBlock] = [_text(_words_of(told)), *map(_link, _concerned(answer, shortened))]
    if answer.failed or tool.fits(value):
        return _result(tool, value, words, failed=answer.failed)
    # An array that must have so many items, or a text of a certain form: only an error need not fit the schema.
    message = f"The answer has {told['bytes']:,} bytes, and less of it would not fit the output schema"
    refusal = error_json(OutputLimit(message, hint="Read the resource that the answer links to"))
    return _result(tool, {**refusal, "answer": shortened.value, SHORTENED: told}, words, failed=True)


def _part(left_out: LeftOut, resources: Mapping[str, str]) -> JsonObject:
    return {
        "pointer": left_out.pointer,
        "kind": left_out.kind,
        "total": left_out.total,
        "first": left_out.first,
        "last": left_out.last,
        "rest": _rest_of(left_out, resources),
    }


def _concerned(answer: Answer, shortened: Shortened) -> list[str]:
    """Return the resources that hold something of what was left out."""
    pointers = [each.pointer for each in shortened.left_out[:_MOST_PARTS]]
    return [
        uri
        for pointer, uri in answer.resources.items()
        if any(each == pointer or each.startswith(f"{pointer}/") for each in pointers)
    ]


def _rest_of(left_out: LeftOut, resources: Mapping[str, str]) -> str | None:
    """Return where to read on after the head; None where no resource holds it."""
    return _resource_of(left_out.path, resources, left_out.first)


def _resource_of(path: Sequence[str | int], resources: Mapping[str, str], offset: int = 0) -> str | None:
    """Return the address of a part of a value; None where no resource holds it."""
    for step in range(len(path), -1, -1):
        uri = parse_uri(resources.get(pointer_of(path[:step]), ""))
        if uri is not None:
            return str(Uri(uri.steps, uri.pointer + pointer_of(path[step:]), offset))
    return None


def _words_of(told: JsonObject) -> str:
    """Say what was left out and how to get it, for a reader of the text alone."""
    lines = [f"Shortened: the whole has {told['bytes']:,} bytes. `{SHORTENED}` says what is not here."]
    for part in told["parts"]:
        held = f"the first {part['first']:,} and the last {part['last']:,} of {part['total']:,} {part['kind']}"
        rest = f"; read on at {part['rest']}" if part["rest"] else ""
        lines.append(f"`{part['pointer']}` holds {held}{rest}")
    if told["more_parts"]:
        lines.append(f"{told['more_parts']:,} more parts were shortened")
    if any(part["rest"] for part in told["parts"]):
        lines.append("One read gives a page; the address of its second content is that of the next page.")
    else:
        lines.append("Ask for less of it: a page, a part, or one at a time.")
    return "\n".join(lines)


def _link(uri: str) -> ResourceLink:
    return ResourceLink(type="resource_link", uri=uri, name=uri.partition("://")[2], mime_type="application/json")


def _block(media: Media, answer: Answer) -> ContentBlock:
    """Return a medium as the content that clients show."""
    text, kind = str(replace_surrogates(text_at(answer.value, media.path))), media.media_type
    if media.encoded and kind.startswith("image/"):
        return ImageContent(type="image", data=text, mime_type=kind)
    if media.encoded and kind.startswith("audio/"):
        return AudioContent(type="audio", data=text, mime_type=kind)
    uri = _resource_of(media.path, answer.resources) or ""
    resource = (
        BlobResourceContents(uri=uri, mime_type=kind, blob=text)
        if media.encoded
        else TextResourceContents(uri=uri, mime_type=kind, text=text)
    )
    return EmbeddedResource(type="resource", resource=resource)


def _result(
    tool: CheckedTool,
    value: JsonObject,
    blocks: Sequence[ContentBlock],
    *,
    failed: bool,
    shown: JsonObject | None = None,
) -> CallToolResult:
    """Return a value as a structure and as text, and what is shown besides.

    Args:
        shown: What the text says in place of the value.
    """
    # UTF-8 has no lone surrogates; a text of JavaScript may.
    sent: JsonObject = replace_surrogates(value)
    text = json.dumps(sent if shown is None else replace_surrogates(shown), ensure_ascii=False)
    # Clients of the first TypeScript SDK throw an error away whose structure does not fit, and show their own.
    structured = sent if not failed or tool.fits(sent) else None
    return CallToolResult(content=[_text(text), *blocks], structured_content=structured, is_error=failed)


def _text(text: str) -> TextContent:
    return TextContent(type="text", text=text)
