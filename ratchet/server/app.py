"""The app: the routes, what every request passes before them, and one body for every failure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from fastapi import Depends, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ratchet.config.server import ServerSettings
from ratchet.server import about, health
from ratchet.server.failures import answer_failures
from ratchet.server.gate.body import BodyLimit
from ratchet.server.gate.crowd import refuse_crowd
from ratchet.server.gate.gate import Check, Gate
from ratchet.server.gate.head import HeadAsGet
from ratchet.server.gate.headers import SecurityHeaders
from ratchet.server.gate.key import KeyCheck
from ratchet.server.gate.origin import HostCheck, OriginCheck
from ratchet.server.gate.rate import RateCheck
from ratchet.server.gate.watch import RequestWatch
from ratchet.server.lifespan import Lifespan, Mounted, lifespan_of
from ratchet.server.openapi import document_facts, openapi_document
from ratchet.server.rest import (
    execution_list,
    executions,
    jobs,
    nodes,
    recordings,
    schedules,
    task_files,
    task_runs,
    task_switches,
    tasks,
)
from ratchet.server.rest.shortcut import Shortcut
from ratchet.server.service import Service
from ratchet.server.unread import refuse_unread
from ratchet.values import JsonObject

_ROUTERS = (
    tasks.router,
    task_runs.router,
    task_switches.router,
    task_files.router,
    execution_list.router,
    executions.router,
    recordings.router,
    jobs.router,
    schedules.router,
    nodes.router,
    about.router,
    health.router,
)


def create_app(
    service: Service,
    is_key: Callable[[str], bool] | None,
    mounted: Mounted | None = None,
) -> ASGIApp:
    """Return the app.

    Args:
        is_key: Tells whether a text is the API key; None lets everybody in.
        mounted: An app that requests reach as they reach the routes.
    """
    app = create_api(lifespan_of(mounted and mounted.app, service.closing))
    app.state.service = service
    if mounted is not None:
        # In front: what the routes would answer to an address that they do not have is no answer for it.
        app.router.routes[:0] = [Route(path, mounted.app) for path in mounted.paths]
    unlocked = mounted.paths if mounted is not None and mounted.checks_tokens else ()
    return _guarded(app, service, list(_checks(service.settings, is_key, unlocked)))


def create_api(lifespan: Lifespan | None = None) -> FastAPI:
    """Return the routes with nothing in front of them."""
    app = FastAPI(
        **document_facts(),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        default_response_class=Response,
        dependencies=[Depends(refuse_unread)],
        redirect_slashes=False,
    )
    app.openapi = _once(app)  # type: ignore[method-assign]
    for router in _ROUTERS:
        app.include_router(router)
    answer_failures(app)
    return app


def _once(app: FastAPI) -> Callable[[], JsonObject]:
    document: JsonObject = {}

    def read() -> JsonObject:
        if not document:
            document.update(openapi_document(app))
        return document

    return read


def _guarded(app: ASGIApp, service: Service, checks: Sequence[Check]) -> ASGIApp:
    """Return the app behind what every request passes, the last that is added first."""
    settings = service.settings
    guarded: ASGIApp = BodyLimit(Shortcut(HeadAsGet(app), service), settings.max_body_bytes)
    guarded = Gate(guarded, checks)
    if settings.cors_origins:
        guarded = CORSMiddleware(
            guarded,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key"],
            expose_headers=["ETag", "Location", "Retry-After", "X-Request-Id", "X-Total-Count"],
        )
    return RequestWatch(SecurityHeaders(guarded), service.log, service.metrics.request_ended)


def _checks(settings: ServerSettings, is_key: Callable[[str], bool] | None, unlocked: Collection[str]) -> list[Check]:
    hosts = HostCheck((*settings.hosts, settings.bind_address))
    checks: list[Check] = [refuse_crowd, hosts, OriginCheck(settings.cors_origins)]
    if settings.requests_per_minute:
        checks.append(RateCheck(settings.requests_per_minute, settings.burst_size))
    if is_key is not None:
        checks.append(KeyCheck(is_key, unlocked))
    return checks
