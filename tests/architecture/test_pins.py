"""The locks name every package by version and hash, and no place that it is downloaded from."""

import json
import re
from typing import Any

import pytest

from tests.architecture.tree import ROOT, project

LOCKS = {"requirements.lock": "build", "requirements-test.lock": "test", "requirements-bench.lock": "bench"}
PINNED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[^\s;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, set[str]]:
    """Return the versions that the lock `name` allows, by package."""
    found: dict[str, set[str]] = {}
    for pin in PINNED.finditer((ROOT / name).read_text(encoding="utf-8")):
        found.setdefault(pin["name"], set()).add(pin["version"])
    return found


def required(group: str) -> set[str]:
    """Return the packages that the service and `group` need, as a lock spells them."""
    declared = project()
    needs = declared["project"]["dependencies"] + declared["dependency-groups"][group]
    return {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~!;]", need)[0]).lower() for need in needs}


def packages_of_npm() -> dict[str, dict[str, Any]]:
    """Return the packages of `package-lock.json` by their folder, the project itself apart."""
    lock: dict[str, dict[str, dict[str, Any]]] = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    return {folder: package for folder, package in lock["packages"].items() if folder}


@pytest.mark.parametrize(("lock", "group"), LOCKS.items())
def test_a_lock_holds_what_is_required(lock: str, group: str) -> None:
    """Every package that `pyproject.toml` requires is in the lock: `make lock` was not forgotten."""
    needed = {re.sub(r"\.", "-", name) for name in required(group)}
    held = {re.sub(r"\.", "-", name) for name in pins(lock)}
    assert needed - held == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_carries_a_hash(lock: str) -> None:
    """Each package of a lock is followed by at least one SHA-256."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    assert [block.splitlines()[0] for block in blocks if PINNED.match(block) and "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_carries_no_address(lock: str) -> None:
    """A lock names no index, no address and no path."""
    assert re.findall(r"https?://|--index|--find-links|file:|git\+", (ROOT / lock).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("lock", ["requirements-test.lock", "requirements-bench.lock"])
def test_the_locks_agree(lock: str) -> None:
    """What is tested and measured is what is served: the locks share each version of the runtime's packages."""
    served, other = pins("requirements.lock"), pins(lock)
    assert {name: other.get(name) for name in served} == served


def test_the_npm_lock_carries_hashes_and_no_address() -> None:
    """Each npm package is locked by its integrity hash, and no download address is recorded."""
    packages = packages_of_npm()
    assert packages
    assert [folder for folder, package in packages.items() if "integrity" not in package] == []
    assert [folder for folder, package in packages.items() if "resolved" in package] == []
