"""Sealed rows on their way out of the door: opened only with the gate's yes, and only once its record is durable."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from camket.core.errors import DeniedError, InvalidValueError, VaultError
from camket.core.policy.model import Clock, Limit
from camket.core.terms import Outcome
from camket.core.vault.envelope import open_sealed
from camket.core.vault.keyring import KeyKind
from camket.services.access_standing import item_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from camket.core.gate.decision import Decision, Permitted
    from camket.core.gate.history import Standing
    from camket.core.policy.model import Text
    from camket.core.terms import Source
    from camket.ports import KeyStore, Ticket
    from camket.rows import HeldValueRow


class AskError(DeniedError):
    """The subject must be asked first. The record of the question is durable; nothing else was read or written.

    Args:
        decision: what is missing, and which clauses to ask about.
    """

    def __init__(self, decision: Decision) -> None:
        names = ", ".join(f"`{missing.item}`" for missing in decision.missing)
        super().__init__(f"the subject must be asked first about {names}")
        self.decision = decision


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedValue:
    """One value in the clear.

    Args:
        row_id: where it is held.
        item: its item.
        value: *personal*; text, or the bytes of a picture; empty where the read left it sealed.
        service: where it was collected.
        source: how it was collected.
        version: the policy version under which it was collected.
        collected_at: aware.
        last_used_at: aware; None where no retention clock needs it, or it was never used.
        kept_until: aware; when it is deleted at the latest; None for as long as the account exists.
        kept_because: the reason of that limit as the policy says it; None for a value that is held by law.
        article: the legal minimum that holds it; None unless it is held by law.
    """

    row_id: str
    item: str
    value: str | bytes = field(repr=False)
    service: str
    source: Source
    version: int
    collected_at: datetime
    last_used_at: datetime | None
    kept_until: datetime | None
    kept_because: Text | None
    article: str | None

    @property
    def text(self) -> str:
        """The value as text, *personal*.

        Raises:
            InvalidValueError: it is a picture.
        """
        if isinstance(self.value, bytes):
            raise InvalidValueError(f"`{self.item}` is a picture, not text")
        return self.value


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What a read gave.

    Args:
        subject_id: whose it is.
        purpose: what for; None for a case.
        decision: the gate's yes.
        values: item -> its values, oldest first; every item that was asked for is there, with nothing where none is
            held.
        at: when.
    """

    subject_id: str
    purpose: str | None
    decision: Decision
    values: Mapping[str, tuple[OpenedValue, ...]] = field(repr=False)
    at: datetime

    def first(self, item: str) -> str | None:
        """Return the newest value of an item as text, *personal*; None where none is held."""
        held = self.values.get(item, ())
        return held[-1].text if held else None


def limit_end(limit: Limit, *, collected_at: datetime, last_used_at: datetime | None) -> datetime | None:
    """Return when a limit ends for a value; None for as long as the account exists."""
    if limit.days is None:
        return None
    start = (last_used_at or collected_at) if limit.clock is Clock.LAST_USED else collected_at
    return start + timedelta(days=limit.days)


def kept_until(limits: Sequence[Limit], row: HeldValueRow) -> tuple[datetime | None, Text | None]:
    """Return when a value is deleted at the latest, and the reason of the limit that decides.

    Args:
        limits: all limits that hold for the item and this subject; the one that ends first counts.
        row: the value; one held by law ends on its own date.

    Returns:
        None as the date for as long as the account exists; None as the reason for what is held by law.
    """
    if row.key_kind is KeyKind.HOLD:
        return row.hold_until, None
    earliest, reason = None, None
    for limit in limits:
        end = limit_end(limit, collected_at=row.collected_at, last_used_at=row.last_used_at)
        if reason is None or (end is not None and (earliest is None or end < earliest)):
            earliest, reason = end, limit.reason
    return earliest, reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """A read whose record is not durable yet: sealed bytes and the gate's answer.

    Args:
        subject_id: whose it is.
        decision: the gate's answer; a no is on record like a yes.
        ticket: of the unit that carries the record.
        rows: what was held, sealed; empty unless the answer was yes.
        closed: items whose values stay sealed; they come with all that is known of them, and empty.
    """

    subject_id: str
    decision: Decision
    ticket: Ticket = field(repr=False)
    rows: tuple[HeldValueRow, ...] = field(repr=False)
    standing: Standing = field(repr=False)
    keys: KeyStore = field(repr=False)
    closed: frozenset[str] = frozenset()

    def open(self) -> Opened:
        """Return the values in the clear.

        Raises:
            InvalidValueError: the unit of work is not durable yet, or never became so.
            AskError: the subject must be asked first.
            DeniedError: the gate said no.
            VaultError: a value does not open: it was changed or moved in the store.
        """
        # INVARIANT: no plaintext before its record is durable (semantics section 9).
        if not self.ticket.durable:
            raise InvalidValueError("the unit of work is not durable yet; open what was read after it is")
        permitted = require_permit(self.decision)
        values: dict[str, tuple[OpenedValue, ...]] = dict.fromkeys(permitted.items, ())
        for row in self.rows:
            # A key that died between the commit and now leaves nothing to open: the value is no longer held.
            key = self.keys.subject_key(self.subject_id, row.key_kind)
            if key is not None:
                opened = open_row(permitted, row, None if row.item in self.closed else key, self.standing)
                values[opened.item] = (*values[opened.item], opened)
        return Opened(
            subject_id=self.subject_id,
            purpose=permitted.purpose,
            decision=self.decision,
            values=values,
            at=self.decision.at,
        )


def require_permit(decision: Decision) -> Permitted:
    """Return the proof that the gate said yes.

    Raises:
        AskError: the subject must be asked first.
        DeniedError: the gate said no.
    """
    if decision.outcome is Outcome.ASK:
        raise AskError(decision)
    return decision.permitted()


def open_row(permitted: Permitted, row: HeldValueRow, key: bytes | None, standing: Standing) -> OpenedValue:
    """Open one row that the gate's yes covers; its item is called as the question called it. Without a key: all but it.

    Raises:
        DeniedError: the yes does not cover the row's item.
        VaultError: the row does not open.
    """
    names = item_names(standing.history)
    # INVARIANT: opening takes the gate's yes, and the yes names the item, by any name that the item ever had.
    item = row.item if row.item in permitted.items else names.asked(row.item, permitted.items)
    if item is None:
        raise DeniedError(f"the gate's yes does not cover `{row.item}`")
    secret = b""
    if key is not None:
        secret = open_sealed(key, row.sealed, subject_id=row.subject_id, item=row.item, row_id=row.id)
    until, because = kept_until(standing.keep_limits(item), row)
    return OpenedValue(
        row_id=row.id,
        item=item,
        value=secret if item in names.pictures else _text(secret),
        service=row.service,
        source=row.source,
        version=row.version,
        collected_at=row.collected_at,
        last_used_at=row.last_used_at,
        kept_until=until,
        kept_because=because,
        article=row.article,
    )


def _text(secret: bytes) -> str:
    try:
        return secret.decode()
    except UnicodeDecodeError:
        raise VaultError("a sealed value opened and is not text") from None
