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
from typing import TYPE_CHECKING

from camket.bootstrap import start_runtime
from camket.config import load_settings
from camket.core.errors import InvalidValueError, nearest
from camket.core.policy.model import ItemKind
from camket.core.terms import Source
from camket.services.access import AskError, OpenedValue
from camket.services.forms import FieldSpec, FormError, read_form, read_picture, undeclared
from camket.services.registration import Started, confirm_registration, registration_form, start_registration
from camket.services.sessions import Session, SignedIn, find_session, sign_out
from camket.services.signin import confirm_sign_in, start_sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from camket.core.gate.decision import Decision, Missing
    from camket.core.gate.history import History
    from camket.core.policy.model import Item
    from camket.core.terms import Language
    from camket.services.context import Context

__all__ = ["AskError", "Camket", "FieldSpec", "FormError", "OpenedValue", "Session", "SignedIn", "Started"]


class Camket:
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
        self._ctx = context
        self._service = service

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

    def sign_out(self, session: Session) -> None:
        """End a session; twice is once."""
        sign_out(self._ctx, session)

    def put(self, subject_id: str, values: Mapping[str, str | bytes]) -> Mapping[str, str]:
        """Keep what a customer gave this app.

        Args:
            subject_id: whose it is.
            values: *personal*; item id -> text as typed, or the archive of a picture (see
                `camket.core.intake.pictures`); at least one.

        Returns:
            Item id -> the id of its row.

        Raises:
            FormError: an item that the policy does not declare for this app, or a value that its kind does not accept;
                nothing was stored.
            AskError: the customer must be asked first; nothing was stored but the record of the question.
            DeniedError: the gate said no; nothing was stored but the record of the question.

        Effects:
            Values and ledger record are durable together. Twice stores twice.
        """
        return self._collect(subject_id, values, Source.PROVIDED)

    def event(self, subject_id: str, values: Mapping[str, str]) -> Mapping[str, str]:
        """Keep what this app observed, for example that a printer was used; as `put`, for observed items."""
        return self._collect(subject_id, values, Source.OBSERVED)

    def get(self, subject_id: str, items: tuple[str, ...], *, purpose: str) -> Mapping[str, tuple[OpenedValue, ...]]:
        """Return values of a customer for a purpose.

        Args:
            subject_id: whose values.
            items: ids of the items, at least one.
            purpose: what for, as the policy states it.

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
        opened = self._ctx.door.read(actor=self._actor, subject_id=subject_id, items=items, purpose=purpose)
        return opened.values

    def decide(self, subject_id: str, items: tuple[str, ...], *, purpose: str) -> Decision:
        """Return what the gate would say to a use now. Nothing is read and nothing recorded; `get` asks anew."""
        return self._ctx.door.decide(subject_id=subject_id, items=items, purpose=purpose)

    def ask(self, subject_id: str, items: tuple[str, ...], *, purpose: str) -> tuple[Missing, ...]:
        """Return what the customer would have to be asked before a use; empty where nothing, or where asking is no use.

        After a no, and under Global Privacy Control, a customer is not asked: then it is empty and `get` is denied.
        """
        return self.decide(subject_id, items, purpose=purpose).missing

    @property
    def _actor(self) -> str:
        return f"service:{self._service}"

    def _collect(self, subject_id: str, values: Mapping[str, str | bytes], source: Source) -> Mapping[str, str]:
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
        return self._ctx.door.collect(
            actor=self._actor, subject_id=subject_id, values=kept, service=self._service, source=source
        ).row_ids

    def _items(self, source: Source) -> dict[str, Item]:
        return {
            item.id: item
            for item in _in_force(self._ctx).newest.policy.items
            for collection in item.collected
            if (collection.service, collection.source) == (self._service, source)
        }


def _in_force(context: Context) -> History:
    return context.policies.in_force(context.store, context.clock.now())
