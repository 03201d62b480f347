"""`camket mail`: words that are good, words that are not, and words to begin from."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from camket.cli.mail import app
from camket.core.notices.templates import TEMPLATES

RUN = CliRunner()


def test_what_is_written_out_has_no_findings(tmp_path: Path) -> None:
    """Each mail in each language is a file, and the check finds nothing in them; a folder in use is left alone."""
    folder = tmp_path / "mails"
    assert RUN.invoke(app, ["write", str(folder)]).exit_code == 0
    assert len(list(folder.iterdir())) == 2 * len(TEMPLATES)
    checked = RUN.invoke(app, ["check", str(folder)])
    assert (checked.exit_code, "no findings" in checked.output) == (0, True)
    assert RUN.invoke(app, ["write", str(folder)]).exit_code == 2


def test_findings_are_printed_with_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each on a line of its own, exit code 1; the folder of the settings is checked where none is named."""
    (tmp_path / "corrected.vi.txt").write_text("Subject: x\n\n{itm}\n", encoding="utf-8")
    checked = RUN.invoke(app, ["check", str(tmp_path)])
    assert checked.exit_code == 1
    assert "corrected.vi.txt:3: there is no place `{itm}` here (did you mean `item`?)" in checked.output
    assert "corrected.vi.txt:1: the word `{item}` is missing" in checked.output
    monkeypatch.setenv("CAMKET_MAIL_TEMPLATES", str(tmp_path))
    monkeypatch.setenv("CAMKET_DEVELOPMENT", "true")
    assert RUN.invoke(app, ["check"]).output == checked.output


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_what_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    """Exit code 2, and a sentence that names it."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    checked = RUN.invoke(app, ["check", str(tmp_path / name)])
    assert (checked.exit_code, name in checked.output) == (2, True)


def test_without_a_folder_the_user_is_told_what_to_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an argument nor the setting: exit code 2."""
    monkeypatch.setenv("CAMKET_DEVELOPMENT", "true")
    checked = RUN.invoke(app, ["check"])
    assert (checked.exit_code, "`mail_templates`" in checked.output) == (2, True)
