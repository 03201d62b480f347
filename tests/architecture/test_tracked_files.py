"""What is committed belongs to no machine and no registry."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, tracked_files

# In pieces, so that this file holds none of them.
REGISTRY_HOSTS = [f"{name}.{end}" for name, end in [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org")]]
REGISTRY_HOSTS += [f"{name}.{end}" for name, end in [("npmjs", "com"), ("yarnpkg", "com"), ("deb.debian", "org")]]
MACHINE_PATH = re.compile(r"(?:^|[^\w.>~-])/(?:work|root|farm|tmp)/[\w.]", re.MULTILINE)
TEXT_SUFFIXES_OF_PICTURES = {".png", ".jpg", ".webp", ".woff2", ".ico"}


def strangers(text: str) -> list[str]:
    """Return the registry hosts and machine paths that `text` names."""
    return [host for host in REGISTRY_HOSTS if host in text] + [found.strip() for found in MACHINE_PATH.findall(text)]


def test_no_file_names_a_registry_or_a_machine() -> None:
    """No committed file names a package registry's host or a path of the machine it was written on."""
    texts = [file for file in tracked_files() if file.suffix not in TEXT_SUFFIXES_OF_PICTURES]
    found = {str(file.relative_to(ROOT)): strangers(file.read_text(encoding="utf-8")) for file in texts}
    assert {name: named for name, named in found.items() if named} == {}


@pytest.mark.parametrize("folder", ["work", "root", "farm", "tmp"])
def test_a_path_of_a_machine_is_found(folder: str) -> None:
    """A path is found at the start of a line, in quotes and after a space; one of our own is not."""
    for before in ("", '"', "see ", "\n"):
        assert strangers(f"{before}/{folder}/camket")
    assert strangers(f"docs/{folder}/camket") == []


@pytest.mark.parametrize("host", REGISTRY_HOSTS)
def test_the_host_of_a_registry_is_found(host: str) -> None:
    """An address of a registry is found wherever it stands."""
    assert strangers(f'"resolved": "https://registry.{host}/axe-core"')


def test_no_third_party_code_is_committed() -> None:
    """Packages come from a registry at build time: no minified script, font or bundle is committed."""
    bundled = {".woff", ".woff2", ".ttf", ".otf", ".map"}
    found = [file for file in tracked_files() if file.suffix in bundled or ".min." in file.name]
    assert found == []


def folder_sizes(files: list[Path]) -> dict[str, int]:
    """Return the size in bytes of each file, by its name in the repository."""
    return {str(file.relative_to(ROOT)): file.stat().st_size for file in files}


def test_no_committed_file_is_large() -> None:
    """No committed file is larger than one mebibyte."""
    assert {name: size for name, size in folder_sizes(tracked_files()).items() if size > 2**20} == {}
