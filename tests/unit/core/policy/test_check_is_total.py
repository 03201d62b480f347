"""Checking never fails by an exception, whatever was done to a policy."""

from hypothesis import given, settings
from hypothesis import strategies as st

from camket.core.policy.check import examine
from tests.unit.core.policy.files import smallest_files

NAMES = sorted(smallest_files())
WORDS = [
    "[]",
    "{}",
    "~",
    "- x",
    '"',
    "x: y",
    "{a: [b]}",
    "true",
    "0",
    "-1",
    "email",
    "*a",
    "&a b",
    "!!str x",
    "1 day",
    "|",
]

edits = st.tuples(
    st.sampled_from(["delete", "repeat", "value", "replace", "indent", "dedent", "character"]),
    st.integers(min_value=0, max_value=10_000),
    st.sampled_from(WORDS),
    st.sampled_from("{}[]:\"'#|-x\u202e"),
)


def edited(lines: list[str], kind: str, place: int, word: str, letter: str) -> list[str]:
    """Return the lines with one careless edit."""
    at = place % len(lines)
    line = lines[at]
    column = place % (len(line) + 1)
    replaced = {
        "delete": [],
        "repeat": [line, line],
        "value": [f"{line.partition(':')[0]}: {word}"],
        "replace": [word],
        "indent": [f"  {line}"],
        "dedent": [line[2:]],
        "character": [line[:column] + letter + line[column + 1 :]],
    }[kind]
    return [*lines[:at], *replaced, *lines[at + 1 :]] or [""]


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(["policy.yaml", "policy.yaml", *NAMES]), changes=st.lists(edits, min_size=1, max_size=3))
def test_a_careless_edit_gives_a_policy_or_findings(name: str, changes: list[tuple[str, int, str, str]]) -> None:
    """After any edits there is a policy or there are findings, never both, and each finding has its place."""
    files = smallest_files()
    lines = files[name].decode().split("\n")
    for change in changes:
        lines = edited(lines, *change)
    policy, findings = examine({**files, name: "\n".join(lines).encode()})
    assert (policy is None) == bool(findings)
    for finding in findings:
        assert finding.file in NAMES
        assert finding.line >= 1
        assert str(finding).isprintable()
