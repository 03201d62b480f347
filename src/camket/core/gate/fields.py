"""Strict JSON in: every message names the place, nothing is coerced, nothing unnamed is let through."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, TypeVar

from camket.core.errors import InvalidValueError, nearest

MAX_DOCUMENT_BYTES: Final = 16 * 1024 * 1024
MAX_TEXT_CHARS: Final = 500
LARGEST_INTEGER: Final = 2**53 - 1

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SHOWN_CHARS: Final = 60

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A JSON value with its place, for example `subject.consents[0].given_at`."""

    value: object
    place: str

    def refusal(self, message: str) -> InvalidValueError:
        """Return the error that names this place."""
        return InvalidValueError(f"{self.place}: {message}" if self.place else message)

    def fields(self, *known: str) -> Fields:
        """Return the object's fields.

        Raises:
            InvalidValueError: not an object, or a field that is not among the known ones, with the nearest.
        """
        if not isinstance(self.value, dict):
            raise self.refusal(f"expected an object, found {kind(self.value)}")
        for name in self.value:
            if name not in known:
                raise self.refusal(f"unknown field `{shown(name)}`{nearest(name[:_SHOWN_CHARS], known)}")
        return Fields(self.value, self.place)

    def elements(self) -> Iterator[Node]:
        """Yield the elements of a list.

        Raises:
            InvalidValueError: not a list.
        """
        if not isinstance(self.value, list):
            raise self.refusal(f"expected a list, found {kind(self.value)}")
        for index, element in enumerate(self.value):
            yield Node(value=element, place=f"{self.place}[{index}]")

    def text(self) -> str:
        """Return a text that is not empty, has at most `MAX_TEXT_CHARS` and no control character.

        Raises:
            InvalidValueError: anything else.
        """
        if not isinstance(self.value, str):
            raise self.refusal(f"expected a text, found {kind(self.value)}")
        if not self.value:
            raise self.refusal("the text is empty")
        if len(self.value) > MAX_TEXT_CHARS:
            raise self.refusal(f"the text has {len(self.value)} characters; at most {MAX_TEXT_CHARS} are read")
        if not self.value.isprintable():
            raise self.refusal("the text holds a control character")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """Return a list of texts, each once.

        Raises:
            InvalidValueError: not a list, not texts, or one that stands twice.
        """
        found: dict[str, None] = {}
        for element in self.elements():
            text = element.text()
            if text in found:
                raise element.refusal(f"`{shown(text)}` stands twice")
            found[text] = None
        return tuple(found)

    def choice(self, choices: type[Choice]) -> Choice:
        """Return a member of a closed set.

        Raises:
            InvalidValueError: none of it, with the nearest.
        """
        text = self.text()
        known = [member.value for member in choices]
        if text not in known:
            raise self.refusal(f"unknown value `{shown(text)}`{nearest(text, known) or f'; one of {_listed(known)}'}")
        return choices(text)

    def integer(self) -> int:
        """Return a whole number.

        Raises:
            InvalidValueError: anything else; `1.0` and `true` too.
        """
        if isinstance(self.value, bool) or not isinstance(self.value, int) or abs(self.value) > LARGEST_INTEGER:
            raise self.refusal(f"expected a whole number, found {kind(self.value)}")
        return self.value

    def instant(self) -> datetime:
        """Return an instant with its zone (RFC 3339).

        Raises:
            InvalidValueError: not an instant, or one without a zone.
        """
        text = self.text()
        match = _INSTANT.fullmatch(text)
        if match is None:
            raise self.refusal(f"`{shown(text)}` is no instant; write it as 2026-01-31T09:30:00+07:00")
        if match[2] is None:
            raise self.refusal(f"`{text}` has no time zone; write it with an offset, for example {text}+07:00")
        try:
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise self.refusal(f"`{text}` is no instant: {error}") from error

    def day(self) -> date:
        """Return a day, as `2026-01-31`.

        Raises:
            InvalidValueError: anything else.
        """
        text = self.text()
        if _DAY.fullmatch(text) is None:
            raise self.refusal(f"`{shown(text)}` is no day; write it as 2026-01-31")
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise self.refusal(f"`{text}` is no day: {error}") from error


class Fields:
    """The fields of an object; null is the same as absent.

    Args:
        value: the object, of known fields only.
        place: of the object.
    """

    def __init__(self, value: dict[str, object], place: str) -> None:
        self._value = value
        self.place = place

    def optional(self, name: str) -> Node | None:
        """Return a field, or None where it is absent."""
        value = self._value.get(name)
        return None if value is None else Node(value=value, place=self._inside(name))

    def required(self, name: str) -> Node:
        """Return a field.

        Raises:
            InvalidValueError: it is absent.
        """
        found = self.optional(name)
        if found is None:
            raise InvalidValueError(f"{self._inside(name)}: this field is missing")
        return found

    def elements(self, name: str) -> Iterator[Node]:
        """Yield the elements of a list field; none where it is absent."""
        found = self.optional(name)
        return iter(()) if found is None else found.elements()

    def _inside(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name


def read_json(data: bytes, source: str) -> Node:
    """Return the JSON value in a document.

    Args:
        data: UTF-8, at most `MAX_DOCUMENT_BYTES`.
        source: how messages call the document.

    Raises:
        InvalidValueError: too large, not UTF-8, not JSON (with `source:line:column`), a key that stands twice in one
            object, or a number that is no JSON number.
    """
    if len(data) > MAX_DOCUMENT_BYTES:
        raise InvalidValueError(f"{source}: larger than {MAX_DOCUMENT_BYTES} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        raise InvalidValueError(f"{source}:{line}:{column}: this byte is not UTF-8") from error
    try:
        value = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        message = error.msg[:1].lower() + error.msg[1:]
        raise InvalidValueError(f"{source}:{error.lineno}:{error.colno}: {message}") from error
    except RecursionError as error:
        raise InvalidValueError(f"{source}: nested too deep") from error
    except ValueError as error:
        raise InvalidValueError(f"{source}: a number has too many digits") from error
    return Node(value=value, place="")


def kind(value: object) -> str:
    """Return how messages call a JSON value."""
    names = {str: "a text", bool: "true or false", list: "a list", dict: "an object", type(None): "null"}
    return names.get(type(value), "a number")


def shown(text: str) -> str:
    """Return a text from outside as a message may show it: short, and nothing that steers a terminal."""
    return "".join(one if one.isprintable() else "?" for one in text[:_SHOWN_CHARS])


def _listed(known: list[str]) -> str:
    return ", ".join(f"`{one}`" for one in known)


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidValueError(f"the field `{shown(name)}` stands twice in one object")
        found[name] = value
    return found


def _no_constant(name: str) -> object:
    raise InvalidValueError(f"`{name}` is no JSON number")
