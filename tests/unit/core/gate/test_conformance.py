"""The decisions of `conformance/decisions` hold for the gate, for the evaluator written from the text, and by hand."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from camket.cli.gate import app
from camket.core.gate.decide import decide
from camket.core.gate.document import decision_to_json, document_from_json
from camket.core.gate.history import History
from camket.core.gate.rows import ROWS
from tests.property.gate import slow
from tests.unit.core.gate.conformance import Decided, decided, files_of, versions_of

CASES = decided()
EVERY = pytest.mark.parametrize("case", CASES, ids=[f"{case.file}: {case.title}" for case in CASES])


@EVERY
def test_the_gate_decides_as_the_case_says(case: Decided) -> None:
    """Outcome, rows and whatever else the case gives are what the gate answers."""
    document = document_from_json(case.document, "case")
    history = History(tuple(versions_of(case.policies)))
    answer = decision_to_json(decide(history.standing(document.subjects[0][1]), document.question))
    assert seen(answer, case.answer) == case.answer


@EVERY
def test_the_evaluator_written_from_the_text_decides_as_the_case_says(case: Decided) -> None:
    """Outcome and rows are what the text of the semantics gives."""
    document = document_from_json(case.document, "case")
    answer = slow.evaluate(versions_of(case.policies), document.subjects[0][1], document.question)
    assert answer.outcome == case.answer["outcome"]
    assert [row.row for _, row in answer.items] == case.answer["rows"]


@pytest.mark.parametrize("case", CASES[::12], ids=[case.title for case in CASES[::12]])
def test_the_command_answers_as_the_case_says(case: Decided, tmp_path: Path) -> None:
    """`camket gate decide` reads the policies from folders and the question from standard input, and exits with 0."""
    arguments = ["decide"]
    for number, name in enumerate(case.policies, start=1):
        folder = tmp_path / str(number)
        folder.mkdir()
        for file, data in files_of(name).items():
            (folder / file).write_bytes(data)
        arguments += ["--policy", str(folder)]
    result = CliRunner().invoke(app, arguments, input=case.document)
    assert result.exit_code == 0, result.output
    assert seen(json.loads(result.stdout), case.answer) == case.answer


def test_every_row_of_the_table_has_a_case() -> None:
    """No row is left without a case that reaches it, and no case names a row that there is not."""
    assert {row for case in CASES for row in case.answer["rows"]} == set(ROWS)


def test_every_case_has_a_title_of_its_own() -> None:
    """Within a file no two cases have one title."""
    titles = [(case.file, case.title) for case in CASES]
    assert len(set(titles)) == len(titles)


def seen(answer: dict[str, object], expected: dict[str, object]) -> dict[str, object]:
    """Return of an answer what the case speaks of."""
    items = answer["items"]
    assert isinstance(items, list)
    shown = answer | {"rows": [item["row"] for item in items], "until": [item["until"] for item in items]}
    return {name: shown[name] for name in expected}
