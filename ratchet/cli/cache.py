"""`ratchet cache`: what is kept to save time, and how to be rid of it."""

from __future__ import annotations

import typer

from ratchet.cache import KINDS, Cache, Kept
from ratchet.cli.application import make_app
from ratchet.cli.configured import load_for
from ratchet.cli.output import print_json
from ratchet.cli.paths import cache_folder
from ratchet.cli.report import inert_line
from ratchet.config.configuration import Configuration

app = make_app()


@app.callback()
def cache() -> None:
    """Show or clear what is kept to save time."""


@app.command()
def status(
    context: typer.Context,
    as_json: bool = typer.Option(False, "--json", help="Print the figures as JSON"),
) -> None:
    """Show what is kept, where, and how much of it."""
    configuration = load_for(context.obj, {})
    caches = _caches(configuration)
    kept = {kind: _sum([cache.status()[kind] for cache in caches]) for kind in KINDS}
    total = _sum(list(kept.values()))
    most = configuration.values["cache.max_bytes"]
    if as_json:
        print_json(
            {
                "enabled": configuration.values["cache.enabled"],
                "folders": [cache.folder for cache in caches],
                "max_bytes": most,
                "kinds": {kind: figures._asdict() for kind, figures in kept.items()},
                **total._asdict(),
            }
        )
        return
    for cache in caches:
        print(inert_line(cache.folder))
    for name, figures in {**kept, "all": total}.items():
        print(f"{name:<13} {figures.entries:>7,} {_kibibytes(figures.size_bytes):>12}")
    print("Nothing new is kept: `cache.enabled` is false" if _is_off(configuration) else f"At most {_kibibytes(most)}")


@app.command()
def clear(
    context: typer.Context,
    as_json: bool = typer.Option(False, "--json", help="Print the figures as JSON"),
) -> None:
    """Remove all that is kept; it is made again when it is needed."""
    removed = _sum([cache.clear() for cache in _caches(load_for(context.obj, {}))])
    if as_json:
        print_json(removed._asdict())
    else:
        entries = "entry" if removed.entries == 1 else "entries"
        print(f"Removed {removed.entries:,} {entries}, {_kibibytes(removed.size_bytes)}")


def _caches(configuration: Configuration) -> list[Cache]:
    """Return the caches in use: a configuration is looked for in the user's folder, whatever it says itself."""
    folders = [cache_folder(), configuration.values["cache.folder"] or cache_folder()]
    return [Cache(folder) for folder in dict.fromkeys(folders)]


def _is_off(configuration: Configuration) -> bool:
    return not configuration.values["cache.enabled"]


def _sum(figures: list[Kept]) -> Kept:
    return Kept(sum(each.entries for each in figures), sum(each.size_bytes for each in figures))


def _kibibytes(size: int) -> str:
    return f"{size >> 10:,} KB"
