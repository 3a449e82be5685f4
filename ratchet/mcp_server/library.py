"""Resources over the protocol: listed page by page, read page by page."""

from __future__ import annotations

import base64
import binascii
import functools
import json
from collections.abc import Callable
from itertools import islice
from typing import Any, TypeVar

import anyio
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.types import (
    INVALID_PARAMS,
    BlobResourceContents,
    ListResourcesResult,
    ListResourceTemplatesResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)
from mcp.types.version import MODERN_PROTOCOL_VERSIONS

from ratchet.errors import RatchetError
from ratchet.mcp_server.narrowing import narrowed
from ratchet.mcp_server.pages import Page, page_of, part_of
from ratchet.mcp_server.principal import principal_of
from ratchet.mcp_server.resource import Listed
from ratchet.mcp_server.resources import listed, read, templates
from ratchet.mcp_server.uris import Uri
from ratchet.mcp_server.workshop import Workshop
from ratchet.task.pointer import pointer_of
from ratchet.task.surrogates import replace_surrogates

_PAGE = 100
_RESOURCE_NOT_FOUND = -32002
"""Of the older era; the newer one has no code of its own for it."""

Context = ServerRequestContext[dict[str, Any]]
Found = TypeVar("Found")


class Library:
    """Answers requests for resources."""

    def __init__(self, workshop: Workshop, threads: anyio.CapacityLimiter) -> None:
        self._workshop = workshop
        self._threads = threads

    async def list_resources(self, context: Context, params: PaginatedRequestParams | None) -> ListResourcesResult:
        """Return a page of the list; the cursor says how many came before."""
        start = _parse_cursor(params.cursor if params is not None else None)
        workshop = self._seen_by(context)
        found = await self._in_thread(lambda: list(islice(listed(workshop), start, start + _PAGE + 1)))
        following = _cursor(start + _PAGE) if len(found) > _PAGE else None
        return ListResourcesResult(resources=[_wire(each) for each in found[:_PAGE]], next_cursor=following)

    async def list_templates(
        self, context: Context, params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        """Return every template; they fit on one page."""
        return ListResourceTemplatesResult(
            resource_templates=[
                ResourceTemplate(
                    name=text.partition("://")[2],
                    title=template.title,
                    uri_template=text,
                    description=template.description,
                    mime_type=template.mime_type,
                )
                for text, template in templates().items()
            ]
        )

    async def read_resource(self, context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        """Return a page of a resource, and after it where the next one begins."""
        try:
            return await self._in_thread(functools.partial(read_page, self._seen_by(context), params.uri))
        except RatchetError as error:
            modern = context.protocol_version in MODERN_PROTOCOL_VERSIONS
            code = INVALID_PARAMS if modern else _RESOURCE_NOT_FOUND
            raise MCPError(code, error.message, {"uri": params.uri}) from None

    def _seen_by(self, context: Context) -> Workshop:
        return narrowed(self._workshop, principal_of(context.request))

    async def _in_thread(self, work: Callable[[], Found]) -> Found:
        return await anyio.to_thread.run_sync(work, limiter=self._threads)


def _wire(each: Listed) -> Resource:
    name = each.uri.partition("://")[2]
    return Resource(uri=each.uri, name=name, title=each.title, description=each.description, mime_type=each.mime_type)


def _cursor(start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps(start).encode()).decode()


def _parse_cursor(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        start = json.loads(base64.urlsafe_b64decode(cursor))
    except (ValueError, binascii.Error):
        start = None
    if not isinstance(start, int) or start < 0:
        raise MCPError(INVALID_PARAMS, "The cursor is none that this server gave")
    return start


def read_page(workshop: Workshop, address: str) -> ReadResourceResult:
    """Return the page of a resource that an address asks for.

    Raises:
        NotFound: There is nothing at that address.
    """
    uri, content = read(workshop, address)
    if isinstance(content.value, bytes):
        return _blob(uri, address, content.mime_type, content.value, workshop.inline_bytes)
    page = page_of(part_of(replace_surrogates(content.value), uri.pointer), uri.offset, workshop.inline_bytes)
    text = page.value if content.is_text else json.dumps(page.value, ensure_ascii=False)
    contents: list[TextResourceContents | BlobResourceContents] = [
        TextResourceContents(uri=address, mime_type=content.mime_type, text=text)
    ]
    if page.next_offset is not None or page.offset or page.left_out:
        contents.append(_words(uri, page))
    return ReadResourceResult(contents=contents)


def _words(uri: Uri, page: Page) -> TextResourceContents:
    """Say which page it is; the address is that of the next one where there is one."""
    end = page.next_offset if page.next_offset is not None else page.total
    lines = [f"From {page.offset:,} to {end:,} of {page.total:,}."]
    following = uri if page.next_offset is None else uri._replace(offset=page.next_offset)
    if page.next_offset is not None:
        lines.append(f"The next page is {following}")
    for each in page.left_out:
        whole = Uri(uri.steps, uri.pointer + pointer_of(each.path))
        lines.append(f"{each.total:,} {each.kind} are not all here; read {whole}")
    return TextResourceContents(uri=str(following), mime_type="text/plain", text="\n".join(lines))


def _blob(uri: Uri, address: str, mime_type: str, data: bytes, most_bytes: int) -> ReadResourceResult:
    end = uri.offset + most_bytes
    page = base64.b64encode(data[uri.offset : end]).decode()
    contents: list[TextResourceContents | BlobResourceContents] = [
        BlobResourceContents(uri=address, mime_type=mime_type, blob=page)
    ]
    if uri.offset or end < len(data):
        following = end if end < len(data) else None
        contents.append(_words(uri, Page(None, uri.offset, len(data), following)))
    return ReadResourceResult(contents=contents)
