"""What the shop asks of camket: the one file that imports it.

Everything personal about a shop's owner but goods and sales lies in camket's vault and is reached from here: the header
of receipts, product pictures, that camera and printer are used. Whatever camket refuses becomes an error of the shop.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from threading import Lock
from typing import TYPE_CHECKING, Final

from camket.client.guest import ExportedItem, Guest
from camket.client.local import (
    CamketError,
    ConflictError,
    DeniedError,
    FormError,
    Language,
    NotFoundError,
    Notice,
    Session,
)
from camket.client.visitor import LANGUAGE_COOKIE, cookie_key
from camket_shop import errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["ExportedItem", "Guest", "Held", "ItemWords", "NewsChoice", "Notice", "Platform", "Session"]

SHOP: Final = "shop"
PRINT: Final = "print"
"""The two services of the policy that the shop runs."""

PICTURE: Final = "shop.picture"
CAMERA_USED: Final = "shop.camera_used"
PRINTER_USED: Final = "shop.printer_used"
PRINTER_NAME: Final = "shop.printer_name"
YES: Final = "yes"
NEWS: Final = "promote"
"""The purpose that improvement news rests on; it needs the owner's consent."""
AGREED: Final = "valid"
MOST_REMEMBERED: Final = 10_000
"""So much is remembered at a time; then it begins anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """One value that the vault holds.

    Args:
        row_id: names it; opens nothing.
        value: *personal*.
        collected_at: aware.
    """

    row_id: str
    value: str = field(repr=False)
    collected_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemWords:
    """What the policy in force says of an item, in the reader's language.

    Args:
        id: as the policy declares it.
        label: what it is called.
        why: what it is collected for; said where the shop asks for it.
    """

    id: str
    label: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsChoice:
    """Where an owner's consent to improvement news stands, in their language.

    Args:
        label: what the policy calls it.
        explains: what it is for.
        agreed: they said yes, and it holds.
        consent_id: names that yes; None where there is none.
    """

    label: str
    explains: str
    agreed: bool
    consent_id: str | None


class Platform:
    """camket, for the shop. Safe for many threads.

    Args:
        guest: what `serve` hands to the app.
    """

    def __init__(self, guest: Guest) -> None:
        self._shop = guest.camket(SHOP)
        self._print = guest.camket(PRINT)
        self._language_cookie = cookie_key(LANGUAGE_COOKIE, https=guest.https)
        self._photographed = _OncePerDay()

    def session_of(self, headers: Mapping[str, str]) -> Session | None:
        """Return who sent a request; None for no one, and for a session that has ended."""
        with _refusals():
            return self._shop.session_of(headers)

    def language_of(self, headers: Mapping[str, str]) -> str:
        """Return the language in which a visitor reads camket's own pages: `vi` or `en`."""
        return self._shop.language_of(headers).value

    @property
    def language_cookie(self) -> str:
        """The name under which a browser keeps the language that it reads camket's pages in, and the shop's."""
        return self._language_cookie

    def sign_in_path(self, next_path: str) -> str:
        """Return the path of the sign-in that leads on to a page of the shop."""
        return self._shop.sign_in_path(next_path)

    def notices(self, subject_id: str, language: str) -> tuple[Notice, ...]:
        """Return the banners to show an owner: changes of the policy that are to come."""
        with _refusals():
            return self._shop.notices(subject_id, Language(language))

    def item(self, item: str, language: str) -> ItemWords:
        """Return what the policy in force says of an item."""
        with _refusals():
            words = self._shop.item(item)
        return ItemWords(id=item, label=words.label[Language(language)], why=words.why[Language(language)])

    def news_choice(self, subject_id: str, language: str) -> NewsChoice | None:
        """Return where an owner's consent to improvement news stands; None where the policy knows no such news."""
        with _refusals():
            found = self._shop.consents(subject_id, Language(language))
        for one in found:
            if one.purpose == NEWS:
                return NewsChoice(
                    label=one.label,
                    explains=one.explains,
                    agreed=one.state == AGREED,
                    consent_id=one.consent_id,
                )
        return None

    def used(self, subject_id: str) -> None:
        """Keep that the shop is used, once a day; never in the way of using it."""
        with _refusals():
            self._shop.used(subject_id)

    def camera_used(self, subject_id: str) -> None:
        """Keep that a picture was taken with the camera; once a day.

        Raises:
            DeniedError: the policy does not let it be kept; nothing was.
        """
        with self._photographed.once(subject_id) as first, _refusals():
            if first:
                self._shop.event(subject_id, {CAMERA_USED: YES})

    def printer_used(self, subject_id: str, name: str) -> None:
        """Keep that a printer was used, and which; `camket_shop.printing.usage` sees to once a day.

        Args:
            subject_id: who prints.
            name: *personal*; what the printer calls itself.

        Raises:
            DeniedError: the policy does not let it be kept; nothing was.
        """
        with _refusals():
            self._print.event(subject_id, {PRINTER_USED: YES, PRINTER_NAME: name})
            self._print.used(subject_id)

    def add_picture(self, subject_id: str, archive: bytes) -> str:
        """Keep a picture and return the id of its row; durable on return, twice stores twice.

        Args:
            subject_id: whose.
            archive: *personal*; the three sizes, packed as `camket_shop.photos.renditions` does.

        Raises:
            InvalidError: it is no such archive.
            DeniedError: the policy does not let it be kept; nothing was.
        """
        with _refusals():
            return self._shop.put(subject_id, {PICTURE: archive})[PICTURE]

    def picture(self, subject_id: str, row_id: str) -> bytes | None:
        """Return a picture's archive, *personal*; None where the vault holds it no more."""
        with _refusals():
            opened = self._shop.get(subject_id, (PICTURE,), purpose="provide", rows=(row_id,))
        for one in opened.get(PICTURE, ()):
            if isinstance(one.value, bytes):
                return one.value
        return None

    def remove(self, subject_id: str, row_ids: Sequence[str]) -> None:
        """Remove values that the shop put; those that are gone are passed over, so twice is once."""
        with _refusals():
            self._shop.remove(subject_id, row_ids)

    def values(self, subject_id: str, items: tuple[str, ...]) -> Mapping[str, Held]:
        """Return the newest text of some items, to provide the service: one use on record, however many items.

        Returns:
            Item -> its value; items without one are left out.

        Raises:
            DeniedError: the policy does not let them be used.
        """
        with _refusals():
            opened = self._shop.get(subject_id, items, purpose="provide")
        return {
            item: Held(row_id=values[-1].row_id, value=str(values[-1].value), collected_at=values[-1].collected_at)
            for item, values in opened.items()
            if values
        }

    def revision(self, subject_id: str, items: tuple[str, ...]) -> str:
        """Return a word that changes whenever what is held of some items does, whoever changed it; empty for nothing.

        Nothing is opened and nothing recorded.
        """
        with _refusals():
            return self._shop.revision(subject_id, items)

    def set_values(self, subject_id: str, values: Mapping[str, str]) -> None:
        """Keep texts in the place of what was kept of the same items before; durable on return, twice is once.

        Raises:
            InvalidError: camket does not accept a value; nothing was kept.
            DeniedError: the policy does not let one be kept; nothing was.
        """
        with _refusals():
            self._shop.put(subject_id, values, replace=True)


class _OncePerDay:
    """Remembers who did something today, so that a busy day is not a thousand records; a restart forgets."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._day: date | None = None
        self._done: set[str] = set()

    @contextmanager
    def once(self, subject_id: str) -> Iterator[bool]:
        """Say whether it is the first time today; it counts unless the block fails."""
        today = datetime.now(UTC).date()
        with self._lock:
            if self._day != today or len(self._done) >= MOST_REMEMBERED:
                self._day, self._done = today, set()
            first = subject_id not in self._done
            self._done.add(subject_id)
        try:
            yield first
        except errors.ShopError:
            with self._lock:
                self._done.discard(subject_id)
            raise


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what camket raises into the shop's own errors."""
    try:
        yield
    except FormError as error:
        raise errors.InvalidError("value_refused", field=next(iter(error.problems))) from None
    except DeniedError:
        raise errors.DeniedError("policy_denied") from None
    except NotFoundError:
        raise errors.NotFoundError("not_held") from None
    except ConflictError:
        raise errors.ConflictError("changed_meanwhile") from None
    except CamketError as error:
        raise errors.StoreError("platform_failed", reason=type(error).__name__) from error
