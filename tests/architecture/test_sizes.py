"""Files and functions stay short enough to be read at one go."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import SOURCE, source_files

LINES_OF_A_FILE = 450
LINES_OF_A_FUNCTION = 60


def long_functions(source: str) -> list[str]:
    """Return the name and length of every function that is longer than `LINES_OF_A_FUNCTION`, its docstring apart."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = node.body[0] if ast.get_docstring(node) is not None else None
            described = (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1 if docstring else 0
            length = (node.end_lineno or node.lineno) - node.lineno + 1 - described
            if length > LINES_OF_A_FUNCTION:
                found.append(f"`{node.name}` has {length} lines")
    return found


@pytest.mark.parametrize("file", source_files(), ids=lambda file: str(file.relative_to(SOURCE)))
def test_a_source_file_is_short(file: Path) -> None:
    """No source file and no function in it is longer than one sitting."""
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LINES_OF_A_FILE
    assert long_functions(text) == []


def test_a_long_function_is_found() -> None:
    """A function one line over the limit is reported by name, one at the limit is not."""
    body = "    x = 1\n" * (LINES_OF_A_FUNCTION - 1)
    assert long_functions(f"def decide():\n{body}") == []
    assert long_functions(f"def decide():\n{body}    return x\n") == [f"`decide` has {LINES_OF_A_FUNCTION + 1} lines"]
