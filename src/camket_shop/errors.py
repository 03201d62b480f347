"""The one tree of the shop's errors.

An error has a code for programs and no words of its own: the sentence stands in `web/messages`, area `errors`, under
that code, in every language. Nothing that a person typed is in an error; it names the field instead. HTTP statuses are
mapped from these classes in one table in `camket_shop.web.errors`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

NOTHING: Final[Mapping[str, str | int]] = MappingProxyType({})


class ShopError(Exception):
    """The root: everything the shop raises on purpose. Nothing was stored unless a subclass says otherwise.

    Args:
        code: a word for programs, such as `price_ambiguous`; lower case with underscores.
        field: the field that is meant, such as `lines.0.price`; None where it is about the whole.
        values: what the sentence has places for; the shop's own names and numbers, which its owner may read.
    """

    def __init__(self, code: str, *, field: str | None = None, values: Mapping[str, str | int] = NOTHING) -> None:
        super().__init__(code if field is None else f"{code} in `{field}`")
        self.code = code
        self.field = field
        self.values = values

    @property
    def message_key(self) -> str:
        """Where the sentence for people stands among the messages."""
        return f"errors.{self.code}"


class InvalidError(ShopError):
    """A value that cannot be kept as it is."""


class TooLargeError(ShopError):
    """More was sent than is read: a body, a picture, a number of products."""


class SignedOutError(ShopError):
    """No one is signed in, or no longer. What was sent may be sent again after signing in."""


class DeniedError(ShopError):
    """The policy does not let this be kept or read, or its owner must be asked first."""


class NotFoundError(ShopError):
    """What was named is not this shop's; whether it is another's is not told."""


class ConflictError(ShopError):
    """It has changed in the meantime, or the name is taken by something else."""


class PrinterError(ShopError):
    """A printer with an address did not take a job; the code says at which step, and so whether any was sent."""


class BusyError(ShopError):
    """So much is being worked on that this has to wait for another try. Nothing was kept."""


class StoreError(ShopError):
    """The store could not make something durable (disk full, locked, unreachable). Nothing was acknowledged.

    Args:
        code: as above.
        reason: what the store said, for the operator's log; never for a page.
    """

    def __init__(self, code: str, *, reason: str) -> None:
        super().__init__(code)
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


class SettingsError(ShopError):
    """A setting that does not exist or cannot hold; the shop does not start.

    Args:
        reason: what is wrong, for the operator.
    """

    def __init__(self, reason: str) -> None:
        super().__init__("settings")
        self.reason = reason

    def __str__(self) -> str:
        return self.reason
