"""The arrows of the architecture hold, and a planted breach of each is found."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.architecture.tree import ROOT, SOURCE, project

LINTER = Path(sys.executable).with_name("lint-imports")


class Breach(NamedTuple):
    """One line planted in one file, and the contract that it must break."""

    file: str
    line: str
    contract: str


BREACHES = [
    Breach("core/terms.py", "import sqlalchemy", "core-is-pure"),
    Breach("core/gate/planted.py", "from starlette.requests import Request", "core-is-pure"),
    Breach("core/gate/planted.py", "from time import monotonic", "core-is-pure"),
    Breach("core/policy/planted.py", "import logging", "core-is-pure"),
    Breach("core/vault/planted.py", "import os", "core-is-pure"),
    Breach("core/errors.py", "import camket.core.terms", "core-layers"),
    Breach("core/policy/planted.py", "import camket.core.gate", "core-layers"),
    Breach("core/policy/planted.py", "import camket.core.ledger", "core-layers"),
    Breach("core/gate/planted.py", "import camket.core.vault", "core-layers"),
    Breach("core/planted/__init__.py", '"""In no layer."""', "core-layers"),
    Breach("core/gate/planted.py", "import camket.ports", "layers"),
    Breach("ports.py", "import camket.services", "layers"),
    Breach("rows.py", "import camket.ports", "layers"),
    Breach("services/planted.py", "import camket.bootstrap", "layers"),
    Breach("services/planted.py", "import camket.config", "layers"),
    Breach("services/planted.py", "import camket.adapters", "layers"),
    Breach("config.py", "import camket.services", "layers"),
    Breach("bootstrap.py", "import camket.client", "layers"),
    Breach("client/planted.py", "import camket.web", "layers"),
    Breach("jobs/planted.py", "import camket.web", "layers"),
    Breach("web/planted.py", "import camket.jobs", "layers"),
    Breach("web/planted.py", "import camket.cli", "layers"),
    Breach("utils/__init__.py", '"""In no layer."""', "layers"),
    Breach("web/planted.py", "import camket.adapters", "one-place-chooses-adapters"),
    Breach("cli/planted.py", "import camket.adapters", "one-place-chooses-adapters"),
]


def lint_imports(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the tree in `root`."""
    return subprocess.run(
        [LINTER, "--no-logo", "--no-cache", *arguments],
        cwd=root,
        env={"PYTHONPATH": str(root / "src")},
        check=False,
        capture_output=True,
        text=True,
    )


def copy_tree(target: Path) -> None:
    """Copy the source and its contracts, so that a breach can be planted beside them."""
    shutil.copytree(SOURCE, target / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", target)


def plant(package: Path, breach: Breach) -> None:
    """Add the breach's line to its file, and to packages that do not stand yet an `__init__`."""
    file = package / breach.file
    for folder in reversed(file.relative_to(package).parents):
        (package / folder).mkdir(exist_ok=True)
        (package / folder / "__init__.py").touch()
    imported = breach.line.removeprefix("import camket.") if breach.line.startswith("import camket.") else None
    if imported and not (package / f"{imported.replace('.', '/')}.py").exists():
        plant(package, Breach(f"{imported.replace('.', '/')}/__init__.py", "", ""))
    with file.open("a", encoding="utf-8") as planted:
        planted.write(f"\n{breach.line}\n")


def test_every_contract_is_kept() -> None:
    """The code keeps every import contract of `pyproject.toml`."""
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: f"{breach.file}: {breach.line}")
def test_a_planted_breach_is_found(tmp_path: Path, breach: Breach) -> None:
    """A line that breaks a contract fails that contract, and names the file that it stands in."""
    copy_tree(tmp_path)
    plant(tmp_path / "src" / "camket", breach)
    result = lint_imports(tmp_path, "--contract", breach.contract)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "1 broken" in result.stdout
    module = breach.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert f"camket.{module}" in result.stdout


def test_a_planted_file_alone_breaks_nothing(tmp_path: Path) -> None:
    """It is the planted line that breaks a contract: the same files without it keep every one."""
    copy_tree(tmp_path)
    for breach in BREACHES:
        if breach.line.partition(" ")[0] in {"import", "from"}:
            plant(tmp_path / "src" / "camket", Breach(breach.file, "", breach.contract))
    result = lint_imports(tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_package_is_under_contract() -> None:
    """Each package under `src` is a root package of the import contracts."""
    packages = {folder.name for folder in SOURCE.iterdir() if (folder / "__init__.py").exists()}
    assert packages == set(project()["tool"]["importlinter"]["root_packages"])
