"""The arrows of the architecture hold, and a planted breach of each is found."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.architecture.tree import ROOT, SOURCE, project

LINTER = Path(sys.executable).with_name("lint-imports")
OWN_IMPORT = re.compile(r"import (?P<module>camket(?:_shop)?(?:\.\w+)*)")


class Breach(NamedTuple):
    """One line planted in one file under `src`, and the contract that it must break."""

    file: str
    line: str
    contract: str


BREACHES = [
    Breach("camket/core/terms.py", "import sqlalchemy", "core-is-pure"),
    Breach("camket/core/gate/planted.py", "from starlette.requests import Request", "core-is-pure"),
    Breach("camket/core/gate/planted.py", "from time import monotonic", "core-is-pure"),
    Breach("camket/core/policy/planted.py", "import logging", "core-is-pure"),
    Breach("camket/core/vault/planted.py", "import os", "core-is-pure"),
    Breach("camket/core/errors.py", "import camket.core.terms", "core-layers"),
    Breach("camket/core/policy/planted.py", "import camket.core.gate", "core-layers"),
    Breach("camket/core/policy/planted.py", "import camket.core.ledger", "core-layers"),
    Breach("camket/core/gate/planted.py", "import camket.core.vault", "core-layers"),
    Breach("camket/core/planted/__init__.py", '"""In no layer."""', "core-layers"),
    Breach("camket/core/gate/planted.py", "import camket.ports", "layers"),
    Breach("camket/ports.py", "import camket.services", "layers"),
    Breach("camket/rows/__init__.py", "import camket.ports", "layers"),
    Breach("camket/services/planted.py", "import camket.bootstrap", "layers"),
    Breach("camket/services/planted.py", "import camket.config", "layers"),
    Breach("camket/services/planted.py", "import camket.adapters", "layers"),
    Breach("camket/config.py", "import camket.services", "layers"),
    Breach("camket/bootstrap.py", "import camket.client", "layers"),
    Breach("camket/client/planted.py", "import camket.web", "layers"),
    Breach("camket/jobs/planted.py", "import camket.web", "layers"),
    Breach("camket/web/planted.py", "import camket.jobs", "layers"),
    Breach("camket/web/planted.py", "import camket.cli", "layers"),
    Breach("camket/utils/__init__.py", '"""In no layer."""', "layers"),
    Breach("camket/web/planted.py", "import camket.adapters", "one-place-chooses-adapters"),
    Breach("camket/cli/planted.py", "import camket.adapters", "one-place-chooses-adapters"),
    Breach("camket/web/planted.py", "import camket_shop", "camket-knows-no-guest"),
    Breach("camket/bootstrap.py", "import camket_shop.app", "camket-knows-no-guest"),
    Breach("camket_shop/selling.py", "import camket.client", "shop-is-a-guest"),
    Breach("camket_shop/web/api/planted.py", "import camket.client", "shop-is-a-guest"),
    Breach("camket_shop/platform.py", "import camket.services", "shop-is-a-guest"),
    Breach("camket_shop/platform.py", "import camket.core.errors", "shop-is-a-guest"),
    Breach("camket_shop/text.py", "import camket.core.intake", "shop-is-a-guest"),
    Breach("camket_shop/selling.py", "import camket_shop.web", "shop-layers"),
    Breach("camket_shop/store/planted.py", "import camket_shop.selling", "shop-layers"),
    Breach("camket_shop/store/planted.py", "import camket_shop.platform", "shop-layers"),
    Breach("camket_shop/photos/planted.py", "import camket_shop.store", "shop-layers"),
    Breach("camket_shop/web/planted.py", "import camket_shop.app", "shop-layers"),
    Breach("camket_shop/errors.py", "import camket_shop.text", "shop-layers"),
    Breach("camket_shop/helpers/__init__.py", '"""In no layer."""', "shop-layers"),
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


def plant(source: Path, breach: Breach) -> None:
    """Add the breach's line to its file, and to packages that do not stand yet an `__init__`."""
    file = source / breach.file
    for folder in reversed(file.relative_to(source).parents[:-1]):
        (source / folder).mkdir(exist_ok=True)
        (source / folder / "__init__.py").touch()
    imported = OWN_IMPORT.fullmatch(breach.line)
    if imported and not stands(source / imported["module"].replace(".", "/")):
        plant(source, Breach(f"{imported['module'].replace('.', '/')}/__init__.py", "", ""))
    with file.open("a", encoding="utf-8") as planted:
        planted.write(f"\n{breach.line}\n")


def stands(module: Path) -> bool:
    """Tell whether a module or package is there."""
    return module.with_suffix(".py").exists() or (module / "__init__.py").exists()


def test_every_contract_is_kept() -> None:
    """The code keeps every import contract of `pyproject.toml`."""
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: f"{breach.file}: {breach.line}")
def test_a_planted_breach_is_found(tmp_path: Path, breach: Breach) -> None:
    """A line that breaks a contract fails that contract, and names the file that it stands in."""
    copy_tree(tmp_path)
    plant(tmp_path / "src", breach)
    result = lint_imports(tmp_path, "--contract", breach.contract)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "1 broken" in result.stdout
    module = breach.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert module in result.stdout


def test_a_planted_file_alone_breaks_nothing(tmp_path: Path) -> None:
    """It is the planted line that breaks a contract: the same files without it keep every one."""
    copy_tree(tmp_path)
    for breach in BREACHES:
        if breach.line.partition(" ")[0] in {"import", "from"}:
            plant(tmp_path / "src", Breach(breach.file, "", breach.contract))
    result = lint_imports(tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_package_is_under_contract() -> None:
    """Each package under `src` is a root package of the import contracts."""
    packages = {folder.name for folder in SOURCE.iterdir() if (folder / "__init__.py").exists()}
    assert packages == set(project()["tool"]["importlinter"]["root_packages"])
