"""Column types that mean the same on SQLite and PostgreSQL: instants, text by bytes, words, whole numbers, JSON.

SQLite's STRICT tables know only INTEGER, TEXT and BLOB, so every type comes down to one of these.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from camket.core.errors import InvalidValueError, StoreError
from camket.core.ledger.canonical import canonical_json
from camket.core.terms import require_aware

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

    from camket.rows import Json

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS_OF_A_DAY: Final = 86_400
MICROSECONDS_OF_A_SECOND: Final = 1_000_000

V = TypeVar("V")
W = TypeVar("W", bound=StrEnum)


def to_microseconds(instant: datetime) -> int:
    """Return the microseconds since 1970-01-01T00:00Z, exactly.

    Raises:
        InvalidValueError: the instant is naive.
    """
    # Rows of one unit bear one instant over and over; in UTC equal instants are the same one.
    return _counted(instant) if instant.tzinfo is UTC else _counted.__wrapped__(require_aware(instant, "instant"))


@lru_cache(maxsize=256)
def _counted(instant: datetime) -> int:
    since = instant - EPOCH
    return (since.days * SECONDS_OF_A_DAY + since.seconds) * MICROSECONDS_OF_A_SECOND + since.microseconds


def from_microseconds(count: int) -> datetime:
    """Return the instant, aware, in UTC."""
    return EPOCH + timedelta(microseconds=count)


class Portable(sa.types.TypeDecorator[V]):
    """A type that both stores keep alike; None is NULL for all of them.

    `to_driver` and `from_driver` are what happens to a value that is not None; a type that leaves it None changes
    nothing on that way.
    """

    impl: Any = sa.Text
    cache_ok = True
    to_driver: Callable[[Any], Any] | None = None
    from_driver: Callable[[Any], Any] | None = None

    def process_bind_param(self, value: V | None, dialect: Dialect) -> Any:  # noqa: ANN401 - an integer or text
        """Turn a value into the driver's; SQLAlchemy's own way to `to_driver`."""
        del dialect
        return value if value is None or self.to_driver is None else self.to_driver(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> V | None:  # noqa: ANN401 - an integer or text
        """Turn the driver's value back; SQLAlchemy's own way to `from_driver`."""
        del dialect
        back: V | None = value if value is None or self.from_driver is None else self.from_driver(value)
        return back

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the store's own type: text in byte order."""
        # PostgreSQL would compare by the database's locale; SQLite compares bytes.
        return postgresql.TEXT(collation="C") if dialect.name == "postgresql" else sqlite.TEXT()


class Whole(Portable[int]):
    """A whole number of 64 bits."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the store's own type; STRICT tables call it INTEGER."""
        return sqlite.INTEGER() if dialect.name == "sqlite" else sa.BigInteger()


class Flag(Portable[bool]):
    """Yes or no, kept as 1 or 0."""

    impl = sa.BigInteger
    cache_ok = True
    to_driver = staticmethod(int)
    from_driver = staticmethod(bool)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the store's own type; STRICT tables call it INTEGER."""
        return sqlite.INTEGER() if dialect.name == "sqlite" else sa.BigInteger()


class Instant(Portable[datetime]):
    """An instant, kept as whole microseconds since 1970 in UTC; a naive one is refused."""

    impl = sa.BigInteger
    cache_ok = True
    to_driver = staticmethod(to_microseconds)
    from_driver = staticmethod(from_microseconds)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the store's own type; STRICT tables call it INTEGER."""
        return sqlite.INTEGER() if dialect.name == "sqlite" else sa.BigInteger()


def refuse_nul(text: str) -> str:
    """Return the text, or refuse what one of the stores could not give back.

    Raises:
        InvalidValueError: it holds U+0000, which PostgreSQL cannot keep.
    """
    if "\0" in text:
        raise InvalidValueError("a text holds the character U+0000, which the store cannot keep")
    return text


class ByteText(Portable[str]):
    """Text that is compared and ordered by its UTF-8 bytes; U+0000 is refused."""

    cache_ok = True
    to_driver = staticmethod(refuse_nul)


class Word(Portable[W], Generic[W]):
    """A member of a closed set, kept as its text."""

    cache_ok = True

    def __init__(self, words: type[W]) -> None:
        super().__init__()
        self.words = words
        self._by_text = {word.value: word for word in words}
        self.to_driver = str
        self.from_driver = self._from_driver

    def _from_driver(self, text: str) -> W:
        try:
            return self._by_text[text]
        except KeyError:
            raise StoreError(f"the database holds the unknown {self.words.__name__} `{text}`") from None


def write_json(value: Json) -> str:
    """Return the canonical text."""
    return canonical_json(value).decode()


class CanonicalJson(Portable["Json"]):
    """JSON kept as canonical text (RFC 8785 without floats), so that one value has one text; null is NULL."""

    cache_ok = True
    to_driver = staticmethod(write_json)
    from_driver = staticmethod(json.loads)
