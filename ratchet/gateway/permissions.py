"""Whether a task may send a request: what the operator says, then what the task itself declares."""

from __future__ import annotations

import json

from ratchet.gateway.failures import HostNotPermitted
from ratchet.gateway.host_patterns import parse_pattern
from ratchet.gateway.policy import Policy
from ratchet.gateway.url import DEFAULT_PORTS, Url
from ratchet.task.model import Permissions


def check_host(policy: Policy, permissions: Permissions, method: str, url: Url) -> HostNotPermitted | None:
    """Return why a task may not send a request, and what would allow it; None where it may."""
    if policy.offline:
        return HostNotPermitted(f"`{host_name(url)}` is not reached offline", hint="Run it without `--offline`")
    denied = next((text for text in policy.deny if parse_pattern(text).may_match(url)), None)
    if denied is not None:
        return HostNotPermitted(
            f"`{host_name(url)}` is denied by the configuration", hint=f"Take `{denied}` out of `permissions.deny`"
        )
    if permissions.methods is not None and method not in permissions.methods:
        declared = metadata_line("methods", permissions.methods, method)
        return HostNotPermitted(
            f"`{method}` to `{host_name(url)}` is not among the methods that the task declares",
            hint=f"{declared} in the task's metadata declares it",
        )
    if any(parse_pattern(text).matches(url) for text in policy.allow):
        return None
    return _check_declared(policy, permissions, url)


def _check_declared(policy: Policy, permissions: Permissions, url: Url) -> HostNotPermitted | None:
    name = host_name(url)
    allow = f"`--allow-host {name}` allows it once, `permissions.allow: [{name}]` in the configuration always"
    if policy.default == "none":
        return HostNotPermitted(f"`{host_name(url)}` is not among the hosts that the configuration allows", hint=allow)
    if permissions.net is None and policy.default == "public":
        return None
    if any(declares(text, url) for text in permissions.net or ()):
        return None
    declared = metadata_line("net", permissions.net or (), host_name(url))
    return HostNotPermitted(
        f"`{host_name(url)}` is not among the hosts that the task declares",
        hint=f"{declared} in the task's metadata declares it, {allow}",
    )


def declares(text: str, url: Url) -> bool:
    """Tell whether a line of a task's metadata names where a URL leads."""
    try:
        return parse_pattern(text).matches(url)
    except ValueError:
        # Metadata is checked for its form alone: `1.2.3.4.5` has that of a host and is none.
        return False


def host_name(url: Url) -> str:
    """Return the host as a pattern names it, with the port where that is not the usual one."""
    name = f"[{url.host}]" if ":" in url.host else url.host
    return name if url.port in DEFAULT_PORTS.values() else f"{name}:{url.port}"


def metadata_line(key: str, present: tuple[str, ...], missing: str) -> str:
    """Return the line of a task's metadata that declares one more permission, quoted."""
    return f"`{json.dumps({'permissions': {key: [*present, missing]}})[1:-1]}`"
