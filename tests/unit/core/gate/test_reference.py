"""The reference of decisions says what the gate does."""

import json
import re
from pathlib import Path

from camket.core.gate.document import document_from_json
from camket.core.gate.rows import TABLE

REFERENCE = (Path(__file__).parents[4] / "docs" / "reference" / "decisions.md").read_text(encoding="utf-8")


def test_the_reference_has_the_table_as_it_is() -> None:
    """Every row stands there with its outcome and its sentences, in the order in which the rows are tried."""
    shown = [line for line in REFERENCE.splitlines() if re.match(r"\| `[a-z_.]+` \| (permit|ask|deny) \|", line)]
    assert shown == [f"| `{row.name}` | {row.outcome} | {row.vi} | {row.en} |" for row in TABLE]


def test_the_reference_shows_a_question_that_can_be_read() -> None:
    """The example is a document, and every field of a subject stands in it."""
    example = REFERENCE.split("```json\n")[1].split("```")[0]
    document = document_from_json(example.encode(), "the example")
    assert not document.many
    for field in json.loads(example)["subject"]:
        assert f"`{field}`" in REFERENCE
