"""One click in a mail ends the consent that the mail rests on (RFC 8058).

The token in the address follows from the mail's random id under the code key, so that every try of one mail carries
the same; stored is its hash alone. It names no one, opens nothing, and can do one thing: withdraw.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.core.notices.news import UNSUBSCRIBE_PATH
from camket.core.vault.lookup import IndexField, blind_index
from camket.rows import FactKind
from camket.rows.news import UnsubscriptionRow
from camket.services.consents import AskedThrough, Expression, withdraw_purpose

if TYPE_CHECKING:
    from camket.ports import Unit
    from camket.rows import FactRow
    from camket.services.context import Context

TOKEN: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
NOT_SENT: Final = "there is no such address to unsubscribe at"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsubscription:
    """What an address in a mail ends.

    Args:
        purpose: id of the purpose whose mails it stands in.
        subscribed: there is a consent to it that was not withdrawn yet.
    """

    purpose: str
    subscribed: bool


def unsubscribe_address_in(unit: Unit, ctx: Context, *, mail_id: str, subject_id: str, purpose: str) -> str:
    """Return the address for a mail's `List-Unsubscribe`, *personal*: whoever has it can end the consent.

    Args:
        unit: the address works when this unit is durable.
        ctx: the service.
        mail_id: of the queued mail; the same id gives the same address.
        subject_id: to whom the mail goes.
        purpose: what the mail rests on.
    """
    digest = blind_index(ctx.keys.index_keys(IndexField.CODE)[0], f"unsubscribe {mail_id}")
    token = digest.hex()
    unit.news.add_unsubscription(
        UnsubscriptionRow(
            token_hash=_hash_of(token), subject_id=subject_id, purpose=purpose, created_at=ctx.clock.now()
        )
    )
    return f"{ctx.settings.origin}{UNSUBSCRIBE_PATH}{token}"


def find_unsubscription(ctx: Context, token: str) -> Unsubscription:
    """Return what an address ends; nothing happens, however often it is read.

    Raises:
        NotFoundError: no mail carried it, or its time is over.
    """

    def look(unit: Unit) -> Unsubscription:
        row = _find_in(unit, token)
        return Unsubscription(purpose=row.purpose, subscribed=bool(_given_in(unit, row)))

    return ctx.store.read(look)


def unsubscribe(ctx: Context, token: str) -> Unsubscription:
    """Withdraw every consent to the purpose of the mail that carried the address.

    Args:
        ctx: the service.
        token: from the address.

    Returns:
        What stands now: not subscribed.

    Raises:
        NotFoundError: no mail carried it, or its time is over; nothing was changed.

    Effects: the withdrawal and its ledger record are durable on return. Twice is once.

    Source: RFC 8058 section 3: one POST, without cookies and without a further question.
    """
    row = ctx.store.read(lambda unit: _find_in(unit, token))
    withdraw_purpose(
        ctx,
        subject_id=row.subject_id,
        purpose=row.purpose,
        through=AskedThrough.EMAIL,
        expression=Expression.ONE_CLICK,
    )
    return Unsubscription(purpose=row.purpose, subscribed=False)


def _find_in(unit: Unit, token: str) -> UnsubscriptionRow:
    row = unit.news.unsubscription(_hash_of(token)) if TOKEN.fullmatch(token) else None
    if row is None:
        raise NotFoundError(NOT_SENT)
    return row


def _given_in(unit: Unit, row: UnsubscriptionRow) -> list[FactRow]:
    return [
        fact
        for fact in unit.facts.of_subject(row.subject_id)
        if fact.kind is FactKind.CONSENT and fact.withdrawn_at is None and fact.body.get("purpose") == row.purpose
    ]


def _hash_of(token: str) -> bytes:
    return sha256(token.encode()).digest()
