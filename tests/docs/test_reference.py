"""The reference names everything that there is to use, and nothing that there is not."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import typer

from camket.bootstrap import start_runtime
from camket.cli import COMMANDS
from camket.config import load_settings
from camket.web.app import page_routes
from camket.web.assets import Assets
from camket.web.lan import Lan, trust_routes
from camket.web.rendering import Pages
from camket.web.site import Site

ROOT = Path(__file__).parents[2]
COMMANDS_PAGE = (ROOT / "docs" / "reference" / "commands.md").read_text()
ROUTES_PAGE = (ROOT / "docs" / "reference" / "routes.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
EVERYWHERE = {"--help", "--install-completion", "--show-completion"}
NOT_PAGES = {"/static", "/api/v1"}


def commands() -> Iterator[tuple[str, set[str]]]:
    """Yield the words that call each command, with its options."""
    for name, module in COMMANDS.items():
        command = typer.main.get_command(import_module(module).app)
        inner = getattr(command, "commands", None)
        for words, one in (
            {f"{name} {key}": value for key, value in inner.items()}.items() if inner else [(name, command)]
        ):
            yield words, {option for given in one.params for option in given.opts if option.startswith("--")}


EVERY_COMMAND = dict(commands())


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return every page route of a development service, and of a local network, with its methods."""
    data = tmp_path_factory.mktemp("routes") / "data"
    runtime = start_runtime(load_settings(data=data, development=True, policy=ROOT / "policies" / "default"))
    try:
        site = Site(runtime=runtime, pages=Pages(Assets()), https=False)
        lan = Lan(origin="", page="", hosts=frozenset(), port=0, authority="", certificate=b"", fingerprint="")
        every = [*page_routes(site, threads=1), *trust_routes(site, lan, threads=1).routes]
        return {one.path: set(one.methods or ()) - {"HEAD"} for one in every}
    finally:
        runtime.close()


def section_of(command: str) -> str:
    """Return what the page says of a command: from its heading to the next."""
    found = re.search(rf"^## `camket {command}[ `].*?(?=^## |\Z)", COMMANDS_PAGE, re.DOTALL | re.MULTILINE)
    return found.group() if found else ""


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_each_command_is_described(command: str) -> None:
    """A command has a section of its own that names each of its options."""
    section = section_of(command)
    assert section, f"docs/reference/commands.md has no section for `camket {command}`"
    assert [one for one in EVERY_COMMAND[command] - EVERYWHERE if f"`{one}" not in section] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_documents_call_only_commands_that_exist(page: Path) -> None:
    """Every `camket ...` in a document is a command, or the beginning of one."""
    known = {*EVERY_COMMAND, *COMMANDS}
    called = re.findall(r"(?:`|\$ |bin/)camket ((?:[a-z]+ ?)+)", page.read_text())
    assert [one for one in called if not any(one.strip() == name or one.startswith(f"{name} ") for name in known)] == []


def test_each_route_is_described(routes: dict[str, set[str]]) -> None:
    """The page of routes lists exactly the routes that are served, each with its methods."""
    listed = re.findall(r"^\| `(/[^`]*)` \| ([A-Z, ]+) \|", ROUTES_PAGE, re.MULTILINE)
    described = {path: set(methods.replace(" ", "").split(",")) for path, methods in listed if path not in NOT_PAGES}
    assert described == routes


def test_make_targets_in_documents_exist() -> None:
    """Every `make ...` in a document is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    called = {
        name for page in PAGES for name in re.findall(r"(?:`|^|\$ )make ([a-z]+)", page.read_text(), re.MULTILINE)
    }
    assert called
    assert called - targets == set()


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link of a document is a file."""
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []
