"""`camket policy` as a person runs it."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from camket.cli.policy import app
from tests.unit.core.policy.files import BROKEN, DEFAULT


def run(*words: str) -> Result:
    """Run one `camket policy` command."""
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the smallest policy, to be broken."""
    return Path(shutil.copytree(BROKEN / "base", tmp_path / "stall"))


@pytest.mark.parametrize("path", [DEFAULT, DEFAULT / "policy.yaml"], ids=["folder", "file"])
def test_a_whole_policy_checks_in_one_line(path: Path) -> None:
    """The default policy, named by its folder or its file, gives one line and exit code 0."""
    result = run("check", str(path))
    assert result.exit_code == 0
    (line,) = result.output.splitlines()
    assert line.startswith(f"{path}: no findings; 4 services, 33 items, 7 purposes, 0 recipients, 7 rights,")


def test_every_finding_is_printed_at_once_with_its_place(folder: Path) -> None:
    """Findings of several files come together, one a line, clickable, with exit code 1."""
    text = (folder / "policy.yaml").read_text(encoding="utf-8")
    (folder / "policy.yaml").write_text(text.replace("kind: email", "kind: e-mail"), encoding="utf-8")
    (folder / "terms.en.md").unlink()
    (folder / "prose.vi.md").write_bytes(b"caf\xe9\n")
    result = run("check", str(folder))
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert f"{folder}/terms.en.md:1: the file is missing; language `en` needs it" in lines
    assert f"{folder}/prose.vi.md:1: byte 3 is not UTF-8; save the file as UTF-8" in lines
    assert any(
        line.startswith(f"{folder}/policy.yaml:88: unknown kind `e-mail` (did you mean `email`?)") for line in lines
    )


@pytest.mark.parametrize("command", ["check", "show", "render"])
def test_what_cannot_be_read_is_exit_code_2(command: str, tmp_path: Path) -> None:
    """A path with nothing there is no finding about a policy: it is said on the error stream, with exit code 2."""
    for missing in (tmp_path / "nowhere", tmp_path / "policy.yaml"):
        result = run(command, str(missing))
        assert result.exit_code == 2
        assert str(missing) in result.stderr
        assert result.stdout == ""


def test_another_file_is_not_taken_for_a_policy(folder: Path) -> None:
    """A file of any other name is refused with what to name instead, even where it lies in a policy's folder."""
    result = run("check", str(folder / "prose.vi.md"))
    assert result.exit_code == 2
    assert result.stderr.endswith("name the policy's folder, or the `policy.yaml` in it\n")


def test_an_empty_folder_is_a_policy_with_a_finding(tmp_path: Path) -> None:
    """A folder that can be read but holds no policy is answered as any other incomplete one."""
    result = run("check", str(tmp_path))
    assert (result.exit_code, result.output) == (1, f"{tmp_path}/policy.yaml:1: the file is missing\n")


def test_hidden_files_are_not_of_the_policy(folder: Path) -> None:
    """What an editor or a file manager leaves behind under a hidden name changes nothing, not even a hash."""
    before = run("check", str(folder)).output
    (folder / ".prose.vi.md.swp").write_bytes(b"\xff")
    assert run("check", str(folder)).output == before


def test_a_file_beyond_all_bounds_is_a_finding_and_not_held(folder: Path) -> None:
    """A file that no one could have written by hand is reported by its size."""
    (folder / "prose.vi.md").write_bytes(b"a" * 600_000)
    result = run("check", str(folder))
    assert result.exit_code == 1
    assert "prose.vi.md:1: the file has 524289 bytes; at most 524288 are read" in result.output


def test_show_gives_programs_everything() -> None:
    """As JSON: items, purposes, every clause with id and hash, and both hashes."""
    result = run("show", str(DEFAULT), "--json")
    assert result.exit_code == 0
    document = json.loads(result.output)
    assert [item["id"] for item in document["items"]][:3] == ["name", "phone", "email"]
    assert {clause["id"]: clause["hash"] for clause in document["clauses"]}.keys() >= {"use(email, promote, consent)"}
    hashes = [document["document_hash"], document["meaning_hash"], *(each["hash"] for each in document["clauses"])]
    assert all(len(each) == 64 and int(each, 16) >= 0 for each in hashes)


def test_show_is_plain_where_it_is_piped() -> None:
    """Anywhere but on a terminal each row is one line of cells separated by tabs, without colour or boxes."""
    result = run("show", str(DEFAULT))
    assert result.exit_code == 0
    assert "\x1b" not in result.output
    rows = [line.split("\t") for line in result.output.splitlines() if line.startswith("clauses\t")]
    assert rows[0] == ["clauses", "id", "roots", "hash"]
    assert len(rows) == 198
    assert "rights\taccess\tXem dữ liệu · See your data\tyes\t2\t10\t0\tsession" in result.output


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ((), "Chính sách dữ liệu của Quầy\n\nQuầy là dịch vụ"),
        (("--lang", "en"), "Privacy policy of Quầy\n\nQuầy is a service"),
        (("--lang", "en", "--format", "markdown"), "# Privacy policy of Quầy\n\nQuầy is a service"),
        (("--lang", "en", "--format", "html"), "<p>Quầy is a service"),
        (("--lang", "en", "--terms"), "Terms of service\n\nThese are the terms"),
    ],
)
def test_render_prints_the_text_that_people_read(words: tuple[str, ...], begins: str) -> None:
    """Vietnamese plain text unless another language, format or the terms of service are asked for."""
    result = run("render", str(DEFAULT), *words)
    assert result.exit_code == 0
    assert result.output.startswith(begins)


def test_an_unknown_language_is_bad_usage() -> None:
    """A language that camket does not know is refused with exit code 2."""
    assert run("render", str(DEFAULT), "--lang", "fr").exit_code == 2
