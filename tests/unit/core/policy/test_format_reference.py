"""The reference of the format names all of the format."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from camket.core.policy.bindings import CLOCKS, CONTROLLER_PARTS, REQUIRED_PARTS
from camket.core.policy.dpv import RECIPIENTS
from camket.core.policy.model import Clock, ItemKind
from camket.core.policy.parse import Mapping, Node, Sequence, parse_yaml
from camket.core.terms import Basis, Channel, Ground, Language, Right, Source, Verification
from tests.unit.core.policy.files import CONFORMANCE, DEFAULT, ROOT, TRADES

REFERENCE = (ROOT / "docs" / "reference" / "policy-format.md").read_text(encoding="utf-8")
NAMED_BY_THE_WRITER = {"services", "categories", "retention", "items", "purposes", "recipients", "notices"}


def keys(node: Node, parent: str = "") -> Iterator[str]:
    """Yield every key of the format that a document uses; ids that the writer chose are left out."""
    if isinstance(node, Mapping):
        for key, value in node.entries:
            if parent not in NAMED_BY_THE_WRITER:
                yield key.text
            yield from keys(value, key.text if parent not in NAMED_BY_THE_WRITER else "")
    elif isinstance(node, Sequence):
        for entry in node.entries:
            yield from keys(entry)


@pytest.mark.parametrize("folder", [DEFAULT, *(CONFORMANCE / trade for trade in TRADES)], ids=lambda each: each.name)
def test_every_key_in_use_is_explained(folder: Path) -> None:
    """Each key of the published policies stands in the reference."""
    root, _ = parse_yaml("policy.yaml", (folder / "policy.yaml").read_text(encoding="utf-8"))
    assert root is not None
    known = set(keys(root))
    assert {key for key in known if f"`{key}" not in REFERENCE and f"{key}:" not in REFERENCE} == set()


@pytest.mark.parametrize("words", [Basis, Channel, Clock, Ground, ItemKind, Language, Right, Source, Verification])
def test_every_word_of_a_closed_set_is_named(words: type[StrEnum]) -> None:
    """Each value that a closed set allows stands in the reference."""
    assert {word.value for word in words if f"`{word}`" not in REFERENCE} == set()


def test_clocks_parts_and_recipients_are_named() -> None:
    """The policy's clocks, the required parts of the prose and the vocabulary of recipients stand there too."""
    for word in (*CLOCKS, *CONTROLLER_PARTS, *RECIPIENTS):
        assert f"`{word}`" in REFERENCE
    for part in REQUIRED_PARTS:
        assert f"{{#{part}}}" in REFERENCE
