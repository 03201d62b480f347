"""What another system answers, read strictly: what is not exactly an answer is none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from camket.core.errors import InvalidValueError
from camket.core.rights.exported import ExportedItem
from camket.core.terms import Language

if TYPE_CHECKING:
    from collections.abc import Mapping


class AnswerError(Exception):
    """An answer that is none; says what was expected and quotes nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What the system says of itself.

    Args:
        items: what it holds.
        corrects: item -> what it wants to be told of a correction.
    """

    items: frozenset[str]
    corrects: Mapping[str, str]


def read_check(answer: bytes) -> Said:
    """Return what the system says: `{"items": ["orders"], "corrects": {"email": "value"}}`; `corrects` may miss."""
    items = _member(answer, "items")
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise AnswerError("`items` of its answer is no list of names")
    corrects = json.loads(answer).get("corrects", {})
    if not isinstance(corrects, dict) or not all(isinstance(told, str) for told in corrects.values()):
        raise AnswerError("`corrects` of its answer does not say of each item what to tell")
    return Said(items=frozenset(items), corrects=corrects)


def read_count(answer: bytes) -> Mapping[str, int]:
    """Return how many of each item are held: `{"held": {"orders": 2}}`."""
    held = _member(answer, "held")
    if not isinstance(held, dict) or not all(_is_count(number) for number in held.values()):
        raise AnswerError("`held` of its answer is not how many of each item there are")
    return held


def read_export(answer: bytes) -> tuple[ExportedItem, ...]:
    """Return what is held: `{"items": [{"item": "orders", "records": [{...}], "labels": {...}}]}`; labels may miss."""
    items = _member(answer, "items")
    if not isinstance(items, list):
        raise AnswerError("`items` of its answer is no list")
    exported = [_exported(one, place) for place, one in enumerate(items, 1)]
    return tuple(one for one in exported if one.count)


def read_erased(answer: bytes) -> None:
    """Take note that everything is destroyed: `{"erased": true}`, and nothing less."""
    if _member(answer, "erased") is not True:
        raise AnswerError("`erased` of its answer is not true")


def read_corrected(answer: bytes) -> None:
    """Take note that a value is corrected there: `{"corrected": true}`, and nothing less."""
    if _member(answer, "corrected") is not True:
        raise AnswerError("`corrected` of its answer is not true")


def _member(answer: bytes, name: str) -> object:
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        raise AnswerError("its answer is no JSON") from None
    if not isinstance(found, dict) or name not in found:
        raise AnswerError(f"its answer has no `{name}`")
    return found[name]


def _exported(one: object, place: int) -> ExportedItem:
    found: dict[str, Any] = one if isinstance(one, dict) else {}
    item, records, labels = found.get("item"), found.get("records"), found.get("labels", {})
    if not isinstance(item, str) or not isinstance(records, list) or not isinstance(labels, dict):
        raise AnswerError("an item of its answer lacks `item` or `records`")
    if not all(isinstance(record, dict) for record in records):
        raise AnswerError("a record of its answer is no object")
    if not all(isinstance(said, dict) and all(_is_said(said, one) for one in Language) for said in labels.values()):
        raise AnswerError("a label of its answer lacks a language")
    try:
        return ExportedItem(
            item=item,
            file_name=f"records-{place}.json",
            media_type="application/json",
            content=json.dumps(records, ensure_ascii=False, indent=2, allow_nan=False).encode(),
            count=len(records),
            labels={name: {one.value: said[one.value] for one in Language} for name, said in labels.items()},
        )
    except (InvalidValueError, ValueError):
        raise AnswerError("a record of its answer cannot be written as JSON") from None


def _is_said(said: Mapping[str, object], language: Language) -> bool:
    return isinstance(said.get(language.value), str)


def _is_count(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and number >= 0
