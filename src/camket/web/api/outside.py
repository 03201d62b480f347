"""The API's routes of requests without signing in: a code to whoever has the address, the same answer whoever has it.

The `browser` that an answer gives stands for the one who asks: what was proven with it is followed with it, and with no
other. It is a secret, and stands in bodies alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Request as ApiRequest
from pydantic import ConfigDict, Field

from camket.core.errors import NotFoundError
from camket.core.rights.machine import RequestKind
from camket.core.terms import Language
from camket.services.outside import (
    EnteredCode,
    OutsideAsk,
    ask_outside,
    ask_to_follow,
    follow_request,
    outside_proof,
    prove_outside,
    prove_to_follow,
)
from camket.services.outside_acts import take_back, write_outside
from camket.services.requests import NO_REQUEST
from camket.web.api import request_documents
from camket.web.api.consents import LanguageParameter
from camket.web.api.documents import Document
from camket.web.api.request_documents import RequestDocument, SentCode, Words
from camket.web.api.request_views import request_document
from camket.web.api.requests import NumberParameter
from camket.web.customer.arrival import new_browser

if TYPE_CHECKING:
    from fastapi import FastAPI

    from camket.services.context import Context
    from camket.web.site import Site

Browser = Annotated[str, Field(min_length=1, max_length=200, description="As an answer gave it.")]
OUTSIDE: Final = "outside"


class Address(Document):
    """By what one is known: an e-mail address, a phone number, or both, which proves more."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["email"]}, {"required": ["phone"]}],
            "examples": [{"email": "alice@shop.example"}],
        }
    )

    email: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=40)

    def asker(self, browser: str, caller: ApiRequest) -> OutsideAsk:
        """Return who asks, *personal*."""
        address = caller.client.host if caller.client else None
        return OutsideAsk(email=self.email, phone=self.phone, browser=browser, address=address)


class NewOutsideRequest(Address):
    """What someone wants who is not signed in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "access", "email": "alice@shop.example"}]})

    kind: RequestKind


class WishedCode(request_documents.EnteredCode):
    """The code from the mail, and what was asked for."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "access", "browser": "5f2c0e", "code": "123456"}]}
    )

    kind: RequestKind


class Following(Document):
    """Who follows a request."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"browser": "5f2c0e"}]})

    browser: Browser


class Message(Following):
    """A message to support about a request."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"browser": "5f2c0e", "text": "Bao giờ xong?"}]})

    text: Words


def add_outside(api: FastAPI, site: Site) -> None:
    """Add the routes."""
    _add_asking(api, site.context)
    _add_following(api, site.context)


def _add_asking(api: FastAPI, ctx: Context) -> None:
    @api.post("/outside/requests", status_code=202, tags=[OUTSIDE], responses={404: {}})
    def ask_from_outside(caller: ApiRequest, wanted: NewOutsideRequest) -> SentCode:
        """Send a code for a new request, if anyone has the address. Known or not looks the same."""
        browser = new_browser(ctx)
        ask_outside(ctx, wanted.asker(browser, caller), kind=wanted.kind)
        return SentCode(browser=browser)

    @api.post("/outside/requests/proof", status_code=201, tags=[OUTSIDE])
    def prove_from_outside(
        caller: ApiRequest, entered: WishedCode, lang: LanguageParameter = Language.VI
    ) -> RequestDocument:
        """Prove by the code who asks: the request is made, or joined where the same is open."""
        return request_document(ctx, prove_outside(ctx, _entered(caller, entered), kind=entered.kind), lang)


def _add_following(api: FastAPI, ctx: Context) -> None:
    @api.post("/outside/requests/{request}/code", status_code=202, tags=[OUTSIDE])
    def ask_to_see(caller: ApiRequest, request: NumberParameter, known: Address) -> SentCode:
        """Send a code to follow a request that was made. Whether there is one is not said before the code."""
        browser = new_browser(ctx)
        ask_to_follow(ctx, known.asker(browser, caller), number=request)
        return SentCode(browser=browser)

    @api.post("/outside/requests/{request}/proof", status_code=201, tags=[OUTSIDE])
    def prove_to_see(
        caller: ApiRequest,
        request: NumberParameter,
        entered: request_documents.EnteredCode,
        lang: LanguageParameter = Language.VI,
    ) -> RequestDocument:
        """Prove anew who asks, for a request that was made."""
        return request_document(ctx, prove_to_follow(ctx, _entered(caller, entered), number=request), lang)

    @api.post("/outside/requests/{request}/status", tags=[OUTSIDE])
    def see_from_outside(
        request: NumberParameter, following: Following, lang: LanguageParameter = Language.VI
    ) -> RequestDocument:
        """Return where a request stands, to who proved it within thirty days. Nothing is changed."""
        followed = follow_request(ctx, number=request, browser=following.browser)
        if followed is None:
            raise NotFoundError(NO_REQUEST)
        return request_document(ctx, followed.row, lang)

    @api.post("/outside/requests/{request}/withdrawal", tags=[OUTSIDE])
    def withdraw_from_outside(
        request: NumberParameter, following: Following, lang: LanguageParameter = Language.VI
    ) -> RequestDocument:
        """Take a request back, on a proof that lasts."""
        identity = outside_proof(ctx, number=request, browser=following.browser)
        return request_document(ctx, take_back(ctx, identity), lang)

    @api.post("/outside/requests/{request}/messages", status_code=201, tags=[OUTSIDE])
    def write_from_outside(
        request: NumberParameter, message: Message, lang: LanguageParameter = Language.VI
    ) -> RequestDocument:
        """Write to support about a request, on a proof that lasts."""
        identity = outside_proof(ctx, number=request, browser=message.browser)
        return request_document(ctx, write_outside(ctx, identity, text=message.text), lang)


def _entered(caller: ApiRequest, entered: request_documents.EnteredCode) -> EnteredCode:
    address = caller.client.host if caller.client else None
    return EnteredCode(browser=entered.browser, code=entered.code, address=address)
