"""A guest: an app that `serve` runs beside its own pages, under a prefix, as `CAMKET_APPS` names it.

The app's factory is handed a `Guest` and returns an ASGI application. Through the guest it gets camket for each service
that it runs, a folder of its own, and the places where it says what it holds itself.

    def create_app(guest: Guest) -> ASGIApp:
        shop = guest.camket("shop")
        book = Book(guest.data / "book.db")
        guest.label = {"vi": "Sổ bán hàng", "en": "Sales book"}
        guest.on_count(book.count)
        guest.on_export(book.export)
        guest.on_erase(book.erase)
        guest.on_close(book.close)
        return Starlette(routes=...)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from camket.client.local import (
    Answered,
    Ask,
    AskedClause,
    AskError,
    Camket,
    CamketError,
    DeniedError,
    FormError,
    ItemWords,
    Language,
    NotFoundError,
    Notice,
    OpenedValue,
    OwnConsent,
    Requested,
    Session,
    Withdrawn,
)
from camket.core.errors import ConflictError, HolderError, InvalidValueError
from camket.core.rights.exported import ExportedItem
from camket.services.holdings import require_declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from camket.core.policy.model import Text
    from camket.services.context import Context

__all__ = [
    "Answered",
    "Ask",
    "AskError",
    "AskedClause",
    "Camket",
    "CamketError",
    "ConflictError",
    "DeniedError",
    "ExportedItem",
    "FormError",
    "Guest",
    "InvalidValueError",
    "ItemWords",
    "Language",
    "NotFoundError",
    "Notice",
    "OpenedValue",
    "OwnConsent",
    "Requested",
    "Session",
    "Withdrawn",
]

T = TypeVar("T")


class Guest:
    """What `serve` hands to an app. The app sets its hooks while it is made, before anything is served.

    An app that holds declared items itself says so by `on_export` and `on_erase`, both or neither: what can be shown
    and copied can be deleted.

    Args:
        context: the running service.
        prefix: where the app is mounted, `/quay`; no slash at the end.
        data: a folder of the app's own, only for this user; it is there.
        origin: the service's public address, without a slash at the end.
        https: the service is reached over https.
    """

    def __init__(self, context: Context, *, prefix: str, data: Path, origin: str, https: bool) -> None:
        self.prefix = prefix
        self.data = data
        self.origin = origin
        self.https = https
        self.label: Mapping[str, str] = {}
        self._ctx = context
        self._count: Callable[[str], Mapping[str, int]] | None = None
        self._export: Callable[[str], Sequence[ExportedItem]] | None = None
        self._erase: Callable[[str], None] | None = None
        self._demonstrate: Callable[[str, datetime], None] | None = None
        self._close: Callable[[], None] | None = None

    @property
    def name(self) -> str:
        """The prefix without its slash, `quay`: the guest's name in job steps and messages."""
        return self.prefix.removeprefix("/")

    def camket(self, service: str) -> Camket:
        """Return camket for one service of the app; every use is on record under that service's name.

        Raises:
            InvalidValueError: the policy in force declares no such service.
        """
        return Camket(self._ctx, service)

    def on_count(self, count: Callable[[str], Mapping[str, int]]) -> None:
        """Say how many of each declared item are held about a subject; without it, what `on_export` gives is counted.

        Args:
            count: subject id -> item -> how many; cheap, for every look at "Dữ liệu của tôi".

        Raises:
            ConflictError: it was said before.
        """
        self._count = _once(self._count, count, "on_count")

    def on_export(self, export: Callable[[str], Sequence[ExportedItem]]) -> None:
        """Give everything that is held about a subject, for their copy.

        Args:
            export: subject id -> what is held, *personal*; empty where nothing is.

        Raises:
            ConflictError: it was said before.
        """
        self._export = _once(self._export, export, "on_export")

    def on_erase(self, erase: Callable[[str], None]) -> None:
        """Destroy everything that is held about a subject.

        Args:
            erase: subject id; durable on return, and twice is once. It is called when the gate knows the subject as
                erased and before their key dies, and again after whatever it raised, until it returns.

        Raises:
            ConflictError: it was said before.
        """
        self._erase = _once(self._erase, erase, "on_erase")

    def on_demonstrate(self, fill: Callable[[str, datetime], None]) -> None:
        """Have something to show in the demonstration.

        Args:
            fill: called once by `camket demo`, never by `serve`, with a made-up customer's subject id and the instant
                that is now in the demonstration.

        Raises:
            ConflictError: it was said before.
        """
        self._demonstrate = _once(self._demonstrate, fill, "on_demonstrate")

    def demonstrate(self, subject_id: str, *, at: datetime) -> None:
        """Have the app fill what it shows of a made-up customer; nothing where it has nothing. By `camket demo`."""
        if self._demonstrate is not None:
            self._demonstrate(subject_id, at)

    def on_close(self, close: Callable[[], None]) -> None:
        """Close what the app holds open, after the last request and the last job.

        Raises:
            ConflictError: it was said before.
        """
        self._close = _once(self._close, close, "on_close")

    @property
    def holder(self) -> GuestHolder:
        """The guest as camket asks it what it holds.

        Raises:
            InvalidValueError: what it gives it could not delete, what it deletes it could not give, or its label lacks
                a language.
        """
        if (self._export is None) is not (self._erase is None):
            said, missing = ("on_export", "on_erase") if self._export else ("on_erase", "on_export")
            raise InvalidValueError(f"the app `{self.prefix}` says `{said}` and not `{missing}`; an app says both")
        return GuestHolder(
            self._ctx,
            self.name,
            label=self._whole_label(),
            count=self._count or _counted(self._export or _nothing),
            export=self._export or _nothing,
            erase=self._erase or _erased,
        )

    def _whole_label(self) -> Text:
        """Return the app's name in every language; its prefix where it gave none."""
        if not self.label:
            return dict.fromkeys(Language, self.name)
        missing = [language.value for language in Language if not self.label.get(language, "").strip()]
        if missing:
            raise InvalidValueError(f"its `label` has no text for `{missing[0]}`")
        return {language: self.label[language].strip() for language in Language}

    def close(self) -> None:
        """Have the app close what it holds open; twice is once. Called by `serve`."""
        close, self._close = self._close, None
        if close is not None:
            close()


class GuestHolder:
    """A guest's hooks behind camket's port `Holder`: whatever an app raises becomes one error that names the app."""

    def __init__(
        self,
        context: Context,
        name: str,
        *,
        label: Text,
        count: Callable[[str], Mapping[str, int]],
        export: Callable[[str], Sequence[ExportedItem]],
        erase: Callable[[str], None],
    ) -> None:
        self._ctx = context
        self._name = name
        self._label = label
        self._count = count
        self._export = export
        self._erase = erase

    @property
    def name(self) -> str:
        """The guest's name."""
        return self._name

    @property
    def label(self) -> Text:
        """What the guest is called."""
        return self._label

    @property
    def path(self) -> str:
        """Where its pages are."""
        return f"/{self._name}/"

    def count(self, subject_id: str) -> Mapping[str, int]:
        """Return how many of each declared item are held."""
        counted = self._asked(lambda: self._count(subject_id), "say what it holds")
        self._require_declared(counted)
        return {item: number for item, number in counted.items() if number}

    def export(self, subject_id: str) -> Sequence[ExportedItem]:
        """Return everything that is held."""
        exported = self._asked(lambda: tuple(self._export(subject_id)), "give what it holds")
        self._require_declared([one.item for one in exported])
        names = [one.file_name for one in exported]
        if len(set(names)) != len(names):
            raise HolderError(f"the app `{self._name}` gives two files of one name", holder=self._name)
        return exported

    def erase(self, subject_id: str) -> None:
        """Destroy everything that is held."""
        self._asked(lambda: self._erase(subject_id), "delete what it holds")

    def _asked(self, answer: Callable[[], T], what: str) -> T:
        try:
            return answer()
        except Exception as error:  # an app's own code: whatever it raises means that it did not do it
            raise HolderError(f"the app `{self._name}` could not {what}", holder=self._name) from error

    def _require_declared(self, items: Iterable[str]) -> None:
        require_declared(self._ctx, items, holder=self._name, called=f"the app `{self._name}`")


def _once(known: T | None, hook: T, name: str) -> T:
    if known is not None:
        raise ConflictError(f"`{name}` was said before; an app says it once")
    return hook


def _nothing(_subject_id: str) -> Sequence[ExportedItem]:
    return ()


def _erased(_subject_id: str) -> None:
    """Do nothing: nothing is held."""


def _counted(export: Callable[[str], Sequence[ExportedItem]]) -> Callable[[str], Mapping[str, int]]:
    def count(subject_id: str) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for one in export(subject_id):
            counts[one.item] = counts.get(one.item, 0) + one.count
        return counts

    return count
