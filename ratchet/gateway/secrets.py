"""The secrets of one execution: who may have which, on the wire alone, and what comes back masked.

A task holds placeholders. Values are read when it makes its first request, put into what goes to the hosts they are
bound to, and forgotten with the execution.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ratchet.gateway.failures import GatewayFailure, SecretRefused
from ratchet.gateway.secret import Secret, may_go, read_value
from ratchet.values import Json, JsonObject

if TYPE_CHECKING:
    from ratchet.gateway.masking import Masker
    from ratchet.gateway.message import HttpRequest, HttpResponse
    from ratchet.gateway.url import Url


class Secrets:
    """Gives out what secrets are good for, and never one of them.

    Args:
        declared: The names in the task's permissions.
        bound: What the operator says about secrets.
        sends: Whether requests go out; where a file answers, placeholders are left as they are.
    """

    def __init__(self, declared: tuple[str, ...], bound: Mapping[str, Secret], *, sends: bool = True) -> None:
        self._declared = declared
        self._bound = {name: bound[name] for name in declared if name in bound}
        self._sends = sends
        self._lock = threading.Lock()
        self._values: dict[str, str] = {}
        self._failures: dict[str, SecretRefused] = {}
        self.masker: Masker | None = None

    def refusals(self) -> JsonObject:
        """Return for each name that the task declares why it cannot have a placeholder, null where it can."""
        return {name: self._describe(name) for name in self._declared}

    def _describe(self, name: str) -> JsonObject | None:
        if not self._sends or name in self._bound:
            return None
        refusal = _unbound(name)
        return {"message": refusal.message, "hint": refusal.hint}

    def open(self) -> None:
        """Read the values, so that whatever comes back from now on is masked."""
        with self._lock:
            if self.masker is not None or not self._bound:
                return
            for name, secret in self._bound.items():
                try:
                    self._values[name] = read_value(secret)
                except SecretRefused as refusal:
                    self._failures[name] = refusal
            from ratchet.gateway.masking import Masker

            self.masker = Masker(self._values)

    def fill(self, request: HttpRequest, url: Url) -> HttpRequest:
        """Return a request as it goes on the wire.

        Raises:
            SecretRefused: It has a placeholder whose value may not go there.
        """
        from ratchet.gateway.filling import fill

        filled = fill(request, lambda name: self._value_for(name, url))
        return filled if self._sends else request

    def _value_for(self, name: str, url: Url) -> str:
        self._check(name)
        if not self._sends:
            return ""
        secret = self._bound[name]
        if not any(may_go(text, url) for text in secret.hosts):
            raise _elsewhere(secret, url)
        return self._value(name)

    def key(self, name: str) -> str:
        """Return a value to sign with.

        Raises:
            SecretRefused: It may not be used so.
        """
        self._check(name)
        if name not in self._bound:
            raise SecretRefused(f"The secret `{name}` has no value here to sign with")
        if not self._bound[name].may_sign:
            raise SecretRefused(
                f"The secret `{name}` may not sign", hint=f"`secrets.{name}.use: [sign]` in the configuration lets it"
            )
        self.open()
        return self._value(name)

    def _check(self, name: str) -> None:
        if name not in self._declared:
            from ratchet.gateway.permissions import metadata_line

            line = metadata_line("secrets", self._declared, name)
            raise SecretRefused(
                f"`{name}` is not among the secrets that the task declares",
                hint=f"{line} in the task's metadata declares it",
            )
        if self._sends and name not in self._bound:
            raise _unbound(name)

    def _value(self, name: str) -> str:
        if name in self._failures:
            raise self._failures[name]
        return self._values[name]

    def mask_value(self, value: Json) -> Json:
        """Return a JSON value without a value of a secret in its texts."""
        return value if self.masker is None else self.masker.mask_value(value)

    def mask_request(self, request: HttpRequest) -> HttpRequest:
        """Return a request as it may be kept."""
        if self.masker is None:
            return request
        from ratchet.gateway.masking import mask_request

        return mask_request(self.masker, request)

    def mask_response(self, response: HttpResponse) -> HttpResponse:
        """Return an answer as the task and everybody else may see it."""
        if self.masker is None:
            return response
        from ratchet.gateway.masking import mask_response

        return mask_response(self.masker, response)

    def mask_failure(self, failure: GatewayFailure) -> None:
        """Take values out of what a failure says."""
        if self.masker is not None:
            failure.message = self.masker.mask_text(failure.message)
            failure.hint = None if failure.hint is None else self.masker.mask_text(failure.hint)
            failure.args = (failure.message,)


def _unbound(name: str) -> SecretRefused:
    return SecretRefused(
        f"The secret `{name}` is not bound in the configuration",
        hint=f"`secrets: {{{name}: {{env: {name}, hosts: [HOST]}}}}` binds it, `--secret {name}=@FILE` gives it once",
    )


def _elsewhere(secret: Secret, url: Url) -> SecretRefused:
    name = f"[{url.host}]" if ":" in url.host else url.host
    secure = url._replace(scheme="https", port=443 if url.port == 80 else url.port)
    if url.scheme == "http" and any(may_go(text, secure) for text in secret.hosts):
        return SecretRefused(
            f"The secret `{secret.name}` goes to `{name}` over https alone",
            hint=f"`http://{name}` in `secrets.{secret.name}.hosts` lets it go in the clear",
        )
    hosts = ", ".join([*secret.hosts, name])
    return SecretRefused(
        f"The secret `{secret.name}` is not bound to `{name}`",
        hint=f"`secrets.{secret.name}.hosts: [{hosts}]` in the configuration binds it",
    )
