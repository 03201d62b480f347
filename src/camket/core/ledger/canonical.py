"""Canonical JSON out, strict JSON in: one value has one sequence of bytes, and nothing unnamed is let through.

Source: RFC 8785, restricted to what the ledger needs. Numbers are integers that every JSON reader holds exactly, so
the ECMAScript number format comes down to plain decimal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias, TypeGuard

from camket.core.errors import InvalidValueError, LedgerError, nearest

JsonValue: TypeAlias = "str | int | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"

LARGEST_INTEGER: Final = 2**53 - 1
"""The largest integer that every JSON reader holds exactly (RFC 8785 section 3.2.2.3)."""

MOST_NESTED: Final = 32
"""The deepest nesting that is written or read; the ledger's own formats need six."""


def canonical_json(value: JsonValue) -> bytes:
    """Return the one sequence of bytes that stands for the value.

    Args:
        value: strings, integers within 2^53, booleans, None, and lists and mappings of them.

    Returns:
        UTF-8 without a byte order mark, spaces or a final newline; keys sorted by UTF-16 code units.

    Raises:
        InvalidValueError: a float, a number too large, a lone surrogate, a key that is no string, or nesting too deep.

    Source: RFC 8785 section 3.2.

    >>> canonical_json({"b": [1, True, None], "a": "đã ký"}).decode()
    '{"a":"đã ký","b":[1,true,null]}'
    """
    ordered = _ordered(value, 0)
    text = json.dumps(ordered, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        message = "a text holds half a character (a lone surrogate) and has no canonical form"
        raise InvalidValueError(message) from error


def _ordered(value: object, depth: int) -> object:
    if depth > MOST_NESTED:
        message = f"nested deeper than {MOST_NESTED}; it has no canonical form here"
        raise InvalidValueError(message)
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            message = f"the number `{value}` is larger than every JSON reader can hold"
            raise InvalidValueError(message)
        return value
    if isinstance(value, Mapping):
        names = [name for name in value if isinstance(name, str)]
        if len(names) != len(value):
            message = "a key of a JSON object is not text"
            raise InvalidValueError(message)
        names.sort(key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return {name: _ordered(value[name], depth + 1) for name in names}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_ordered(one, depth + 1) for one in value]
    message = f"a {type(value).__name__} has no canonical form; text, integers, true, false and null have"
    raise InvalidValueError(message)


def lined_json(value: Mapping[str, object]) -> bytes:
    """Return an object as a file for people and programs: each field on a line of its own, and each element of a list.

    Not canonical: fields stand as they were given. With thousands of elements it is many times faster than indenting.

    Args:
        value: what JSON can hold.

    Returns:
        UTF-8 JSON with a final line end.

    >>> print(lined_json({"a": [1, {"b": "đ"}], "c": None}).decode(), end="")
    {
      "a": [
        1,
        {"b": "đ"}
      ],
      "c": null
    }
    """
    fields = []
    for name, part in value.items():
        if isinstance(part, list | tuple) and part:
            lines = ",\n".join(f"    {json.dumps(one, ensure_ascii=False)}" for one in part)
            fields.append(f"  {json.dumps(name)}: [\n{lines}\n  ]")
        else:
            fields.append(f"  {json.dumps(name)}: {json.dumps(part, ensure_ascii=False)}")
    return ("{\n" + ",\n".join(fields) + "\n}\n").encode()


def parse_json(text: str | bytes, what: str) -> object:
    """Return the JSON value in the text, refusing what two readers could understand differently.

    Args:
        text: UTF-8 JSON.
        what: how messages call the text, for example `the certificate`.

    Raises:
        LedgerError: not JSON, not UTF-8, or an object that says one key twice; the message names line and column.
    """
    try:
        return json.loads(text, object_pairs_hook=_once_each)
    except json.JSONDecodeError as error:
        message = f"{what} is not JSON: {error.msg.lower()} at line {error.lineno}, column {error.colno}"
        raise LedgerError(message) from error
    except (ValueError, RecursionError) as error:
        message = f"{what} is not JSON: it is not UTF-8 text, is nested too deep, or holds a number too long to read"
        raise LedgerError(message) from error


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        message = f"the key `{twice}` stands twice in one object"
        raise LedgerError(message)
    return found


class Fields:
    """A JSON object read field by field; what is missing, of another type or not known is refused by name.

    Args:
        value: what `parse_json` gave.
        where: how messages call this object, for example `openings[3].facts`.
        known: every field that may stand in it.

    Raises:
        LedgerError: not an object, or a field that is not known.
    """

    def __init__(self, value: object, where: str, known: frozenset[str]) -> None:
        if not isinstance(value, dict):
            message = f"`{where}` is not a JSON object"
            raise LedgerError(message)
        for name in value:
            if name not in known:
                message = f"`{where}` has an unknown field `{name}`{nearest(str(name), known)}"
                raise LedgerError(message)
        self.where = where
        self._value: dict[str, object] = value

    def has(self, name: str) -> bool:
        """Say whether the field is there and not null."""
        return self._value.get(name) is not None

    def get(self, name: str) -> object:
        """Return the field as it is.

        Raises:
            LedgerError: it is missing.
        """
        if name not in self._value:
            message = f"`{self.where}` lacks the field `{name}`"
            raise LedgerError(message)
        return self._value[name]

    def text(self, name: str) -> str:
        """Return a field that holds text."""
        value = self.get(name)
        if not isinstance(value, str):
            raise self.refusal(name, "text")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a field that holds text or null."""
        return None if self.get(name) is None else self.text(name)

    def integer(self, name: str) -> int:
        """Return a field that holds a whole number of zero or more."""
        value = self.get(name)
        if not _is_whole(value):
            raise self.refusal(name, "a whole number of zero or more")
        return value

    def items(self, name: str) -> list[object]:
        """Return a field that holds a list."""
        value = self.get(name)
        if not isinstance(value, list):
            raise self.refusal(name, "a list")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a field that holds a list of texts."""
        found = [one for one in self.items(name) if isinstance(one, str)]
        if len(found) != len(self.items(name)):
            raise self.refusal(name, "a list of texts")
        return tuple(found)

    def integers(self, name: str) -> tuple[int, ...]:
        """Return a field that holds a list of whole numbers of zero or more."""
        found = [one for one in self.items(name) if _is_whole(one)]
        if len(found) != len(self.items(name)):
            raise self.refusal(name, "a list of whole numbers of zero or more")
        return tuple(found)

    def hash(self, name: str) -> bytes:
        """Return a field that holds 32 bytes as 64 lower-case hexadecimal digits."""
        return read_hash(self.get(name), f"{self.where}.{name}")

    def hashes(self, name: str) -> tuple[bytes, ...]:
        """Return a field that holds a list of 32-byte values in hexadecimal."""
        return tuple(read_hash(one, f"{self.where}.{name}[{at}]") for at, one in enumerate(self.items(name)))

    def refusal(self, name: str, wanted: str) -> LedgerError:
        """Return the error that says what the field should have held."""
        return LedgerError(f"`{self.where}.{name}` is not {wanted}")


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_INTEGER


def read_hash(value: object, where: str) -> bytes:
    """Return 32 bytes written as 64 lower-case hexadecimal digits.

    Raises:
        LedgerError: anything else, upper case included, so that a value has one spelling.
    """
    if isinstance(value, str) and len(value) == 64 and not value.strip("0123456789abcdef"):  # noqa: PLR2004 - 32 bytes
        return bytes.fromhex(value)
    message = f"`{where}` is not 32 bytes in 64 lower-case hexadecimal digits"
    raise LedgerError(message)
