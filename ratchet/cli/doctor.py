"""`ratchet doctor`: what works here and what does not, with the fix."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import metadata
from typing import Literal

import typer

import ratchet
from ratchet.cache import Cache
from ratchet.cli.application import Session, make_app
from ratchet.cli.configured import load_for
from ratchet.cli.doctor_clients import client_findings
from ratchet.cli.doctor_oauth import oauth_findings
from ratchet.cli.finding import Finding
from ratchet.cli.output import print_json
from ratchet.cli.paths import cache_folder
from ratchet.cli.report import inert
from ratchet.cli.terminal import has_person, is_agent, paint_for
from ratchet.engine import ENGINES
from ratchet.engine.installed import EXTRAS, PACKAGES, installed_version
from ratchet.errors import RatchetError, Unavailable
from ratchet.execution.trial import try_workers
from ratchet.sandbox.pool import SOURCES
from ratchet.values import JsonObject

app = make_app()


@app.command()
def doctor(
    context: typer.Context, as_json: bool = typer.Option(False, "--json", help="Print the findings as JSON")
) -> int:
    """Say what works on this machine, what does not, and how to mend it."""
    session = context.obj
    findings = [*_versions(), *_engines(), _configuration(session), _cache()]
    findings += [*oauth_findings(session), *client_findings()]
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        _print(findings)
    return Unavailable.exit_code if any(finding.state == "error" for finding in findings) else 0


def _versions() -> list[Finding]:
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    findings = [
        Finding("ratchet", "ok", ratchet.__version__),
        Finding("python", "ok", f"{platform.python_version()} at {sys.executable}"),
        Finding("system", "ok", system),
    ]
    for package in ("jsonschema-rs", "urllib3", "typer"):
        try:
            findings.append(Finding(package, "ok", metadata.version(package)))
        except metadata.PackageNotFoundError:
            findings.append(Finding(package, "error", "not installed", f"`pip install {package}`"))
    return findings


def _engines() -> list[Finding]:
    """Say which engines are there, and run a task on each in a worker from every source this system has."""
    findings = []
    for engine in ENGINES:
        version = installed_version(engine)
        if version is not None:
            findings += [Finding(f"engine {engine}", "ok", f"{PACKAGES[engine]} {version}"), *_workers(engine)]
        elif engine in EXTRAS:
            findings.append(Finding(f"engine {engine}", "warning", "not installed", f"`{EXTRAS[engine]}`"))
        else:
            findings.append(Finding(f"engine {engine}", "error", "not installed", f"`pip install {PACKAGES[engine]}`"))
    return findings


def _workers(engine: str) -> list[Finding]:
    findings = []
    for source in SOURCES:
        trial = try_workers(source, engine)
        name = f"worker ({engine}, {source})"
        if trial.failure is not None:
            findings.append(Finding(name, "error", trial.failure, "The lines above are what the worker said itself"))
            continue
        assert trial.isolation is not None
        level, missing = trial.isolation["level"], trial.isolation["missing"]
        shown = f"isolation {level}, {trial.milliseconds} ms for a first task"
        state: Literal["ok", "warning"] = "ok" if level == "full" else "warning"
        findings.append(Finding(name, state, shown, _missing(missing)))
    return findings


def _missing(measures: Sequence[JsonObject]) -> str | None:
    return "; ".join(f"{entry['measure']}: {entry['reason']}" for entry in measures) or None


def _configuration(session: Session) -> Finding:
    try:
        configuration = load_for(session, {})
    except RatchetError as error:
        return Finding("configuration", "error", error.message, "`ratchet config validate` says more")
    return Finding("configuration", "ok", configuration.source.path or "no file: every setting has its default")


def _cache() -> Finding:
    folder = cache_folder()
    nearest = folder
    while not os.path.exists(nearest) and os.path.dirname(nearest) != nearest:
        nearest = os.path.dirname(nearest)
    if os.path.isdir(nearest) and os.access(nearest, os.W_OK | os.X_OK):
        if not Cache(folder).is_believed():
            message = f"{folder} is not used, since others may write to it"
            return Finding("cache folder", "warning", message, f"`chmod go-w {folder}`, or remove it")
        return Finding("cache folder", "ok", folder)
    hint = "Set `XDG_CACHE_HOME` to a folder of yours"
    return Finding("cache folder", "warning", f"{folder} cannot be written", hint)


def _print(findings: Sequence[Finding]) -> None:
    if is_agent():
        _print_lines([finding for finding in findings if finding.state != "ok"])
        print(_summary(findings), file=sys.stderr)
    elif has_person(sys.stdout):
        _print_table(findings)
        print(f"\n{_summary(findings)}", file=sys.stderr)
    else:
        _print_lines(findings)


def _print_lines(findings: Sequence[Finding]) -> None:
    width = max((len(finding.name) for finding in findings), default=0)
    paint = paint_for(sys.stdout)
    for finding in findings:
        state = paint(finding.state, finding.state) + " " * (len("warning") - len(finding.state))
        print(f"{state}  {finding.name.ljust(width)}  {inert(finding.value)}")
        if finding.hint:
            print(f"{' ' * (width + 11)}{inert(finding.hint)}")


def _print_table(findings: Sequence[Finding]) -> None:
    from ratchet.cli.table import Cell, print_table

    rows = [
        (Cell(each.state, each.state), Cell(each.name, "name"), Cell(each.value, "", each.hint)) for each in findings
    ]
    print_table(("State", "What", "Found"), rows)


def _summary(findings: Sequence[Finding]) -> str:
    states = [finding.state for finding in findings]
    warnings, errors = states.count("warning"), states.count("error")
    if not warnings and not errors:
        return "Everything works here"
    return f"{states.count('ok')} ok, {warnings} to look at, {errors} to mend"
