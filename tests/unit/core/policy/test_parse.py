"""YAML read strictly, with lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camket.core.policy.parse import MAX_DEPTH, MAX_NODES, Mapping, Scalar, Sequence, parse_yaml


def messages(text: str) -> list[str]:
    """Return the findings of a text as `line: message`."""
    return [f"{finding.line}: {finding.message}" for finding in parse_yaml("policy.yaml", text)[1]]


def test_nodes_know_their_lines_and_whether_they_were_quoted() -> None:
    """Every key and value carries the line it begins on, and a scalar whether it stood without quotes."""
    root, findings = parse_yaml("policy.yaml", 'a: "1"\nb:\n  - x\n  - {y: z}\n')
    assert findings == ()
    assert isinstance(root, Mapping)
    (first, one), (second, two) = root.entries
    assert (first.text, first.line, one) == ("a", 1, Scalar(text="1", line=1, plain=False))
    assert (second.text, second.line) == ("b", 2)
    assert isinstance(two, Sequence)
    assert two.entries[0] == Scalar(text="x", line=3, plain=True)
    assert isinstance(two.entries[1], Mapping)
    assert two.entries[1].line == 4


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "2026-11-22", "1_000", "0o17", "12:30:45"])
def test_words_of_older_yaml_are_only_words(word: str) -> None:
    """What YAML 1.1 made truth values, dates or odd numbers of stays the text that a reader sees."""
    root, _ = parse_yaml("policy.yaml", f"a: {word}\n")
    assert isinstance(root, Mapping)
    assert root.entries[0][1] == Scalar(text=word, line=1, plain=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2\n", "2: key `a` is already on line 1"),
        ("a: &x 1\n", "1: anchor `&x` is not allowed; write the value out where it is meant"),
        ("a: !!int 1\n", "1: tag `tag:yaml.org,2002:int` is not allowed"),
        ("a: !python/object:os.system 1\n", "1: tag `!python/object:os.system` is not allowed"),
        ("a: 1\n---\nb: 2\n", "2: a second document begins here; a policy is one document"),
        ("%YAML 1.1\n---\na: 1\n", "1: a `%` directive is not allowed; the file is YAML 1.2"),
        ("? [a]\n: b\n", "1: a key must be a single word"),
        ("a:\tb\n", "1: the line has a tab; indent and separate with spaces"),
        ("", "1: the file is empty"),
        ('a: 1\nb: "\\UFFFFFFFF"\n', "2: not YAML: an escape hereafter names no character"),
        ("a: 1\nb: \ufffe\n", "2: not YAML: the character U+FFFE is not allowed"),
    ],
)
def test_what_lets_a_file_mean_something_else_is_a_finding(text: str, expected: str) -> None:
    """Repeated keys, anchors, tags, directives, further documents and tabs are each reported with their line."""
    assert messages(text) == [expected]


def test_the_second_of_two_equal_keys_does_not_win() -> None:
    """The first value of a repeated key stays, so no later line can quietly replace what was reviewed."""
    root, _ = parse_yaml("policy.yaml", "a: 1\na: 2\n")
    assert isinstance(root, Mapping)
    assert [(key.text, node) for key, node in root.entries] == [("a", Scalar(text="1", line=1, plain=True))]


def test_a_bomb_of_values_or_levels_is_refused_with_its_line() -> None:
    """More values or deeper nesting than a policy needs ends the reading with one finding."""
    limit = f"more than {MAX_NODES} values or {MAX_DEPTH} levels; a policy needs fewer"
    assert messages("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []
    assert messages("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) == [f"1: {limit}"]
    assert messages("{a: " * (MAX_DEPTH - 1) + "b" + "}" * (MAX_DEPTH - 1)) == []
    assert messages("{a: " * MAX_DEPTH + "b" + "}" * MAX_DEPTH) == [f"1: {limit}"]
    assert messages("[" * (MAX_DEPTH - 1) + "{a: b}" + "]" * (MAX_DEPTH - 1)) == [f"1: {limit}"]
    assert messages("\n".join(["a:", *("- x" for _ in range(MAX_NODES))])) == [f"{MAX_NODES - 1}: {limit}"]


def test_no_message_carries_a_control_character() -> None:
    """What a file smuggles into a message reaches no terminal: control characters are written as escapes."""
    (message,) = messages('"a\\e[2J": 1\n"a\\e[2J": 2\n')
    assert message == "2: key `a\\u001b[2J` is already on line 1"


@given(st.text(alphabet="abc:-{}[],&*!|>%@`'\"#? \n\\0xU1", max_size=60))
def test_any_text_gives_nodes_or_findings(text: str) -> None:
    """Reading never fails by an exception: there is a root, or there is a finding that says why not."""
    root, findings = parse_yaml("policy.yaml", text)
    assert root is not None or findings
