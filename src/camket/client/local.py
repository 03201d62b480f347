"""camket in the same process: an app keeps its customers' data here and gets it back for a stated purpose only.

The app names itself once, as a service that the policy declares; what it collects is collected in that service, and
what it reads is on record under that name. There is no method that gives a value without a purpose.

    with Camket.open("shop") as camket:
        customer = camket.session(token)
        camket.put(customer.subject_id, {"shop.name": "Quán Alice"})
        shop = camket.get(customer.subject_id, ("shop.name",), purpose="provide")
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from camket.bootstrap import start_runtime
from camket.client.ask import Ask, AskedClause
from camket.client.consenting import Consenting
from camket.client.notices import Notice, notice_of
from camket.client.requesting import Requested, Requesting
from camket.client.visitor import language_of, session_token
from camket.config import load_settings
from camket.core.errors import CamketError, ConflictError, DeniedError, InvalidValueError, NotFoundError, nearest
from camket.core.policy.model import ItemKind
from camket.core.terms import Language, Source
from camket.services.access import AskError, OpenedValue
from camket.services.apps import actor_of, note_use, remove_values, replace_values, revision_of
from camket.services.calendar import day_of
from camket.services.consents import Answered, OwnConsent, Withdrawn
from camket.services.forms import FieldSpec, FormError, read_form, read_picture, undeclared
from camket.services.log_lines import note_signed_in
from camket.services.own_notices import banners, see_notice
from camket.services.registration import Started, confirm_registration, registration_form, start_registration
from camket.services.sessions import Session, SignedIn, find_session, sign_out
from camket.services.signals import note_gpc
from camket.services.signin import confirm_sign_in, start_sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from camket.core.gate.history import History
    from camket.core.policy.model import Item, Text
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
    "FieldSpec",
    "FormError",
    "InvalidValueError",
    "ItemWords",
    "Language",
    "NotFoundError",
    "Notice",
    "OpenedValue",
    "OwnConsent",
    "Requested",
    "Session",
    "SignedIn",
    "Started",
    "Withdrawn",
]

USERS_REMEMBERED: Final = 100_000
"""Customers of whom a process remembers that they used the app today; all are forgotten when there are more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemWords:
    """What the policy in force says of an item, for the place where an app asks for it.

    Args:
        id: as declared.
        label: what it is called, in every language.
        why: what it is collected for, in every language.
    """

    id: str
    label: Text
    why: Text


class Camket(Consenting, Requesting):
    """camket, for one app. Safe for many threads.

    Args:
        context: a running service.
        service: the app's name, as the policy declares it.

    Raises:
        InvalidValueError: the policy in force declares no such service.
    """

    def __init__(self, context: Context, service: str) -> None:
        known = [one.id for one in _in_force(context).newest.policy.services]
        if service not in known:
            raise InvalidValueError(f"the policy declares no service `{service}`{nearest(service, known)}")
        super().__init__(context)
        self._service = service
        self._https = context.settings.origin.startswith("https://")
        self._used: tuple[date, set[str]] = (day_of(context.clock.now()), set())
        self._lock = Lock()

    @classmethod
    @contextmanager
    def open(cls, service: str, **settings: object) -> Iterator[Camket]:
        """Open camket with the settings of the environment and the settings file, and close it at the end.

        Args:
            service: the app's name, as the policy declares it.
            settings: settings by name that win over environment and file.

        Raises:
            CamketError: camket does not start; the message says what to do.
        """
        runtime = start_runtime(load_settings(**settings))
        try:
            yield cls(runtime.context, service)
        finally:
            runtime.close()

    def form(self) -> tuple[FieldSpec, ...]:
        """Return the fields of the registration, in the policy's order."""
        return registration_form(self._ctx)

    def register(
        self, fields: Mapping[str, str], *, language: Language, browser: str, address: str | None = None
    ) -> Started:
        """Begin a registration; see `camket.services.registration.start_registration`."""
        return start_registration(self._ctx, fields=fields, language=language, browser=browser, address=address)

    def confirm(
        self, *, browser: str, code: str, headers: Mapping[str, str] | None = None, address: str | None = None
    ) -> SignedIn:
        """Confirm a registration; see `camket.services.registration.confirm_registration`."""
        return confirm_registration(self._ctx, browser=browser, code=code, headers=headers or {}, address=address)

    def sign_in(self, email: str, *, browser: str, address: str | None = None) -> None:
        """Send a sign-in code; see `camket.services.signin.start_sign_in`."""
        start_sign_in(self._ctx, email=email, browser=browser, address=address)

    def confirm_sign_in(
        self, *, browser: str, code: str, headers: Mapping[str, str] | None = None, address: str | None = None
    ) -> SignedIn:
        """Sign in with a code; see `camket.services.signin.confirm_sign_in`."""
        return confirm_sign_in(self._ctx, browser=browser, code=code, headers=headers or {}, address=address)

    def session(self, token: str) -> Session | None:
        """Return who is signed in with a token, or None."""
        return find_session(self._ctx, token)

    def session_of(self, headers: Mapping[str, str]) -> Session | None:
        """Return who sent a request, by the session's cookie; None for no one, and for a session that has ended.

        Args:
            headers: of the request, lower-case names.

        Effects:
            Global Privacy Control that the browser signals is remembered for the customer. A request that `serve`
            answers gets a line in the server log, in this app's service.
        """
        token = session_token(headers, https=self._https)
        session = find_session(self._ctx, token) if token else None
        if session is not None:
            note_signed_in(session.subject_id, service=self._service)
            if headers.get("sec-gpc") == "1":
                note_gpc(self._ctx, session.subject_id)
        return session

    def language_of(self, headers: Mapping[str, str]) -> Language:
        """Return the language in which a visitor reads camket's own pages: chosen there, else the browser's, else vi.

        Args:
            headers: of the request, lower-case names.
        """
        return language_of(headers, https=self._https)

    @staticmethod
    def sign_in_path(next_path: str) -> str:
        """Return the path of the sign-in page that leads on to a page of the app, and to registration on the way.

        Args:
            next_path: path of a page of the app, `/quay/products`; a query after it is left out.
        """
        return f"/sign-in?{urlencode({'next': next_path.partition('?')[0]})}"

    def sign_out(self, session: Session) -> None:
        """End a session; twice is once."""
        sign_out(self._ctx, session)

    def notices(self, subject_id: str, language: Language) -> tuple[Notice, ...]:
        """Return the banners to show a customer of this app: changes of the policy that they have not read yet.

        Args:
            subject_id: who reads.
            language: in which.

        Returns:
            In the order in which they take effect; empty where nothing has changed since they joined, they have read
            it, or the policy gives this service no banner. Each stands until a form is sent to its `seen_path`.
        """
        unread = banners(self._ctx, service=self._service, subject_id=subject_id)
        return tuple(notice_of(version, language, now=self._ctx.clock.now()) for version in unread)

    def notice_read(self, subject_id: str, number: int) -> None:
        """Keep that a customer has read a notice, for an app that shows no form of its own to `seen_path`.

        Args:
            subject_id: who has read it.
            number: `Notice.number`.

        Raises:
            NotFoundError: there is no such notice for them.

        Effects: durable on return; the banner goes in every app. Twice is once.
        """
        see_notice(self._ctx, subject_id=subject_id, number=number)

    def item(self, item: str) -> ItemWords:
        """Return what the policy in force says of an item: to be said where the app asks for it.

        Raises:
            NotFoundError: the policy in force declares no such item.
        """
        declared = {one.id: one for one in _in_force(self._ctx).newest.policy.items}
        if item not in declared:
            raise NotFoundError(f"the policy declares no item `{item}`{nearest(item, declared)}")
        return ItemWords(id=item, label=declared[item].label, why=declared[item].why)

    def used(self, subject_id: str) -> None:
        """Keep that a customer uses this service (P4): once a day, and never in the way of using it.

        What the gate does not let be kept is left out, and on record as refused.

        Effects:
            The day's first use is durable on return; later ones of the day cost nothing.
        """
        today = day_of(self._ctx.clock.now())
        with self._lock:
            day, users = self._used
            if day != today or len(users) >= USERS_REMEMBERED:
                self._used = (today, set())
            elif subject_id in users:
                return
        note_use(self._ctx, service=self._service, subject_id=subject_id)
        with self._lock:
            if self._used[0] == today:
                self._used[1].add(subject_id)

    def put(self, subject_id: str, values: Mapping[str, str | bytes], *, replace: bool = False) -> Mapping[str, str]:
        """Keep what a customer gave this app.

        Args:
            subject_id: whose it is.
            values: *personal*; item id -> text as typed, or the archive of a picture (see
                `camket.core.intake.pictures`); at least one.
            replace: they take the place of what this app was given of these items before.

        Returns:
            Item id -> the id of its row.

        Raises:
            FormError: an item that the policy does not declare for this app, or a value that its kind does not accept;
                nothing was stored.
            AskError: the customer must be asked first; nothing was stored but the record of the question.
            DeniedError: the gate said no; nothing was stored but the record of the question.

        Effects:
            Values and ledger record are durable together. Twice stores twice, but with `replace`, where twice is once.
        """
        kept = self._read(values, Source.PROVIDED)
        if not replace:
            return self._collect(subject_id, kept, Source.PROVIDED)
        return replace_values(self._ctx, service=self._service, subject_id=subject_id, values=kept)

    def remove(self, subject_id: str, row_ids: Sequence[str]) -> None:
        """Delete values that this app collected; see `camket.services.apps.remove_values`."""
        remove_values(self._ctx, service=self._service, subject_id=subject_id, row_ids=row_ids)

    def event(self, subject_id: str, values: Mapping[str, str]) -> Mapping[str, str]:
        """Keep what this app observed, for example that a printer was used; as `put`, for observed items."""
        return self._collect(subject_id, self._read(values, Source.OBSERVED), Source.OBSERVED)

    def get(
        self, subject_id: str, items: tuple[str, ...], *, purpose: str, rows: tuple[str, ...] | None = None
    ) -> Mapping[str, tuple[OpenedValue, ...]]:
        """Return values of a customer for a purpose.

        Args:
            subject_id: whose values.
            items: ids of the items, at least one.
            purpose: what for, as the policy states it.
            rows: only the values with these ids; those of someone else, or of another item, are none. All when None.

        Returns:
            Item -> its values, *personal*, oldest first; nothing where none is held.

        Raises:
            AskError: the customer must be asked first; `decision.missing` says about what.
            DeniedError: the gate said no.

        Effects:
            The ledger record is durable before this returns or raises.
        """
        if not items:
            raise InvalidValueError("`items` is empty; name the items that are needed")
        opened = self._ctx.door.read(
            actor=actor_of(self._service), subject_id=subject_id, items=items, purpose=purpose, rows=rows
        )
        return opened.values

    def revision(self, subject_id: str, items: tuple[str, ...]) -> str:
        """Return a word that changes whenever what is held of some items does, so that a device may keep what it got.

        Nothing is opened and nothing recorded. The word is empty where nothing is held.

        Args:
            subject_id: whose values.
            items: ids of items that this app collects.

        Raises:
            InvalidValueError: an item is not one that this app collects.
        """
        own = self._items(Source.PROVIDED).keys() | self._items(Source.OBSERVED).keys()
        for item in items:
            if item not in own:
                raise InvalidValueError(f"`{item}` is no item of the service `{self._service}`{nearest(item, own)}")
        return revision_of(self._ctx, subject_id=subject_id, items=items)

    def _collect(self, subject_id: str, values: Mapping[str, str | bytes], source: Source) -> Mapping[str, str]:
        return self._ctx.door.collect(
            actor=actor_of(self._service), subject_id=subject_id, values=values, service=self._service, source=source
        ).row_ids

    def _read(self, values: Mapping[str, str | bytes], source: Source) -> dict[str, str | bytes]:
        """Return what was typed in its canonical form, *personal*; the whole form or nothing."""
        items = self._items(source)
        asked = tuple(items[name] for name in values if name in items)
        pictures = {item.id for item in asked if item.kind is ItemKind.PICTURE}
        wrong = {name: undeclared(name, list(items)) for name in values if name not in items}
        if wrong:
            raise FormError(wrong)
        texts = {name: value for name, value in values.items() if isinstance(value, str)}
        typed = tuple(item for item in asked if item.id not in pictures or item.id in texts)
        kept: dict[str, str | bytes] = dict(read_form(typed, texts))
        for name, value in values.items():
            if name in pictures and isinstance(value, bytes):
                kept[name] = read_picture(items[name], value)
        return kept

    def _items(self, source: Source) -> dict[str, Item]:
        return {
            item.id: item
            for item in _in_force(self._ctx).newest.policy.items
            for collection in item.collected
            if (collection.service, collection.source) == (self._service, source)
        }


def _in_force(context: Context) -> History:
    return context.policies.in_force(context.store, context.clock.now())
