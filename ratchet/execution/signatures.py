"""Signatures that a task asks for by the name of a secret, made here so that no key enters a worker."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from ratchet.gateway.failures import SecretRefused
from ratchet.values import Json, JsonObject

if TYPE_CHECKING:
    from ratchet.gateway.secrets import Secrets
    from ratchet.sandbox.supervise import Answer

_NOT_RECORDED: JsonObject = {"error": {"name": "Error", "message": "The recording has no such signature"}}


class SignatureMade(NamedTuple):
    """What a task was told of a signature.

    Args:
        number: Of the question that the worker asked; unique in an execution.
        answer: `value` or `error`, as the script gets it; a signature in base64, or whether one is right.
    """

    number: int
    secret: str
    answer: JsonObject


class Signatures:
    """Makes and checks the signatures of one execution.

    Args:
        recorded: Answers by the number of the question, in place of signing anything.

    Attributes:
        made: The questions that have been answered.
    """

    def __init__(self, secrets: Secrets, recorded: Mapping[int, JsonObject] | None = None) -> None:
        self._secrets = secrets
        self._recorded = recorded
        self.made: list[SignatureMade] = []

    def answer(self, identity: int, payload: Json, answer: Answer) -> None:
        """Answer a question for a signature, or for whether one is right."""
        if self._recorded is not None:
            answer(self._recorded.get(identity) or _NOT_RECORDED)
            return
        name = payload.get("secret") if isinstance(payload, dict) else None
        if not isinstance(name, str):
            answer({"error": {"name": "Error", "message": "The worker asked for a signature without a secret"}})
            return
        result = self._sign(name, payload)
        self.made.append(SignatureMade(identity, name, result))
        answer(result)

    def _sign(self, name: str, payload: JsonObject) -> JsonObject:
        from ratchet.engine.crypto import sign, verify

        try:
            request = {**payload, "key": b64encode(self._secrets.key(name).encode()).decode()}
            return {"value": verify(request) if "signature" in payload else sign(request)}
        except SecretRefused as refusal:
            facts = {"name": "ConfigurationError", "message": refusal.message, "code": refusal.kind}
            return {"error": facts | ({"hint": refusal.hint} if refusal.hint else {})}
        except ValueError as error:
            return {"error": {"name": "Error", "message": f"The worker asked for a signature otherwise: {error}"}}
