"""Fetch an index of tasks, or a ZIP of them, over HTTP."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from types import TracebackType
from urllib.parse import quote

from ratchet.errors import InvalidTask, RatchetError, Unavailable
from ratchet.gateway.addresses import IPAddress, is_public
from ratchet.gateway.failures import GatewayFailure
from ratchet.gateway.message import HttpRequest, HttpResponse
from ratchet.gateway.settings import HttpSettings
from ratchet.gateway.transport import Transport
from ratchet.gateway.url import Url, parse_url
from ratchet.registry.archive import Found, tasks_in
from ratchet.registry.index import Listed, index_url, parse_index
from ratchet.registry.remote import Fetched, load_stored
from ratchet.registry.source import Source
from ratchet.registry.store import Store
from ratchet.task.archive import MOST_ARCHIVE_BYTES, unpack_archive
from ratchet.task.bounds import MOST_BYTES
from ratchet.task.digest import digest_of
from ratchet.task.load import build_task, task_roots
from ratchet.task.model import Task

_MOST_INDEX_BYTES = 16 * 1024 * 1024
_SECONDS = 60.0


class _Client:
    """Asks the server of a source, and others that it names.

    The operator has chosen the server, which may be on a private network; the others it has chosen itself, so they
    must be public, and are not shown the token.
    """

    def __init__(self, source: Source, settings: HttpSettings | None) -> None:
        self._transport = Transport(settings or HttpSettings())
        self._token = source.secret() if source.secret else None
        try:
            self.url: Url = parse_url(index_url(source.uri) if source.type == "http" else source.uri)
        except GatewayFailure as failure:
            raise Unavailable(failure.message, hint=failure.hint) from None

    def __enter__(self) -> _Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def get(self, url: str, most_bytes: int, known: str | None = None) -> HttpResponse:
        """Return the answer of a URL, relative to that of the source.

        Args:
            known: The entity tag of what is there already.

        Raises:
            Unavailable: There is none, or it says that something is wrong.
        """
        try:
            target = parse_url(url, self.url)
            headers = []
            if self._token is not None and target.origin == self.url.origin:
                headers.append(("Authorization", f"Bearer {self._token}"))
            if known is not None:
                headers.append(("If-None-Match", known))
            response = self._transport.send(
                HttpRequest("GET", str(target), tuple(headers)),
                allow_address=self._allows,
                deadline=time.monotonic() + _SECONDS,
                max_body_bytes=most_bytes,
            )
        except GatewayFailure as failure:
            raise Unavailable(failure.message, hint=failure.hint) from None
        if response.status not in (200, 304):
            raise Unavailable(f"`{target}` answers {response.status} {response.reason}".rstrip())
        return response

    def _allows(self, address: IPAddress, host: str, port: int) -> bool:
        return (host, port) == (self.url.host, self.url.port) or is_public(address)


def fetch_archive(source: Source, store: Store, known: str | None, settings: HttpSettings | None) -> Fetched | None:
    """Return the tasks of a ZIP; see `remote.Fetch`.

    Raises:
        Unavailable: The server gives none.
    """
    with _Client(source, settings) as client:
        answer = client.get(str(client.url), MOST_ARCHIVE_BYTES, _tag(known))
        revision = _revision(answer)
        if answer.status == 304 or revision == known:
            return None
        try:
            files = unpack_archive(answer.body, source.name)
            return Fetched(revision, list(tasks_in(files, source.name, source.subdirectory)))
        except InvalidTask as error:
            raise Unavailable(error.message, hint=error.hint) from None


def fetch_index(source: Source, store: Store, known: str | None, settings: HttpSettings | None) -> Fetched | None:
    """Return the tasks of an index; those that are kept already are not fetched again. See `remote.Fetch`.

    Raises:
        Unavailable: The server gives none.
    """
    with _Client(source, settings) as client:
        answer = client.get(str(client.url), _MOST_INDEX_BYTES, _tag(known))
        revision = _revision(answer)
        if answer.status == 304 or revision == known:
            return None
        found = list(_tasks(client, source, store, answer))
        # What could not be fetched now is asked for again the next time.
        is_whole = not any(isinstance(each, Unavailable) for _, each in found)
        return Fetched(revision if is_whole else None, found)


def _tag(known: str | None) -> str | None:
    return known if known is not None and not known.startswith("sha256:") else None


def _revision(answer: HttpResponse) -> str:
    return answer.header("ETag") or "sha256:" + hashlib.sha256(answer.body).hexdigest()


def _tasks(client: _Client, source: Source, store: Store, answer: HttpResponse) -> Iterator[Found]:
    for name, listed in parse_index(answer.body, str(client.url)):
        try:
            yield name, listed if isinstance(listed, RatchetError) else _task(client, source, store, listed)
        except RatchetError as error:
            yield name, error


def _task(client: _Client, source: Source, store: Store, listed: Listed) -> Task:
    """Return a task of an index.

    Raises:
        InvalidTask: It is broken, or not what the index says.
        Unavailable: It cannot be fetched.
    """
    location = f"{source.name}/{listed.name}"
    if store.has_task(listed.digest):
        task = load_stored(store, listed.digest, location, listed.name)
    else:
        files = _archive(client, listed) if listed.archive else _files(client, listed)
        digest = digest_of(files)
        if digest != listed.digest:
            message = f"`{location}` is not what the index says: its digest is `{digest}`, not `{listed.digest}`"
            raise InvalidTask(message, hint="Who keeps the index can write it anew")
        task = build_task(location, "", listed.name, files, foreign=True)
    if (task.name, task.version) != (listed.name, listed.version):
        names = f"`{listed.name}@{listed.version}` in the index, and `{task.name}@{task.version}` itself"
        raise InvalidTask(f"`{location}` is {names}")
    return task


def _archive(client: _Client, listed: Listed) -> dict[str, bytes]:
    files = unpack_archive(client.get(listed.archive, MOST_ARCHIVE_BYTES).body, listed.name)
    roots = task_roots(files)
    if len(roots) != 1:
        raise InvalidTask(f"The ZIP of `{listed.name}` holds {len(roots)} tasks")
    return {name[len(roots[0]) :]: data for name, data in files.items() if name.startswith(roots[0])}


def _files(client: _Client, listed: Listed) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = MOST_BYTES
    for path in listed.files:
        files[path] = client.get(listed.folder + quote(path), left).body
        left -= len(files[path])
    return dict(sorted(files.items()))
