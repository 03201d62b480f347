import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.canonical import Fields, JsonValue, canonical_json, parse_json, read_hash

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_canonical_json_reads_back(value: JsonValue) -> None:
    """Any reader of JSON gets the same value back, and writing it again gives the same bytes."""
    written = canonical_json(value)
    assert json.loads(written) == value
    assert canonical_json(json.loads(written)) == written


def test_keys_follow_utf_16_code_units() -> None:
    """A key outside the basic plane sorts by its surrogates, before a private-use one (RFC 8785 section 3.2.3)."""
    assert canonical_json({"\ue000": 1, "\U0001f600": 2, "a": 3}).decode() == '{"a":3,"\U0001f600":2,"\ue000":1}'


def test_only_what_must_be_is_escaped() -> None:
    """Control characters, quotes and backslashes are escaped in their short form, all else stands as it is."""
    assert canonical_json('đ"\\/\n\x1f\x7f').decode() == '"đ\\"\\\\/\\n\\u001f\x7f"'


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, -(2**53), b"bytes", {1: "a"}, "\ud800", object()])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    """A float, a number too large, bytes, a key that is no text and half a character are refused."""
    with pytest.raises(InvalidValueError):
        canonical_json({"value": value} if not isinstance(value, dict) else value)  # type: ignore[dict-item] # refused


def test_endless_nesting_is_refused() -> None:
    """A value nested deeper than any of the ledger's formats is refused instead of exhausting the stack."""
    value: JsonValue = []
    for _ in range(100):
        value = [value]
    with pytest.raises(InvalidValueError, match="nested deeper"):
        canonical_json(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "a": 2}', "key `a` stands twice"),
        ("{", "line 1, column 2"),
        (b"\xff", "not UTF-8"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_ambiguous_json_is_refused(text: str | bytes, said: str) -> None:
    """What two readers could read differently, or cannot read at all, is refused with its place."""
    with pytest.raises(LedgerError, match=said):
        parse_json(text, "the file")


def test_fields_are_named_when_refused() -> None:
    """An unknown field is refused with the nearest name, a missing one and one of another type by name."""
    known = frozenset({"index", "entry"})
    with pytest.raises(LedgerError, match=r"unknown field `indx` \(did you mean `index`\?\)"):
        Fields({"indx": 1}, "proof", known)
    fields = Fields({"index": True, "entry": "00"}, "proof", known)
    with pytest.raises(LedgerError, match=r"`proof\.index` is not a whole number"):
        fields.integer("index")
    with pytest.raises(LedgerError, match=r"`proof\.entry` is not 32 bytes"):
        fields.hash("entry")
    with pytest.raises(LedgerError, match="lacks the field `entry`"):
        Fields({"index": 1}, "proof", known).get("entry")
    with pytest.raises(LedgerError, match="not a JSON object"):
        Fields([], "proof", known)


@pytest.mark.parametrize("value", ["AB" * 32, "ab" * 31, "zz" * 32, 5, None, "ab" * 32 + "\n"])
def test_a_hash_has_one_spelling(value: object) -> None:
    """Only 64 lower-case hexadecimal digits are a hash, so an altered letter case is an altered file."""
    assert read_hash("ab" * 32, "root") == b"\xab" * 32
    with pytest.raises(LedgerError, match="`root`"):
        read_hash(value, "root")
