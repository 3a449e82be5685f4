"""Imports point down, as the architecture says, and the worker imports next to nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

from ratchet.sandbox import launch
from tests.imports import PACKAGE, Import, imports_of, modules

LAYERS = (
    "values", "errors", "cache", "task", "engine", "sandbox", "gateway", "execution", "cases", "registry", "config",
    "store", "jobs", "listening", "server", "mcp_server", "cli", "__main__",
)  # fmt: skip
"""Lowest first: a layer may import itself and those before it."""

WORKER = "ratchet.sandbox.worker"
ENGINES = {"dukpy", "_dukpy", "quickjs_rs", "wasmtime"}


def layer_of(module: str) -> str | None:
    """Return the layer that a module belongs to; None for those of others and for the package itself."""
    package, _, rest = module.partition(".")
    return rest.partition(".")[0] if package == "ratchet" and rest else None


def arrows() -> Iterator[tuple[str, Import]]:
    """Yield every import of one layer from another."""
    for module, path in modules().items():
        for imported in imports_of(path):
            if layer_of(module) and layer_of(imported.target) not in (None, layer_of(module)):
                yield module, imported


def worker_modules() -> set[str]:
    """Return every module of the package that the worker can come to import."""
    known = modules()
    reached: set[str] = set()
    waiting = [WORKER]
    while waiting:
        module = waiting.pop()
        if module in known and module not in reached:
            reached.add(module)
            waiting += [found.target for found in imports_of(known[module]) if not found.typing_only]
    return reached


def test_the_sandbox_and_the_gateway_do_not_know_each_other() -> None:
    assert [
        arrow for arrow in arrows() if {layer_of(arrow[0]), layer_of(arrow[1].target)} == {"sandbox", "gateway"}
    ] == []


def test_the_two_servers_do_not_know_each_other() -> None:
    servers = {"server", "mcp_server"}
    assert [arrow for arrow in arrows() if {layer_of(arrow[0]), layer_of(arrow[1].target)} == servers] == []


def test_the_gateway_imports_values_and_the_task_alone() -> None:
    below = {layer_of(imported.target) for module, imported in arrows() if layer_of(module) == "gateway"}
    assert below <= {"errors", "values", "task"}


def test_every_module_belongs_to_a_layer() -> None:
    assert {layer_of(module) for module in modules()} - {None} == set(LAYERS)


def test_imports_point_down() -> None:
    upward = [
        f"{module}:{imported.line} imports {imported.target}"
        for module, imported in arrows()
        if LAYERS.index(layer_of(module) or "") < LAYERS.index(layer_of(imported.target) or "")
    ]
    assert upward == []


def test_the_layers_are_those_of_the_architecture_document() -> None:
    text = (PACKAGE.parent / "docs" / "architecture.md").read_text("utf-8")
    assert "\nerrors, values → " + " → ".join(LAYERS[2:-1]) + "\n" in text


def test_the_worker_can_come_to_import_only_itself_the_engine_and_the_standard_library() -> None:
    known = modules()
    foreign = [
        f"{module}:{imported.line} imports {imported.target}"
        for module in worker_modules()
        for imported in imports_of(known[module])
        if not imported.typing_only and not is_the_workers(imported.target)
    ]
    assert foreign == []


def test_a_started_worker_has_loaded_only_itself_the_engine_and_the_standard_library() -> None:
    show = (
        "import json, ratchet.sandbox.boot, ratchet.sandbox.zygote; from ratchet.engine import open_engine; "
        "from ratchet.engine.prelude import Prelude; open_engine(engine, Prelude()); "
        "print(json.dumps(list(sys.modules)))"
    )
    boot = "import sys; mode, engine, *sys.path[len(sys.path):] = sys.argv[1:]; " + show
    executable, isolated, without_site, code, _, name, *path = launch.command("worker", "dukpy")
    loaded = json.loads(subprocess.check_output([executable, isolated, without_site, code, boot, name, *path]))
    assert WORKER in loaded
    assert [module for module in loaded if not is_the_workers(module)] == ["__main__"]


def is_the_workers(module: str) -> bool:
    """Tell whether a worker may import a module."""
    if module == "ratchet" or layer_of(module) in ("engine", "sandbox"):
        return True
    return module.partition(".")[0] in sys.stdlib_module_names | ENGINES
