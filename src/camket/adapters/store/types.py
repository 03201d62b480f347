"""Column types that mean the same on SQLite and PostgreSQL: instants, text by bytes, words, whole numbers, JSON.

SQLite's STRICT tables know only INTEGER, TEXT and BLOB, so every type comes down to one of these.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from camket.core.errors import InvalidValueError
from camket.core.ledger.canonical import canonical_json
from camket.core.terms import require_aware

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

    from camket.rows import Json

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

Word_ = TypeVar("Word_", bound=StrEnum)


def to_microseconds(instant: datetime) -> int:
    """Return the microseconds since 1970-01-01T00:00Z, exactly.

    Raises:
        InvalidValueError: the instant is naive.
    """
    return (require_aware(instant, "instant") - EPOCH) // MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Return the instant, aware, in UTC."""
    return EPOCH + timedelta(microseconds=count)


class Whole(sa.types.TypeDecorator[int]):
    """A whole number of 64 bits."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        """Return the store's own type; STRICT tables call it INTEGER."""
        return sqlite.INTEGER() if dialect.name == "sqlite" else sa.BigInteger()


class Instant(sa.types.TypeDecorator[datetime]):
    """An instant, kept as whole microseconds since 1970 in UTC; a naive one is refused."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        """Return the store's own type; STRICT tables call it INTEGER."""
        return sqlite.INTEGER() if dialect.name == "sqlite" else sa.BigInteger()

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an instant into its number."""
        del dialect
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn a number back into its instant."""
        del dialect
        return None if value is None else from_microseconds(value)


def _text(dialect: Dialect) -> TypeEngine[str]:
    # PostgreSQL would compare by the database's locale; SQLite compares bytes.
    return postgresql.TEXT(collation="C") if dialect.name == "postgresql" else sqlite.TEXT()


class ByteText(sa.types.TypeDecorator[str]):
    """Text that is compared and ordered by its UTF-8 bytes; U+0000, which PostgreSQL cannot hold, is refused."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Return the store's own type with byte order."""
        return _text(dialect)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Refuse what one of the stores could not give back."""
        del dialect
        if value is not None and "\0" in value:
            raise InvalidValueError("a text holds the character U+0000, which the store cannot keep")
        return value


class Word(sa.types.TypeDecorator[Word_], Generic[Word_]):
    """A member of a closed set, kept as its text; text outside the set is refused when it is read."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, words: type[Word_]) -> None:
        super().__init__()
        self.words = words

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Return the store's own type with byte order."""
        return _text(dialect)

    def process_bind_param(self, value: Word_ | None, dialect: Dialect) -> str | None:
        """Turn a member into its text."""
        del dialect
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Word_ | None:
        """Turn text back into its member."""
        del dialect
        return None if value is None else self.words(value)


class CanonicalJson(sa.types.TypeDecorator["Json"]):
    """JSON kept as canonical text (RFC 8785 without floats), so that one value has one text."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Return the store's own type with byte order."""
        return _text(dialect)

    def process_bind_param(self, value: Json, dialect: Dialect) -> str:
        """Write the value; None is JSON's null."""
        del dialect
        return canonical_json(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Json:
        """Read the value back."""
        del dialect
        read: Json = None if value is None else json.loads(value)
        return read
