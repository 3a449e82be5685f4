"""Ask a server of ours over HTTP, as `--connect` does."""

from __future__ import annotations

import json
import time
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ratchet.config.secrets import read_secret
from ratchet.errors import InvalidInput, Unavailable, class_of
from ratchet.gateway.failures import GatewayFailure
from ratchet.gateway.message import HttpRequest, HttpResponse
from ratchet.gateway.transport import Transport
from ratchet.gateway.url import parse_url
from ratchet.task.problem_document import read_problems
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject

if TYPE_CHECKING:
    from ratchet.config.configuration import Configuration

_PREFIX = "/api/v1"
_SECONDS = 60.0
_MOST_BYTES = 32 * 1024 * 1024
_NOTHING = 204
_FAILED = 400


class RemoteServer:
    """A server at a URL, asked with the key that `server.api_key` holds; close it, or use it in a `with` block.

    Raises:
        InvalidInput: It is the URL of no server.
    """

    def __init__(self, url: str, configuration: Configuration) -> None:
        try:
            self._url = str(parse_url(url)).rstrip("/") + _PREFIX
        except GatewayFailure as failure:
            hint = "Write it as in `http://127.0.0.1:8080`"
            raise InvalidInput(f"`--connect` is no URL of a server: {failure.message}", hint=hint) from None
        key = configuration.values["server.api_key"]
        self._key = None if key is None else read_secret(key, configuration.source.environment)
        self._transport = Transport(configuration.http)

    def __enter__(self) -> RemoteServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def get(self, path: str, **parameters: str) -> Json:
        """Return the JSON at a path.

        Raises:
            RatchetError: What the server says is wrong, as if it had happened here.
            Unavailable: There is no server, or none of ours.
        """
        return self._ask("GET", f"{path}?{urlencode(parameters)}" if parameters else path)

    def post(self, path: str, body: Json = None) -> Json:
        """Ask for a change, and return the JSON that comes of it; it raises as `get` does."""
        return self._ask("POST", path, body)

    def put(self, path: str, body: Json) -> Json:
        """Put something in the place of what is there, and return it; it raises as `get` does."""
        return self._ask("PUT", path, body)

    def delete(self, path: str) -> None:
        """Remove what is at a path; it raises as `get` does."""
        self._ask("DELETE", path)

    def _ask(self, method: str, path: str, body: Json = None) -> Json:
        headers = [("Accept", "application/json")]
        sent = b"" if method == "POST" else None
        if body is not None:
            headers.append(("Content-Type", "application/json"))
            sent = json.dumps(body).encode()
        if self._key is not None:
            headers.append(("Authorization", f"Bearer {self._key}"))
        try:
            answer = self._transport.send(
                HttpRequest(method, self._url + path, tuple(headers), sent),
                # The user has chosen the server, which is on this machine or a private network more often than not.
                allow_address=lambda address, host, port: True,
                deadline=time.monotonic() + _SECONDS,
                # The key is for this server.
                redirect="error",
                max_body_bytes=_MOST_BYTES,
                repeat=False,
            )
        except GatewayFailure as failure:
            raise Unavailable(f"The server does not answer: {failure.message}", hint=failure.hint) from None
        return _value_of(answer)


def _value_of(answer: HttpResponse) -> Json:
    if answer.status == _NOTHING:
        return None
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise Unavailable(f"The server answers {answer.status}, and no JSON", hint="Is it `ratchet serve`?") from None
    if answer.status < _FAILED:
        return value
    if isinstance(value, dict) and isinstance(value.get("execution"), dict):
        # One that fails is an answer too: its document says how.
        return value["execution"]
    if not isinstance(value, dict) or not isinstance(value.get("detail"), str):
        raise Unavailable(f"The server answers {answer.status}, and not why", hint="Is it `ratchet serve`?")
    problems = read_problems(value.get("problems"))
    raise class_of(str(value.get("code")))(printable(value["detail"], 1000), hint=_hint_of(value), problems=problems)


def _hint_of(problem: JsonObject) -> str | None:
    if problem.get("code") == "unauthenticated":
        return "`RATCHET_SERVER__API_KEY` holds the key that the server printed at its first start"
    hint = problem.get("hint")
    return printable(hint, 1000) if isinstance(hint, str) else None
