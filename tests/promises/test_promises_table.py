"""Every promise stands in the policy's prose, in the table of promises, and with files that exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "explanation" / "promises.md"
THREATS: Final = ROOT / "docs" / "threat-model.md"
NUMBERS: Final = range(1, 18)
KEPT: Final = {"P1", "P2", "P3", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P13", "P14", "P15", "P17"}
"""What this release keeps whole."""
STATES: Final = ("kept", "partly kept: ", "declared, not yet kept by software: ")
FILE: Final = re.compile(r"`((?:src|tests|policies|docs|scripts)/[^`]+)`")


class Row(NamedTuple):
    """One promise in the table."""

    number: str
    declared: str
    code: str
    proof: str
    state: str


ROWS: Final = {
    row.number: row
    for row in (
        Row(*(cell.strip() for cell in line.strip("|").split("|")))
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if re.match(r"\| P\d+ \|", line)
    )
}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_number_stands_in_the_prose_once(language: str) -> None:
    """P1 to P17 each stand exactly once in the default policy's prose, in both languages."""
    prose = (ROOT / "policies" / "default" / f"prose.{language}.md").read_text(encoding="utf-8")
    assert sorted(int(number) for number in re.findall(r"\{promise:P(\d+)\}", prose)) == list(NUMBERS)


def test_every_number_stands_in_the_table() -> None:
    """Each promise has its row, in order, with one of the three states."""
    assert list(ROWS) == [f"P{number}" for number in NUMBERS]
    for row in ROWS.values():
        assert row.state.startswith(STATES), row.number


@pytest.mark.parametrize("number", ROWS)
def test_the_files_of_a_row_exist(number: str) -> None:
    """Every file that a row names is there."""
    row = ROWS[number]
    named = FILE.findall(" ".join(row))
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("number", ROWS)
def test_what_is_kept_names_its_code_and_its_proof(number: str) -> None:
    """A promise is called kept only with the code that keeps it and a test whose docstrings carry its number."""
    row = ROWS[number]
    assert (row.state == "kept") is (number in KEPT)
    if row.state != "kept":
        return
    assert any(name.startswith("src/") for name in FILE.findall(row.code))
    proofs = [ROOT / name for name in FILE.findall(row.proof) if name.startswith("tests/promises/")]
    assert proofs
    for proof in proofs:
        tests = re.findall(
            r'^def test_\w+\(.*?"""(.*?)"""', proof.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        )
        assert tests
        assert [said for said in tests if not re.search(rf"\b{number}\b", said)] == [], proof.name


def test_every_defence_names_a_test_that_exists() -> None:
    """Each row of the threat model that says what stands in the way names at least one test, and each is there."""
    lines = [line for line in THREATS.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    rows = [line for line in lines if not line.startswith("| who |")]
    assert len(rows) >= 20
    for line in rows:
        named = re.findall(r"`(tests/[^`]+)`", line)
        assert named, line
        assert [name for name in named if not (ROOT / name).exists()] == [], line
