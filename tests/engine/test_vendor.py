"""The JavaScript of others that is committed here."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

import ratchet.engine
from tests.engine.bare_engine import BareEngine

VENDOR = Path(ratchet.engine.__file__).parent / "vendor"
RECORD = json.loads((VENDOR / "VENDORED.json").read_text("utf-8"))
BUNDLES = [entry["package"] for entry in RECORD["bundles"]]


@pytest.mark.parametrize("entry", RECORD["bundles"], ids=BUNDLES)
def test_bundle_is_the_recorded_one(entry: dict[str, str]) -> None:
    assert hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]


@pytest.mark.parametrize("entry", RECORD["bundles"], ids=BUNDLES)
def test_bundle_comes_with_its_licence(entry: dict[str, str]) -> None:
    assert entry["licence"] == "MIT"
    assert "Permission is hereby granted" in (VENDOR / entry["licence_file"]).read_text("utf-8")


def test_every_file_is_recorded() -> None:
    recorded = {name for entry in RECORD["bundles"] for name in (entry["file"], entry["licence_file"])}
    assert {path.name for path in VENDOR.iterdir() if path.is_file()} == recorded | {"VENDORED.json"}


@pytest.mark.parametrize("entry", RECORD["bundles"], ids=BUNDLES)
def test_bundle_is_one_ascii_expression_that_defines_no_global(entry: dict[str, str]) -> None:
    text = (VENDOR / entry["file"]).read_bytes().decode("ascii")
    engine = BareEngine()
    before = engine.evaluate("Object.getOwnPropertyNames(globalThis).length")
    assert engine.evaluate(f"typeof {text}") == "object"
    assert engine.evaluate("Object.getOwnPropertyNames(globalThis).length") == before


def test_versions_are_those_of_the_build_recipe() -> None:
    recipe = json.loads((VENDOR.parents[2] / ".ci" / "vendor" / "package.json").read_text("utf-8"))
    recorded = {entry["package"]: entry["version"] for entry in RECORD["bundles"]}
    assert recorded == recipe["dependencies"]
    assert {RECORD["bundler"]["package"]: RECORD["bundler"]["version"]} == recipe["devDependencies"]


def test_lock_file_names_no_place_to_download_from() -> None:
    lock = json.loads((VENDOR.parents[2] / ".ci" / "vendor" / "package-lock.json").read_text("utf-8"))
    assert all("resolved" not in package for package in lock["packages"].values())
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
