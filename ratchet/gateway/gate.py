"""What every fetch of one execution goes through: permission, secrets, an answer from a file or from the network."""

from __future__ import annotations

import itertools
import threading
import time
from typing import TYPE_CHECKING

from ratchet.gateway.exchange import Answers, Exchange
from ratchet.gateway.failures import GatewayFailure
from ratchet.gateway.networks import address_check
from ratchet.gateway.permissions import check_host
from ratchet.gateway.policy import Policy
from ratchet.gateway.url import Url, parse_url

if TYPE_CHECKING:
    from ratchet.gateway.checkpoint import Checkpoint
    from ratchet.gateway.deadline import Cancellation
    from ratchet.gateway.message import HttpRequest, HttpResponse
    from ratchet.gateway.secrets import Secrets
    from ratchet.gateway.transport import Admit, Redirect, Transport
    from ratchet.task.model import Permissions


class Gate:
    """Lets the requests of one execution out and keeps what came of each.

    Args:
        policy: What the operator lets tasks reach.
        permissions: What the task says that it needs.
        secrets: What stands behind the placeholders in its requests, and is taken out of what comes back.
        timeout_seconds: The time for one request, redirects included.
        answers: What answers in place of the network; None to go out.
        checkpoint: Who decides over each request that is permitted; None lets all pass.
    """

    def __init__(
        self,
        transport: Transport,
        policy: Policy,
        permissions: Permissions,
        secrets: Secrets,
        timeout_seconds: float,
        answers: Answers | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self._transport = transport
        # Where a file answers nothing is reached, and what it says must not depend on the machine.
        self._policy = policy if answers is None else Policy()
        self._permissions = permissions
        self._secrets = secrets
        self._timeout_seconds = timeout_seconds
        self._answers = answers
        self._checkpoint = checkpoint
        self._lock = threading.Lock()
        self._exchanges: list[Exchange] = []

    @property
    def is_answered(self) -> bool:
        """Tell whether something answers in place of the network."""
        return self._answers is not None

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What has been asked so far, in the order the task asked."""
        with self._lock:
            return tuple(sorted(self._exchanges, key=lambda exchange: exchange.number))

    def send(
        self,
        number: int,
        request: HttpRequest,
        *,
        redirect: Redirect,
        deadline: float,
        cancellation: Cancellation,
    ) -> HttpResponse:
        """Return the answer to a request.

        Args:
            number: Of the question that the worker asked.
            deadline: The end of the execution, a `time.monotonic()`.

        Raises:
            GatewayFailure: There is none; its class says why.
        """
        started_at, started = time.time(), time.monotonic()
        answers = self._answers
        response = failure = None
        try:
            url = parse_url(request.url)
            request = request._replace(url=str(url))
            if answers is None:
                self._secrets.open()
            if self._checkpoint is not None:
                self._admit(request, url)
                answers = self._checkpoint.choose(number, request) or answers
            response = self._ask(number, request, url, answers, redirect, deadline, cancellation)
            response = self._secrets.mask_response(response)
            return response
        except GatewayFailure as error:
            failure = error
            self._secrets.mask_failure(error)
            raise
        finally:
            spent = (time.monotonic() - started) * 1000
            source = "network" if answers is None else answers.source
            kept = self._secrets.mask_request(request)
            with self._lock:
                self._exchanges.append(Exchange(number, kept, response, failure, source, started_at, spent))

    def _ask(
        self,
        number: int,
        request: HttpRequest,
        url: Url,
        answers: Answers | None,
        redirect: Redirect,
        deadline: float,
        cancellation: Cancellation,
    ) -> HttpResponse:
        if answers is not None:
            self._admit(request, url)
            return answers.answer(number, request)
        return self._transport.send(
            request,
            admit=self._admit if self._checkpoint is None else self._admit_at(self._checkpoint),
            allow_address=address_check(self._policy),
            deadline=min(deadline, time.monotonic() + self._timeout_seconds),
            redirect=redirect,
            cancellation=cancellation,
            repeat=self._checkpoint is None,
        )

    def _admit_at(self, checkpoint: Checkpoint) -> Admit:
        """Return what admits a request and those of its redirects, which the checkpoint has not seen."""
        hops = itertools.count()

        def admit(request: HttpRequest, url: Url) -> HttpRequest:
            if next(hops) > 0:
                checkpoint.check_redirect(request)
            return self._admit(request, url)

        return admit

    def _admit(self, request: HttpRequest, url: Url) -> HttpRequest:
        """Return a request that may be sent, the first or one of a redirect.

        Raises:
            HostNotPermitted: It may not.
            SecretRefused: A secret in it may not go there.
        """
        refusal = check_host(self._policy, self._permissions, request.method, url)
        if refusal is not None:
            raise refusal
        return self._secrets.fill(request, url)
