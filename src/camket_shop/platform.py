"""The one file of the shop that knows camket: everything the shop asks of the platform it lives on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.client.guest import Guest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.client.local import Notice, Session

__all__ = ["Guest", "Notice", "Platform"]


class Platform:
    """camket, as the shop uses it.

    Args:
        guest: the shop's place on the platform.
    """

    def __init__(self, guest: Guest) -> None:
        self._shop = guest.camket("shop")

    def session_of(self, headers: Mapping[str, str]) -> Session | None:
        """Return who is signed in, or None."""
        return self._shop.session_of(headers)

    def language_of(self, headers: Mapping[str, str]) -> str:
        """Return the language in which a visitor reads, `vi` or `en`."""
        return self._shop.language_of(headers).value

    def sign_in_path(self, next_path: str) -> str:
        """Return where to sign in, to come back to a page of the shop."""
        return self._shop.sign_in_path(next_path)

    def notices(self, subject_id: str, language: str) -> tuple[Notice, ...]:
        """Return what the platform has to tell an owner."""
        return self._shop.notices(subject_id, language)
