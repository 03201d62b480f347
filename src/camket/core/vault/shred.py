"""What an erasure keeps under the `hold` key, what it destroys, and when it may be called destroyed.

Source: semantics section 6; LAW Art. 14 (deletion), LAW Art. 19 (what goes on without consent).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from camket.core.errors import InvalidValueError
from camket.core.policy.model import Clock, LegalMinimum
from camket.core.terms import require_aware, require_text
from camket.core.vault.keyring import KeyKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldValue:
    """A value that is held, without the value.

    Args:
        row_id: where it stands.
        item: the item id.
        kind: the key that it is sealed under.
        collected_at: aware.
        last_used_at: aware; None when never used.
        article: why it is under `hold`; None under `live`.
        until: when it leaves `hold`; None under `live`.
    """

    row_id: str
    item: str
    kind: KeyKind
    collected_at: datetime
    last_used_at: datetime | None = None
    article: str | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        require_aware(self.collected_at, "collected_at")
        if self.last_used_at is not None:
            require_aware(self.last_used_at, "last_used_at")
        if self.until is not None:
            require_aware(self.until, "until")
        if (self.kind is KeyKind.HOLD) != (self.article is not None and self.until is not None):
            raise InvalidValueError(f"`{self.item}` is under `hold` exactly when it has an article and a date")


@dataclass(frozen=True, kw_only=True, slots=True)
class Preservation:
    """A case that orders items to be preserved (semantics section 7, act `preserve`).

    Args:
        items: item ids; never empty.
        article: what the case rests on.
        until: aware; the case is over from then on.
    """

    items: frozenset[str]
    article: str
    until: datetime

    def __post_init__(self) -> None:
        require_text(self.article, "article")
        require_aware(self.until, "until")
        if not self.items:
            raise InvalidValueError("`items` is empty; name the items that the case preserves")


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A value that outlives the erasure, with its article and the instant on which it dies."""

    row_id: str
    item: str
    article: str
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasurePlan:
    """What happens to each held value; every value is in exactly one of the three.

    Args:
        reseal: to be sealed under `hold` before `live` is killed.
        held: under `hold` already, from an earlier run; nothing is left to do.
        destroy: rows to be deleted.
    """

    reseal: tuple[Kept, ...]
    held: tuple[Kept, ...]
    destroy: tuple[HeldValue, ...]

    @property
    def kept(self) -> tuple[Kept, ...]:
        """Everything that outlives the erasure: what the certificate lists as staying."""
        return self.reseal + self.held

    @property
    def hold_dies(self) -> bool:
        """Nothing stays, so the `hold` key is to be killed with `live`."""
        return not self.kept


def plan_erasure(
    held: Sequence[HeldValue],
    legal_minimums: Mapping[str, LegalMinimum],
    preservations: Iterable[Preservation],
    now: datetime,
) -> ErasurePlan:
    """Return what an erasure at `now` keeps and what it destroys.

    A value is kept only where a legal minimum of its item or a preservation case covers it past `now`; where several
    do, the latest date and its article. Planning again after a part was carried out gives the rest.

    Args:
        held: everything held about the subject.
        legal_minimums: by item id; an item that is not named has none.
        preservations: the open cases about this subject; one that is over keeps nothing.
        now: aware.
    """
    require_aware(now, "now")
    cases = tuple(preservations)
    reseal: list[Kept] = []
    already: list[Kept] = []
    destroy: list[HeldValue] = []
    for value in held:
        kept = _cover(value, legal_minimums.get(value.item), cases, now)
        if kept is None:
            destroy.append(value)
        elif value.kind is KeyKind.HOLD:
            already.append(kept)
        else:
            reseal.append(kept)
    return ErasurePlan(reseal=tuple(reseal), held=tuple(already), destroy=tuple(destroy))


def plan_end_of_hold(held: Iterable[HeldValue], now: datetime) -> tuple[HeldValue, ...]:
    """Return the values under `hold` whose date has come; a value dies on its date, not after it."""
    require_aware(now, "now")
    return tuple(value for value in held if value.until is not None and value.until <= now)


def _cover(
    value: HeldValue, minimum: LegalMinimum | None, cases: tuple[Preservation, ...], now: datetime
) -> Kept | None:
    covers = [(case.until, case.article) for case in cases if value.item in case.items]
    if value.until is not None and value.article is not None:
        # INVARIANT: the clock of a value under `hold` is not started anew by a second run of the erasure.
        covers.append((value.until, value.article))
    elif minimum is not None:
        covers.append((_clock_start(value, minimum.clock, now) + timedelta(days=minimum.days), minimum.article))
    until, article = max(covers, default=(now, ""))
    if until <= now:
        return None
    return Kept(row_id=value.row_id, item=value.item, article=article, until=until)


def _clock_start(value: HeldValue, clock: Clock, now: datetime) -> datetime:
    match clock:
        case Clock.COLLECTED:
            return value.collected_at
        case Clock.LAST_USED:
            return value.last_used_at or value.collected_at
        case Clock.ERASED:
            return now


class ErasureStage(StrEnum):
    """How far an erasure has come; the certificate says so."""

    RECORDED = "recorded"
    PENDING = "pending"
    DESTROYED = "destroyed"


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureStatus:
    """How far an erasure has come.

    Args:
        stage: how far.
        epoch: the epoch whose key still stands between; None when recorded only.
        destroyed_from: aware; from when on the key is gone from backups too; None while its epoch has not ended.
    """

    stage: ErasureStage
    epoch: int | None = None
    destroyed_from: datetime | None = None

    def __str__(self) -> str:
        return f"pending epoch {self.epoch}" if self.stage is ErasureStage.PENDING else str(self.stage)


def erasure_status(
    *, killed_in_epoch: int | None, epoch_destroyed_at: datetime | None, keys_backup_days: int, now: datetime
) -> ErasureStatus:
    """Return how far the erasure of a subject's key has come.

    Args:
        killed_in_epoch: the epoch under which the deleted key was wrapped; None while the key is not deleted.
        epoch_destroyed_at: aware; when that epoch's key was destroyed; None while it exists.
        keys_backup_days: how many days backups of the key store live; 0 where none are made.
        now: aware.

    Returns:
        `recorded` while the key exists; `pending epoch N` while the epoch's key, or a backup that may hold both,
        exists; `destroyed` after that.
    """
    require_aware(now, "now")
    if killed_in_epoch is None:
        return ErasureStatus(stage=ErasureStage.RECORDED)
    if epoch_destroyed_at is None:
        return ErasureStatus(stage=ErasureStage.PENDING, epoch=killed_in_epoch)
    gone = require_aware(epoch_destroyed_at, "epoch_destroyed_at") + timedelta(days=keys_backup_days)
    stage = ErasureStage.DESTROYED if gone <= now else ErasureStage.PENDING
    return ErasureStatus(stage=stage, epoch=killed_in_epoch, destroyed_from=gone)
